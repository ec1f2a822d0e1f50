"""What the owner of the database can do to a sealed ledger, and which leaf then is the first that is not as it was.

Each misdeed is done with the triggers switched off. It returns the number of the first leaf that it changed; none when it
changed no leaf.
"""

from collections.abc import Callable, Sequence
from random import Random

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session, make_transient

from assets_service.kernel.clock import utc_now
from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import NO_HASH, Chain, Entry
from assets_service.seals import queries
from assets_service.seals.models import Leaf, Seal, Tile
from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.keys import SigningKey
from assets_service.tlog.merkle import leaf_hash
from assets_service.tlog.tiles import Tree, grown
from tests import build
from tests.seals.build_seals import some_entries

Misdeed = Callable[[Session, Random, int, SigningKey], int | None]
FORGED = '{"what":"forged"}'


def leaf_of(session: Session, entry: Entry) -> int:
    number = queries.leaf_of(session, queries.log(session).id, entry.seq)
    assert number is not None
    return number


def a_sealed_entry(session: Session, random: Random, size: int, *, after: int = 0) -> Entry:
    """An entry of some chain, below the checkpoint that was kept; with so many before it in its chain."""
    sealed = select(Entry).join(Leaf, Leaf.entry_seq == Entry.seq).where(Leaf.number < size, Entry.subject_seq > after)
    return random.choice(session.scalars(sealed.where(Entry.subject.startswith("stock/")).order_by(Entry.seq)).all())


def chain_of(session: Session, entry: Entry) -> list[Entry]:
    return list(session.scalars(select(Entry).where(Entry.subject == entry.subject).order_by(Entry.subject_seq)))


def rehash(session: Session, entries: Sequence[Entry]) -> None:
    """Link the entries into a chain that holds, with its head, whatever they say now."""
    before = NO_HASH
    for entry in entries:
        entry.prev_hash, entry.hash = before, ""
        entry.hash = before = hash_of(entry)
    session.flush()
    last = entries[-1]
    head = {"seq": last.subject_seq, "hash": last.hash, "at": last.at}
    session.execute(update(Chain).where(Chain.subject == last.subject).values(**head))


def renumber(session: Session, entries: Sequence[Entry]) -> None:
    for step in (100_000, 0):  # two of one number would not even be let in for a moment
        for number, entry in enumerate(entries, 1):
            entry.subject_seq = number + step
        session.flush()
    rehash(session, entries)


def first_leaf_after(session: Session, chain: Sequence[Entry], number: int) -> int:
    """The first leaf of the entries from this one on; the newest may have none yet."""
    log = queries.log(session).id
    leaves = [queries.leaf_of(session, log, entry.seq) for entry in chain if entry.subject_seq >= number]
    return min(leaf for leaf in leaves if leaf is not None)


