"""A signed note (c2sp.org/signed-note): text that ends with a newline, an empty line, and one or more signatures."""

from collections.abc import Iterable

from msgspec import Struct

from assets_service.tlog.encoding import from_base64, to_base64
from assets_service.tlog.errors import NoNote, NotSigned, SignedTwice, WrongSignature
from assets_service.tlog.keys import SigningKey, VerifierKey, is_name

NOTE_MAX = 1 << 16  # characters
SIGNATURES_MAX = 64
_DASH = "\u2014 "
_ID_BYTES = 4


class Signature(Struct, frozen=True):
    """One signature: the key's name and id, and what that key made of the text."""

    name: str
    id: bytes
    made: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.id + self.made)}\n"

    def is_by(self, key: VerifierKey) -> bool:
        return (self.name, self.id) == (key.name, key.id)


class Note(Struct, frozen=True):
    """The text, with the newline at its end, and its signatures. Nothing of it is believed before it is verified."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def by(self, key: VerifierKey) -> Signature | None:
        return next((signature for signature in self.signatures if signature.is_by(key)), None)

    def verify(self, key: VerifierKey) -> None:
        """Raise `NotSigned` or `WrongSignature` unless the key has signed this text."""
        signature = self.by(key)
        if signature is None:
            raise NotSigned(name=key.name)
        if not key.fits(signature.made, self.text.encode()):
            raise WrongSignature(name=key.name)

    def plus(self, signatures: Iterable[Signature]) -> "Note":
        """The note with more signatures; one by a key that has signed already stays as it is."""
        more = {(each.name, each.id): each for each in (*signatures, *self.signatures)}
        first = {(each.name, each.id) for each in self.signatures}
        return Note(self.text, (*self.signatures, *(each for key, each in more.items() if key not in first)))


def signed(text: str, *keys: SigningKey) -> Note:
    """The text as a note, signed with each of the keys."""
    made = (Signature(key.name, key.verifier.id, key.sign(text.encode())) for key in keys)
    return Note(text, tuple(made))


def read_note(data: bytes | str) -> Note:
    """The note in these bytes. Raises `NoNote`, `NotBase64`, `SignedTwice`."""
    whole = _text_of(data)
    text, gap, below = whole.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or lines.pop() or not 0 < len(lines) <= SIGNATURES_MAX:
        raise NoNote
    signatures = tuple(map(_signature, lines))
    seen: set[tuple[str, bytes]] = set()
    for each in signatures:
        if (each.name, each.id) in seen:
            raise SignedTwice(name=each.name)
        seen.add((each.name, each.id))
    return Note(f"{text}\n", signatures)


def read_signature(line: str) -> Signature:
    """The signature on this line, without its newline. Raises `NoNote`, `NotBase64`."""
    return _signature(line)


def _text_of(data: bytes | str) -> str:
    try:
        whole = data.decode() if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise NoNote from None
    if len(whole) > NOTE_MAX or any(sign < " " and sign != "\n" for sign in whole):
        raise NoNote
    return whole


def _signature(line: str) -> Signature:
    name, gap, encoded = line.removeprefix(_DASH).partition(" ")
    if not (line.startswith(_DASH) and gap and is_name(name)):
        raise NoNote
    made = from_base64(encoded)
    if len(made) <= _ID_BYTES:
        raise NoNote
    return Signature(name, made[:_ID_BYTES], made[_ID_BYTES:])
