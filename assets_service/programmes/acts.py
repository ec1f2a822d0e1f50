"""What can be done with programmes, whatever door it comes through."""

from assets_service.access.policy import ADMINS
from assets_service.actions.act import Act
from assets_service.programmes import commands, queries
from assets_service.programmes.asks import NewAllocation, NewProgramme
from assets_service.programmes.views import ProgrammeView, programme_result

ADD = Act(
    name="programmes.add",
    who=ADMINS,
    ask=NewProgramme,
    command=commands.add,
    gives=ProgrammeView,
    result=programme_result,
)
SET_ALLOCATION = Act(
    name="programmes.set_allocation",
    who=ADMINS,
    on=queries.locked,
    ask=NewAllocation,
    command=commands.set_allocation,
    gives=ProgrammeView,
    result=programme_result,
)
