"""Every event of the product, what its fields may hold, and which facts of a device it states."""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from msgspec import UnsetType, structs

import assets_service
from assets_service.ledger.events import Event, every_event

for _file in sorted(Path(assets_service.__file__).parent.glob("*/events.py")):
    import_module(f"assets_service.{_file.parent.name}.events")

# Tests may make events of their own; those are nobody's business.
EVENTS = [each for each in every_event() if each.__module__.startswith("assets_service.")]

# Decision 0006: an event in a device's chain states each fact whose name one of its fields bears.
STATED: dict[str, set[str]] = {
    "custody.arrived": {"arrived_at"},
    "custody.cancelled": {"presence", "bound_for", "sent_at", "expected_on", "arrived_at"},
    "custody.declined": {"presence", "bound_for", "sent_at", "expected_on", "arrived_at"},
    "custody.drafted": set(),
    "custody.extra": set(),
    "custody.extra_resolved": set(),
    "custody.found": {"presence"},
    "custody.held": {"holder", "received_at"},
    "custody.holder_corrected": {"holder"},
    "custody.lost": {"presence"},
    "custody.received": {
        "office", "presence", "received_at", "received_by", "handover", "check_due_on", "condition", "one_sided", "bound_for", "sent_at",
        "holder", "return_due_on", "expected_on", "arrived_at",
    },
    "custody.received_with_notes": {
        "office", "presence", "received_at", "received_by", "handover", "check_due_on", "condition", "one_sided", "bound_for", "sent_at",
        "holder", "return_due_on", "expected_on", "arrived_at",
    },
    "custody.rebooked": {"uakpb", "nup"},
    "custody.receipt_corrected": {
        "office", "presence", "condition", "received_at", "received_by", "handover", "one_sided", "check_due_on", "return_due_on",
        "holder",
    },
    "custody.released": {"holder", "condition"},
    "custody.sent": {"presence", "bound_for", "sent_at", "holder", "expected_on"},
    "custody.settled": {"presence"},
    "custody.shipment_corrected": {"expected_on"},
    "custody.short": {"presence", "bound_for", "sent_at", "expected_on", "arrived_at"},
    "custody.succeeded": {"presence", "condition", "holder"},
    "devices.amended": {
        "brand", "model", "serial", "imei1", "imei2", "kode_barang", "nup", "uakpb", "acquired_on", "value", "programme",
        "note", "kode_register",
    },
    "devices.code_claimed": set(),
    "devices.registered": {
        "kind", "brand", "model", "serial", "imei1", "imei2", "kode_barang", "nup", "uakpb", "acquired_on", "value",
        "programme", "note", "condition", "presence", "office", "kode_register", "import_id", "check_due_on",
    },
    "devices.retired": {"presence"},
    "devices.withdrawn": {"import_id", "withdrawn_at"},
    "inspections.checked": {"condition", "last_checked_on", "check_due_on", "label_attached_at"},
    "labelling.attached": {"label_version", "label_attached_at"},
    "labelling.finder_answered": set(),
    "labelling.finder_wrote": set(),
    "labelling.printed": {"label_version", "label_attached_at"},
    "outbox.settled": set(),
}  # fmt: skip

# Kinds that stand only in the chains of other subjects, where a name like a fact's states nothing of a device.
OF_OTHER_SUBJECTS = {
    "custody.accessory_saved",
    "custody.cleared",
    "custody.reason_saved",
    "custody.route_set",
    "custody.tracked",
    "custody.visited",
    "programmes.distributed",
    "programmes.distribution_sent",
    "programmes.distribution_undone",
    "exports.inventory_taken",
    "exports.ledger_taken",
    "imports.file_registered",
    "imports.undone",
    "photos.uploaded",
    "inspections.policy_set",
    "labelling.run_asked",
    "labelling.run_cancelled",
    "labelling.run_drawn",
    "labelling.run_restarted",
    "labelling.stock_retired",
    "labelling.stock_saved",
    "offices.added",
    "offices.amended",
    "openness.graded",
    "outbox.file_handed_in",
    "outbox.phone_added",
    "outbox.phone_signed_out",
    "people.added",
    "people.amended",
    "people.deactivated",
    "people.moved",
    "people.password_changed",
    "people.reactivated",
    "people.role_ended",
    "people.role_granted",
    "people.sign_in_given",
    "programmes.added",
    "programmes.allocation_set",
    "seals.key_changed",
    "seals.log_begun",
}

_NOTHING = {type(None), UnsetType}


def always_there(event: type[Event]) -> set[str]:
    """The fields that hold something in every entry of this kind."""
    return {field.name for field in structs.fields(event) if field.required and not _NOTHING & _types(field.type)}


def ever_there(event: type[Event]) -> set[str]:
    """The fields that can hold something; the others say by their presence that there is none."""
    return {field.name for field in structs.fields(event) if _types(field.type) - _NOTHING}


def _types(annotation: Any) -> set[Any]:
    if get_origin(annotation) is Annotated:  # `Annotated[str | None, Words(…)]` may be null as well
        annotation = get_args(annotation)[0]
    return {type(None) if each is None else each for each in get_args(annotation) or (annotation,)}
