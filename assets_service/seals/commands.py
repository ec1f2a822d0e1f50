"""Every write of seals: beginning a log, adding leaves under a signed checkpoint, keeping cosignatures, changing the key."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import structs
from sqlalchemy import insert
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.kernel import rows
from assets_service.ledger.commands import lock_chain, record
from assets_service.seals import queries
from assets_service.seals.asks import Cosigned, Witnessed
from assets_service.seals.errors import NoSuchSeal, OlderCopy, TilesChanged
from assets_service.seals.events import KeyChanged, LogBegun
from assets_service.seals.models import Cosignature, Leaf, Seal, Tile
from assets_service.seals.queries import Log, SeenUntil
from assets_service.tlog.checkpoint import Checkpoint, checkpoint_of
from assets_service.tlog.keys import SigningKey, VerifierKey
from assets_service.tlog.merkle import leaf_hash
from assets_service.tlog.note import read_note
from assets_service.tlog.tiles import Tree, grown, width_of

LEAVES_MAX = 2048  # in one transaction, so that nobody who writes waits long


def begin(session: Session, key: SigningKey, *, stamp: Stamp, instead_of: Checkpoint | None = None) -> None:
    """Begin a log under the name of this key, unless another process just did.

    `instead_of` is the last checkpoint of an earlier log that nothing can be added to any more.
    """
    number = 1 if instead_of is None else queries.log(session).id + 1
    subject = queries.subject_of(number)
    if lock_chain(session, subject) > 0:
        return
    told = LogBegun(origin=key.name, key=str(key.verifier))
    if instead_of:
        root = instead_of.root.hex()
        told = structs.replace(told, before_origin=instead_of.origin, before_size=instead_of.size, before_root=root)
    record(session, told, subject=subject, stamp=stamp)


def grow(
    session: Session,
    log: Log,
    keys: Sequence[SigningKey],
    *,
    seen: SeenUntil,
    last_signed: Checkpoint | None,
    at: datetime,
) -> Seal | None:
    """Add up to `LEAVES_MAX` of the entries that were seen to the tree and sign it; None when all of them are sealed already.

    Leaves, tiles and checkpoint are of one transaction, and whoever seals holds the log's chain: there is one tree for one
    size. Raises `OlderCopy` and `TilesChanged` when what is stored is not what was signed before.
    """
    lock_chain(session, log.subject)
    before = queries.newest_seal(session, log.id)
    size = before.size if before else 0
    _must_go_on(session, log, before, last_signed)
    settled = queries.settled_seq(session, log.id)  # before the look: what had appeared below it by then is seen now
    entries = queries.unsealed(session, before, log.id, until=seen.seq, limit=LEAVES_MAX)
    if not entries:
        return None
    seen_seq = seen.seq if len(entries) < LEAVES_MAX else entries[-1].seq
    leaves = [leaf_hash(bytes.fromhex(hash_)) for _, hash_ in entries]
    _add_leaves(session, log.id, size, [seq for seq, _ in entries])
    tiles = grown(size, leaves, queries.reader(session, log.id))
    _put_tiles(session, log.id, size, tiles)
    size += len(leaves)
    root = Tree(size, lambda *tile: tiles.get(tile) or queries.reader(session, log.id)(*tile)).root()
    seal = Seal(
        log=log.id,
        size=size,
        root=root.hex(),
        note=str(Checkpoint(log.origin, size, root).signed(*keys)),
        sealed_at=at,
        seen_seq=seen_seq,
        settles_at=seen.settles_at,
        settled_seq=max(before.settled_seq if before else 0, min(settled, seen_seq)),
    )
    session.add(seal)
    session.flush()
    return seal


def _must_go_on(session: Session, log: Log, before: Seal | None, last_signed: Checkpoint | None) -> None:
    """Refuse to sign unless the stored tree is the one that was signed last, or begins with it."""
    size = before.size if before else 0
    read = queries.reader(session, log.id)
    if last_signed and (size < last_signed.size or Tree(last_signed.size, read).root() != last_signed.root):
        raise OlderCopy(signed=last_signed.size, size=size)
    if before and Tree(size, read).root().hex() != before.root:
        raise TilesChanged(size=size)


def _add_leaves(session: Session, log: int, size: int, entries: list[int]) -> None:
    leaves = [{"log": log, "number": number, "entry_seq": seq} for number, seq in enumerate(entries, size)]
    session.connection().execute(insert(Leaf), leaves)


def _put_tiles(session: Session, log: int, size: int, tiles: dict[tuple[int, int], bytes]) -> None:
    """Write the tiles that changed: at most one of each level was there already."""
    fresh = []
    for (level, number), hashes in tiles.items():
        there = session.get(Tile, (log, level, number)) if _has_begun(level, number, size) else None
        if there:
            there.hashes = hashes
        else:
            fresh.append({"log": log, "level": level, "number": number, "hashes": hashes})
    session.flush()
    if fresh:
        session.connection().execute(insert(Tile), fresh)


def _has_begun(level: int, number: int, size: int) -> bool:
    return bool(width_of(level, number, size))


def keep_cosignatures(session: Session, _asked: Cosigned, found: Witnessed, *, stamp: Stamp) -> Seal:
    """Keep what witnesses signed under a checkpoint of ours; of one witness the first. Raises `NoSealYet`, `NoSuchSeal`."""
    log, claimed = queries.log(session), checkpoint_of(found.note)
    seal = queries.seal(session, log.id, claimed.size)
    if read_note(seal.note).text != found.note.text:
        raise NoSuchSeal(size=claimed.size)
    for witness in found.witnesses:
        line = str(found.note.by(witness)).removesuffix("\n")
        rows.add_once(
            session,
            Cosignature,
            {"log": log.id, "size": seal.size, "witness": str(witness), "line": line, "received_at": stamp.at},
        )
    return seal


def change_key(session: Session, new: VerifierKey, statement: str | None, *, reason: str | None, stamp: Stamp) -> None:
    """Record the key that signs from now on, with the word of the old one, unless that was lost."""
    log = queries.log(session)
    lock_chain(session, log.subject)
    newest = queries.newest_seal(session, log.id)
    told = KeyChanged(key=str(new), size=newest.size if newest else 0, statement=statement, reason=reason)
    record(session, told, subject=log.subject, stamp=stamp)
