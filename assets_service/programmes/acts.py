"""What can be done with programmes, whatever door it comes through."""

from assets_service.access.policy import ADMINS, REGISTRARS
from assets_service.actions.act import Act
from assets_service.programmes import commands, queries
from assets_service.programmes.asks import NewAllocation, NewDistribution, NewProgramme
from assets_service.programmes.views import DistributionView, ProgrammeView, distribution_result, programme_result

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
DISTRIBUTE = Act(
    name="programmes.distribute",
    who=REGISTRARS,
    ask=NewDistribution,
    command=commands.distribute,
    gives=DistributionView,
    result=distribution_result,
)
SEND = Act(
    name="programmes.send",
    who=REGISTRARS,
    on=queries.locked_distribution,
    command=commands.send,
    gives=DistributionView,
    result=distribution_result,
)
UNDO = Act(
    name="programmes.undo",
    who=REGISTRARS,
    on=queries.locked_distribution,
    command=commands.undo,
    gives=DistributionView,
    result=distribution_result,
)
