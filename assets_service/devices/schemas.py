"""Devices on the wire."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.orm import Session

from assets_service.devices.identifiers import NO_LABEL_CODE, read_code, read_description
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.devices.queries import Flagging
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Line, Name, Note, OfficeCode, Wire
from assets_service.ledger.models import Entry
from assets_service.offices.schemas import OfficeRef, office_ref
from assets_service.people.schemas import PersonRef, person_ref

Brand = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
Model = Annotated[str, Meta(min_length=1, max_length=80, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f]*$(?!\n)")]
Serial = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^(?=.*[A-Za-z0-9])[!-~ ]*$(?!\n)")]
Imei = Annotated[str, Meta(max_length=30, pattern=r"^[\x20-\x7e]*$(?!\n)")]
ItemCode = Annotated[str, Meta(max_length=20, pattern=r"^[0-9. ]*$(?!\n)")]
Nup = Annotated[int, Meta(ge=1, le=9_999_999)]
Uakpb = Annotated[str, Meta(max_length=30, pattern=r"^[0-9A-Za-z. ]*$(?!\n)")]
Rupiah = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Reason = Annotated[str, Meta(min_length=3, max_length=2000, pattern=r"\S")]
ProgrammeCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)")]


class NewDevice(Wire):
    """`office` answers for the device from now on; left out, it is the caller's own office."""

    kind: Kind
    brand: Brand
    model: Model
    serial: Serial
    imei1: Imei | None = None
    imei2: Imei | None = None
    kode_barang: ItemCode | None = None
    nup: Nup | None = None
    uakpb: Uakpb | None = None
    acquired_on: date | None = None
    value: Rupiah | None = None
    programme: ProgrammeCode | None = None
    office: OfficeCode | None = None
    note: Note | None = None
    code: Line | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        yield from read_description(said)[1]
        if said.get("code") and not read_code(said["code"]):
            yield NO_LABEL_CODE


class AmendDevice(Wire):
    """Descriptive fields only: custody, condition and presence have their own doors."""

    brand: Brand | UnsetType = UNSET
    model: Model | UnsetType = UNSET
    serial: Serial | UnsetType = UNSET
    imei1: Imei | None | UnsetType = UNSET
    imei2: Imei | None | UnsetType = UNSET
    kode_barang: ItemCode | None | UnsetType = UNSET
    nup: Nup | None | UnsetType = UNSET
    uakpb: Uakpb | None | UnsetType = UNSET
    acquired_on: date | None | UnsetType = UNSET
    value: Rupiah | None | UnsetType = UNSET
    programme: ProgrammeCode | None | UnsetType = UNSET
    note: Note | None | UnsetType = UNSET

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return read_description(said)[1]


class Retirement(Wire):
    reason: Reason
    decision_no: Name | None = None


class CodeClaim(Wire):
    code: Line


class DeviceView(Struct):
    code: str
    kind: Kind
    brand: str
    model: str
    serial: str
    imei1: str | None
    imei2: str | None
    kode_barang: str | None
    nup: int | None
    uakpb: str | None
    acquired_on: date | None
    value: int | None
    programme: str | None
    note: str | None
    condition: Condition
    presence: Presence
    office: OfficeRef
    bound_for: OfficeRef | None
    holder: PersonRef | None
    received_at: datetime | None
    last_checked_on: date | None
    check_due_on: date | None
    label_version: int
    label_attached_at: datetime | None
    flags: list[str]
    version: int
    label_url: str


class EntryView(Struct):
    """A ledger entry; `hash` can be recomputed from the other fields (docs/ledger-format.md)."""

    seq: int
    subject: str
    device_seq: int
    kind: str
    at: datetime
    claimed_at: datetime | None
    actor: str
    door: str
    action_id: str
    body: Any
    prev_hash: str
    hash: str


class DeviceViews:
    """Devices as every room answers them, with the flags that a room above the register derives."""

    def __init__(self, flagging: Flagging, base_url: str) -> None:
        self.flagging = flagging
        self.base_url = base_url

    def one(self, session: Session, device: Device, at: datetime) -> DeviceView:
        return self.each(session, [device], at)(device)

    def each(self, session: Session, devices: list[Device], at: datetime) -> Callable[[Device], DeviceView]:
        """A view of any of these devices; their flags are asked for once."""
        flags = self.flagging.of(session, devices, at)
        return lambda device: device_view(device, flags.get(device.id, []), self.base_url)


def device_view(device: Device, flags: list[str], base_url: str) -> DeviceView:
    return DeviceView(
        code=device.code,
        kind=device.kind,
        brand=device.brand,
        model=device.model,
        serial=device.serial,
        imei1=device.imei1,
        imei2=device.imei2,
        kode_barang=device.kode_barang,
        nup=device.nup,
        uakpb=device.uakpb,
        acquired_on=device.acquired_on,
        value=device.value,
        programme=device.programme,
        note=device.note,
        condition=device.condition,
        presence=device.presence,
        office=office_ref(device.office),
        bound_for=office_ref(device.bound_for) if device.bound_for else None,
        holder=person_ref(device.holder),
        received_at=device.received_at,
        last_checked_on=device.last_checked_on,
        check_due_on=device.check_due_on,
        label_version=device.label_version,
        label_attached_at=device.label_attached_at,
        flags=flags,
        version=device.version,
        label_url=f"{base_url}/d/{device.code}",
    )


def entry_view(entry: Entry) -> EntryView:
    return EntryView(
        seq=entry.seq,
        subject=entry.subject,
        device_seq=entry.subject_seq,
        kind=entry.kind,
        at=entry.at,
        claimed_at=entry.claimed_at,
        actor=entry.actor,
        door=entry.door,
        action_id=entry.action_id,
        body=msgspec.json.decode(entry.body),
        prev_hash=entry.prev_hash,
        hash=entry.hash,
    )
