"""Why a witness does not cosign. Whoever reads one of these goes and asks the log's operator."""

from assets_service.kernel.errors import Conflict


class LogAway(Conflict):
    title = "The log does not answer"
    message = "{url} does not answer as a log does: {why}."


class Rewritten(Conflict):
    title = "The log was rewritten"
    message = (
        "REWRITTEN: leaf {leaf} of {origin} is not the one that is kept here. The log showed {before} leaves before and shows "
        "{size} now; nothing was cosigned, and what is kept stays as it was."
    )


class FalseRoot(Conflict):
    title = "The tree does not fit"
    message = "FALSE: the {size} leaves that {origin} shows do not have the root that it signed. Nothing was cosigned."


class KeyNotFollowed(Conflict):
    title = "The log's key is another"
    message = (
        "ANOTHER KEY: {origin} is not signed by the key that is kept here, {key}, and no statement of that key names the one "
        "that signs now. Nothing was cosigned."
    )


class NotTaken(Conflict):
    title = "The cosignature was not taken"
    message = "The checkpoint holds and was cosigned, but the log did not take the cosignature: {why}"


class MemoryDamaged(Conflict):
    title = "The memory is damaged"
    message = "What is kept in {folder} no longer has the root of its checkpoint: it was damaged or changed. Take another copy."


class NoMemory(Conflict):
    title = "Nothing is kept"
    message = "{folder} holds no memory of a log: it needs the files checkpoint and log.vkey and the folder tile."
