"""The rows of every table beside the chains that tell of them: streamed in the order of the chains' subjects."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, case, cast, exists, func, select
from sqlalchemy.orm import Session, aliased

from assets_service.custody.models import (
    Arrival,
    Clearance,
    Difference,
    FormerBooking,
    Loan,
    Receipt,
    ReceiptItem,
    Route,
    Shipment,
    ShipmentLine,
    ShipmentPhoto,
    Succession,
    SuccessionItem,
    TrackingNote,
    number_of,
)
from assets_service.devices.models import Device, DeviceImei, Import, LabelCode
from assets_service.inspections.models import Check, CheckPhoto
from assets_service.kernel.db import Record
from assets_service.labelling.models import FinderMessage, PrintedLabel, PrintRun, SavedStock
from assets_service.ledger.models import Chain, KeptName
from assets_service.offices.models import Office
from assets_service.openness.models import OpennessGrade
from assets_service.people.models import Grant, Person
from assets_service.photos.models import Photo
from assets_service.programmes.models import Allocation, Distribution, Programme
from assets_service.schedules.models import CheckPolicy
from assets_service.upkeep.tables.untold import COLUMNS

BATCH = 1000
Values = dict[str, Any]


class Beside:
    """One table's rows, taken chain by chain. `named` are the columns that tell the rows of one chain apart.

    `is_numbered`: several may be alike in them, and are told apart by their order.
    """

    def __init__(
        self, model: type[Record], found: Select[Any], *named: str, is_numbered: bool = False, **instead: Any
    ) -> None:
        self.table = model.__tablename__
        self._named = named
        self._is_numbered = is_numbered
        columns = [column for column in model.__table__.c if column.name not in COLUMNS[self.table]]
        shown = [instead.get(column.name, column).label(column.name) for column in columns]
        more = [value.label(name) for name, value in instead.items() if name not in model.__table__.c]
        self._found = found.add_columns(*shown, *more).order_by(Chain.subject, *model.__table__.primary_key)
        self._points_to = {
            column.name: key.column.table.name
            for column in columns
            for key in column.foreign_keys
            if key.column.name == "id" and column.name not in instead
        }

    def open(self, session: Session, offices: dict[int, str]) -> None:
        self._offices = offices
        self._result = session.execute(self._found.execution_options(yield_per=BATCH))
        self._rows = iter(self._result.mappings())
        self._next = next(self._rows, None)

    def close(self) -> None:
        """Let go of rows that no chain asked for: on PostgreSQL they are a cursor in the server."""
        self._result.close()

    def of(self, subject: str) -> Iterator[tuple[object, Values]]:
        """What tells each row of this chain apart, and its columns. Those of chains without an entry are passed over."""
        seen: Counter[object] = Counter()
        while self._next is not None and self._next["subject"] <= subject:
            row, self._next = dict(self._next), next(self._rows, None)
            if row.pop("subject") == subject:
                values = self._as_told(row, subject)
                key: tuple[object, ...] = tuple(values[name] for name in self._named)
                seen[key] += 1
                yield (*key, seen[key] - 1) if self._is_numbered else key[0] if len(key) == 1 else key, values

    def _as_told(self, row: Values, subject: str) -> Values:
        """Offices by their codes, shipments by their numbers, and what the chain is about by its name."""
        if made_at := row.pop("made_at_", None):
            name = "shipment_id" if "shipment_id" in row else "id"
            row[name] = number_of(row[name], made_at)
        for name, table in self._points_to.items():
            if row[name] is not None and table == "offices":
                row[name] = self._offices.get(row[name])
            elif row[name] is not None and table in {"devices", "programmes"}:
                row[name] = subject.rpartition("/")[2]
        return row


_OF_DEVICE = select(Chain.subject).join(Device, Device.code == Chain.subject)
_SHIPPED: dict[str, Any] = {"made_at_": Shipment.created_at}
ELSEWHERE = -1  # the number of a visit to another shipment than the row's


def _visit(of: Any, receipt: Any = Receipt) -> dict[str, Any]:
    """A receipt by the number of its visit to the shipment that the row is about."""
    is_same = receipt.shipment_id == of
    return _SHIPPED | {"receipt_id": case((is_same, receipt.visit), (receipt.id.is_not(None), ELSEWHERE))}


def _differences(found: Select[Any]) -> Beside:
    found = found.outerjoin(Receipt, Receipt.id == Difference.receipt_id)
    return Beside(
        Difference, found, "shipment_id", "kind", "code_read", is_numbered=True, **_visit(Difference.shipment_id)
    )


def of_devices() -> list[Beside]:
    """Every table with rows about devices."""
    lines = _OF_DEVICE.join(ShipmentLine, ShipmentLine.device_id == Device.id)
    lines = lines.join(Shipment, Shipment.id == ShipmentLine.shipment_id)
    checks = _OF_DEVICE.join(Check, Check.device_id == Device.id)
    photos = checks.join(CheckPhoto, CheckPhoto.check_id == Check.id).join(Photo, Photo.id == CheckPhoto.photo_id)
    differences = _OF_DEVICE.join(Difference, Difference.device_id == Device.id)
    differences = differences.join(Shipment, Shipment.id == Difference.shipment_id)
    items = _OF_DEVICE.join(ReceiptItem, ReceiptItem.device_id == Device.id)
    items = items.join(Receipt, Receipt.id == ReceiptItem.receipt_id).join(Shipment, Shipment.id == Receipt.shipment_id)
    of_it = ShipmentPhoto.device_id.is_(None) | (ShipmentPhoto.device_id == Device.id)
    pictures = lines.join(ShipmentPhoto, (ShipmentPhoto.shipment_id == Shipment.id) & of_it)
    pictures = pictures.join(Photo, Photo.id == ShipmentPhoto.photo_id)
    pictures = pictures.outerjoin(Receipt, Receipt.id == ShipmentPhoto.receipt_id)
    loans = _OF_DEVICE.join(Loan, Loan.device_id == Device.id).join(Shipment, Shipment.id == Loan.shipment_id)
    bookings = _OF_DEVICE.join(FormerBooking, FormerBooking.device_id == Device.id)
    bookings = bookings.join(Shipment, Shipment.id == FormerBooking.shipment_id)
    successions = _OF_DEVICE.join(SuccessionItem, SuccessionItem.device_id == Device.id)
    successions = successions.join(Succession, Succession.id == SuccessionItem.succession_id)
    labels = _OF_DEVICE.join(PrintedLabel, PrintedLabel.device_id == Device.id)
    finders = _OF_DEVICE.join(FinderMessage, FinderMessage.device_id == Device.id)
    return [
        Beside(Device, _OF_DEVICE, "code"),
        Beside(DeviceImei, _OF_DEVICE.join(DeviceImei, DeviceImei.device_id == Device.id), "imei"),
        Beside(LabelCode, _OF_DEVICE.join(LabelCode, LabelCode.device_id == Device.id), "code"),
        Beside(Shipment, lines, "id", **_SHIPPED),
        Beside(ShipmentLine, lines, "shipment_id", **_SHIPPED),
        Beside(Arrival, lines.join(Arrival, Arrival.shipment_id == Shipment.id), "shipment_id", **_SHIPPED),
        Beside(ReceiptItem, items, "shipment_id", "receipt_id", **_visit(Shipment.id), shipment_id=Shipment.id),
        Beside(
            ShipmentPhoto,
            pictures,
            "shipment_id",
            "receipt_id",
            "position",
            **_visit(ShipmentPhoto.shipment_id),
            photo_id=Photo.hash,
        ),
        _differences(differences),
        Beside(Loan, loans, is_numbered=True, **_SHIPPED, return_shipment_id=Loan.return_shipment_id),
        Beside(FormerBooking, bookings, is_numbered=True, **_SHIPPED),
        Beside(Succession, successions, "id"),
        Beside(SuccessionItem, successions, "succession_id"),
        Beside(Check, checks, "id"),
        Beside(CheckPhoto, photos, "check_id", "position", photo_id=Photo.hash),
        Beside(PrintedLabel, labels.where(PrintedLabel.issued_at.is_not(None)), "run_id", "code", "version"),
        Beside(FinderMessage, finders, "id"),
    ]


def named(sort: str, name: Any) -> ColumnElement[str]:
    """The subject of a row's chain: `office/81`."""
    return f"{sort}/" + cast(name, String)


