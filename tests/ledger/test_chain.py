"""The ledger: chained as its format says, append-only on both databases, and broken where it was tampered with."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256

import msgspec
import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from assets_service.access.stamp import Door
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import Database
from assets_service.ledger import facts, queries
from assets_service.ledger.chain import facts_of, hash_of
from assets_service.ledger.commands import record, record_each
from assets_service.ledger.events import Event
from assets_service.ledger.models import NO_HASH, Chain, Entry
from assets_service.ledger.queries import Broken, Head
from tests.build import NOON, later, system


class Seen(Event, frozen=True, tag="tests.seen"):
    what: str
    times: int | None | msgspec.UnsetType = msgspec.UNSET


class Stated(Event, frozen=True, tag="tests.stated"):
    condition: str
    model: str | msgspec.UnsetType


def tell(session: Session, *subjects: str) -> None:
    for subject in subjects:
        record(session, Seen(what="é"), subject=subject, stamp=system())


def entries(session: Session, subject: str) -> list[Entry]:
    return queries.history(session, subject)


def test_an_entry_is_hashed_as_the_format_says(session: Session) -> None:
    by = msgspec.structs.replace(system(NOON), claimed_at=later(hours=-1), door=Door.OUTBOX, action_id="an-action")
    record(session, Seen(what="a", times=None), subject="7K3M9QXA", stamp=by)
    (entry,) = entries(session, "7K3M9QXA")
    told = [
        "assets-ledger-2/told", own_salt(entry, "told"), "0" * 64, "7K3M9QXA", "1", "tests.seen", "2026-11-20T05:00:00.000000Z",
        "2026-11-20T04:00:00.000000Z", "system", "outbox", "an-action", '{"times":null,"what":"a"}',
    ]  # fmt: skip
    assert entry.hash == digest("assets-ledger-2", digest(*told), entry.facts)


def test_the_facts_after_an_entry_are_hashed_as_the_format_says(session: Session) -> None:
    for condition, model in (("good", "Tab"), ("heavy", msgspec.UNSET)):
        record(session, Stated(condition=condition, model=model), subject="7K3M9QXA", stamp=system())
    _, entry = entries(session, "7K3M9QXA")
    public = (
        '{"acquired_on":null,"brand":null,"condition":"heavy","kind":null,"model":"Tab","office":null,"presence":null,'
        '"programme":null,"value":null}'
    )
    private = (
        '{"bound_for":null,"check_due_on":null,"handover":null,"holder":null,"imei1":null,"imei2":null,"import_id":null,"kode_barang":null,"kode_register":null,'
        '"label_attached_at":null,"label_version":1,"last_checked_on":null,"note":null,"nup":null,"one_sided":false,'
        '"received_at":null,"received_by":null,"sent_at":null,"serial":null,"uakpb":null,"withdrawn_at":null}'
    )
    at = "2026-11-20T05:00:00.000000Z"
    assert entry.facts == digest(
        "assets-ledger-2/facts",
        digest("assets-ledger-2/public", own_salt(entry, "public"), public),
        digest("assets-ledger-2/private", own_salt(entry, "private"), "7K3M9QXA", "2", at, private),
    )


def test_no_two_entries_share_a_salt(session: Session) -> None:
    """Entries of one import have the same action id and begin at zero: by one hash nobody may guess at another's content."""
    record_each(session, [(f"s{number}", Seen(what="same")) for number in range(9)], stamp=system())
    salts = session.scalars(select(Entry.salt)).all()
    assert len(set(salts)) == 9
    assert {len(bytes.fromhex(salt)) for salt in salts} == {16}


def digest(*lines: str) -> str:
    return sha256("\n".join(lines).encode()).hexdigest()


def own_salt(entry: Entry, part: str) -> str:
    return digest("assets-ledger-2/salt", entry.salt, part)[:32]


def test_a_body_has_sorted_keys_no_spaces_its_own_letters_and_nothing_unset(session: Session) -> None:
    tell(session, "a")
    assert [entry.body for entry in entries(session, "a")] == ['{"what":"é"}']


