from assets_service.kernel.errors import Conflict, Forbidden, NotFound


class NoSuchShipment(NotFound):
    message = "There is no such shipment that you can see."


class NoSuchFinding(NotFound):
    message = "There is no such finding on this shipment."


class NotTheSender(Forbidden):
    message = "Only {office}, or an office above it, can do this."


class NotTheReceiver(Forbidden):
    message = "Only somebody of {office} can confirm what arrived there."


class CannotBeSent(Conflict):
    message = "Some of the devices cannot be sent. Nothing was sent."


class AlreadyConfirmed(Conflict):
    """Names who was first, and when."""

    message = "Already confirmed by {name} at {time}."


class AlreadySent(Conflict):
    message = "{number} was already sent by {name} at {time}."


class AlreadyCancelled(Conflict):
    message = "{number} was cancelled by {name} at {time}."


class NotSentYet(Conflict):
    message = "{number} is still a draft: nothing of it can have arrived."


class AlreadyArrived(Conflict):
    message = "Something of {number} has been received. It can no longer be cancelled."


class NotPresent(Conflict):
    message = "{code} is not at its office at the moment."


class OnItsWay(Conflict):
    message = "{code} is on its way to another office. The receiver says first whether it arrived."


class AlreadyLost(Conflict):
    message = "{code} is already reported lost."


class NotMissing(Conflict):
    message = "{code} is neither lost nor missing."


class FindingResolved(Conflict):
    message = "This finding was resolved at {time}."
