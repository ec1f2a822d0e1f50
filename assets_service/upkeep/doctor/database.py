"""What has to be right in the database."""

import sqlite3
from collections.abc import Iterator

from sqlalchemy import text

from assets_service.kernel.clock import rfc3339, utc_now
from assets_service.kernel.db import CONNECTIONS_MAX, Database
from assets_service.kernel.errors import NotFound, Refusal
from assets_service.kernel.jobs import queue
from assets_service.ledger import queries as ledger
from assets_service.people import queries as people
from assets_service.seals.sealing import seal_state
from assets_service.settings import Settings
from assets_service.upkeep.doctor.finding import Finding
from assets_service.upkeep.stored import missing
from migrations import BEGIN_ANEW, Standing, revision_of, standing
from migrations.schema import differences

SQLITE_SAFE = (3, 51, 3)  # before it, a checkpoint beside a commit can corrupt a WAL database
NAMED_MAX = 5  # the first few objects; the rest is counted
_SCHEMA = {
    Standing.CURRENT: "up to date",
    Standing.OLDER: "not up to date: run assets-service migrate",
    Standing.NONE: "empty: assets-service migrate --new fills it",
    Standing.EARLIER: BEGIN_ANEW,
}


def schema(db: Database, _settings: Settings) -> Iterator[Finding]:
    stands = standing(db)
    said = _SCHEMA.get(stands) or f"{revision_of(db.engine)} is of another version of this program: use that one"
    yield Finding("schema", stands is Standing.CURRENT, said)


def objects(db: Database, _settings: Settings) -> Iterator[Finding]:
    """Tables, constraints, indexes and triggers: without its triggers a ledger can be rewritten."""
    changed = differences(db)
    more = f" And {len(changed) - NAMED_MAX} more." if len(changed) > NAMED_MAX else ""
    yield Finding(
        "objects", not changed, " ".join(changed[:NAMED_MAX]) + more if changed else "as the migrations made them"
    )


def engine(db: Database, _settings: Settings) -> Iterator[Finding]:
    yield from _sqlite(db) if db.is_sqlite else _postgres(db)


def file(db: Database, _settings: Settings) -> Iterator[Finding]:
    """SQLite reads every page, and holds each index against its table."""
    if db.is_sqlite:
        with db.engine.connect() as connection:
            whole = str(connection.execute(text("PRAGMA integrity_check(1)")).scalar_one())
        yield Finding("file", whole == "ok", whole.replace("\n", " ")[:200])


def demonstration(db: Database, settings: Settings) -> Iterator[Finding]:
    with db.reading() as session:
        demo = people.demo_can_sign_in(session)
    is_well = None if demo and settings.is_local else not demo
    yield Finding("demonstration persons", is_well, "can sign in: this is no real installation" if demo else "none")


def jobs(db: Database, _settings: Settings) -> Iterator[Finding]:
    """Work that was asked for and that no process has in hand or in its queue any more."""
    with db.reading() as session:
        lost = queue.count_lost(session, at=utc_now())
    said = f"{lost} wait and nobody does them: start the server, or assets-service work" if lost else "none is lost"
    yield Finding("jobs", not lost, said)


def chains(db: Database, _settings: Settings) -> Iterator[Finding]:
    with db.reading() as session:
        checked = ledger.verify(session)
    said = f"{checked.entries} entries, {checked.subjects} chains"
    if checked.broken:
        said = f"{checked.broken.subject} entry {checked.broken.subject_seq}: {checked.broken.why}"
    yield Finding("ledger", checked.broken is None, said)


def files(db: Database, settings: Settings) -> Iterator[Finding]:
    """Check that every stored file that a row names is here."""
    with db.reading() as session:
        lost = [name for _, name in missing(session, settings)]
    said = (
        f"{len(lost)} that rows name are not here, {lost[0][:12]}… among them"
        if lost
        else "all that rows name are here"
    )
    yield Finding("files", not lost, said)


def seals(db: Database, settings: Settings) -> Iterator[Finding]:
    """The newest checkpoint, and whether this machine could sign the next one."""
    try:
        said = seal_state(db, settings)
    except NotFound:
        yield Finding("seals", None, "nothing is sealed yet: assets-service seal")
    except Refusal as refusal:
        yield Finding("seals", False, str(refusal))
    else:
        yield Finding("seals", True, said)


def clock(db: Database, _settings: Settings) -> Iterator[Finding]:
    """A clock behind the newest entry was set back, or is another machine's: new entries bear the time of the last."""
    with db.reading() as session:
        latest = ledger.latest_at(session)
    if latest and latest > utc_now():
        yield Finding("clock", False, f"it stands before the newest entry of the ledger, {rfc3339(latest)}")
    else:
        yield Finding("clock", True, "not behind the newest entry")


def writing(db: Database, _settings: Settings) -> Iterator[Finding]:
    """Check that the database takes what is written."""
    db.try_writing()
    yield Finding("writing", True, "what is written is taken")


def connections(db: Database, _settings: Settings) -> Iterator[Finding]:
    """Check that the server takes the connections that our processes may open."""
    if not db.is_sqlite:
        most = db.workers_max()
        said = f"room for {most} worker processes with up to {CONNECTIONS_MAX} each: see max_connections"
        yield Finding("connections", most > 0, said)


def _sqlite(db: Database) -> Iterator[Finding]:
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    note = "" if version >= SQLITE_SAFE else "; before 3.51.3, so only the one writer checkpoints"
    yield Finding("SQLite", None if note else True, f"{sqlite3.sqlite_version}{note}")
    with db.engine.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
        sync = connection.execute(text("PRAGMA synchronous")).scalar_one()
    yield Finding("journal", mode == "wal" and sync == 2, f"{mode}, synchronous {sync}")  # noqa: PLR2004 - 2 is FULL


def _postgres(db: Database) -> Iterator[Finding]:
    with db.engine.connect() as connection:
        version = connection.execute(text("SHOW server_version")).scalar_one()
        durable = connection.execute(text("SHOW fsync")).scalar_one()
    yield Finding("PostgreSQL", durable == "on", f"{version}, fsync {durable}")
