"""What every test stands on: both databases, freshly migrated; no way out of this machine; one folder per run.

A test that asks for `database_url`, `db` or anything on top of them runs once per database (`--db sqlite|postgresql|both`).
The schema is made once per run. After that a test costs a file copy on SQLite, one round of DELETE on PostgreSQL.
"""

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import structlog
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.app import create_app
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from migrations import upgrade
from tests import postgres, runs
from tests.chromium import browser, chromium, page
from tests.clock import StillClock
from tests.runs import Run
from tests.serving import served

__all__ = ["browser", "chromium", "page", "served"]  # one browser for a worker, whichever folder its tests stand in

KINDS = ("sqlite", "postgresql")
LONG = 3600.0  # a job that nobody rings for is left alone, so that a test can say who does it
LOOPBACK = ("127.", "::1", "localhost")


# ---- one run, several workers -------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=(*KINDS, "both"), default="both", help="which databases the tests run on")


RUN = pytest.StashKey[Run]()


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(refuse_to_leave_this_machine)
    structlog.configure = partial(configure_logs_for_tests, structlog.configure)
    worker: dict[str, Any] = getattr(config, "workerinput", {})
    config.stash[RUN] = Run(Path(worker["run_folder"])) if worker else runs.begin()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["run_folder"] = str(node.config.stash[RUN].folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    gc.unfreeze()  # libraries look whether all of theirs was given back
    if RUN in config.stash and not hasattr(config, "workerinput"):
        config.stash[RUN].end()


def pytest_collection_finish() -> None:
    """What was read is never garbage: not looking through it again and again saves a quarter of the whole run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def configure_logs_for_tests(configure: Callable[..., None], **wanted: Any) -> None:
    """A logger that is remembered would go on writing past the tests that read what is logged."""
    configure(**wanted | {"cache_logger_on_first_use": False})


def refuse_to_leave_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in {"socket.connect", "socket.sendto"}:
        host = arguments[1][0] if isinstance(arguments[1], tuple) else None  # a path is a Unix socket
    else:
        return
    if host and not str(host).startswith(LOOPBACK):
        raise RuntimeError(f"A test asked for {host}; tests stay on this machine.")


# ---- databases ----------------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        asked = metafunc.config.getoption("--db")
        both = KINDS[:1] if metafunc.definition.get_closest_marker("page_alone") else KINDS
        metafunc.parametrize("database_kind", both if asked == "both" else (asked,))


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    return pytestconfig.stash[RUN]


@pytest.fixture(scope="session")
def own_folder(run: Run) -> Path:
    """This worker's: the database and the data of whichever test runs in it now."""
    folder = run.folder / f"worker-{os.getpid()}"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def sqlite_template(run: Run) -> Path:
    """A migrated file, made once per run; each test gets a copy."""
    with run.lock():
        if not run.sqlite_template.exists():
            making = run.folder / "making.db"
            upgrade(f"sqlite:///{making}")
            making.rename(run.sqlite_template)
    return run.sqlite_template


@pytest.fixture(scope="session")
def postgres_server(run: Run) -> postgres.Server:
    with run.lock():
        run.server.start()
    return run.server


@pytest.fixture(scope="session")
def postgres_database(run: Run, postgres_server: postgres.Server) -> Iterator[tuple[str, psycopg.Connection]]:
    """This worker's database, and a connection that empties it."""
    with run.lock():
        made = run.folder / "template.pg"
        if not made.exists():
            template = postgres_server.create(run.postgres_template)
            upgrade(template.render_as_string(hide_password=False))
            postgres.keep_what_migrations_wrote(template)
            made.touch()
    name = f"worker_{run.folder.name.replace('-', '_')}_{os.getpid()}"
    url = postgres_server.create(name, template=run.postgres_template)
    with postgres.connect(url) as connection:
        yield url.render_as_string(hide_password=False), connection
    postgres_server.drop(name)


@pytest.fixture
def database_url(database_kind: str, own_folder: Path, request: pytest.FixtureRequest) -> str:
    """A migrated database with nothing in it, this test's alone."""
    if database_kind == "sqlite":
        for left in own_folder.glob("assets.db*"):
            left.unlink()
        return f"sqlite:///{shutil.copy(request.getfixturevalue('sqlite_template'), own_folder / 'assets.db')}"
    url, connection = request.getfixturevalue("postgres_database")
    postgres.as_migrated(connection)
    return str(url)


@pytest.fixture
def bare_database_url(database_kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no migration has seen."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    name = f"bare_{os.getpid()}_{os.urandom(4).hex()}"
    yield server.create(name).render_as_string(hide_password=False)
    server.drop(name)


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def session(db: Database) -> Iterator[Session]:
    """One open transaction, committed at the end. For the rules; whoever goes through a door opens their own."""
    with db.writing() as session:
        yield session
        if not session.is_active:  # a refusal by the database was what the test wanted to see
            session.rollback()


# ---- the service --------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> StillClock:
    """Stands at `NOON` until the test moves it."""
    return StillClock()


@pytest.fixture
def settings(database_url: str, own_folder: Path) -> Settings:
    shutil.rmtree(own_folder / "data", ignore_errors=True)
    return Settings(
        data_dir=own_folder / "data",
        database_url=database_url,
        base_url="https://aset.example.go.id",
        secret_key="a key that only the tests know, 2026",
        session_idle_days=365,  # the clock of a test moves by months; who is asleep for long is a matter of tests/signing_in
    )


@pytest.fixture(scope="session")
def apps() -> dict[Settings, Litestar]:
    """Made once per worker: Litestar takes 0.15 s for our routes."""
    return {}


@pytest.fixture
def app(apps: dict[Settings, Litestar], settings: Settings, db: Database, clock: StillClock) -> Litestar:
    """The app on this test's database and clock."""
    if settings not in apps:
        apps[settings] = create_app(settings, db=db, clock=clock, poll_s=LONG)
    app = apps[settings]
    app.state.db, app.state.clock = db, clock
    return app


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """Speaks HTTP to the app in this process, on the test's database and clock."""
    with TestClient(app) as client:
        yield client
