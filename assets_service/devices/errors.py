from msgspec import Struct

from assets_service.kernel.errors import Conflict, FieldProblem, NotFound


class NoSuchDevice(NotFound):
    message = "There is no such device that you can see."


class AlreadyRegistered(Conflict):
    """Another device has the same in these fields. It is not said which device: it may be another office's."""

    message = "Another device is already registered with the same identity."


class Ambiguous(Conflict):
    message = "{count} devices fit this identifier: {codes}."


class Retired(Conflict):
    message = "{code} is written off; nothing more can happen to it."


class InTransit(Conflict):
    message = "{code} is on its way to another office. Wait until it is received."


class CodeTaken(Conflict):
    message = "The label {code} already belongs to a device."
    field = "code"


class BlankOfAnother(Conflict):
    message = "The label {code} was printed for {office}. Take one that was printed for the office of this device."
    field = "code"


class NoSuchBlank(NotFound):
    message = "There is no blank label {code}."
    field = "code"


class NoSuchImport(NotFound):
    message = "There is no such import that you can see."


class ImportUndone(Conflict):
    message = "Import {number} is undone already."


class ImportTouched(Conflict):
    message = (
        "Something has happened to {count} of the devices of this import since, first to {code}. "
        "An import can be undone only while its devices are as it registered them."
    )


class RowProblem(Struct, frozen=True):
    """One bad field of one row."""

    row: int
    problem: FieldProblem


class RowsRefused(Exception):  # noqa: N818 - answered by whoever sent the rows, with the places they know
    """None of the rows was registered; holds every reason."""

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__()
        self.problems = problems
