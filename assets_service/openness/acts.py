"""What can be done with grades, whatever door it comes through."""

from assets_service.access.policy import ADMINS
from assets_service.actions.act import Act
from assets_service.offices import queries as offices
from assets_service.openness import commands
from assets_service.openness.asks import NewGrade
from assets_service.openness.views import GradeView, grade_result

GRADE = Act(
    name="openness.grade",
    who=ADMINS,
    on=offices.locked,
    ask=NewGrade,
    command=commands.grade,
    gives=GradeView,
    result=grade_result,
)
