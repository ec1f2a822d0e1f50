"""Each type of act that can be done without network, and the act of its room that does it."""

from typing import Any

from msgspec import Struct, structs

from assets_service.actions.act import Act
from assets_service.custody import acts as custody
from assets_service.inspections import acts as inspections
from assets_service.kernel import fields
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.labelling import acts as labelling
from assets_service.outbox.asks import QueuedAct
from assets_service.outbox.models import ActType


class Kind(Struct, frozen=True):
    """`key` is the field that names what the act is on."""

    act: Act[Any]
    key: str
    has_photos: bool = False


KINDS = {
    ActType.CHECK: Kind(inspections.CHECK, "device", has_photos=True),
    ActType.ARRIVAL: Kind(custody.ARRIVE, "shipment", has_photos=True),
    ActType.RECEIPT: Kind(custody.RECEIVE, "shipment"),
    ActType.HOLDER: Kind(custody.HOLD, "device"),
    ActType.ATTACH_LABEL: Kind(labelling.ATTACH, "device"),
    ActType.CLAIM_LABEL: Kind(labelling.CLAIM, "device"),
}


def names_of_photos(queued: QueuedAct) -> list[str]:
    """Every hash under which the act may name a photo."""
    return [name for name in (*queued.photos, *photos_in(queued.payload)) if isinstance(name, str)]


def ask_of(queued: QueuedAct, sent: dict[str, str]) -> Struct:
    """What the act asks, as the call that does the same at once would. `sent`: what photos are called here. Raises `Invalid`."""
    kind = KINDS[queued.type]
    _refuse_what_does_not_belong(queued, kind)
    payload = _renamed(queued.payload, sent)
    if kind.has_photos and queued.photos:
        payload["photos"] = [*payload.get("photos", []), *(sent.get(name, name) for name in queued.photos)]
    if queued.visit:
        payload["visit"] = str(queued.visit)
    asked: type[Struct] | None = kind.act.ask
    assert asked, "every act that is done without network asks something"
    return fields.read(payload, asked, at="/payload")


def _refuse_what_does_not_belong(queued: QueuedAct, kind: Kind) -> None:
    other = "shipment" if kind.key == "device" else "device"
    problems = []
    if getattr(queued, kind.key) is None:
        problems.append(FieldProblem(f"/{kind.key}", "This field is needed."))
    if getattr(queued, other) is not None:
        problems.append(FieldProblem(f"/{other}", "An action of this type has no such field."))
    if queued.visit and queued.type is not ActType.RECEIPT:
        problems.append(FieldProblem("/visit", "An action of this type has no such field."))
    if not kind.has_photos:
        named = photos_in(queued.payload)
        problems += [
            FieldProblem(f"/photos/{place}", "Nothing in the payload names this photo.")
            for place, name in enumerate(queued.photos)
            if name not in named
        ]
    if problems:
        raise Invalid(*problems)


def photos_in(payload: dict[str, Any]) -> list[Any]:
    """The photos that the payload itself names: of the whole, and of each line of a receipt."""
    lines = payload.get("lines")
    parts = [payload, *(line for line in (lines if isinstance(lines, list) else []) if isinstance(line, dict))]
    return [name for part in parts for name in _listed(part)]


def _listed(part: dict[str, Any]) -> list[Any]:
    named = part.get("photos")
    return named if isinstance(named, list) else []


def _renamed(payload: dict[str, Any], sent: dict[str, str]) -> dict[str, Any]:
    """The payload with each photo by the name that it has here."""
    renamed = dict(payload)
    if isinstance(payload.get("photos"), list):
        renamed["photos"] = [sent.get(name, name) if isinstance(name, str) else name for name in payload["photos"]]
    if isinstance(payload.get("lines"), list):
        renamed["lines"] = [_renamed(line, sent) if isinstance(line, dict) else line for line in payload["lines"]]
    return renamed


def key_of(queued: QueuedAct) -> object:
    return structs.asdict(queued)[KINDS[queued.type].key]
