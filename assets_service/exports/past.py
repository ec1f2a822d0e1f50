"""The fleet as of any instant, told by the ledger alone; and a place on disk to put it in order.

The register is not asked what a device was. So an inventory of a past day is proven by the chain it is folded from, and
folded up to this moment it must say what the register says: a test holds the two against each other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.devices.events import Facts, fold
from assets_service.devices.models import Condition, Presence
from assets_service.exports import queries
from assets_service.exports.queries import Place

_UNSAID = structs.asdict(Facts()) | {"handover": None, "received_by": None}
_HANDED_OVER = {"custody.received", "custody.received_with_notes"}


def devices(session: Session, until: datetime) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Each device that was registered by then: its code, its place in the register, the facts the ledger states."""
    with closing(queries.told_until(session, until)) as entries:
        for code, told in groupby(entries, key=itemgetter(0)):
            facts = dict(_UNSAID)
            place = queries.LAST
            for entry in told:
                place = entry[1] or queries.LAST
                fold(facts, entry[2])
                if entry[3] in _HANDED_OVER:
                    facts["handover"] = msgspec.json.decode(entry[2])["shipment"]
                    facts["received_by"] = entry[4]
            yield code, place, facts


class Then(Struct):
    """A device as it was, as far as `flags.queries` asks of one."""

    id: int
    presence: Presence
    condition: Condition
    office: Place
    nup: int | None
    holder_id: int | None
    sent_at: datetime | None
    received_at: datetime | None
    check_due_on: date | None
    label_attached_at: datetime | None


def then(facts: dict[str, Any], office: Place) -> Then:
    return Then(
        id=0,
        presence=Presence(facts["presence"]),
        condition=Condition(facts["condition"]),
        office=office,
        nup=facts["nup"],
        holder_id=facts["holder"],
        sent_at=_instant(facts["sent_at"]),
        received_at=_instant(facts["received_at"]),
        check_due_on=date.fromisoformat(facts["check_due_on"]) if facts["check_due_on"] else None,
        label_attached_at=_instant(facts["label_attached_at"]),
    )


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


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
