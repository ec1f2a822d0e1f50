"""Entries become leaves of one tree under a signed checkpoint: all of them, once, whoever seals and whatever is interrupted."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from msgspec import structs
from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.seals import commands, queries
from assets_service.seals.errors import KeyMissing, NoSealYet, OlderCopy, OtherKey, TilesChanged
from assets_service.seals.keyring import Keyring
from assets_service.seals.models import Leaf, Seal, Tile
from assets_service.seals.sealing import Sealer, origin_of
from assets_service.settings import Settings
from assets_service.tlog.checkpoint import read_checkpoint
from assets_service.tlog.errors import NotSigned
from assets_service.tlog.merkle import check_consistency, check_inclusion, leaf_hash
from assets_service.tlog.note import read_note
from tests.seals.build_seals import key_of, sealed, some_entries
from tests.tampering import behind_its_back
from tests.tlog.build_tlog import root_of


def leaves_of(db: Database) -> list[str]:
    with db.reading() as session:
        found = select(Entry.hash).join(Leaf, Leaf.entry_seq == Entry.seq).order_by(Leaf.number)
        return list(session.scalars(found))


def must_hold(db: Database) -> None:
    """Every entry has one leaf; every checkpoint is signed, has the root of its leaves, and the next one extends it."""
    leaves = [leaf_hash(bytes.fromhex(each)) for each in leaves_of(db)]
    with db.reading() as session:
        log = queries.log(session)
        assert len(leaves) == session.scalar(select(func.count(Entry.seq)))
        seals = session.scalars(select(Seal).order_by(Seal.size)).all()
        before, before_root = 0, root_of([])
        for seal in seals:
            found, _ = read_checkpoint(seal.note, log.key)
            assert (found.size, found.root.hex()) == (seal.size, seal.root)
            assert found.root == root_of(leaves[: seal.size])
            check_consistency(
                before, before_root, seal.size, found.root, queries.tree(session, seal).consistency(before)
            )
            before, before_root = seal.size, found.root
        assert before == len(leaves)


def test_nothing_is_sealed_before_the_first_seal(db: Database) -> None:
    with db.reading() as session, pytest.raises(NoSealYet):
        queries.log(session)


def test_the_first_seal_fixes_the_name_and_the_key(db: Database, settings: Settings) -> None:
    sealed(db, settings, 3)
    moved = structs.replace(settings, base_url="https://baru.example.go.id")
    sealed(db, moved, 2)
    with db.reading() as session:
        log = queries.log(session)
    assert log.origin == origin_of(settings.base_url) == "aset.example.go.id/ledger"
    assert log.key.name == log.origin
    must_hold(db)


def test_every_entry_gets_one_leaf_and_every_checkpoint_extends_the_last(db: Database, settings: Settings) -> None:
    sealed(db, settings, 1, 1, 253, 1, 300, 2)
    must_hold(db)
    assert Sealer(db, settings).seal() is None, "there is nothing to seal"


def test_many_entries_are_sealed_part_by_part(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "LEAVES_MAX", 300)
    with db.writing() as session:
        some_entries(session, 1000)
    told = list[int]()
    Sealer(db, settings).seal(progress=told.append)
    assert told == [300, 600, 900, 1001]
    must_hold(db)


def test_every_leaf_is_proven_under_every_checkpoint_that_has_it(db: Database, settings: Settings) -> None:
    seals = sealed(db, settings, 5, 300)
    leaves = leaves_of(db)
    with db.reading() as session:
        for seal in seals:
            tree = queries.tree(session, seal)
            for number in {0, 3, seal.size - 1}:
                leaf = leaf_hash(bytes.fromhex(leaves[number]))
                check_inclusion(leaf, number, seal.size, bytes.fromhex(seal.root), tree.inclusion(number))


def test_an_entry_that_commits_late_gets_a_later_leaf(db: Database, settings: Settings) -> None:
    """PostgreSQL hands out numbers before it commits; SQLite lets nobody write meanwhile."""
    if db.is_sqlite:
        pytest.skip("one writer at a time")
    sealed(db, settings, 2)
    with ThreadPoolExecutor(1) as elsewhere:
        with db.writing() as slow:
            some_entries(slow, 1, first=1)
            elsewhere.submit(sealed, db, settings, 1, 1).result()
            assert len(leaves_of(db)) == 5, "the slow one is not there yet"
        with db.reading() as session:
            log = queries.log(session)
            late = session.scalars(
                select(Entry.seq).where(~select(Leaf).where(Leaf.entry_seq == Entry.seq).exists())
            ).one()
            assert late < session.execute(select(func.max(Entry.seq))).scalar_one()
            assert queries.count_unsealed(session, log.id) == 1
    sealed(db, settings, 1, 1)
    must_hold(db)
    until = time.monotonic() + 60
    while _settled(db, log.id) <= late:  # as long as any transaction of the whole server is older, nothing is certain
        assert time.monotonic() < until
        sealed(db, settings, 1)


def _settled(db: Database, log_id: int) -> int:
    with db.reading() as session:
        return queries.seal(session, log_id).settled_seq


def test_sixteen_write_and_three_seal_at_once(db: Database, settings: Settings) -> None:
    done = Event()

    def write(number: int) -> None:
        for _ in range(12):
            with db.writing() as session:
                some_entries(session, 3, chains=3, first=number * 3)

    def seal() -> None:
        while not done.is_set():
            Sealer(db, settings).seal()

    with ThreadPoolExecutor(19) as pool:
        sealers = [pool.submit(seal) for _ in range(3)]
        for written in [pool.submit(write, number) for number in range(16)]:
            written.result()
        done.set()
        for each in sealers:
            each.result()
    Sealer(db, settings).seal()
    must_hold(db)
    assert len(leaves_of(db)) == 16 * 12 * 3 + 1


class StoppedError(Exception):
    """What an interruption is here."""


def stop(*_: object, **__: object) -> None:
    raise StoppedError


STEPS = ("_must_go_on", "_add_leaves", "_put_tiles", "grown")


@pytest.mark.parametrize("step", [*STEPS, "committing", "remembering"])
def test_after_an_interruption_anywhere_there_is_one_tree(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    sealed(db, settings, 300)
    before = Sealer(db, settings).keyring.last_signed("aset.example.go.id/ledger")
    with db.writing() as session:
        some_entries(session, 250)

    with monkeypatch.context() as patched:
        if step == "remembering":
            patched.setattr(Keyring, "remember", stop)
        elif step == "committing":
            patched.setattr("assets_service.seals.commands.Checkpoint.signed", stop)
        else:
            patched.setattr(commands, step, stop)
        with pytest.raises(StoppedError):
            Sealer(db, settings).seal()
    with db.reading() as session:
        size = queries.seal(session, 1).size
    assert before
    assert size == (before.size if step != "remembering" else before.size + 250)
    sealed(db, settings, 1)
    must_hold(db)


# ---- the key ------------------------------------------------------------------------------------------------------


def test_the_key_is_a_file_that_only_its_owner_reads(db: Database, settings: Settings) -> None:
    sealed(db, settings, 1)
    for place in (settings.seal_key_file, settings.seal_key_file.with_name("seal_key.signed")):
        assert place.stat().st_mode & 0o777 == 0o600


def test_a_machine_without_the_key_seals_nothing(db: Database, settings: Settings) -> None:
    sealed(db, settings, 1)
    settings.seal_key_file.unlink()
    with pytest.raises(KeyMissing, match="seal_key"):
        Sealer(db, settings).seal()
    settings.seal_key_file.write_text("ab" * 32)
    with pytest.raises(OtherKey):
        Sealer(db, settings).seal()


def test_a_new_key_is_named_by_the_old_one_and_both_sign_once(db: Database, settings: Settings) -> None:
    sealed(db, settings, 3)
    old = key_of(db)
    Sealer(db, settings).change_key(reason="Petugas berganti")
    new = key_of(db)
    assert new != old
    with db.reading() as session:
        log = queries.log(session)
        both = queries.seal(session, log.id).note
    for key in (old, new):
        read_checkpoint(both, key)
    statement = read_note(log.statements[0] or "")
    statement.verify(old)
    assert statement.text.splitlines() == ["assets-seal-key-1", log.origin, "4", str(new)]
    sealed(db, settings, 2)
    with db.reading() as session, pytest.raises(NotSigned):
        read_checkpoint(queries.seal(session, log.id).note, old)


def test_a_lost_key_is_replaced_without_its_word_and_only_when_told_so(db: Database, settings: Settings) -> None:
    sealed(db, settings, 3)
    settings.seal_key_file.unlink()
    with pytest.raises(KeyMissing):
        Sealer(db, settings).change_key()
    Sealer(db, settings).change_key(is_lost=True, reason="Diska rusak")
    with db.reading() as session:
        assert queries.log(session).statements == (None,)
    sealed(db, settings, 2)


def test_a_change_of_keys_that_was_interrupted_is_carried_out_later(
    db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(db, settings, 3)
    with monkeypatch.context() as patched:
        patched.setattr(Keyring, "change", stop)
        with pytest.raises(StoppedError):
            Sealer(db, settings).change_key()
    sealed(db, settings, 2)
    must_be_signed_by = key_of(db)
    with db.reading() as session:
        read_checkpoint(queries.seal(session, 1).note, must_be_signed_by)


# ---- what is not signed -------------------------------------------------------------------------------------------


def test_an_older_copy_of_the_database_is_not_sealed_again(db: Database, settings: Settings) -> None:
    first, *_ = sealed(db, settings, 3, 3)
    with behind_its_back(db) as session:
        session.execute(delete(Seal).where(Seal.size > first.size))
        session.execute(delete(Leaf).where(Leaf.number >= first.size))
        session.execute(update(Tile).values(hashes=func.substr(Tile.hashes, 1, first.size * 32)))
    with pytest.raises(OlderCopy):
        Sealer(db, settings).seal()


def test_another_log_takes_its_place_when_told_so(db: Database, settings: Settings) -> None:
    sealed(db, settings, 3)
    Sealer(db, settings).begin_another()
    with db.reading() as session:
        log = queries.log(session)
        seal = queries.seal(session, log.id)
    assert (log.id, log.origin, seal.size) == (2, "aset.example.go.id/ledger/2", 5)
    sealed(db, settings, 1)


def test_tiles_that_were_changed_are_not_signed(db: Database, settings: Settings) -> None:
    sealed(db, settings, 3)
    with behind_its_back(db) as session:
        session.execute(update(Tile).values(hashes=bytes(32 * 4)))
    with pytest.raises((OlderCopy, TilesChanged)):
        sealed(db, settings, 1)
    settings.seal_key_file.with_name("seal_key.signed").unlink()
    with pytest.raises(TilesChanged):
        Sealer(db, settings).seal()


TAMPERED = {
    "a leaf is changed": "UPDATE leaves SET entry_seq = 99",
    "a leaf is taken away": "DELETE FROM leaves",
    "a checkpoint is changed": "UPDATE seals SET size = size + 1",
    "a checkpoint is taken away": "DELETE FROM seals",
    "a tile is taken away": "DELETE FROM tiles",
    "a tile is changed": "UPDATE tiles SET number = number + 1",
    "a tile is cut": "UPDATE tiles SET hashes = substr(hashes, 1, 32)",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_the_database_itself_refuses_that(db: Database, settings: Settings, statement: str) -> None:
    sealed(db, settings, 3)
    with pytest.raises((IntegrityError, DBAPIError), match="append-only"), db.writing() as session:
        session.execute(text(statement))
