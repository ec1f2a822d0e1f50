"""Custody as pages."""

from assets_service.custody.pages.choices import ChoicePages
from assets_service.custody.pages.devices import CustodyPages, HolderPages
from assets_service.custody.pages.persons import MyDevicesPages, PersonPages
from assets_service.custody.pages.receipts import ReceiptPages
from assets_service.custody.pages.settling import SettlingPages
from assets_service.custody.pages.shipments import ShipmentPages
from assets_service.custody.pages.successions import SuccessionPages
from assets_service.custody.pages.visits import VisitPages

__all__ = [
    "ChoicePages",
    "CustodyPages",
    "HolderPages",
    "MyDevicesPages",
    "PersonPages",
    "ReceiptPages",
    "SettlingPages",
    "ShipmentPages",
    "SuccessionPages",
    "VisitPages",
]
