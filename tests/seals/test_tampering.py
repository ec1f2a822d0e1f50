"""The owner of the database is found out by whoever kept a checkpoint and tiles: the first bad leaf is named, nobody is accused falsely."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.seals import checking, queries
from assets_service.seals.keyring import Keyring
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from assets_service.tlog.keys import SigningKey
from assets_service.witness.memory import Memory
from assets_service.witness.remote import Remote
from assets_service.witness.visiting import visit
from tests.build import NOON
from tests.seals.build_seals import sealed, some_entries
from tests.seals.misdeeds import BELOW, BESIDE, Misdeed, append_forged
from tests.soak import SOAK, times
from tests.tampering import behind_its_back

TRIALS = 100 if SOAK == 1 else 1000
AFTER = 9  # entries that are newer than what was kept


class TakenBackError(Exception):
    """So nothing of a trial stays."""


@contextmanager
def on_trial(db: Database) -> Generator[Session]:
    try:
        with behind_its_back(db) as session:
            yield session
            raise TakenBackError  # noqa: TRY301 - what rolls it back
    except TakenBackError:
        pass


@pytest.fixture
def memory(db: Database, settings: Settings, client: TestClient[Litestar], tmp_path: Path) -> Memory:
    """What a witness kept of the log before the owner set to work; a few entries came after that."""
    sealed(db, settings, 40, 1, 120, 60, 30)
    kept = kept_by(client, tmp_path)
    sealed(db, settings, AFTER - 2)
    with db.writing() as session:
        some_entries(session, 2)
    return kept


def kept_by(client: TestClient[Litestar], folder: Path) -> Memory:
    def fetch(url: str, sent: bytes | None, _most: int) -> bytes:
        return b"" if sent else client.get(url).read()

    kept = Memory(folder)
    visit(Remote("http://testserver.local", fetch), kept, own=kept.own_key("witness.example"), at=NOON)
    return kept


@pytest.fixture
def key(memory: Memory, settings: Settings) -> SigningKey:
    assert memory.key
    return Keyring(settings.seal_key_file).key(memory.key)


def findings(session: Session, memory: Memory) -> list[str]:
    """All that is said by who checks: against what was kept, the tree in itself, the chains."""
    session.flush()
    session.expire_all()
    broken = ledger.verify(session).broken
    return [*checking.against(session, memory), *checking.check(session), *([broken.why] if broken else [])]


def trials(seed: int, misdeeds: dict[str, Misdeed]) -> list[tuple[str, Misdeed, Random]]:
    names = sorted(misdeeds)
    return [(names[n % len(names)], misdeeds[names[n % len(names)]], Random(seed + n)) for n in range(TRIALS)]


def test_what_was_done_below_the_kept_checkpoint_is_found_and_its_first_leaf_named(
    db: Database, memory: Memory, key: SigningKey
) -> None:
    wrong = []
    for name, misdeed, random in trials(1, BELOW):
        with on_trial(db) as session:
            leaf = misdeed(session, random, memory.checkpoint().size, key)
            said = findings(session, memory)
            if not said or not said[0].startswith(f"Leaf {leaf}:"):
                wrong.append(f"{name}: leaf {leaf}, {said[:1]}")
    assert wrong == []


@pytest.mark.parametrize("misdeed", BESIDE.values(), ids=BESIDE)
def test_tiles_and_checkpoints_that_were_changed_are_found(
    db: Database, memory: Memory, key: SigningKey, misdeed: Misdeed
) -> None:
    for seed in range(TRIALS // 10):
        with on_trial(db) as session:
            misdeed(session, Random(seed), memory.checkpoint().size, key)
            assert findings(session, memory) != []


def test_what_came_after_the_kept_checkpoint_is_said_to_be_unprotected(
    db: Database, memory: Memory, key: SigningKey
) -> None:
    size = memory.checkpoint().size
    with on_trial(db) as session:
        assert checking.unprotected(session, size) == AFTER
        append_forged(session, Random(1), size, key)
        assert findings(session, memory) == []
        assert checking.unprotected(session, size) == AFTER + 1


@pytest.mark.timeout(times(300))
def test_nobody_is_accused_falsely(
    db: Database, settings: Settings, client: TestClient[Litestar], tmp_path: Path
) -> None:
    random = Random(1)
    sealed(db, settings, 5)
    memory = kept_by(client, tmp_path)
    for _ in range(TRIALS):
        with db.writing() as session:
            some_entries(session, random.randint(1, 2), chains=random.randint(1, 2), first=random.randint(1, 20))
        if random.random() < 0.3:
            Sealer(db, settings).seal()
        if random.random() < 0.1:
            memory = kept_by(client, tmp_path)
        with db.reading() as session:
            assert findings(session, memory) == []


def test_a_memory_of_another_log_says_so(db: Database, memory: Memory, settings: Settings) -> None:
    Sealer(db, settings).begin_another()
    with db.reading() as session:
        assert queries.log(session).id == 2
        assert next(checking.against(session, memory)).startswith("The kept checkpoint is of the log ")
