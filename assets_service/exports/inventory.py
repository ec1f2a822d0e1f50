"""One inventory on its way out: what was asked, the rows of one snapshot, and what proves them afterwards."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any, cast

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.custody.models import Shipment
from assets_service.devices.models import Device
from assets_service.devices.queries import Flagging
from assets_service.exports import past, queries
from assets_service.exports.columns import PLACES, Column, Edition, Row, columns_of
from assets_service.exports.queries import Place
from assets_service.flags.queries import Flag
from assets_service.kernel.clock import end_of_local_day, local_date, rfc3339
from assets_service.kernel.db import Database
from assets_service.kernel.errors import invalid
from assets_service.ledger import queries as ledger
from assets_service.ledger.queries import Head
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.web.figures import NATIONAL_ZONE

FORMAT = "assets-inventory-1"

Progress = Callable[[int], None]  # rows written so far


class Asked(Struct, frozen=True, kw_only=True):
    """`as_of` is the last instant that counts; none means the register as it is. `under` is an office's code."""

    edition: Edition = Edition.INTERNAL
    as_of: datetime | None = None
    under: str | None = None


def read_asked(query: Mapping[str, str], now: datetime) -> Asked:
    """What a page's address asks for. Raises `Invalid`."""
    try:
        edition = Edition(query["edition"] or Edition.INTERNAL)
    except ValueError:
        raise invalid("edition", "{it} is not one of the choices.", it=query["edition"]) from None
    return Asked(edition=edition, as_of=read_as_of(query["as_of"], now), under=query["office"] or None)


FIRST_YEAR = 2000  # nothing is older; and the year 1 cannot be told in every zone


def read_as_of(text: str | None, now: datetime) -> datetime | None:
    """An instant, or a day, which ends at midnight in WIB. Raises `Invalid` for anything else and for the future."""
    if not text:
        return None
    instant = _instant(text, now)
    if instant is None or instant.year < FIRST_YEAR or instant.tzinfo is None:
        raise invalid("as_of", "Write a day like 2026-11-22 or a moment like 2026-11-22T08:30:00Z.")
    if instant > now:
        raise invalid("as_of", "{it} has not come yet.", it=text)
    return instant


def _instant(text: str, now: datetime) -> datetime | None:
    """The moment; of a day its last instant, of today the present one."""
    try:
        if len(text) != len("2026-11-22"):
            return datetime.fromisoformat(text)
        day = date.fromisoformat(text)
        if day == local_date(now, NATIONAL_ZONE):
            return now
        return end_of_local_day(day, NATIONAL_ZONE) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return None


class Inventory:
    """Iterate it once; `rows`, `sha256` and `totals` are true when the iteration has ended."""

    def __init__(
        self, asked: Asked, stamp: Stamp, head: Head, under: Place | None, rows: Iterator[Row], count: int
    ) -> None:
        self.asked = asked
        self.stamp = stamp
        self.head = head
        self.under = under
        self.count = count
        self.rows = 0
        self.totals: Counter[tuple[str, str]] = Counter()  # (office's name, condition) -> devices
        self._found = rows
        self._digest = sha256()

    @property
    def columns(self) -> tuple[Column, ...]:
        return columns_of(self.asked.edition)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def __iter__(self) -> Iterator[Row]:
        chosen = PLACES[self.asked.edition]
        whole = self.asked.edition is Edition.INTERNAL
        encode, update, totals = msgspec.json.encode, self._digest.update, self.totals
        office, condition = (
            next(n for n, c in enumerate(columns_of(Edition.INTERNAL)) if c.name == name)
            for name in ("office_name", "condition")
        )
        for found in self._found:
            row = found if whole else tuple(found[place] for place in chosen)
            update(encode(row))
            update(b"\n")
            totals[found[office], found[condition]] += 1
            self.rows += 1
            yield row

    def particulars(self) -> dict[str, Any]:
        """What a file says about itself; complete when the rows have passed."""
        return {
            "format": FORMAT,
            "edition": self.asked.edition.value,
            "as_of": rfc3339(self.asked.as_of) if self.asked.as_of else None,
            "office": self.under.code if self.under else None,
            "taken_at": rfc3339(self.stamp.at),
            "taken_by": self.stamp.actor if self.asked.edition is Edition.INTERNAL else None,
            "scope": [path.strip("/").rpartition("/")[2] or "00" for path in self.stamp.scopes()],
            "rows": self.rows,
            "sha256": self.sha256,
            "ledger_seq": self.head.seq,
            "ledger_head": self.head.hash,
        }


