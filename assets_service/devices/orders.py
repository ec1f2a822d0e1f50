"""In which order devices are listed: a closed set, each with the key from which a cursor goes on."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute

from assets_service.devices.models import CHECKED, DUE, FIRST_DAY, LAST_DAY, Device
from assets_service.offices.models import Office

Column = ColumnElement[Any] | InstrumentedAttribute[Any]
Key = tuple[Any, ...]  # the order, the values by which it sorts, the device's number


class Order(StrEnum):
    """By what devices are sorted; with a minus the other way round. Devices with the same value stand in the order of registration."""

    REGISTERED = "registered"
    MODEL = "model"
    SERIAL = "serial"
    OFFICE = "office"
    CHECKED = "checked"
    DUE = "due"
    REGISTERED_LAST = "-registered"
    MODEL_LAST = "-model"
    SERIAL_LAST = "-serial"
    OFFICE_LAST = "-office"
    CHECKED_LAST = "-checked"
    DUE_LAST = "-due"

    @property
    def is_down(self) -> bool:
        return self.startswith("-")


class _By(NamedTuple):
    """The columns of an order, each served by an index and never null; their values of one device; the types of these."""

    columns: tuple[Column, ...]
    values: Callable[[Device], tuple[Any, ...]]
    types: tuple[type, ...]


_BY: dict[str, _By] = {
    "registered": _By((), lambda _: (), ()),
    "model": _By((Device.brand, Device.model), lambda device: (device.brand, device.model), (str, str)),
    "serial": _By((Device.serial_search,), lambda device: (device.serial_search,), (str,)),
    "office": _By((Office.path,), lambda device: (device.office.path,), (str,)),
    "checked": _By((CHECKED,), lambda device: (device.last_checked_on or FIRST_DAY,), (date,)),
    "due": _By((DUE,), lambda device: (device.check_due_on or LAST_DAY,), (date,)),
}


def columns_of(order: Order) -> tuple[Column, ...]:
    """The columns by which the order sorts; the last is the device's number, so that no two devices are alike."""
    return (*_by(order).columns, Device.id)


def key_in(order: Order) -> Callable[[Device], Key]:
    """The key of any device in this order."""
    return lambda device: (order.value, *_by(order).values(device), device.id)


def cursor_of(order: Order) -> Any:
    """The type of a cursor of this order; a cursor of another order is none."""
    named: Any = Literal
    parts: Any = (named[order.value], *_by(order).types, int)
    return tuple.__class_getitem__(parts)


def _by(order: Order) -> _By:
    return _BY[order.removeprefix("-")]
