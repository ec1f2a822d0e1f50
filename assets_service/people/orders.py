"""In which order persons are listed."""

from enum import StrEnum

from assets_service.kernel.db.orders import By, Orders
from assets_service.offices.models import Office
from assets_service.people.models import Person


class Order(StrEnum):
    """By what persons are sorted; with a minus the other way round."""

    NAME = "name"
    OFFICE = "office"
    NAME_LAST = "-name"
    OFFICE_LAST = "-office"


ORDERS = Orders(
    Person.id,
    {
        "name": By((Person.name,), lambda person: (person.name,), (str,)),
        "office": By((Office.path, Person.name), lambda person: (person.office.path, person.name), (str, str)),
    },
)
