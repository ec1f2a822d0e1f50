"""A device's chain replayed: its row, and every row about it."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

from msgspec import UNSET, structs

from assets_service.custody.events import (
    Cancelled,
    Declined,
    Drafted,
    Extra,
    ExtraResolved,
    Found,
    Lost,
    Received,
    ReceivedWithNotes,
    Sent,
    Short,
)
from assets_service.devices.commands.describing import search_columns, search_text
from assets_service.devices.events import CodeClaimed, DeviceRegistered
from assets_service.devices.models import Device
from assets_service.inspections.events import DeviceChecked
from assets_service.labelling.events import FinderAnswered, FinderWrote, LabelPrinted
from assets_service.ledger.events import Event
from assets_service.ledger.facts import DEVICE_FACTS, DeviceFacts
from assets_service.upkeep.tables.told import OneOf, Said, Told

_OF_LINES = {"handover", "received_by"}  # facts that stand in the lines of shipments
_COLUMNS = {"office": "office_id", "bound_for": "bound_for_id", "holder": "holder_id"}  # the facts named otherwise
_ENDS = {Received: "received", ReceivedWithNotes: "received_with_notes", Short: "short", Declined: "declined"}


def replay(code: str, chain: Iterable[Said]) -> Told:
    """Every row about the device with this code."""
    device = _Device(code)
    for said in chain:
        device.hear(said)
    if device.is_registered:
        device.told["devices", code].update(
            search_columns(device.facts), search=search_text(cast("Device", SimpleNamespace(code=code, **device.facts)))
        )
    return device.told


class _Device:
    def __init__(self, code: str) -> None:
        self.code = code
        self.facts: dict[str, Any] = structs.asdict(DeviceFacts())
        self.told: Told = {}

    @property
    def is_registered(self) -> bool:
        return "registered_at" in self.told["devices", self.code]

    def hear(self, said: Said) -> None:
        before = self.facts["condition"]
        for name in DEVICE_FACTS & set(said.event.__struct_fields__):
            if (value := getattr(said.event, name)) is not UNSET:
                self.facts[name] = value
        self._of_custody(said, before)
        match said.event:
            case DeviceRegistered():
                self.told["devices", self.code] = {"code": self.code, "registered_at": said.moment}
                self._label_code(self.code, said)
            case CodeClaimed(code=code):
                self._label_code(code, said)
            case DeviceChecked() as check:
                self._check(check, said)
            case LabelPrinted() as label:
                self._printed(label, said)
            case FinderWrote() | FinderAnswered():
                hear_finder(self.told, said, self.code)
        self.told.setdefault(("devices", self.code), {}).update(
            {_COLUMNS.get(name, name): value for name, value in self.facts.items() if name not in _OF_LINES}
        )
        self._imeis()

    def _label_code(self, code: str, said: Said) -> None:
        self.told["label_codes", code] = {"code": code, "device_id": self.code, "claimed_at": said.moment}

    def _imeis(self) -> None:
        for _, imei in [key for key in self.told if key[0] == "device_imeis"]:
            del self.told["device_imeis", imei]
        for imei in (self.facts["imei1"], self.facts["imei2"]):
            if imei and not self.facts["withdrawn_at"]:
                self.told["device_imeis", imei] = {"imei": imei, "device_id": self.code}

    def _check(self, check: DeviceChecked, said: Said) -> None:
        told = self.told["checks", check.check] = {
            "id": check.check,
            "device_id": self.code,
            "office_id": self.facts["office"],
            "person_id": said.actor_id,
            "at": said.moment,
            "observed_at": check.observed_at,
            "checked_on": check.checked_on,
            "condition": check.seen_condition,
            "label_present": check.label_present,
            "identity_matches": check.identity_matches,
            "checklist": check.checklist,
            "note": check.check_note,
        }
        if self.facts["check_due_on"]:
            told["next_due_on"] = self.facts["check_due_on"]
        for position, photo in enumerate(check.photos):
            place = {"check_id": check.check, "position": position, "photo_id": photo}
            self.told["check_photos", (check.check, position)] = place

    def _printed(self, label: LabelPrinted, said: Said) -> None:
        self.told["printed_labels", (label.run, label.code, label.label_version)] = {
            "run_id": label.run,
            "device_id": self.code,
            "code": label.code,
            "version": label.label_version,
            "issued_at": said.moment,
        }

    def _of_custody(self, said: Said, condition_before: str) -> None:
        match said.event:
            case Drafted() as draft:
                self._packed(draft, said, to=draft.to_office)
                self._line(draft.shipment)["sent_condition"] = self.facts["condition"]
            case Sent() as sent:
                self._packed(sent, said, to=sent.bound_for)
                self._sent(sent, said)
            case Received() | ReceivedWithNotes() | Short() | Declined() as end:
                self._ended(end, said, condition_before)
            case Cancelled() as cancelled:
                self._line(cancelled.shipment).update(_closed("cancelled", said), note=None)
                self.told["shipments", cancelled.shipment]["closing_note"] = cancelled.remark
            case Lost(shipment=str(number)):
                self._line(number).update(_resolved("lost", said))
            case Found(shipment=str(number)):
                self._line(number).update(_resolved("found", said))
            case Extra() | ExtraResolved():
                hear_finding(self.told, said, self.code)

    def _line(self, number: str) -> dict[str, Any]:
        return self.told.setdefault(("shipment_lines", number), {"shipment_id": number, "device_id": self.code})

    def _packed(self, event: Drafted | Sent, said: Said, *, to: str) -> None:
        """The shipment begins with the first word of it."""
        if ("shipments", event.shipment) in self.told:
            return
        self.told["shipments", event.shipment] = {
            "id": event.shipment,
            "from_id": event.from_office,
            "to_id": to,
            "created_at": said.moment,
            "created_by_id": said.actor_id,
            "sent_at": None,
            "sent_by_id": None,
        }
        nothing_yet = dict.fromkeys(
            ("closed_at", "closed_by_id", "resolution", "resolved_at", "resolved_by_id", "note")
        )
        self._line(event.shipment).update(nothing_yet, state="open", arrived_condition=None, one_sided=False)

    def _sent(self, sent: Sent, said: Said) -> None:
        self.told["shipments", sent.shipment].update(
            purpose=sent.purpose, sent_at=sent.sent_at, sent_by_id=said.actor_id
        )
        self._line(sent.shipment).update(sent_condition=sent.sent_condition, accessories=sent.accessories)

    def _ended(self, end: Received | ReceivedWithNotes | Short | Declined, said: Said, condition_before: str) -> None:
        arrived: object = None
        if isinstance(end, Declined):
            arrived = end.stated_condition
        elif not isinstance(end, Short):  # what the receiver did not state is told as it was before
            arrived = end.condition if end.condition != condition_before else OneOf((None, end.condition))
        ended = _closed(_ENDS[type(end)], said)
        one_sided = isinstance(end, Received | ReceivedWithNotes) and end.one_sided is True
        self._line(end.shipment).update(ended, note=end.remark, arrived_condition=arrived, one_sided=one_sided)


def _closed(state: str, said: Said) -> dict[str, object]:
    return {"state": state, "closed_at": said.moment, "closed_by_id": said.actor_id}


def _resolved(resolution: str, said: Said) -> dict[str, object]:
    return {"resolution": resolution, "resolved_at": said.moment, "resolved_by_id": said.actor_id}


def hear_finding(told: Told, said: Said, code: str | None) -> None:
    """What was in a box and on no line of it. The same code may be found twice; then which was resolved stays open."""
    event: Event = said.event
    assert isinstance(event, Extra | ExtraResolved), "nothing else tells of findings"
    same = [key for key in told if key[0] == "findings" and key[1][:2] == (event.shipment, event.code_read)]  # type: ignore[index]  # as made below
    if isinstance(event, Extra):
        told["findings", (event.shipment, event.code_read, len(same))] = {
            "shipment_id": event.shipment,
            "office_id": event.at_office,
            "device_id": code,
            "code_read": event.code_read,
            "note": event.remark,
            "found_at": said.moment,
            "found_by_id": said.actor_id,
            "resolution": None,
            "resolved_at": None,
            "resolved_by_id": None,
        }
    elif len(same) == 1:
        told[same[0]].update(_resolved(event.remark, said))
    else:
        for key in same:
            for name in ("resolution", "resolved_at", "resolved_by_id"):
                told[key].pop(name, None)


def hear_finder(told: Told, said: Said, code: str | None) -> None:
    """That a stranger wrote, and that somebody took care of it."""
    event: Event = said.event
    assert isinstance(event, FinderWrote | FinderAnswered), "nothing else tells of finders"
    if isinstance(event, FinderWrote):
        unanswered = dict.fromkeys(("handled_at", "handled_by_id"))
        told["finder_messages", event.message] = {
            "id": event.message,
            "device_id": code,
            "at": said.moment,
            **unanswered,
        }
        return
    told["finder_messages", event.message].update(handled_at=said.moment, handled_by_id=said.actor_id)
