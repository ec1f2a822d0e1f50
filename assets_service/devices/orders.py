"""In which order devices are listed."""

from datetime import date
from enum import StrEnum

from assets_service.devices.models import CHECKED, DUE, FIRST_DAY, LAST_DAY, Device
from assets_service.kernel.db.orders import By, Orders
from assets_service.offices.models import Office


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


ORDERS = Orders(
    Device.id,
    {  # each served by an index
        "registered": By((), lambda _: (), ()),
        "model": By((Device.brand, Device.model), lambda device: (device.brand, device.model), (str, str)),
        "serial": By((Device.serial_search,), lambda device: (device.serial_search,), (str,)),
        "office": By((Office.path,), lambda device: (device.office.path,), (str,)),
        "checked": By((CHECKED,), lambda device: (device.last_checked_on or FIRST_DAY,), (date,)),
        "due": By((DUE,), lambda device: (device.check_due_on or LAST_DAY,), (date,)),
    },
)
