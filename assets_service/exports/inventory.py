"""One inventory on its way out: the rows of one snapshot, and what proves them afterwards."""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any, cast

import msgspec
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody.models import number_of
from assets_service.devices.models import Device
from assets_service.devices.queries import Flagging
from assets_service.exports import narrowing, past, proof_lines, queries
from assets_service.exports.asks import Asked, Chosen
from assets_service.exports.columns import Column, DeviceRow, Edition, Row, columns_of, values_of
from assets_service.exports.rows import row_of
from assets_service.flags.queries import Flag
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.queries import Head
from assets_service.offices.asks import Where
from assets_service.offices.queries import Area

FORMAT = "assets-inventory-1"

Progress = Callable[[int], None]  # rows written so far


class Inventory:
    """The rows of one inventory. Iterate once; `rows`, `sha256` and `totals` are complete when the iteration has ended."""

    def __init__(
        self,
        asked: Asked,
        stamp: Stamp,
        head: Head,
        rows: Iterator[DeviceRow],
        count: int,
        proofs: Callable[[], Iterator[bytes]],
    ) -> None:
        self.asked = asked
        self.stamp = stamp
        self.head = head
        self.count = count
        self.proofs = proofs  # the file beside it, in parts; nothing while nothing is sealed
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
        encode, update, totals = msgspec.json.encode, self._digest.update, self.totals
        shown = values_of(self.asked.edition)
        for found in self._found:
            row = shown(found)
            update(encode(row))
            update(b"\n")
            totals[found.office_name, found.condition] += 1
            self.rows += 1
            yield row

    def particulars(self) -> dict[str, Any]:
        """What a file says about itself; complete once all rows have been read."""
        return {
            "format": FORMAT,
            "edition": self.asked.edition.value,
            "as_of": rfc3339(self.asked.as_of) if self.asked.as_of else None,
            "office": self.asked.under,
            **({"office_only": True} if self.asked.alone else {}),
            **({"filters": said} if (said := self.asked.chosen.said()) else {}),
            "taken_at": rfc3339(self.stamp.at),
            "taken_by": self.stamp.account if self.asked.edition is Edition.INTERNAL else None,
            "scope": [path.strip("/").rpartition("/")[2] or "00" for path in self.stamp.scopes()],
            "rows": self.rows,
            "sha256": self.sha256,
            "ledger_seq": self.head.seq,
            "ledger_head": self.head.hash,
        }


@contextmanager
def opened(db: Database, asked: Asked, stamp: Stamp, flagging: Flagging) -> Generator[Inventory]:
    """The inventory, open as long as the block: count, rows and the ledger's head come from one snapshot.

    Raises `Invalid` for an office that cannot be seen.
    """
    with db.reading() as session:
        head = ledger.head(session)
        area = Where(asked.under, asked.alone).area(session, stamp)
        if asked.as_of is None:
            wanted = narrowing.in_register(asked.chosen, area, stamp, flagging)
            count = queries.count(session, wanted)
            with closing(queries.inventory(session, wanted, flagging, stamp.at)) as found:
                proofs = partial(_proofs, session, asked, partial(queries.heads, session, wanted))
                yield Inventory(asked, stamp, head, _as_it_is(session, found), count, proofs)
            return
        with closing(past.SortedRows()) as sorted_rows:
            count = _as_it_was(session, sorted_rows, asked.as_of, asked.chosen, stamp, area, flagging)
            proofs = partial(_proofs, session, asked, sorted_rows.heads)
            yield Inventory(asked, stamp, head, sorted_rows.in_order(), count, proofs)


def _proofs(session: Session, asked: Asked, heads: Callable[[], Iterable[Any]]) -> Iterator[bytes]:
    under = proof_lines.opened(session)
    if under is None:
        return iter(())
    return proof_lines.of_inventory(session, under, heads(), asked.edition, asked.as_of)


def _as_it_is(session: Session, found: Iterable[Any]) -> Iterator[DeviceRow]:
    places, names = queries.places(session), queries.persons(session)
    numbers = lru_cache(4096)(number_of)
    flags = [flag.value for flag in Flag]
    for device in found:
        yield row_of(
            device,
            office=places[device.office_id],
            bound_for=places[device.bound_for_id] if device.bound_for_id else None,
            holder=names.called(device.holder_id),
            handover=numbers(device.shipment_id, device.shipment_created_at) if device.shipment_id else None,
            received_by=names.called(device.closed_by_id),
            flags=[flag for flag in flags if getattr(device, flag)],
        )


def _as_it_was(
    session: Session,
    sorted_rows: past.SortedRows,
    until: datetime,
    chosen: Chosen,
    stamp: Stamp,
    under: Area | None,
    flagging: Flagging,
) -> int:
    """Collect the rows of what was in scope then; returns how many."""
    names = queries.persons(session, until)
    count = 0
    for was in past.devices(session, stamp, until, under):
        flags = flagging.of(session, [cast("Device", was)], until)[was.id]
        if not narrowing.held_then(chosen, was, flags, until):
            continue
        row = row_of(
            was,
            office=was.office,
            bound_for=was.bound_for,
            holder=names.called(was.holder_id),
            handover=was.handover,
            received_by=names.called(was.received_by_id),
            flags=flags,
        )
        sorted_rows.put(was.office.path, was.id, row, was.subject_seq, was.facts)
        count += 1
    return count
