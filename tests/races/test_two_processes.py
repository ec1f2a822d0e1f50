"""A command of the command line writes while the server does: neither loses anything, neither waits without end."""

import sqlite3
import subprocess
import sys

import pytest
from sqlalchemy import select, text

from assets_service.kernel.db import Database, is_busy
from assets_service.signing_in.models import Throttle
from tests.build import NOON

COUNT = """
import sys
import pytest
from sqlalchemy import select
from assets_service.kernel.db import Database, database
from assets_service.signing_in.models import Throttle
database.COMMITS_PER_CHECKPOINT = 1  # each commit of one process meets the checkpoints of the others
db = Database(sys.argv[1])
for _ in range(int(sys.argv[2])):
    with db.writing() as session:
        session.scalars(select(Throttle).where(Throttle.key == "a").with_for_update()).one().tries += 1
db.close()
"""
HOLD = """
import sys, time
from assets_service.kernel.db import Database
with Database(sys.argv[1]).writing() as session:
    session.connection()
    print("held", flush=True)
    time.sleep(60)
"""


def beside(script: str, db: Database, *arguments: str) -> subprocess.Popen[str]:
    url = db.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", script, url, *arguments], stdout=subprocess.PIPE, text=True)


def test_processes_that_write_at_once_lose_nothing(db: Database) -> None:
    with db.writing() as session:
        session.add(Throttle(key="a", tries=0, since=NOON))
    writers = [beside(COUNT, db, "40") for _ in range(3)]
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with db.reading() as session:
        assert session.scalars(select(Throttle.tries)).one() == 120
        if db.is_sqlite:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_writer_that_was_killed_holds_up_nobody(db: Database) -> None:
    killed = beside(HOLD, db)
    assert killed.stdout
    assert killed.stdout.readline() == "held\n"
    killed.kill()
    killed.communicate(timeout=10)
    with db.writing() as session:
        session.add(Throttle(key="a", tries=1, since=NOON))
    with db.reading() as session:
        assert session.scalars(select(Throttle.tries)).one() == 1


def test_who_does_not_let_go_in_time_is_not_waited_for(db: Database) -> None:
    if not db.is_sqlite:
        pytest.skip("PostgreSQL locks rows, not the file")
    holder = beside(HOLD, db)
    assert holder.stdout
    assert holder.stdout.readline() == "held\n"
    impatient = Database(str(db.url), patience_s=0.1)
    with pytest.raises(sqlite3.OperationalError) as refused, impatient.writing() as session:
        session.connection()
    assert is_busy(refused.value)
    impatient.close()
    holder.kill()
    holder.communicate(timeout=10)