@contextmanager
def opened(db: Database, asked: Asked, stamp: Stamp, flagging: Flagging) -> Generator[Inventory]:
    """The inventory, open as long as the block: one snapshot for its count, its rows and the ledger's head.

    Raises `Invalid` for an office that cannot be seen.
    """
    with db.reading() as session:
        head = ledger.head(session)
        office = offices.named(session, asked.under, stamp, "office") if asked.under else None
        places = queries.places(session)
        under = places[office.id] if office else None
        if asked.as_of is None:
            count = queries.count(session, stamp, office)
            with closing(queries.inventory(session, stamp, office, flagging, stamp.at)) as found:
                yield Inventory(asked, stamp, head, under, _as_it_is(session, found, places), count)
            return
        with closing(past.Shelf()) as shelf:
            count = _as_it_was(session, shelf, asked.as_of, stamp, under, places, flagging)
            yield Inventory(asked, stamp, head, under, shelf.in_order(), count)


def _as_it_is(session: Session, found: Iterable[Any], places: dict[int, Place]) -> Iterator[Row]:
    holders = queries.holders(session)
    flags = [flag.value for flag in Flag]
    numbers = lru_cache(4096)(lambda id_, created_at: Shipment(id=id_, created_at=created_at).number)
    for (
        code, kind, brand, model, serial, imei1, imei2, kode_barang, nup, uakpb, acquired_on, value, programme, note,
        condition, presence, office_id, bound_for_id, holder_id, sent_at, received_at, last_checked_on, check_due_on,
        shipment_id, created_at, received_by, *holds,
    ) in found:  # fmt: skip
        office = places[office_id]
        yield (
            uakpb, kode_barang, nup, kind.value, brand, model, condition.value,
            acquired_on.isoformat() if acquired_on else None,
            value, serial, imei1, imei2, code, office.code, office.name, presence.value,
            places[bound_for_id].code if bound_for_id else None,
            holders[holder_id] if holder_id else None,
            local_date(sent_at, office.timezone).isoformat() if sent_at else None,
            numbers(shipment_id, created_at) if shipment_id else None,
            local_date(received_at, office.timezone).isoformat() if received_at else None,
            holders[received_by] if received_by else None,
            last_checked_on.isoformat() if last_checked_on else None,
            check_due_on.isoformat() if check_due_on else None,
            [flag for flag, held in zip(flags, holds, strict=True) if held],
            programme,
            _one_break(note),
        )  # fmt: skip


def _as_it_was(
    session: Session,
    shelf: past.Shelf,
    until: datetime,
    stamp: Stamp,
    under: Place | None,
    places: dict[int, Place],
    flagging: Flagging,
) -> int:
    """Put on the shelf what was in scope then; how many rows."""
    by_code = {place.code: place for place in places.values()}
    holders = queries.holders(session)
    scopes = stamp.scopes()
    count = 0
    for code, place, facts in past.devices(session, until):
        office = by_code[facts["office"]]
        bound_for = by_code[facts["bound_for"]] if facts["bound_for"] else None
        if not (office.path.startswith(scopes) or (bound_for and bound_for.path.startswith(scopes))):
            continue
        if under and not office.path.startswith(under.path):
            continue
        was = past.then(facts, office)
        row = (
            facts["uakpb"], facts["kode_barang"], facts["nup"], facts["kind"], facts["brand"], facts["model"],
            facts["condition"], facts["acquired_on"], facts["value"], facts["serial"], facts["imei1"], facts["imei2"],
            code, office.code, office.name, facts["presence"],
            bound_for.code if bound_for else None,
            holders.get(facts["holder"]) if facts["holder"] else None,
            local_date(was.sent_at, office.timezone).isoformat() if was.sent_at else None,
            facts["handover"],
            local_date(was.received_at, office.timezone).isoformat() if was.received_at else None,
            holders.get(facts["received_by"]) if facts["received_by"] else None,
            facts["last_checked_on"], facts["check_due_on"],
            flagging.of(session, [cast("Device", was)], until)[was.id],
            facts["programme"],
            _one_break(facts["note"]),
        )  # fmt: skip
        shelf.put(office.path, place, code, row)
        count += 1
    return count


def _one_break(note: str | None) -> str | None:
    """Spreadsheets keep one kind of line break; the digest must not depend on which."""
    return note.replace("\r\n", "\n").replace("\r", "\n") if note else None