def _salt(sort: str, name: Any, which: ColumnElement[bool]) -> ColumnElement[str]:
    """The salt of a kept name, by which the name in a row is held against the digest that the ledger tells."""
    found = select(KeptName.salt).where(KeptName.subject == named(sort, name), which)
    salt = found.order_by(KeptName.number.desc()).limit(1).scalar_subquery()  # two may stand where somebody put one in
    return func.coalesce(salt, "") + "\n"


_STANDS, _FIRST = KeptName.until.is_(None), KeptName.number == 1


def _names(sort: str) -> Beside:
    found = select(Chain.subject).join(KeptName, KeptName.subject == Chain.subject)
    pair = KeptName.salt + "\n" + KeptName.name
    return Beside(KeptName, found.where(Chain.subject.startswith(f"{sort}/")), "number", name=pair, salt=pair)


def _persons(found: Select[Any]) -> Beside:
    return Beside(
        Person,
        found,
        "id",
        name=_salt("person", Person.id, _STANDS) + Person.name,
        username=_salt("person", Person.id, _FIRST) + Person.username,
        username_likeness=Person.username_likeness + "\n" + Person.username,
    )


# What begins a chain that is no device's: the sort of its subject, and the row it is named after.
BEGUN: dict[str, tuple[type[Record], Any]] = {
    "office": (Office, Office.code),
    "person": (Person, Person.id),
    "programme": (Programme, Programme.code),
    "stock": (SavedStock, SavedStock.id),
    "label-run": (PrintRun, PrintRun.id),
    "import": (Import, Import.id),
    "distribution": (Distribution, Distribution.id),
}


