"""Every write of custody: the only ones that say who answers for a device.

The rows of one act are locked in one order everywhere (shipment, devices by id, ledger chains by code), so that two
acts may wait for each other but never in a circle.
"""

from assets_service.custody.commands.findings import resolve_finding, subject
from assets_service.custody.commands.holding import Holding, hold, hold_each, report_found, report_loss
from assets_service.custody.commands.leaving import deactivate, transfer
from assets_service.custody.commands.receiving import agreed, receive
from assets_service.custody.commands.sending import cancel, create, dispatch

__all__ = [
    "Holding",
    "agreed",
    "cancel",
    "create",
    "deactivate",
    "dispatch",
    "hold",
    "hold_each",
    "receive",
    "report_found",
    "report_loss",
    "resolve_finding",
    "subject",
    "transfer",
]
