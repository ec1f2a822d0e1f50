from assets_service.kernel.errors import Conflict, Forbidden, NotFound


class LocalAddress(Conflict):
    """Such a label would name a host that no phone can reach, for years."""

    title = "Labels would lead nowhere"
    message = (
        "The QR would lead to {address}, which no phone can open. "
        'Set ASSETS_BASE_URL to the public address, or send "draft": true to print labels marked DRAF.'
    )


class NoSuchStock(NotFound):
    message = "There is no label stock {name}."


class StockNameTaken(Conflict):
    message = "There is already a label stock named {name}."
    field = "name"


class NoSuchRun(NotFound):
    message = "There is no such print run that you can see."


class RunEnded(Conflict):
    message = "This print run has already ended."


class RunUnderWay(Conflict):
    message = "This print run is still being drawn. Ask again in a moment."


class RunNotDrawn(Conflict):
    message = "This print run has no file: it was {state}."


class FileGone(NotFound):
    message = "The file of this print run is no longer kept. Restart the run to draw it again."


class PrintedMeanwhile(Conflict):
    """Two runs meant the same label; the one that ends first has it."""

    message = "Somebody else has printed a label for {codes} in the meantime. Start again."


class DrawingFailed(Conflict):
    message = "The labels could not be drawn: {why}"


class RunCancelled(Conflict):
    message = "The print run was cancelled."


class NoSuchMessage(NotFound):
    message = "There is no such message that you can see."


class NotYours(Forbidden):
    message = "You are not allowed to print labels for {code}."
