"""What can be done with persons, whatever door it comes through."""

from assets_service.access.policy import ADMINS
from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act, Tools, nothing
from assets_service.people import commands, queries
from assets_service.people.asks import AmendPerson, NewGrant, NewPassword, NewPerson, NewSignIn
from assets_service.people.passwords import hash_password
from assets_service.people.views import PersonView, person_result


def hashed(ask: NewPerson | NewPassword | NewSignIn, _stamp: Stamp, _tools: Tools) -> str | None:
    """The password's hash, made before the transaction: it takes long, and a writer would wait."""
    return hash_password(ask.password) if ask.password else None


ADD = Act(
    name="people.add",
    who=ADMINS,
    ask=NewPerson,
    prepare=hashed,
    command=commands.add,
    gives=PersonView,
    result=person_result,
)
AMEND = Act(
    name="people.amend",
    who=ADMINS,
    on=queries.locked,
    ask=AmendPerson,
    command=commands.amend,
    gives=PersonView,
    result=person_result,
)
GRANT = Act(
    name="people.grant",
    who=ADMINS,
    on=queries.locked,
    ask=NewGrant,
    command=commands.grant,
    gives=PersonView,
    result=person_result,
)
END_GRANT = Act(
    name="people.end_grant",
    who=ADMINS,
    on=queries.locked_grant,
    command=commands.end_grant,
    gives=type(None),
    result=nothing,
)
SET_PASSWORD = Act(
    name="people.set_password",
    who=ADMINS,
    on=queries.locked,
    ask=NewPassword,
    prepare=hashed,
    command=commands.set_password,
    gives=type(None),
    result=nothing,
    is_kept=False,  # another password under the same id is another act, and its hash is kept nowhere
)
GIVE_SIGN_IN = Act(
    name="people.give_sign_in",
    who=ADMINS,
    on=queries.locked,
    ask=NewSignIn,
    prepare=hashed,
    command=commands.give_sign_in,
    gives=PersonView,
    result=person_result,
)
REACTIVATE = Act(
    name="people.reactivate",
    who=ADMINS,
    on=queries.locked,
    command=commands.reactivate,
    gives=PersonView,
    result=person_result,
)
