"""One visit of a witness to its log: fetch, check that it only grew, keep, cosign, hand in."""

from datetime import datetime

from msgspec import Struct

from assets_service.tlog.checkpoint import Checkpoint, checkpoint_of, read_checkpoint
from assets_service.tlog.cosignature import cosign
from assets_service.tlog.errors import CutOff, NotSigned
from assets_service.tlog.keys import SigningKey, VerifierKey
from assets_service.tlog.merkle import HASH_BYTES
from assets_service.tlog.note import Note
from assets_service.tlog.tiles import WIDTH, Tree, addresses_of, grown
from assets_service.witness.errors import FalseRoot, KeyNotFollowed, Rewritten
from assets_service.witness.memory import Memory
from assets_service.witness.remote import Remote


class Seen(Struct, frozen=True):
    """What a visit found. `is_first`: the log's key was not known before, and whoever runs this holds it against another source."""

    origin: str
    before: int
    size: int
    key: VerifierKey
    is_first: bool


def visit(log: Remote, memory: Memory, *, own: SigningKey, at: datetime, key: VerifierKey | None = None) -> Seen:
    """Check the log against what is kept, keep what is new, and cosign. `key` is the log's, needed only at the first visit.

    Raises `Rewritten`, `CutOff`, `FalseRoot`, `KeyNotFollowed`, `OtherLog`, `MemoryDamaged`, `LogAway`; `NotTaken` when all
    is well but the log does not take the cosignature.
    """
    is_first = memory.note is None
    known = memory.key or key or log.key()
    before = 0 if is_first else memory.check().size
    note, signer = _believed(log, known)
    found = checkpoint_of(note)
    if found.size < before:
        raise CutOff(before=before, size=found.size)
    tiles = _new_tiles(log, memory, before, found)
    _must_have_its_root(log, memory, before, found, tiles)
    memory.keep(note, signer, tiles)
    cosigned = note.plus([cosign(note, own, at)])
    memory.keep_note(cosigned, signer)
    log.cosign(Note(note.text, (*note.signatures[:1], cosigned.signatures[-1])))
    return Seen(found.origin, before, found.size, signer, is_first and key is None)


def _believed(log: Remote, known: VerifierKey) -> tuple[Note, VerifierKey]:
    """The log's checkpoint, signed by the key that is known or by one that it leads to."""
    note = log.checkpoint()
    try:
        return read_checkpoint(str(note), known)[1], known
    except NotSigned:
        for later in log.keys_after(known):
            if note.by(later):
                return read_checkpoint(str(note), later)[1], later
        raise KeyNotFollowed(origin=known.name, key=known) from None


def _new_tiles(log: Remote, memory: Memory, before: int, found: Checkpoint) -> dict[tuple[int, int], bytes]:
    """The tiles that change with the new leaves, made of the leaves that are kept and those that the log shows beyond them."""
    changed: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        return changed.get((level, number)) or memory.read(level, number)

    size = before
    for address in addresses_of(found.size):
        if (address.number + 1) * WIDTH <= before or size == found.size:
            continue
        tile = log.tile(address)
        kept = memory.read(0, address.number)
        if tile[: len(kept)] != kept:
            _refuse_rewritten(log, memory, before, found)
        leaves = [tile[place : place + HASH_BYTES] for place in range(len(kept), len(tile), HASH_BYTES)]
        changed |= grown(size, leaves, read)
        size += len(leaves)
    return changed


def _must_have_its_root(
    log: Remote, memory: Memory, before: int, found: Checkpoint, tiles: dict[tuple[int, int], bytes]
) -> None:
    tree = Tree(found.size, lambda *at: tiles.get(at) or memory.read(*at))
    if tree.root() == found.root:
        return
    _refuse_rewritten(log, memory, before, found)
    raise FalseRoot(origin=found.origin, size=found.size)


def _refuse_rewritten(log: Remote, memory: Memory, before: int, found: Checkpoint) -> None:
    """Name the first leaf that is not the one that was kept, if the log still shows its leaves. Raises `Rewritten`."""
    for address in addresses_of(before):
        leaf = _first_difference(memory.read(0, address.number), log.tile(address))
        if leaf is not None:
            leaf += address.number * WIDTH
            raise Rewritten(leaf=leaf, origin=found.origin, before=before, size=found.size)


def _first_difference(ours: bytes, theirs: bytes) -> int | None:
    """The place of the first hash in which the two differ."""
    for at in range(0, max(len(ours), len(theirs)), HASH_BYTES):
        if ours[at : at + HASH_BYTES] != theirs[at : at + HASH_BYTES]:
            return at // HASH_BYTES
    return None