@pytest.mark.parametrize("together", [True, False])
def test_no_entry_is_earlier_than_the_one_before_it(session: Session, *, together: bool) -> None:
    """A clock was set back, or whoever waited for the chain had looked at theirs before."""
    tell(session, "a")
    early = system(later(hours=-1))
    if together:
        record_each(session, [("a", Seen(what="b")), ("b", Seen(what="b")), ("a", Seen(what="c"))], stamp=early)
    else:
        for subject, what in (("a", "b"), ("b", "b"), ("a", "c")):
            record(session, Seen(what=what), subject=subject, stamp=early)
    assert [entry.at for entry in entries(session, "a")] == [NOON, NOON, NOON]
    assert [entry.at for entry in entries(session, "b")] == [later(hours=-1)]  # another chain has its own time
    record(session, Seen(what="d"), subject="a", stamp=system(later(hours=1)))
    assert entries(session, "a")[-1].at == later(hours=1)
    assert queries.verify(session).broken is None


def test_each_subject_has_its_own_chain(session: Session) -> None:
    tell(session, "a", "b", "a")
    first, second = entries(session, "a")
    (other,) = entries(session, "b")
    assert (first.subject_seq, second.subject_seq, other.subject_seq) == (1, 2, 1)
    assert (first.prev_hash, second.prev_hash, other.prev_hash) == (NO_HASH, first.hash, NO_HASH)
    assert first.seq < other.seq < second.seq


def test_a_batch_is_chained_in_its_order_also_within_one_subject(session: Session) -> None:
    names = [f"s{n:04d}" for n in range(1200)]
    record_each(session, [(name, Seen(what=name)) for name in names] + [("s0000", Seen(what="again"))], stamp=system())
    first, again = entries(session, "s0000")
    assert (again.prev_hash, again.body) == (first.hash, '{"what":"again"}')
    assert queries.verify(session) == queries.Verification(1201, 1200, None)


def test_what_changed_is_in_the_database_before_its_sentence(session: Session) -> None:
    """Or a change that the database refuses would be told first, and its chain locked for nothing."""
    tell(session, "a")
    session.add(Chain(subject="changed", seq=0, hash=NO_HASH))
    tell(session, "a")
    assert not session.new


def test_the_newest_entry_is_the_head(session: Session) -> None:
    assert queries.head(session) == Head(0, NO_HASH)
    tell(session, "a", "b")
    (newest,) = entries(session, "b")
    assert queries.head(session) == Head(newest.seq, newest.hash)


def test_history_is_read_from_either_end(session: Session) -> None:
    tell(session, "a", "b", "a", "a")
    assert [entry.subject_seq for entry in queries.history(session, "a", after=1, limit=1)] == [2]
    assert [entry.subject_seq for entry in queries.latest(session, "a", limit=2)] == [3, 2]
    assert [entry.subject for entry in queries.newest(session, limit=3)] == ["a", "a", "b"]
    newest = queries.head(session).seq
    assert [entry.subject_seq for entry in queries.newest(session, before=newest, limit=1)] == [2]
    assert (queries.count(session, "a"), queries.count(session, "nobody")) == (3, 0)


def test_one_kind_of_subject_up_to_an_instant(session: Session) -> None:
    tell(session, "office/31", "person/1", "office/81")
    record(session, Seen(what="later"), subject="office/31", stamp=system(NOON + timedelta(seconds=1)))
    told = [(entry.subject, entry.subject_seq) for entry in queries.by_subject(session, prefix="office/", until=NOON)]
    assert told == [("office/31", 1), ("office/81", 1)]
    tell(session, "office", "office.31", "office0", "offices/31")
    assert {entry.subject for entry in queries.by_subject(session, prefix="office/")} == {"office/31", "office/81"}


