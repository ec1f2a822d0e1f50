"""Why something that claims to come from a log is not believed. A room's faces show these as they show every refusal."""

from assets_service.kernel.errors import Invalid


class NotBase64(Invalid):
    message = "Something here is not written in base64 as it must be, without blanks and with its padding: {text}."


class NoNote(Invalid):
    message = "This is no signed note: it needs text, an empty line, and signatures, each on a line of its own."


class NoKey(Invalid):
    message = "This is no verifier key of Ed25519: it is written as name+id+key, and its id fits its name and key."


class SignedTwice(Invalid):
    message = "The note bears two signatures by one key, {name}."


class NotSigned(Invalid):
    message = "The note bears no signature by the key of {name}."


class WrongSignature(Invalid):
    message = "The signature of {name} does not fit the note: one of the two was changed."


class NoCheckpoint(Invalid):
    message = (
        "This is no checkpoint: it has three lines, the log's name, the number of its leaves, and the root in base64."
    )


class OtherLog(Invalid):
    message = "This checkpoint is of the log {found}, not of {wanted}."


class UnknownWitness(Invalid):
    message = "Nobody known here as a witness has cosigned this."


class FewWitnesses(Invalid):
    message = "Of the {of} witnesses that are known {found} have cosigned; {needed} are needed."


class NoTile(Invalid):
    message = "No tile has such an address."


class WrongWidth(Invalid):
    message = "A tile of {wanted} hashes is needed here, of 32 bytes each; this one has {found} bytes."


class NoProof(Invalid):
    message = "This is no proof of a log: what stands at the line {line} is something else."


class PastTheTree(Invalid):
    message = "Leaf {index} cannot be in a tree of {size} leaves: the first is number 0."


class OtherSize(Invalid):
    message = "This proof is for a tree of another size: it has {found} hashes where {wanted} are needed."


class NotInTree(Invalid):
    message = "The proof does not lead from this leaf to the checkpoint's root."


class NotExtended(Invalid):
    message = "The log of {size} leaves does not extend the log of {before} that was seen before: it was rewritten."


class CutOff(Invalid):
    message = "The log has {size} leaves now; it had {before} before: it was cut off."
