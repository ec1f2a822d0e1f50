"""The fleet as of any instant, told by the ledger alone; and a place on disk to put it in order.

The register is not asked what a device was. So an inventory of a past day is proven by the chain it is folded from, and
folded up to this moment it must say what the register says: a test holds the two against each other.
"""

import sqlite3
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import structs
from sqlalchemy.orm import Session

from assets_service.devices.events import Facts, fold
from assets_service.devices.models import Condition, Presence
from assets_service.exports import queries
from assets_service.flags.queries import Flag
from assets_service.kernel.clock import local_date

_UNSAID = structs.asdict(Facts())


def devices(session: Session, until: datetime) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each device that was registered by then: its code, its place in the register, the facts the ledger states."""
    for code, told in groupby(queries.told_until(session, until), key=itemgetter(0)):
        facts = dict(_UNSAID)
        place = queries.LAST
        for entry in told:
            place = entry[1] or queries.LAST
            fold(facts, entry[2])
        yield code, place, facts


def flags_of(facts: dict[str, Any], zone: str, at: datetime, patience: timedelta) -> list[str]:
    """The flags that the facts bear at `at`: what `flags.queries` asks of the register, asked of the ledger."""
    presence = facts["presence"]
    at_office = presence == Presence.PRESENT
    in_use = presence != Presence.WRITTEN_OFF
    due = facts["check_due_on"]
    holds = {
        Flag.LOST: presence == Presence.LOST,
        Flag.NOT_FOUND: presence == Presence.NOT_FOUND,
        Flag.UNCONFIRMED: facts["sent_at"] is not None and datetime.fromisoformat(facts["sent_at"]) < at - patience,
        Flag.OVERDUE: at_office and (due is None or date.fromisoformat(due) < local_date(at, zone)),
        Flag.UNASSIGNED: at_office and facts["holder"] is None,
        Flag.UNDELIVERED: at_office and facts["received_at"] is None,
        Flag.DAMAGED: in_use and facts["condition"] != Condition.GOOD,
        Flag.UNLABELLED: at_office and facts["label_attached_at"] is None,
        Flag.UNBOOKED: in_use and facts["nup"] is None,
    }
    return [flag.value for flag in Flag if holds[flag]]


class Shelf:
    """Rows put in order on disk: a private SQLite file that vanishes with its connection."""

    def __init__(self) -> None:
        # The thread that reads a stream's next part is not always the one that read the last.
        self._file = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._file.execute(
            "CREATE TABLE rows (path TEXT, place INTEGER, code TEXT, row BLOB, PRIMARY KEY (path, place, code)) WITHOUT ROWID"
        )
        self._file.execute("BEGIN")

    def put(self, path: str, place: int, code: str, row: tuple[Any, ...]) -> None:
        self._file.execute("INSERT INTO rows VALUES (?, ?, ?, ?)", (path, place, code, msgspec.json.encode(row)))

    def in_order(self) -> Iterator[tuple[Any, ...]]:
        for (row,) in self._file.execute("SELECT row FROM rows ORDER BY path, place, code"):
            yield msgspec.json.decode(row, type=tuple[Any, ...])

    def close(self) -> None:
        self._file.close()
