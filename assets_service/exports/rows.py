"""One device as a row of an inventory, made alike from the register and from the ledger."""

from datetime import date, datetime
from typing import Any

from assets_service.exports.columns import DeviceRow
from assets_service.exports.queries import InventoryOffice
from assets_service.kernel.clock import local_date


def row_of(
    device: Any,
    *,
    office: InventoryOffice,
    bound_for: InventoryOffice | None,
    holder: str | None,
    handover: str | None,
    received_by: str | None,
    flags: list[str],
) -> DeviceRow:
    """The device as a row; `device` is a row of the register's select or a `DeviceThen`, which name the facts alike."""
    return DeviceRow(
        uakpb=device.uakpb,
        kode_barang=device.kode_barang,
        nup=device.nup,
        kind=device.kind.value,
        brand=device.brand,
        model=device.model,
        condition=device.condition.value,
        acquired_on=_day(device.acquired_on),
        value=device.value,
        kode_register=device.kode_register,
        serial=device.serial,
        imei1=device.imei1,
        imei2=device.imei2,
        code=device.code,
        office=office.code,
        office_name=office.name,
        openness=office.openness.value if office.openness else None,
        openness_year=office.openness_year,
        presence=device.presence.value,
        bound_for=bound_for.code if bound_for else None,
        holder=holder,
        sent_on=_day_of(device.sent_at, office),
        handover=handover,
        received_on=_day_of(device.received_at, office),
        received_by=received_by,
        last_checked_on=_day(device.last_checked_on),
        check_due_on=_day(device.check_due_on),
        flags=flags,
        programme=device.programme,
        note=_one_break(device.note),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day_of(instant: datetime | None, office: InventoryOffice) -> str | None:
    return local_date(instant, office.timezone).isoformat() if instant else None


def _one_break(note: str | None) -> str | None:
    """The text with one kind of line break, as spreadsheets keep it, so that the digest does not depend on which it was."""
    return note.replace("\r\n", "\n").replace("\r", "\n") if note else None