CHANGES = [
    "UPDATE entries SET body = '{}'",
    "UPDATE entries SET seq = seq + 100",
    "DELETE FROM entries",
    "DELETE FROM entries WHERE subject = 'a'",
    "UPDATE chains SET hash = prev_hash FROM entries WHERE entries.subject = chains.subject",
    "UPDATE chains SET seq = seq - 1",
    "UPDATE chains SET subject = 'b', seq = seq + 1",
    "DELETE FROM chains",
]
REPLACED = {
    "sqlite": ["REPLACE INTO entries SELECT * FROM entries", "INSERT OR REPLACE INTO entries SELECT * FROM entries"],
    "postgresql": ["INSERT INTO entries SELECT * FROM entries ON CONFLICT (seq) DO UPDATE SET body = '{}'"],
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_what_happened(db: Database, change: str) -> None:
    with db.writing() as session:
        tell(session, "a")
    with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
        session.execute(text(change))
    with db.reading() as session:
        assert queries.verify(session) == queries.Verification(1, 1, None)


def test_nothing_that_happened_is_replaced(db: Database) -> None:
    with db.writing() as session:
        tell(session, "a")
    for change in REPLACED[db.url.get_backend_name()]:
        with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
            session.execute(text(change))


def test_a_chain_that_has_begun_is_not_begun_again(db: Database) -> None:
    with db.writing() as session:
        tell(session, "a")
    word = "REPLACE" if db.is_sqlite else "INSERT"
    beside = "" if db.is_sqlite else " ON CONFLICT DO NOTHING"
    with db.writing() as session:
        session.execute(text(f"{word} INTO chains (subject, seq, hash) VALUES ('a', 0, 'x'){beside}"))
        assert session.execute(select(Chain.seq)).scalar_one() == 1


@pytest.mark.parametrize("table", ["entries", "chains"])
def test_postgresql_refuses_to_truncate_it_too(db: Database, table: str) -> None:
    if db.is_sqlite:
        pytest.skip("SQLite has no TRUNCATE; a DELETE without a WHERE is refused above")
    with pytest.raises(DBAPIError, match="append-only"), db.writing() as session:
        session.execute(text(f"TRUNCATE {table}"))


# Tampering, by whoever owns the database and can switch its triggers off ------------------------------------------


def at(session: Session, seq: int) -> Entry:
    return session.scalars(select(Entry).where(Entry.subject == "b", Entry.subject_seq == seq)).one()


def change(seq: int, **values: object) -> Callable[[Session], object]:
    return lambda session: session.execute(
        update(Entry).where(Entry.subject == "b", Entry.subject_seq == seq).values(**values)
    )


def remove(*seqs: int) -> Callable[[Session], object]:
    return lambda session: session.execute(delete(Entry).where(Entry.subject == "b", Entry.subject_seq.in_(seqs)))


def forge(session: Session) -> None:
    """Changed and hashed anew, but the next entry still follows the old one."""
    entry = at(session, 2)
    entry.body = '{"what":"forged"}'
    entry.hash = hash_of(entry)


def backdate(session: Session) -> None:
    """Rightly hashed, but earlier than the entry before it, and its chain's end knows it so."""
    entry = at(session, 3)
    entry.at = later(seconds=-1)
    entry.facts = facts_of(entry.salt, "b", 3, rfc3339(entry.at), facts.texts("b", facts.begun("b")))
    entry.hash = hash_of(entry)
    session.execute(update(Chain).where(Chain.subject == "b").values(hash=entry.hash, at=entry.at))


def state_other_facts(session: Session) -> None:
    """Rightly hashed, but with a digest of facts that nothing told."""
    entry = at(session, 3)
    known = facts.begun("b") | {"condition": "heavy"}
    entry.facts = facts_of(entry.salt, "b", 3, rfc3339(entry.at), facts.texts("b", known))
    entry.hash = hash_of(entry)
    session.execute(update(Chain).where(Chain.subject == "b").values(hash=entry.hash))


def write_otherwise(session: Session) -> None:
    """Rightly hashed, but a reader who takes the first of two keys, and one who takes the last, would not agree."""
    entry = at(session, 3)
    entry.body = '{"what":"é","what":"e"}'
    entry.hash = hash_of(entry)
    session.execute(update(Chain).where(Chain.subject == "b").values(hash=entry.hash))


def keep_other_facts(session: Session) -> None:
    kept = facts.begun("b") | {"condition": "heavy"}
    session.execute(update(Chain).where(Chain.subject == "b").values(facts=facts.written(kept)))


def insert_one(session: Session) -> None:
    """A made-up entry at the end, rightly chained, which the kept head does not know."""
    last = at(session, 3)
    made = {column.name: getattr(last, column.name) for column in Entry.__table__.columns if column.name != "seq"}
    session.execute(insert(Entry).values(made | {"subject_seq": 4, "prev_hash": last.hash, "hash": "f" * 64}))


def move(session: Session) -> None:
    """The last entry of one device is told of another."""
    session.execute(
        update(Entry).where(Entry.subject == "b", Entry.subject_seq == 3).values(subject="c", subject_seq=2)
    )


def behead(session: Session) -> None:
    session.execute(update(Chain).where(Chain.subject == "b").values(hash="0" * 64))


def miscount(session: Session) -> None:
    session.execute(update(Chain).where(Chain.subject == "b").values(seq=7))


def lose_the_head(session: Session) -> None:
    session.execute(delete(Chain).where(Chain.subject == "b"))


CHANGED, UNLINKED = "its content was changed", "it does not follow the entry before it"
MISSING, CUT = "this entry is missing", "later entries were cut off"
KEPT = "its chain's end keeps another time, or other facts"
TAMPERINGS: dict[str, tuple[Callable[[Session], object], str, int, str]] = {
    "body": (change(2, body="{}"), "b", 2, CHANGED),
    "actor": (change(1, actor="somebody"), "b", 1, CHANGED),
    "door": (change(3, door=Door.PAGE), "b", 3, CHANGED),
    "time": (change(2, at=later(seconds=1)), "b", 2, CHANGED),
    "claimed time": (change(2, claimed_at=NOON), "b", 2, CHANGED),
    "kind": (change(2, kind="tests.other"), "b", 2, CHANGED),
    "action": (change(2, action_id="other"), "b", 2, CHANGED),
    "salt": (change(2, salt="0" * 32), "b", 2, CHANGED),
    "facts": (change(2, facts="f" * 64), "b", 2, CHANGED),
    "hash": (change(2, hash="f" * 64), "b", 2, CHANGED),
    "earlier": (backdate, "b", 3, "it is earlier than the entry before it"),
    "facts that nothing told": (state_other_facts, "b", 3, "its facts are not those that its chain tells"),
    "a key twice": (write_otherwise, "b", 3, "its body is not written as a body is"),
    "facts kept otherwise": (keep_other_facts, "b", 3, KEPT),
    "time kept otherwise": (lambda session: session.execute(update(Chain).values(at=later(days=9))), "a", 1, KEPT),
    "link": (change(2, prev_hash="f" * 64), "b", 2, UNLINKED),
    "forged": (forge, "b", 3, UNLINKED),
    "first gone": (remove(1), "b", 1, MISSING),
    "middle gone": (remove(2), "b", 2, MISSING),
    "end gone": (remove(3), "b", 3, CUT),
    "all gone": (remove(1, 2, 3), "b", 1, "its whole chain is missing"),
    "one too many": (insert_one, "b", 4, CHANGED),
    "moved": (move, "b", 3, CUT),
    "head changed": (behead, "b", 4, CUT),
    "head miscounted": (miscount, "b", 4, CUT),
    "head gone": (lose_the_head, "b", 4, CUT),
}


@pytest.mark.parametrize(("tamper", "subject", "seq", "why"), TAMPERINGS.values(), ids=TAMPERINGS)
def test_verification_names_the_first_broken_entry(
    db: Database, tamper: Callable[[Session], object], subject: str, seq: int, why: str
) -> None:
    with db.writing() as session:
        tell(session, "a", "b", "c", "b", "b", "d")
    with db.writing() as session:
        without_triggers(session, db)
        tamper(session)
    with db.reading() as session:
        broken = queries.verify(session).broken
    assert isinstance(broken, Broken)
    assert (broken.subject, broken.subject_seq, broken.why) == (subject, seq, why)


def test_an_entry_that_cannot_even_be_read_is_named(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL holds its types; SQLite's columns take any text")
    with db.writing() as session:
        tell(session, "a", "b", "b")
    with db.writing() as session:
        without_triggers(session, db)
        session.execute(text("UPDATE entries SET at = 'yesterday' WHERE subject = 'b' AND subject_seq = 2"))
    with db.reading() as session:
        assert queries.verify(session) == queries.Verification(3, 0, Broken("b", 2, 3, "it cannot be read"))


def without_triggers(session: Session, db: Database) -> None:
    if db.is_sqlite:
        for name in session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(text(f"DROP TRIGGER {name}"))
    else:
        session.execute(text("SET LOCAL session_replication_role = replica"))
