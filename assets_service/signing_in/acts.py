"""What can be done about one's own signing in, whatever door it comes through."""

from assets_service.access.policy import PUBLIC, SIGNED_IN
from assets_service.actions.act import Act, nothing
from assets_service.people import queries as people
from assets_service.signing_in import commands, queries
from assets_service.signing_in.asks import Attempt, OwnPassword
from assets_service.signing_in.opening import own_password, proven
from assets_service.signing_in.views import Opened, opened_result

SIGN_IN = Act(
    name="signing_in.sign_in",
    who=PUBLIC,
    ask=Attempt,
    prepare=proven,
    command=commands.open_session,
    gives=Opened,
    result=opened_result,
    is_kept=False,
)
SIGN_OUT = Act(
    name="signing_in.sign_out",
    who=PUBLIC,
    on=queries.by_token,
    command=commands.sign_out,
    gives=type(None),
    result=nothing,
    is_kept=False,
)
CHANGE_PASSWORD = Act(
    name="signing_in.change_password",
    who=SIGNED_IN,
    on=people.locked_self,
    ask=OwnPassword,
    prepare=own_password,
    command=commands.change_password,
    gives=type(None),
    result=nothing,
    is_kept=False,  # another password under the same id is another act, and its hash is kept nowhere
)
