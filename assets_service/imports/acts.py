"""What can be done with files of devices, whatever door they come through."""

from sqlalchemy.orm import Session

from assets_service.access.policy import ADMINS, REGISTRARS
from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act, Tools
from assets_service.devices import queries
from assets_service.devices.models import Import
from assets_service.imports import commands, grades
from assets_service.imports.asks import DeviceFile, GradeFile
from assets_service.imports.batches import Batch, Report, read
from assets_service.imports.grades import Grades
from assets_service.imports.views import ImportedView, imported_view


def _read(ask: DeviceFile, _stamp: Stamp, _tools: Tools) -> Batch:
    return read(ask.content)


def _undone(_session: Session, made: Import, _stamp: Stamp, _tools: Tools) -> ImportedView:
    return imported_view(made)


def _read_grades(ask: GradeFile, _stamp: Stamp, _tools: Tools) -> Grades:
    return grades.read(ask.content)


def _report(_session: Session, report: Report, _stamp: Stamp, _tools: Tools) -> Report:
    return report


REGISTER = Act(
    name="imports.register",
    who=REGISTRARS,
    ask=DeviceFile,
    prepare=_read,
    command=commands.register,
    gives=Report,
    result=_report,
)
UNDO = Act(
    name="imports.undo",
    who=REGISTRARS,
    on=queries.locked_import,
    command=commands.undo,
    gives=ImportedView,
    result=_undone,
)
GRADE = Act(
    name="imports.grade",
    who=ADMINS,
    ask=GradeFile,
    prepare=_read_grades,
    command=commands.grade_offices,
    gives=Report,
    result=_report,
)
