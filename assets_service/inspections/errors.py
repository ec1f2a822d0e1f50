"""Why a check is refused."""

from assets_service.kernel.errors import Conflict, FieldProblem, NotFound

NO_NOTE = FieldProblem("/note", "Say in a few words what is damaged.")
MONTHS_WITH_RULE = FieldProblem("/months", "Give the number of months for “Every few months”, and only for it.")


class ReportedMissing(Conflict):
    """A lost or missing device cannot be checked: whoever has it in hand reports first that it was found."""

    message = "{code} is reported as lost or not found. Record first that it was found, then check it."


class NoSuchCheck(NotFound):
    message = "There is no such check that you can see."
