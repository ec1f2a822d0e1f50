"""The fleet as of any instant, told by the ledger alone; and a place on disk to put it in order.

The register is not asked what a device was. So an inventory of a past day is proven by the chain it is folded from, and
folded up to this moment it must say what the register says: a test holds the two against each other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.exports import queries
from assets_service.exports.columns import DeviceRow
from assets_service.exports.queries import InventoryOffice
from assets_service.ledger import facts as ledger_facts
from assets_service.offices.queries import Area


class DeviceThen(Struct, rename={"holder_id": "holder", "received_by_id": "received_by"}):
    """A device as the ledger tells it, with the facts under the register's names, as rows and flags need them.

    `id` is its place in the register; `facts` are all of them as JSON, after the entry `subject_seq` of its chain.
    """

    code: str
    id: int
    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    uakpb: str | None
    kode_register: str | None
    acquired_on: date | None
    value: int | None
    programme: str | None
    note: str | None
    condition: Condition
    presence: Presence
    office: InventoryOffice
    bound_for: InventoryOffice | None
    holder_id: int | None
    sent_at: datetime | None
    received_at: datetime | None
    received_by_id: int | None
    handover: str | None
    one_sided: bool
    last_checked_on: date | None
    check_due_on: date | None
    label_attached_at: datetime | None
    subject_seq: int
    facts: str
    expected_on: date | None = None
    arrived_at: datetime | None = None
    return_due_on: date | None = None


def devices(session: Session, stamp: Stamp, until: datetime, under: Area | None) -> Iterator[DeviceThen]:
    """The devices that were registered and in scope at that moment, as the ledger tells them."""
    offices = {place.code: place for place in queries.places(session, until).values()}
    with closing(queries.told_until(session, stamp, until, under)) as entries:
        for code, told in groupby(entries, key=attrgetter("subject")):
            facts = ledger_facts.begun(code)
            for entry in told:
                ledger_facts.fold_body(facts, entry.body)
            if facts["withdrawn_at"]:
                continue
            facts |= {"facts": ledger_facts.written(facts), "subject_seq": entry.subject_seq}
            facts |= {"code": code, "id": entry.device_id or queries.LAST}
            facts |= {"office": offices[facts["office"]], "bound_for": offices.get(facts["bound_for"] or "")}
            yield msgspec.convert(facts, DeviceThen)


class HeadThen(Struct, frozen=True):
    """The end of a device's chain at that moment, and the facts after it as JSON."""

    subject: str
    subject_seq: int
    facts: str


class SortedRows:
    """Rows sorted on disk, in a private SQLite file that vanishes with its connection."""

    def __init__(self) -> None:
        # The thread that reads a stream's next part is not always the one that read the last.
        self._file = sqlite3.connect("", check_same_thread=False, isolation_level=None)
        self._file.execute(
            "CREATE TABLE rows (path TEXT, place INTEGER, code TEXT, row BLOB, seq INTEGER, facts TEXT, "
            "PRIMARY KEY (path, place, code)) WITHOUT ROWID"
        )
        self._file.execute("BEGIN")

    def put(self, path: str, place: int, row: DeviceRow, seq: int, facts: str) -> None:
        values = (path, place, row.code, msgspec.json.encode(row), seq, facts)
        self._file.execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?)", values)

    def in_order(self) -> Iterator[DeviceRow]:
        for (row,) in self._file.execute("SELECT row FROM rows ORDER BY path, place, code"):
            yield msgspec.json.decode(row, type=DeviceRow)

    def heads(self) -> Iterator[HeadThen]:
        for code, seq, facts in self._file.execute("SELECT code, seq, facts FROM rows ORDER BY path, place, code"):
            yield HeadThen(code, seq, facts)

    def close(self) -> None:
        self._file.close()
