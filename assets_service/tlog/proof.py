"""A proof that stands alone (c2sp.org/tlog-proof): where a leaf is, the path to the root, and the checkpoint that has it."""

from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.tlog.checkpoint import Checkpoint, read_checkpoint
from assets_service.tlog.encoding import from_base64, read_number, to_base64
from assets_service.tlog.errors import NoProof
from assets_service.tlog.keys import VerifierKey
from assets_service.tlog.merkle import HASH_BYTES, check_inclusion, leaf_hash
from assets_service.tlog.note import Note

FIRST_LINE = "c2sp.org/tlog-proof@v1"
PATH_MAX = 63
_SHOWN_MAX = 60


class Proof(Struct, frozen=True):
    """A leaf's place and its path in the checkpoint's tree. `extra` is whatever the log adds, and nothing proves it."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str  # the signed note
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = "" if self.extra is None else f"extra {to_base64(self.extra)}\n"
        path = "".join(f"{to_base64(each)}\n" for each in self.path)
        return f"{FIRST_LINE}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"

    def verify(self, leaf: bytes, key: VerifierKey) -> tuple[Checkpoint, Note]:
        """The checkpoint that proves this leaf's data; raises whatever `read_checkpoint` and `check_inclusion` do."""
        found, note = read_checkpoint(self.checkpoint, key)
        check_inclusion(leaf_hash(leaf), self.index, found.size, found.root, self.path)
        return found, note


def read_proof(text: str) -> Proof:
    """The proof in a text; the checkpoint in it is not looked at yet. Raises `NoProof`, `NotBase64`."""
    head, gap, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if lines.pop(0) != FIRST_LINE or not gap:
        raise NoProof(line=head[:_SHOWN_MAX])
    extra = from_base64(lines.pop(0)[6:]) if lines and lines[0].startswith("extra ") else None
    index = read_number(lines[0].removeprefix("index ")) if lines and lines[0].startswith("index ") else None
    if index is None or len(lines) > PATH_MAX + 1:
        raise NoProof(line=lines[0][:_SHOWN_MAX] if lines else "")
    return Proof(index, tuple(map(_hash, lines[1:])), checkpoint, extra)


def _hash(line: str) -> bytes:
    try:
        found = from_base64(line)
    except Refusal:
        raise NoProof(line=line[:_SHOWN_MAX]) from None
    if len(found) != HASH_BYTES:
        raise NoProof(line=line[:_SHOWN_MAX])
    return found
