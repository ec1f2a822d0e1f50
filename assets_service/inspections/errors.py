"""Why a check or a photo is refused."""

from assets_service.kernel.errors import Conflict, FieldProblem, NotFound, TooLarge, WrongType

NO_NOTE = FieldProblem("/note", "Say in a few words what is damaged.")
MONTHS_WITH_RULE = FieldProblem(
    "/months", "Give the number of months with the rule “every so many months”, and only with it."
)


class ReportedMissing(Conflict):
    """Whoever holds it in hand has found it: that is another sentence of its history, and it comes first."""

    message = "{code} is reported as lost or not found. Record first that it was found, then check it."


class PhotoTooLarge(TooLarge):
    message = "A photo may have at most {megabytes} MB. Send a smaller one."


class PhotoTooManyPixels(TooLarge):
    message = "A photo may have at most {megapixels} megapixels; this one has {width} × {height}."


class NoPhoto(WrongType):
    message = "Send a photo as JPEG, PNG or WebP."


class NoSuchPhoto(NotFound):
    message = "There is no such photo that you can see."


class NoSuchCheck(NotFound):
    message = "There is no such check that you can see."