def of_sort(sort: str) -> list[Beside]:  # noqa: PLR0911 - one for each sort of chain
    """Every table with rows that the chains of this sort tell of."""
    if sort == "shipment":
        return _of_shipments(select(Chain.subject).join(Shipment, named(sort, Shipment.id) == Chain.subject))
    if sort == "route":
        return [Beside(Route, _of_routes(), "from_id", "to_id")]
    if sort == "finder":
        found = select(Chain.subject).join(FinderMessage, named(sort, FinderMessage.id) == Chain.subject)
        return [Beside(FinderMessage, found.where(FinderMessage.device_id.is_(None)), "id")]
    if sort in {"log", "list"}:
        return []
    model, name = BEGUN[sort]
    found = select(Chain.subject).join(model, named(sort, name) == Chain.subject)
    if sort == "office":
        own = Beside(model, found, name.key, head_name=_salt(sort, Office.code, _STANDS) + Office.head_name)
        policies = found.join(CheckPolicy, CheckPolicy.office_id == Office.id)
        grades = found.join(OpennessGrade, OpennessGrade.office_id == Office.id)
        return [
            own,
            _names(sort),
            Beside(CheckPolicy, policies, "office_id"),
            Beside(OpennessGrade, grades, "year", is_numbered=True),
        ]
    if sort == "person":
        grants = found.join(Grant, Grant.person_id == Person.id)
        return [
            _persons(found),
            _names(sort),
            Beside(Grant, grants, "role", "office_id", is_numbered=True),
            Beside(Clearance, found.join(Clearance, Clearance.person_id == Person.id), "person_id", is_numbered=True),
        ]
    own = Beside(model, found, name.key)
    if sort == "programme":
        rules = found.join(Allocation, Allocation.programme_id == Programme.id)
        return [own, Beside(Allocation, rules, "kind", "level")]
    return [own]


def _of_shipments(found: Select[Any]) -> list[Beside]:
    """What stands in a shipment's own chain: its receipts, its notes, and what no device stands behind."""
    unknown = found.join(Difference, Difference.shipment_id == Shipment.id).where(Difference.device_id.is_(None))
    mistaken = aliased(Receipt)
    visits = found.join(Receipt, Receipt.shipment_id == Shipment.id)
    visits = visits.outerjoin(mistaken, mistaken.id == Receipt.corrects_id)
    notes = found.join(TrackingNote, TrackingNote.shipment_id == Shipment.id)
    return [
        _differences(unknown),
        Beside(
            Receipt,
            visits,
            "shipment_id",
            "visit",
            **_SHIPPED,
            corrects_id=_visit(Receipt.shipment_id, mistaken)["receipt_id"],
        ),
        Beside(TrackingNote, notes, "shipment_id", is_numbered=True, **_SHIPPED),
    ]


def _of_routes() -> Select[Any]:
    sender, to = aliased(Office), aliased(Office)
    name = func.coalesce(sender.code + "-" + to.code, "any")
    found = select(Chain.subject, Route.id).select_from(Route).outerjoin(sender, sender.id == Route.from_id)
    found = found.outerjoin(to, to.id == Route.to_id)
    return found.join(Chain, Chain.subject == "route/" + name).with_only_columns(Chain.subject)


def without_a_chain(session: Session) -> Iterator[tuple[str, str]]:
    """The table and the subject of each row that no chain tells of."""
    for name, table in _subjects():
        known = exists().where(Chain.subject == name)
        for subject in session.scalars(select(name).where(~known, *table[1:])):
            yield table[0].__tablename__, subject


def _subjects() -> Iterator[tuple[Any, tuple[Any, ...]]]:
    yield Device.code, (Device,)
    for sort, (model, name) in BEGUN.items():
        yield named(sort, name), (model,)
    yield KeptName.subject, (KeptName,)
    yield named("shipment", Difference.shipment_id), (Difference, Difference.device_id.is_(None))
    yield named("shipment", Receipt.shipment_id), (Receipt,)
    yield named("shipment", TrackingNote.shipment_id), (TrackingNote,)
    yield named("finder", FinderMessage.id), (FinderMessage, FinderMessage.device_id.is_(None))
