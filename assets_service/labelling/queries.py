"""Every select of print runs, stocks, blanks and finders' messages."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import ColumnElement, Select, exists, false, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from assets_service.custody.models import Shipment, ShipmentLine
from assets_service.custody.queries import visible_to as shipments_visible_to
from assets_service.devices.identifiers import dotted, named_twice, no_such_device, read_code
from assets_service.devices.models import Device, LabelCode, Presence
from assets_service.devices.queries import visible_to as devices_visible_to
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid, invalid
from assets_service.labelling.errors import NoSuchMessage, NoSuchRun, NoSuchStock
from assets_service.labelling.models import OPEN, FinderMessage, PrintedLabel, PrintRun, RunState, SavedStock
from assets_service.ledger.models import Entry
from assets_service.ledger.stamp import Door, Stamp
from assets_service.offices.models import Office
from assets_service.offices.queries import by_path, in_scope, sees_all
from labels import STOCKS, LabelText, Stock

STALE_AFTER = timedelta(seconds=90)
INSTITUTION = "Bawaslu RI"
_CHUNK = 500
_IMPORTS_SHOWN = 10


# Stocks ----------------------------------------------------------------------------------------------------------


def stock(session: Session, name: str, stamp: Stamp) -> Stock:
    """A shipped stock, or one saved for an office above or below the caller's. Raises `Invalid` for the field `stock`."""
    try:
        return stock_named(session, name, stamp)
    except NoSuchStock:
        raise invalid("stock", "There is no label stock {name}.", name=name) from None


def stock_named(session: Session, name: str, stamp: Stamp) -> Stock:
    """Raises `NoSuchStock`."""
    if name in STOCKS:
        return STOCKS[name]
    saved = saved_stock(session, name, stamp)
    return geometry(saved)


def saved_stock(session: Session, name: str, stamp: Stamp) -> SavedStock:
    """Raises `NoSuchStock`."""
    found = session.scalar(_stocks_visible_to(stamp).where(SavedStock.name == name))
    if found is None:
        raise NoSuchStock(name=name)
    return found


def saved_stocks(session: Session, stamp: Stamp) -> list[SavedStock]:
    return list(session.scalars(_stocks_visible_to(stamp).order_by(SavedStock.name)))


def stock_of_run(session: Session, name: str) -> Stock:
    """The stock a run names, even when it was retired since."""
    if name in STOCKS:
        return STOCKS[name]
    return geometry(session.execute(select(SavedStock).where(SavedStock.name == name)).scalar_one())


def is_stock_name_taken(session: Session, name: str) -> bool:
    return name in STOCKS or session.scalar(select(SavedStock.id).where(SavedStock.name == name)) is not None


def geometry(saved: SavedStock) -> Stock:
    return msgspec.json.decode(saved.geometry, type=Stock)


def _stocks_visible_to(stamp: Stamp) -> Select[SavedStock]:
    """A province's stock serves its regencies, and a regency's can be seen by its province."""
    above = {path[: place + 1] for path in stamp.scopes() for place, sign in enumerate(path) if sign == "/" and place}
    return (
        select(SavedStock)
        .join(Office, Office.id == SavedStock.office_id)
        .where(SavedStock.retired_at.is_(None), or_(in_scope(stamp), Office.path.in_(sorted(above))))
        .options(joinedload(SavedStock.office))
    )


# What is to be printed -------------------------------------------------------------------------------------------


class Wanted(msgspec.Struct, frozen=True):
    """A device as a print run meets it."""

    device_id: int
    code: str
    office_path: str
    presence: Presence
    label_version: int
    is_printed: bool


_issued = aliased(PrintedLabel)
_is_printed = exists().where(_issued.code == Device.code, _issued.issued_at.is_not(None)).correlate(Device)


def wanted(found: Select[Device]) -> Select[int, str, str, Presence, int, bool]:
    return found.join(Office, Office.id == Device.office_id).with_only_columns(
        Device.id, Device.code, Office.path, Device.presence, Device.label_version, _is_printed
    )


