"""Every select of seals."""

from collections.abc import Generator, Sequence

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Row, func, select, tuple_
from sqlalchemy.orm import Session

from assets_service.kernel.db import oldest_open
from assets_service.ledger import queries as ledger
from assets_service.ledger.events import kind_of
from assets_service.ledger.models import Chain, Entry
from assets_service.seals.errors import NoSealYet, NoSuchSeal
from assets_service.seals.events import KeyChanged, LogBegun
from assets_service.seals.models import Cosignature, Leaf, Seal, Tile
from assets_service.tlog.keys import VerifierKey, read_key
from assets_service.tlog.note import Note, read_note, read_signature
from assets_service.tlog.tiles import WIDTH, Address, ReadTile, Tree

_PREFIX, _END = "log/", "log0"  # what stands between begins with the prefix


class SeenUntil(Struct, frozen=True):
    """The newest entry that was there at a moment, and the mark that was taken after it (`kernel.db.settling_mark`)."""

    seq: int
    settles_at: int


class Log(Struct, frozen=True):
    """The log as its chain tells it: its number here, its name for everybody, its keys, the one that signs now last."""

    id: int
    origin: str
    keys: tuple[VerifierKey, ...]
    statements: tuple[str | None, ...]  # of each key after the first: what the one before signed

    @property
    def subject(self) -> str:
        return subject_of(self.id)

    @property
    def key(self) -> VerifierKey:
        return self.keys[-1]


def subject_of(log: int) -> str:
    return f"{_PREFIX}{log}"


def log(session: Session) -> Log:
    """The log that is sealed now. Raises `NoSealYet`."""
    subjects = select(Chain.subject).where(Chain.subject >= _PREFIX, Chain.subject < _END, Chain.seq > 0)
    numbers = [int(subject.removeprefix(_PREFIX)) for subject in session.scalars(subjects)]
    if not numbers:
        raise NoSealYet
    return _told(max(numbers), ledger.history(session, subject_of(max(numbers))))


def _told(number: int, entries: Sequence[Entry]) -> Log:
    begun = msgspec.json.decode(entries[0].body, type=LogBegun)
    changes = [
        msgspec.json.decode(entry.body, type=KeyChanged) for entry in entries if entry.kind == kind_of(KeyChanged)
    ]
    keys = tuple(map(read_key, [begun.key, *(each.key for each in changes)]))
    return Log(number, begun.origin, keys, tuple(each.statement for each in changes))


def newest_seal(session: Session, log: int) -> Seal | None:
    return session.scalars(select(Seal).where(Seal.log == log).order_by(Seal.size.desc()).limit(1)).first()


def seal(session: Session, log: int, size: int | None = None) -> Seal:
    """The checkpoint at this size; the newest when none is named. Raises `NoSealYet`, `NoSuchSeal`."""
    if size is None:
        found = newest_seal(session, log)
        if found is None:
            raise NoSealYet
        return found
    at = session.get(Seal, (log, size))
    if at is None:
        raise NoSuchSeal(size=size)
    return at


def newest_cosigned(session: Session, log: int) -> Seal | None:
    """The newest checkpoint that a witness has cosigned."""
    size = select(func.max(Cosignature.size)).where(Cosignature.log == log).scalar_subquery()
    return session.scalars(select(Seal).where(Seal.log == log, Seal.size == size)).first()


def cosigned(session: Session, seal: Seal) -> Note:
    """The checkpoint with the signatures of its witnesses."""
    lines = select(Cosignature.line).where(Cosignature.log == seal.log, Cosignature.size == seal.size)
    signatures = [
        read_signature(line) for line in session.scalars(lines.order_by(Cosignature.received_at, Cosignature.witness))
    ]
    return read_note(seal.note).plus(signatures)


def reader(session: Session, log: int) -> ReadTile:
    """A function that reads a tile as it is stored, empty where there is none."""

    def read(level: int, number: int) -> bytes:
        at = (Tile.log == log, Tile.level == level, Tile.number == number)
        return session.scalar(select(Tile.hashes).where(*at)) or b""

    return read


def tree(session: Session, seal: Seal) -> Tree:
    return Tree(seal.size, reader(session, seal.log))


