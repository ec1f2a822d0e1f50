"""What is asked: devices."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from assets_service.devices.identifiers import NO_LABEL_CODE, read_code, read_description
from assets_service.devices.models import Condition, Kind
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Name, Note, OneLine, Wire
from assets_service.offices.models import OfficeName

_LINE = r"^(?=.*\S)[^\x00-\x1f\x7f-\x9f\u2028\u2029]*$(?!\n)"
Brand = Annotated[str, Meta(min_length=1, max_length=60, pattern=_LINE)]
Model = Annotated[str, Meta(min_length=1, max_length=80, pattern=_LINE)]
Serial = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^(?=.*[A-Za-z0-9])[!-~ ]*$(?!\n)")]
Imei = Annotated[str, Meta(max_length=80)]  # as it was typed: with words and signs, or two in one
ItemCode = Annotated[str, Meta(max_length=20, pattern=r"^[0-9. ]*$(?!\n)")]
Nup = Annotated[int, Meta(ge=1, le=9_999_999)]
Uakpb = Annotated[str, Meta(max_length=30, pattern=r"^[0-9A-Za-z. ]*$(?!\n)")]
Register = Annotated[str, Meta(max_length=80, pattern=r"^[0-9A-Za-z. -]*$(?!\n)")]
Rupiah = Annotated[int, Meta(ge=0, le=1_000_000_000_000)]
Reason = Annotated[str, Meta(min_length=3, max_length=2000, pattern=r"\S")]
ProgrammeCode = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$(?!\n)")]


class NewDevice(Wire):
    """A device to be registered. `office` answers for it from now on; left out, it is the caller's own office."""

    kind: Kind
    brand: Brand
    model: Model
    serial: Serial
    imei1: Imei | None = None
    imei2: Imei | None = None
    kode_barang: ItemCode | None = None
    nup: Nup | None = None
    uakpb: Uakpb | None = None
    kode_register: Register | None = None
    acquired_on: date | None = None
    value: Rupiah | None = None
    programme: ProgrammeCode | None = None
    office: OfficeName | None = None
    note: Note | None = None
    code: OneLine | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        yield from read_description(said)[1]
        if said.get("code") and not read_code(said["code"]):
            yield NO_LABEL_CODE


class AmendDevice(Wire):
    """Changes of what describes a device. Custody, condition and presence are changed by acts of their own."""

    brand: Brand | UnsetType = UNSET
    model: Model | UnsetType = UNSET
    serial: Serial | UnsetType = UNSET
    imei1: Imei | None | UnsetType = UNSET
    imei2: Imei | None | UnsetType = UNSET
    kode_barang: ItemCode | None | UnsetType = UNSET
    nup: Nup | None | UnsetType = UNSET
    uakpb: Uakpb | None | UnsetType = UNSET
    kode_register: Register | None | UnsetType = UNSET
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
    code: OneLine


class DeviceRow(Struct, kw_only=True):
    """One of many devices to register, as it stands in row `row` of what a person sent.

    A field that could not be read is None: the row is checked without it, and never registered.
    """

    row: int
    kind: Kind | None = None
    condition: Condition = Condition.GOOD
    office: str | None = None
    brand: str | None = None
    model: str | None = None
    serial: str | None = None
    imei1: str | None = None
    imei2: str | None = None
    kode_barang: str | None = None
    nup: int | None = None
    uakpb: str | None = None
    kode_register: str | None = None
    acquired_on: date | None = None
    value: int | None = None
    programme: str | None = None
    note: str | None = None