def wanted_by_codes(session: Session, codes: Sequence[str], stamp: Stamp) -> list[Wanted]:
    """In the order given. Raises `Invalid` naming each that cannot be seen or stands twice."""
    refs = [read_code(code) for code in codes]
    keys = [ref.code if ref else "" for ref in refs]
    found: dict[str, Wanted] = {}
    for start in range(0, len(keys), _CHUNK):
        part = wanted(devices_visible_to(stamp).where(Device.code.in_(keys[start : start + _CHUNK])))
        found |= {row.code: row for row in (Wanted(*row) for row in session.execute(part))}
    problems, seen = [], set[str]()
    for place, key in enumerate(keys):
        if key not in found:
            problems.append(no_such_device(codes, place))
        elif key in seen:
            problems.append(named_twice(codes, place))
        seen.add(key)
    if problems:
        raise Invalid(*problems)
    return [found[key] for key in keys]


def wanted_matching(
    session: Session, found: Select[Device], *, unprinted: bool, limit: int
) -> tuple[list[Wanted], int]:
    """Devices in use, office by office, up to `limit`; and how many there are in all."""
    found = found.where(Device.presence != Presence.WRITTEN_OFF)
    if unprinted:
        found = found.where(~_is_printed)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(Device.id).subquery())) or 0
    rows = session.execute(wanted(found).order_by(Office.path, Device.id).limit(limit))
    return [Wanted(*row) for row in rows], total


def registered_in(action_id: str) -> ColumnElement[bool]:
    """Devices that one import registered: the ledger knows them by the import's action."""
    codes = select(Entry.subject).where(
        Entry.action_id == action_id, Entry.kind == "devices.registered", Entry.door == Door.IMPORT
    )
    return Device.code.in_(codes)


def in_shipment(session: Session, shipment_id: int, stamp: Stamp) -> ColumnElement[bool]:
    """Raises `Invalid` for a shipment that cannot be seen."""
    if (
        session.scalar(shipments_visible_to(stamp).where(Shipment.id == shipment_id).with_only_columns(Shipment.id))
        is None
    ):
        raise invalid("shipment", "There is no shipment {it} that you can see.", it=shipment_id)
    return Device.id.in_(select(ShipmentLine.device_id).where(ShipmentLine.shipment_id == shipment_id))


class ImportSeen(msgspec.Struct, frozen=True):
    action_id: str
    at: datetime
    devices: int


def recent_imports(session: Session, stamp: Stamp) -> list[ImportSeen]:
    """The newest imports that registered devices in scope."""
    codes = devices_visible_to(stamp).with_only_columns(Device.code)
    found = (
        select(Entry.action_id, func.min(Entry.at), func.count())
        .where(Entry.door == Door.IMPORT, Entry.kind == "devices.registered", Entry.subject.in_(codes))
        .group_by(Entry.action_id)
        .order_by(func.max(Entry.seq).desc())
        .limit(_IMPORTS_SHOWN)
    )
    return [ImportSeen(*row) for row in session.execute(found)]


# What stands on each label ---------------------------------------------------------------------------------------


class Prefix(msgspec.Struct, frozen=True):
    """What makes a code a scannable address: the configured host in capitals, for the QR is then smaller."""

    base_url: str

    def url(self, code: str, version: int = 1) -> str:
        return f"{self.base_url}/D/{code}".upper() + (f".{version}" if version > 1 else "")


def device_text(device: Device, office_name: str, *, version: int, draft: bool, prefix: Prefix) -> LabelText:
    item = f"{dotted(device.kode_barang)} NUP {device.nup}" if device.kode_barang and device.nup is not None else ""
    year = str(device.acquired_on.year) if device.acquired_on else ""
    return LabelText(
        url=prefix.url(device.code, version),
        code=device.code,
        institution=INSTITUTION,
        uakpb_year=".".join(part for part in (device.uakpb, year) if part) if device.uakpb else "",
        item_code=item,
        name=f"{device.brand} {device.model}",
        office=office_name,
        draft=draft,
        version=version,
    )


