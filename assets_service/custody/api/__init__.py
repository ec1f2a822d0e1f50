"""Custody over HTTP."""

from assets_service.custody.api.choices import ChoicesAPI
from assets_service.custody.api.inside import CustodyAPI, HoldersAPI, SuccessionsAPI, name_holder_of_each
from assets_service.custody.api.receipts import DifferencesAPI, ReceiptsAPI
from assets_service.custody.api.shipments import ShipmentsAPI

__all__ = [
    "ChoicesAPI",
    "CustodyAPI",
    "DifferencesAPI",
    "HoldersAPI",
    "ReceiptsAPI",
    "ShipmentsAPI",
    "SuccessionsAPI",
    "name_holder_of_each",
]
