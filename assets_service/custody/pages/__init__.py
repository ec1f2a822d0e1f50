"""Custody as pages."""

from assets_service.custody.pages.devices import CustodyPages, HolderPages
from assets_service.custody.pages.persons import MyDevicesPages, PersonPages
from assets_service.custody.pages.receipts import ReceiptPages
from assets_service.custody.pages.shipments import ShipmentPages

__all__ = ["CustodyPages", "HolderPages", "MyDevicesPages", "PersonPages", "ReceiptPages", "ShipmentPages"]