def blank_text(code: str, *, draft: bool, prefix: Prefix) -> LabelText:
    return LabelText(url=prefix.url(code), code=code, institution=INSTITUTION, draft=draft)


def texts_of(session: Session, devices: Sequence[Wanted], *, draft: bool, prefix: Prefix) -> list[LabelText]:
    """What the labels of a few devices would say if they were printed now."""
    ids = [device.device_id for device in devices]
    rows = session.execute(
        select(Device, Office.office_name).join(Office, Office.id == Device.office_id).where(Device.id.in_(ids))
    )
    found = {device.id: (device, name) for device, name in rows}
    texts = []
    for one in devices:
        device, name = found[one.device_id]
        version = next_version(one.label_version, is_printed=one.is_printed, draft=draft)
        texts.append(device_text(device, name, version=version, draft=draft, prefix=prefix))
    return texts


def next_version(label_version: int, *, is_printed: bool, draft: bool = False) -> int:
    """What a label printed now bears. A draft replaces nothing."""
    return label_version + 1 if is_printed and not draft else label_version


def texts_of_run(db: Database, run_id: int, *, draft: bool, prefix: Prefix) -> Iterator[LabelText]:
    """The run's labels in order, read in small batches, each in a snapshot of its own: drawing holds no transaction."""
    after = 0
    while True:
        with db.reading() as session:
            rows = session.execute(
                select(PrintedLabel.position, PrintedLabel.code, PrintedLabel.version, Device, Office.office_name)
                .outerjoin(Device, Device.id == PrintedLabel.device_id)
                .outerjoin(Office, Office.id == Device.office_id)
                .where(PrintedLabel.run_id == run_id, PrintedLabel.position > after)
                .order_by(PrintedLabel.position)
                .limit(_CHUNK)
            ).all()
            texts = [
                device_text(device, office_name, version=version, draft=draft, prefix=prefix)
                if device
                else blank_text(code, draft=draft, prefix=prefix)
                for _, code, version, device, office_name in rows
            ]
        yield from texts
        if len(rows) < _CHUNK:
            return
        after = rows[-1].position


# Runs ------------------------------------------------------------------------------------------------------------


def runs_visible_to(stamp: Stamp) -> Select[PrintRun]:
    return (
        select(PrintRun)
        .join(Office, Office.id == PrintRun.office_id)
        .where(or_(in_scope(stamp), PrintRun.asked_by_id == stamp.actor_id if stamp.actor_id else false()))
        .options(joinedload(PrintRun.office))
    )


def run(session: Session, run_id: int, stamp: Stamp, *, lock: bool = False) -> PrintRun:
    """Raises `NoSuchRun`."""
    found = runs_visible_to(stamp).where(PrintRun.id == run_id)
    one = session.scalar(found.with_for_update(of=PrintRun) if lock else found)
    if one is None:
        raise NoSuchRun
    return one


def runs(session: Session, stamp: Stamp, *, before: int | None, limit: int) -> tuple[list[PrintRun], int]:
    """Newest first, one more than `limit` when there are more, and how many in all."""
    found = runs_visible_to(stamp)
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(PrintRun.id).subquery())) or 0
    if before:
        found = found.where(PrintRun.id < before)
    return list(session.scalars(found.order_by(PrintRun.id.desc()).limit(limit + 1))), total


def is_stale(run: PrintRun, at: datetime) -> bool:
    """Nobody draws it any more: its worker died, or never began."""
    return run.state in OPEN and at - run.beat_at > STALE_AFTER


def state_of(run: PrintRun, at: datetime) -> RunState:
    return RunState.FAILED if is_stale(run, at) else run.state


def unissued(session: Session, run_id: int, *, limit: int) -> list[PrintedLabel]:
    return list(
        session.scalars(
            select(PrintedLabel)
            .where(PrintedLabel.run_id == run_id, PrintedLabel.issued_at.is_(None))
            .order_by(PrintedLabel.position)
            .limit(limit)
        )
    )


