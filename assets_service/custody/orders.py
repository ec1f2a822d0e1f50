"""In which order shipments are listed."""

from enum import StrEnum

from sqlalchemy.orm import aliased

from assets_service.custody.models import Shipment
from assets_service.kernel.db.orders import By, Orders
from assets_service.offices.models import Office

FROM, TO = aliased(Office), aliased(Office)


class Order(StrEnum):
    """By what shipments are sorted; with a minus the other way round."""

    NUMBER = "number"
    FROM = "from"
    TO = "to"
    NUMBER_LAST = "-number"
    FROM_LAST = "-from"
    TO_LAST = "-to"


ORDERS = Orders(
    Shipment.id,
    {
        "number": By((), lambda _: (), ()),
        "from": By((FROM.path,), lambda shipment: (shipment.from_office.path,), (str,)),
        "to": By((TO.path,), lambda shipment: (shipment.to_office.path,), (str,)),
    },
    by_number=Order.NUMBER_LAST,
)
