"""Sealing: at intervals by a job, and whenever somebody asks for it. Many may ask at once; one after the other does it."""

from collections.abc import Callable
from urllib.parse import urlsplit

from sqlalchemy.orm import Session
from uuid_utils import uuid7

from assets_service.access.stamp import MACHINE, Door, Stamp
from assets_service.kernel.clock import Clock, rfc3339, utc_now
from assets_service.kernel.db import Database, settling_mark
from assets_service.kernel.errors import NotFound
from assets_service.kernel.jobs import Held
from assets_service.ledger import queries as ledger
from assets_service.seals import commands, queries
from assets_service.seals.errors import KeyMissing, OtherKey
from assets_service.seals.keyring import Keyring
from assets_service.seals.models import Seal
from assets_service.seals.queries import Log, SeenUntil
from assets_service.settings import Settings
from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.keys import SigningKey
from assets_service.tlog.note import read_note, signed

SEAL = "seal"  # the kind of the job, and its key: only one is done at a time

Progress = Callable[[int], object]  # leaves sealed so far


class Sealer:
    """Seals for one installation, with the key that lies on this machine."""

    def __init__(self, db: Database, settings: Settings, *, clock: Clock = utc_now) -> None:
        self.db = db
        self.clock = clock
        self.keyring = Keyring(settings.seal_key_file)
        self.origin = origin_of(settings.base_url)

    def do(self, held: Held) -> None:
        """Do the job of the interval."""
        self.seal(held=held)

    def seal(self, *, held: Held | None = None, progress: Progress | None = None) -> Seal | None:
        """Seal every entry that is certainly there, part by part, each under a checkpoint of its own; returns the last one.

        The first seal begins the log. Raises `KeyMissing`, `OtherKey`, `OlderCopy`, `TilesChanged`.
        """
        newest = None
        self._begin_once()
        while made := self._seal_some(held):
            newest = made
            if progress:
                progress(made.size)
        return newest

    def change_key(self, *, is_lost: bool = False, reason: str | None = None) -> None:
        """Let a new key sign from now on, named by the old one unless that is lost. Everything is sealed before and after.

        The first checkpoint afterwards bears both signatures, so that who knows only the old key can still follow.
        """
        if not is_lost:
            self.seal()
        with self.db.reading() as session:
            log = queries.log(session)
        old = self._old_key(log, is_lost=is_lost)
        new = self.keyring.prepared(log.origin)
        with self.db.writing() as session:
            size = queries.seal(session, log.id).size
            text = f"assets-seal-key-1\n{log.origin}\n{size}\n{new.verifier}\n"
            statement = str(signed(text, old)) if old else None
            commands.change_key(session, new.verifier, statement, reason=reason, stamp=self._stamp())
            log = queries.log(session)
            last = self.keyring.last_signed(log.origin)
            keys = [new, old] if old else [new]
            made = commands.grow(session, log, keys, seen=self._seen(session), last_signed=last, at=self.clock())
        self.keyring.change()
        if made:
            self.keyring.remember(read_note(made.note))

    def _old_key(self, log: Log, *, is_lost: bool) -> SigningKey | None:
        try:
            return self.keyring.key(log.key)
        except (KeyMissing, OtherKey):
            if is_lost:
                return None
            raise

    def begin_another(self) -> None:
        """Begin another log, after a backup was restored that is older than the last checkpoint signed here. Raises `NoSealYet`."""
        with self.db.writing() as session:
            log = queries.log(session)
            last = self.keyring.last_signed(log.origin) or _checkpoint_of(session, log)
            key = self.keyring.first(f"{self.origin}/{log.id + 1}")
            commands.begin(session, key, stamp=self._stamp(), instead_of=last)
        self.seal()

    def _begin_once(self) -> None:
        with self.db.reading() as session:
            if _is_begun(session):
                return
        key = self.keyring.first(self.origin)
        with self.db.writing() as session:
            commands.begin(session, key, stamp=self._stamp())

    def _seal_some(self, held: Held | None) -> Seal | None:
        with self.db.reading() as session:
            log, seen = queries.log(session), self._seen(session)
        key = self.keyring.key(log.key)
        last = self.keyring.last_signed(log.origin)
        with self.db.writing() as session:
            if held:
                held.go_on(session)
            made = commands.grow(session, log, [key], seen=seen, last_signed=last, at=self.clock())
        if made:
            self.keyring.remember(read_note(made.note))
        return made

    def _seen(self, session: Session) -> SeenUntil:
        """What is there now. The mark is taken after the look: whoever was at work at that moment has an older one."""
        newest = ledger.head(session).seq
        return SeenUntil(newest, settling_mark(self.db))

    def _stamp(self) -> Stamp:
        return Stamp(
            actor_id=None, account="system", rights=MACHINE, at=self.clock(), door=Door.CLI, action_id=str(uuid7())
        )


def origin_of(base_url: str) -> str:
    """What the log is called: the address below which it is served, without the scheme."""
    return f"{urlsplit(base_url).netloc}/ledger"


def _is_begun(session: Session) -> bool:
    try:
        queries.log(session)
    except NotFound:
        return False
    return True


def _checkpoint_of(session: Session, log: Log) -> Checkpoint:
    seal = queries.seal(session, log.id)
    return Checkpoint(log.origin, seal.size, bytes.fromhex(seal.root))


def seal_state(db: Database, settings: Settings) -> str:
    """How far the sealing is. Raises `NoSealYet`, and what keeps this machine from signing: `KeyMissing`, `OtherKey`."""
    with db.reading() as session:
        log = queries.log(session)
        seal, waiting = queries.seal(session, log.id), queries.count_unsealed(session, log.id)
    Keyring(settings.seal_key_file).key(log.key)
    return f"{log.origin}: {seal.size} leaves since {rfc3339(seal.sealed_at)}, {waiting} entries wait for the next seal"
