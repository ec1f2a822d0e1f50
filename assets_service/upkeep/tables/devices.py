"""A device's chain replayed: its row, and every row about it."""

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

from msgspec import UNSET, structs

from assets_service.devices.commands.describing import search_columns, search_text
from assets_service.devices.events import CodeClaimed, DeviceRegistered
from assets_service.devices.models import Device
from assets_service.inspections.events import DeviceChecked
from assets_service.labelling.events import FinderAnswered, FinderWrote, LabelPrinted
from assets_service.ledger.events import Event
from assets_service.ledger.facts import DEVICE_FACTS, DeviceFacts
from assets_service.upkeep.tables.custody import hear as hear_custody
from assets_service.upkeep.tables.told import Said, Told

_OF_LINES = {"handover", "received_by"}  # facts that stand in the lines of shipments
_COLUMNS = {"office": "office_id", "bound_for": "bound_for_id", "holder": "holder_id"}  # the facts named otherwise


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
        hear_custody(self.told, said, self.code, condition_before=before, condition=self.facts["condition"])
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
