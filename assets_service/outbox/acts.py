"""What can be done at the offline door itself; the acts that are handed in there are their rooms' own (`kinds`)."""

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.actions.act import Act, nothing
from assets_service.outbox import commands, queries
from assets_service.outbox.asks import Contact, HandedFile, NewRuling
from assets_service.outbox.views import Contacted, Decided, contacted_result, decided_result

CONTACT = Act(
    name="outbox.contact",
    who=SIGNED_IN,  # whose roles have ended hands in what they did before, and it is judged one by one
    ask=Contact,
    command=commands.contact,
    gives=Contacted,
    result=contacted_result,
    is_kept=False,  # each contact is another; the acts that come with it are kept one by one
)
SIGN_OUT = Act(
    name="outbox.sign_out",
    who=RECEIVERS,
    on=queries.locked_phone,
    command=commands.sign_out,
    gives=type(None),
    result=nothing,
)
HAND_IN_FILE = Act(
    name="outbox.hand_in_file",
    who=RECEIVERS,
    on=queries.locked_phone_of_file,
    ask=HandedFile,
    command=commands.hand_in_file,
    gives=type(None),
    result=nothing,
    is_kept=False,  # its acts are kept one by one
)
SETTLE = Act(
    name="outbox.settle",
    who=RECEIVERS,
    on=queries.locked_conflict,
    ask=NewRuling,
    prepare=commands.with_tools,
    command=commands.settle,
    gives=Decided,
    result=decided_result,
)