def settled_seq(session: Session, log: int) -> int:
    """The number of an entry below which no more will appear: who was at work when it was seen has ended."""
    settled = select(Seal.seen_seq).where(Seal.log == log, Seal.settles_at <= oldest_open(session))
    return session.scalar(settled.order_by(Seal.size.desc()).limit(1)) or 0


def unsealed(session: Session, before: Seal | None, log: int, *, until: int, limit: int) -> Sequence[Row[int, str]]:
    """The number and the hash of entries up to this one that have no leaf yet, in the order of their numbers."""
    found = select(Entry.seq, Entry.hash).where(*_without_leaf(before, log), Entry.seq <= until)
    return session.execute(found.order_by(Entry.seq).limit(limit)).all()


def count_unsealed(session: Session, log: int) -> int:
    without = _without_leaf(newest_seal(session, log), log)
    return session.scalar(select(func.count()).select_from(Entry).where(*without)) or 0


def _without_leaf(before: Seal | None, log: int) -> tuple[ColumnElement[bool], ...]:
    sealed = select(Leaf.number).where(Leaf.log == log, Leaf.entry_seq == Entry.seq).exists()
    return Entry.seq > (before.settled_seq if before else 0), ~sealed


class Sealed(Struct, frozen=True):
    """A leaf with its entry; none where the entry is missing."""

    number: int
    entry_seq: int
    entry: Entry | None


def sealed(session: Session, log: int) -> Generator[Sealed]:
    """Every leaf with its entry, in order, streamed."""
    found = select(Leaf.number, Leaf.entry_seq, Entry).outerjoin(Entry, Entry.seq == Leaf.entry_seq)
    rows = session.execute(found.where(Leaf.log == log).order_by(Leaf.number).execution_options(yield_per=ledger.BATCH))
    try:
        for number, entry_seq, entry in rows:
            yield Sealed(number, entry_seq, entry)
            if entry:
                session.expunge(entry)
    finally:
        rows.close()


def seals(session: Session, log: int) -> Generator[Seal]:
    """Every checkpoint, the smallest first, streamed."""
    found = select(Seal).where(Seal.log == log).order_by(Seal.size)
    rows = session.scalars(found.execution_options(yield_per=ledger.BATCH))
    try:
        yield from rows
    finally:
        rows.close()


def witnesses_of(session: Session, seal: Seal) -> list[str]:
    """The verifier keys of who cosigned the checkpoint."""
    found = select(Cosignature.witness).where(Cosignature.log == seal.log, Cosignature.size == seal.size)
    return list(session.scalars(found))


def count_entries(session: Session) -> int:
    return session.scalar(select(func.count(Entry.seq))) or 0


def leaf_of(session: Session, log: int, entry_seq: int) -> int | None:
    """The entry's place in the tree; None while it is not sealed."""
    return session.scalar(select(Leaf.number).where(Leaf.log == log, Leaf.entry_seq == entry_seq))


def bundle(session: Session, log: int, address: Address) -> list[bytes]:
    """What the leaves of this bundle stand for: the hashes of their entries."""
    first = address.number * WIDTH
    found = select(Entry.hash).join(Leaf, Leaf.entry_seq == Entry.seq).where(Leaf.log == log)
    rows = session.scalars(found.where(Leaf.number >= first, Leaf.number < first + address.width).order_by(Leaf.number))
    return [bytes.fromhex(each) for each in rows]


def entries_at(session: Session, log: int, places: Sequence[tuple[str, int]]) -> dict[str, tuple[Entry, int | None]]:
    """The entries at these places (subject, subject_seq), by subject, each with its leaf; none while it is not sealed."""
    found = (
        select(Entry, Leaf.number)
        .outerjoin(Leaf, (Leaf.log == log) & (Leaf.entry_seq == Entry.seq))
        .where(tuple_(Entry.subject, Entry.subject_seq).in_(places))
    )
    return {entry.subject: (entry, leaf) for entry, leaf in session.execute(found)}


def head_of(session: Session, subject: str) -> Entry:
    """The newest entry of a chain."""
    return session.scalars(
        select(Entry).where(Entry.subject == subject).order_by(Entry.subject_seq.desc()).limit(1)
    ).one()
