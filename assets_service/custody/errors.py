from assets_service.kernel.errors import Conflict, Forbidden, NotFound


class NoSuchShipment(NotFound):
    message = "There is no such shipment that you can see."


class NoSuchFinding(NotFound):
    message = "There is no such extra device on this shipment."


class NotTheSender(Forbidden):
    message = "Only {office}, or an office above it, can do this."


class NotTheReceiver(Forbidden):
    message = "Only somebody of {office} can confirm what arrived there."


class CannotBeSent(Conflict):
    message = "Some of the devices cannot be sent. Nothing was sent."


class CannotBeHeld(Conflict):
    message = "Some of the devices cannot be given to this holder. Nothing was changed."


class BeyondItsShare(Conflict):
    """A page asks once before more is sent than an office is entitled to. A program is told in the answer."""

    title = "More than its share"
    message = "{office} would have more than it is entitled to. Nothing was sent yet."


class AlreadyConfirmed(Conflict):
    """Somebody confirmed this line before; the sentence names who, and when."""

    message = "Already confirmed by {name} at {time}."


class AlreadySent(Conflict):
    message = "{number} was already sent by {name} at {time}."


class AlreadyCancelled(Conflict):
    message = "{number} was cancelled by {name} at {time}."


class NotSentYet(Conflict):
    message = "{number} is still a draft: nothing of it can have arrived."


class AlreadyArrived(Conflict):
    message = "{name} confirmed something of {number} at {time}. It can no longer be cancelled."


class NotPresent(Conflict):
    message = "{code} is not at its office at the moment."


class OnItsWay(Conflict):
    message = "{code} is on its way to another office. The receiver says first whether it arrived."


class StillHolds(Conflict):
    """Devices must not be held by somebody who is no longer there."""

    message = "{name} still holds {codes}. Say who holds them next, or that nobody does."
    field = "successor"


class AlreadyLost(Conflict):
    message = "{code} is already reported lost."


class NotMissing(Conflict):
    message = "{code} is neither lost nor missing."


class FindingResolved(Conflict):
    message = "This extra device was settled at {time}."


class AlreadyHere(Conflict):
    message = "Its arrival was already recorded by {name} at {time}."


class AlreadyOpened(Conflict):
    message = "{number} was opened already: some of its devices are confirmed."


class NotOnItsWay(Conflict):
    message = "{number} is not on its way: {why}"


class VisitReused(Conflict):
    """An id of a visit stands for one visit to one shipment."""

    message = "This visit was already recorded as {number}."
    field = "visit"


class NoSuchChoice(NotFound):
    message = "There is no such entry of the list."


class NoSuchReceipt(NotFound):
    message = "There is no such receipt that you can see."


class NoSuchDifference(NotFound):
    message = "There is no such difference that you can see."


class AlreadySettled(Conflict):
    message = "This difference was already settled by {name} at {time}."


class NotBothSides(Forbidden):
    message = "Only somebody with rights at both {sender} and {receiver} can settle this."


class OneOfTheParties(Forbidden):
    message = "Who packed, sent or received {number} cannot settle what differs in it."


class OwnMistake(Forbidden):
    message = "Somebody else must correct what you recorded yourself."


class OfTheSender(Forbidden):
    """Whoever sent a box does not say what lay in it when it was opened."""

    message = "Who packed or sent {number} cannot correct what was received of it."


class NeverHeld(Conflict):
    message = "Nobody was ever named for {code}: name a holder, there is nothing to correct."


class CannotBeCorrected(Conflict):
    message = "Some of it cannot be corrected. Nothing was changed."


class NothingToCorrect(Conflict):
    message = "Nothing of it would change."


class CannotBeTransferred(Conflict):
    message = "{code} cannot go over to the receiver now: {why}"


class CannotBeReturned(Conflict):
    message = "{code} cannot go back to its sender now: {why}"


class NotTheirs(Conflict):
    message = "The list is not what {name} answers for. Nothing was changed."


class NothingLeft(Conflict):
    message = "{name} answers for nothing: there is nothing to hand over."


class AlreadyClear(Conflict):
    message = "{name} was cleared at {time} and has answered for nothing since."


class NotClear(Conflict):
    message = "{name} still answers for {codes}."
