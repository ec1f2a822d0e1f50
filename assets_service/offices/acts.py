"""What can be done with offices, whatever door it comes through."""

from assets_service.access.policy import ADMINS
from assets_service.actions.act import Act
from assets_service.offices import commands, queries
from assets_service.offices.asks import AmendOffice
from assets_service.offices.views import OfficeView, office_result, offices_added

ADD_ROSTER = Act(
    name="offices.add_roster",
    who=ADMINS,
    command=commands.add_roster,
    gives=int,
    result=offices_added,
)
AMEND = Act(
    name="offices.amend",
    who=ADMINS,
    on=queries.locked,
    ask=AmendOffice,
    command=commands.amend,
    gives=OfficeView,
    result=office_result,
)
