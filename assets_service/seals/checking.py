"""The stored tree held against the entries below it and the checkpoints above it; and against what somebody else kept of it."""

from collections.abc import Iterator
from contextlib import closing
from itertools import islice, zip_longest

from sqlalchemy.orm import Session

from assets_service.kernel.errors import NotFound, Refusal
from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import Entry
from assets_service.seals import queries
from assets_service.seals.models import Seal
from assets_service.seals.queries import Log, Sealed
from assets_service.tlog.checkpoint import read_checkpoint
from assets_service.tlog.cosignature import cosigned_at
from assets_service.tlog.keys import read_key
from assets_service.tlog.merkle import HASH_BYTES, leaf_hash
from assets_service.tlog.note import Note
from assets_service.tlog.tiles import WIDTH, Tree, grown
from assets_service.witness.memory import Memory

Tiles = dict[tuple[int, int], bytes]


def check(session: Session) -> Iterator[str]:
    """One sentence for each thing that does not hold: the first leaf that is not its entry's, tiles, checkpoints, signatures."""
    try:
        log = queries.log(session)
    except NotFound:
        return
    tiles, size, covered = Tiles(), 0, 0
    with closing(queries.seals(session, log.id)) as seals, closing(queries.sealed(session, log.id)) as found:
        seal = next(seals, None)
        while leaves := list(islice(found, WIDTH)):
            if wrong := _wrong_leaf(leaves, size):
                yield wrong
                return
            changed = _grow(tiles, size, [leaf_hash(bytes.fromhex(each.entry.hash)) for each in leaves if each.entry])
            yield from _wrong_tiles(session, log, {at: tile for at, tile in changed.items() if _is_full(tile)})
            size += len(leaves)
            while seal and seal.size <= size:
                yield from _wrong_seal(session, log, seal, tiles)
                covered, seal = seal.size, next(seals, None)
    yield from _wrong_tiles(session, log, tiles)
    if seal:
        yield f"The checkpoint of {seal.size} leaves has only {size} below it: leaves are missing."
    elif size and covered != size:
        yield f"There are {size} leaves, and the last checkpoint covers {covered}."


def against(session: Session, memory: Memory) -> Iterator[str]:
    """The same against a memory that left the house: the first leaf that is not as it was when that was taken.

    Each entry is hashed again, so that it does not matter what else was changed with it. Raises `NoMemory`, `MemoryDamaged`.
    """
    log, kept = queries.log(session), memory.checkpoint()
    if kept.origin != log.origin:
        yield f"The kept checkpoint is of the log {kept.origin}, this one is {log.origin}."
        return
    number = -1
    try:
        with closing(queries.sealed(session, log.id)) as found:
            for number, (leaf, there) in enumerate(zip_longest(memory.leaves(), islice(found, kept.size))):
                if wrong := _unlike(number, leaf, there):
                    yield f"{wrong} {kept.size} leaves were there when the checkpoint was kept."
                    return
    except (ValueError, LookupError):  # a time or a door that no entry of ours could bear
        yield f"Leaf {number + 1}, or one soon after it: its entry cannot be read."


def _unlike(number: int, leaf: bytes | None, there: Sealed | None) -> str | None:
    if there is None:
        return f"Leaf {number}: it was cut off."
    if there.number != number or there.entry is None:
        return f"Leaf {number}: it, or its entry, was taken away."
    if leaf_hash(bytes.fromhex(hash_of(there.entry))) != leaf:
        return f"Leaf {number}: it is not the entry that was there ({_place(there.entry)} now)."
    return None


def unprotected(session: Session, kept: int) -> int:
    """How many entries lie after a checkpoint of so many leaves: nothing outside this database protects them."""
    return queries.count_entries(session) - kept


def _wrong_leaf(leaves: list[Sealed], first: int) -> str | None:
    for number, each in enumerate(leaves, first):
        if each.number != number:
            return f"Leaf {number} is missing."
        if each.entry is None:
            return f"Leaf {number}: its entry {each.entry_seq} is missing."
    return None


def _grow(tiles: Tiles, size: int, leaves: list[bytes]) -> Tiles:
    """Let the tree grow, and give the tiles that changed; of the lowest level only the newest is kept."""
    changed = grown(size, leaves, lambda *at: tiles[at])
    tiles.update(changed)
    tiles.pop((0, size // WIDTH - 1), None)
    return changed


def _is_full(tile: bytes) -> bool:
    return len(tile) == WIDTH * HASH_BYTES


def _wrong_tiles(session: Session, log: Log, tiles: Tiles) -> Iterator[str]:
    read = queries.reader(session, log.id)
    for (level, number), hashes in tiles.items():
        stored = read(level, number)
        if stored != hashes:
            place = _first_difference(stored, hashes)
            yield f"Tile {level}/{number}: hash {place} is not that of the {'entry' if level == 0 else 'tile'} below it."


def _first_difference(stored: bytes, hashes: bytes) -> int:
    longest = range(0, max(len(stored), len(hashes)), HASH_BYTES)
    return next(at // HASH_BYTES for at in longest if stored[at : at + HASH_BYTES] != hashes[at : at + HASH_BYTES])


def _wrong_seal(session: Session, log: Log, seal: Seal, tiles: Tiles) -> Iterator[str]:
    root = Tree(seal.size, lambda *at: tiles[at]).root()
    if root.hex() != seal.root:
        yield f"The checkpoint of {seal.size} leaves has another root than they give."
        return
    try:
        note = queries.cosigned(session, seal)
        signer = next((key for key in log.keys if note.by(key)), log.key)
        found, _ = read_checkpoint(str(note), signer)
    except Refusal as refusal:
        yield f"The checkpoint of {seal.size} leaves: {refusal}"
        return
    if (found.size, found.root) != (seal.size, root):
        yield f"The checkpoint of {seal.size} leaves is signed for another tree."
    yield from _wrong_cosignatures(session, seal, note)


def _wrong_cosignatures(session: Session, seal: Seal, note: Note) -> Iterator[str]:
    for witness in queries.witnesses_of(session, seal):
        try:
            cosigned_at(note, read_key(witness))
        except Refusal as refusal:
            yield f"The checkpoint of {seal.size} leaves: {refusal}"


def _place(entry: Entry) -> str:
    return f"{entry.subject}, entry {entry.subject_seq}"