def edit(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    entry.body = FORGED
    return leaf_of(session, entry)


def edit_time(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    entry.at = utc_now()
    return leaf_of(session, entry)


def edit_and_hash(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    entry.body = FORGED
    entry.hash = hash_of(entry)
    return leaf_of(session, entry)


def rehash_a_chain(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    entry.body = FORGED
    chain = chain_of(session, entry)
    rehash(session, chain)
    return first_leaf_after(session, chain, entry.subject_seq)


def take_away(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    number = leaf_of(session, entry)
    session.delete(entry)
    return number


def take_away_and_close_up(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size, after=1)
    chain = chain_of(session, entry)
    number = first_leaf_after(session, chain, entry.subject_seq)
    session.delete(entry)
    session.flush()
    renumber(session, [each for each in chain if each is not entry])
    return number


def put_in_between(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size)
    chain = chain_of(session, entry)
    number = first_leaf_after(session, chain, entry.subject_seq)
    session.expunge(entry)
    make_transient(entry)
    forged, again = entry, chain_again(session, entry)
    forged.seq = (session.scalar(select(func.max(Entry.seq))) or 0) + 1
    forged.body, forged.subject_seq = FORGED, 200_000
    session.add(forged)
    session.flush()
    place = again[0].subject_seq
    whole = [each for each in chain_of(session, forged) if each is not forged]
    renumber(session, [*whole[: place - 1], forged, *whole[place - 1 :]])
    return number


def chain_again(session: Session, entry: Entry) -> list[Entry]:
    found = select(Entry).where(Entry.subject == entry.subject, Entry.subject_seq == entry.subject_seq)
    return list(session.scalars(found))


def exchange(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    entry = a_sealed_entry(session, random, size, after=1)
    chain = chain_of(session, entry)
    at = entry.subject_seq - 1
    number = min(leaf_of(session, chain[at - 1]), first_leaf_after(session, chain, entry.subject_seq))
    chain[at - 1], chain[at] = chain[at], chain[at - 1]
    renumber(session, chain)
    return number


def exchange_leaves(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    one, other = sorted(random.sample(range(size), 2))
    first, second = (session.get_one(Leaf, (1, number)) for number in (one, other))
    entries = first.entry_seq, second.entry_seq
    first.entry_seq = -1
    session.flush()
    second.entry_seq = entries[0]
    session.flush()
    first.entry_seq = entries[1]
    return one


def cut_a_chain(session: Session, random: Random, size: int, _key: SigningKey) -> int:
    """The end of a chain, with its head."""
    entry = a_sealed_entry(session, random, size, after=1)
    chain = chain_of(session, entry)
    number = first_leaf_after(session, chain, entry.subject_seq)
    for each in chain[entry.subject_seq - 1 :]:
        session.delete(each)
    session.flush()
    rehash(session, chain[: entry.subject_seq - 1])
    return number


def make_anew(session: Session, random: Random, size: int, key: SigningKey) -> int:
    """One entry changed, its chain, every tile and every checkpoint made again and signed with the true key."""
    number = rehash_a_chain(session, random, size, key)
    build_again(session, key)
    return number


def put_back(session: Session, random: Random, size: int, key: SigningKey) -> int:
    """An older database, whole and in itself without fault."""
    sizes = session.scalars(select(Seal.size).where(Seal.size < size).order_by(Seal.size)).all()
    smaller = random.choice(sizes)
    kept = select(Leaf.entry_seq).where(Leaf.number < smaller)
    session.execute(delete(Entry).where(Entry.seq.not_in(kept)))
    session.execute(delete(Leaf).where(Leaf.number >= smaller))
    session.expire_all()
    session.execute(delete(Chain).where(Chain.subject.not_in(select(Entry.subject))))
    for subject in session.scalars(select(Entry.subject).distinct()).all():
        rehash(
            session, list(session.scalars(select(Entry).where(Entry.subject == subject).order_by(Entry.subject_seq)))
        )
    build_again(session, key)
    return smaller


def build_again(session: Session, key: SigningKey) -> None:
    """Tiles and checkpoints over the leaves that are there now."""
    session.flush()
    found = select(Entry.hash).join(Leaf, Leaf.entry_seq == Entry.seq).order_by(Leaf.number)
    leaves = [leaf_hash(bytes.fromhex(each)) for each in session.scalars(found)]
    tiles = grown(0, leaves, lambda *_: b"")
    session.execute(delete(Tile))
    session.execute(delete(Seal).where(Seal.size > len(leaves)))
    session.expire_all()
    session.add_all(Tile(log=1, level=level, number=at, hashes=tile) for (level, at), tile in tiles.items())
    for seal in session.scalars(select(Seal)):
        root = Tree(seal.size, lambda *at: tiles[at]).root()
        seal.root, seal.note = root.hex(), str(Checkpoint(key.name, seal.size, root).signed(key))
    session.flush()


def exchange_tiles(session: Session, random: Random, size: int, _key: SigningKey) -> None:
    tile = random.choice(session.scalars(select(Tile).order_by(Tile.level, Tile.number)).all())
    at = random.randrange(len(tile.hashes) // 32) * 32
    tile.hashes = tile.hashes[:at] + random.randbytes(32) + tile.hashes[at + 32 :]
    del size


def sign_another_root(session: Session, random: Random, size: int, key: SigningKey) -> None:
    seal = random.choice(session.scalars(select(Seal).where(Seal.size <= size).order_by(Seal.size)).all())
    root = random.randbytes(32)
    seal.root, seal.note = root.hex(), str(Checkpoint(key.name, seal.size, root).signed(key))


def append_forged(session: Session, _random: Random, _size: int, _key: SigningKey) -> None:
    """A whole entry, as the product itself would write it: nothing tells it from a true one but that it is not protected yet."""
    some_entries(session, 1)


def sweep_all(session: Session, _random: Random, _size: int, _key: SigningKey) -> int:
    session.execute(delete(Entry))
    session.execute(delete(Chain).where(Chain.subject.not_like("log/%")))
    return 0


BELOW: dict[str, Misdeed] = {
    "an entry is edited": edit,
    "the time of an entry is edited": edit_time,
    "an entry is edited and hashed": edit_and_hash,
    "a chain is hashed again": rehash_a_chain,
    "an entry is taken away": take_away,
    "an entry is taken away and the chain closed up": take_away_and_close_up,
    "an entry is put in between": put_in_between,
    "two entries are exchanged": exchange,
    "two leaves are exchanged": exchange_leaves,
    "the end of a chain is cut off with its head": cut_a_chain,
    "everything is made anew and signed": make_anew,
    "an old database is put back": put_back,
}
BESIDE: dict[str, Misdeed] = {
    "a tile is exchanged": exchange_tiles,
    "another root is signed": sign_another_root,
}
__all__ = ["BELOW", "BESIDE", "append_forged", "build"]
