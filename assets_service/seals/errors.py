"""Refusals around seals and proofs."""

from assets_service.kernel.errors import Conflict, NotFound


class NoSealYet(NotFound):
    title = "No seal yet"
    message = "Nothing has been sealed yet: assets-service seal does it now."


class NotSealedYet(Conflict):
    title = "Not sealed yet"
    message = "The newest entry of {code} is not sealed yet. Seals are made every few minutes; ask again then."


class NoSuchSeal(Conflict):
    title = "No checkpoint of ours"
    message = "No checkpoint of ours says this: the log had another root at {size} leaves, or never stopped there."


class KeyMissing(Conflict):
    title = "The key is not here"
    message = "The key that signs this log is not on this machine: put it back at {place}, or see the page on seals for what to do when it is lost."


class OtherKey(Conflict):
    title = "Another key"
    message = "The key at {place} is not the one that signs this log, {key}: put that one back."


class OlderCopy(Conflict):
    title = "An older copy of the ledger"
    message = (
        "This machine has signed {signed} leaves, and the database has {size} of them or others: it is an older copy, or was "
        "changed. No second tree is signed for the same log. See the page on seals for how to begin another."
    )


class TilesChanged(Conflict):
    title = "The tree was changed"
    message = "The stored tiles no longer give the root that was signed at {size} leaves: run assets-service verify."
