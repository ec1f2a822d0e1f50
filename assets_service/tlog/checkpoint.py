"""A checkpoint (c2sp.org/tlog-checkpoint): how many leaves a log has, and the root of the tree over them, signed."""

from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.tlog.encoding import from_base64, read_number, to_base64
from assets_service.tlog.errors import NoCheckpoint, OtherLog
from assets_service.tlog.keys import SigningKey, VerifierKey, is_name
from assets_service.tlog.merkle import HASH_BYTES
from assets_service.tlog.note import Note, read_note, signed

_LINES = 3  # and no extension: nobody could audit what stands there


class Checkpoint(Struct, frozen=True):
    """The log `origin` when it had `size` leaves; `root` is the hash over all of them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{to_base64(self.root)}\n"

    def signed(self, *keys: SigningKey) -> Note:
        return signed(self.text, *keys)


def checkpoint_of(note: Note) -> Checkpoint:
    """What the note says, its signatures not looked at. Raises `NoCheckpoint`."""
    lines = note.text.removesuffix("\n").split("\n")
    if len(lines) != _LINES:
        raise NoCheckpoint
    origin, size, root = lines[0], read_number(lines[1]), _root_of(lines[2])
    if not is_name(origin) or size is None:
        raise NoCheckpoint
    return Checkpoint(origin, size, root)


def read_checkpoint(data: bytes | str, key: VerifierKey) -> tuple[Checkpoint, Note]:
    """A checkpoint that this key has signed, of the log that bears its name.

    Raises `OtherLog`, `NotSigned`, `WrongSignature`, and what `read_note` and `checkpoint_of` raise.
    """
    note = read_note(data)
    found = checkpoint_of(note)
    if found.origin != key.name:
        raise OtherLog(found=found.origin, wanted=key.name)
    note.verify(key)
    return found, note


def _root_of(text: str) -> bytes:
    try:
        root = from_base64(text)
    except Refusal:
        raise NoCheckpoint from None
    if len(root) != HASH_BYTES:
        raise NoCheckpoint
    return root