def printed_among(session: Session, codes: Sequence[str]) -> set[str]:
    """Which of these codes stand on a label that was handed out."""
    found = select(PrintedLabel.code).where(PrintedLabel.code.in_(codes), PrintedLabel.issued_at.is_not(None))
    return set(session.scalars(found))


def versions_of_run(session: Session, run_id: int) -> list[tuple[PrintedLabel, int, bool]]:
    """The run's labels that were not handed out, each with its device's version now and whether that was printed."""
    return list(
        session.execute(
            select(PrintedLabel, Device.label_version, _is_printed)
            .join(Device, Device.id == PrintedLabel.device_id)
            .where(PrintedLabel.run_id == run_id, PrintedLabel.issued_at.is_(None))
        )
    )


def printed_codes(session: Session, run_id: int, *, limit: int) -> list[str]:
    found = select(PrintedLabel.code).where(PrintedLabel.run_id == run_id).order_by(PrintedLabel.position)
    return list(session.scalars(found.limit(limit)))


# Labels met on site ----------------------------------------------------------------------------------------------


def is_superseded(device: Device, version: int | None, *, code: str | None = None) -> bool:
    """Whether a scanned label is older than the device's newest ("label lama").

    A label of another code (`code` is what was scanned) was a blank once; blanks are never reprinted, so never old.
    """
    if code is not None and code != device.code:
        return False
    return (version or 1) < device.label_version


def is_blank(session: Session, code: str) -> bool:
    """Whether the code was printed and waits for a device."""
    return (
        session.scalar(select(LabelCode.code).where(LabelCode.code == code, LabelCode.device_id.is_(None))) is not None
    )


# Finders ---------------------------------------------------------------------------------------------------------


def messages(
    session: Session, stamp: Stamp, *, is_open: bool | None = None, before: int | None = None, limit: int
) -> tuple[list[FinderMessage], int]:
    """Newest first, one more than `limit` when there are more, and how many in all."""
    found = _messages_visible_to(stamp)
    if is_open is not None:
        found = found.where(FinderMessage.handled_at.is_(None) if is_open else FinderMessage.handled_at.is_not(None))
    total = session.scalar(select(func.count()).select_from(found.with_only_columns(FinderMessage.id).subquery())) or 0
    if before:
        found = found.where(FinderMessage.id < before)
    return list(session.scalars(found.order_by(FinderMessage.id.desc()).limit(limit + 1))), total


def message(session: Session, message_id: int, stamp: Stamp, *, lock: bool = False) -> FinderMessage:
    """Raises `NoSuchMessage`."""
    found = _messages_visible_to(stamp).where(FinderMessage.id == message_id)
    one = session.scalar(found.with_for_update(of=FinderMessage) if lock else found)
    if one is None:
        raise NoSuchMessage
    return one


def _messages_visible_to(stamp: Stamp) -> Select[FinderMessage]:
    """Messages about devices in scope; those about no known device are the national office's."""
    found = select(FinderMessage).options(joinedload(FinderMessage.device).joinedload(Device.office))
    if sees_all(stamp):
        return found
    return found.where(FinderMessage.device_id.in_(devices_visible_to(stamp).with_only_columns(Device.id)))


def device_of_code(session: Session, code: str) -> Device | None:
    """Whoever asks: a finder has no scope. Never shown to them."""
    return session.scalar(
        select(Device).join(LabelCode, LabelCode.device_id == Device.id).where(LabelCode.code == code)
    )


def office_above(session: Session, paths: Sequence[str]) -> Office:
    """The lowest office at or above all these paths."""
    parts = [path.strip("/").split("/") for path in paths]
    shared = parts[0]
    for other in parts[1:]:
        shared = [a for a, b in zip(shared, other, strict=False) if a == b]
    return by_path(session, f"/{'/'.join(shared)}/")
