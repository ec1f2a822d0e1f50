"""Every write of custody: the only ones that say who answers for a device.

The rows of one act are locked in one order everywhere (shipment, devices by id, ledger chains by code), so that two
acts may wait for each other but never in a circle.
"""

from assets_service.custody.commands.arriving import arrive
from assets_service.custody.commands.choices import save_accessory, save_reason, set_route
from assets_service.custody.commands.correcting import correct_receipt
from assets_service.custody.commands.differences import resolve_finding, settle
from assets_service.custody.commands.distributing import Pack, draft_each, send_drafts, undo_drafts
from assets_service.custody.commands.holding import Holding, correct_holder, hold, hold_each, report_found, report_loss
from assets_service.custody.commands.leaving import deactivate, transfer
from assets_service.custody.commands.receiving import agreed, receive, state_of
from assets_service.custody.commands.sending import cancel, create, dispatch, refuse_accessories
from assets_service.custody.commands.succeeding import clear, succeed
from assets_service.custody.commands.tracking import correct_shipment, note
from assets_service.custody.commands.visiting import subject

__all__ = [
    "Holding",
    "Pack",
    "agreed",
    "arrive",
    "cancel",
    "clear",
    "correct_holder",
    "correct_receipt",
    "correct_shipment",
    "create",
    "deactivate",
    "dispatch",
    "draft_each",
    "hold",
    "hold_each",
    "note",
    "receive",
    "refuse_accessories",
    "report_found",
    "report_loss",
    "resolve_finding",
    "save_accessory",
    "save_reason",
    "send_drafts",
    "set_route",
    "settle",
    "state_of",
    "subject",
    "succeed",
    "transfer",
    "undo_drafts",
]
