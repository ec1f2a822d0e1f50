"""What describes a device: read, completed, and held against what other devices already have."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices import queries
from assets_service.devices.errors import AlreadyRegistered
from assets_service.devices.identifiers import grouped, read_description
from assets_service.devices.models import ACQUIRED_YEARS, DESCRIPTIVE, Device, DeviceKind, Kind
from assets_service.devices.queries import Identity
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid
from assets_service.kernel.spelling import searchable

Described = dict[str, Any]  # each descriptive field by its name, in the form it is kept


def checked(session: Session, kind: Kind, facts: Described, *, stamp: Stamp, but: int | None = None) -> Described:
    """The descriptive fields in the form they are kept, or every reason why they cannot be; `but` is the device's own id.

    Raises `Invalid`, `AlreadyRegistered`.
    """
    asked = Gathering()
    facts, problems = checked_alone(facts, queries.kind_rule(session, kind), stamp.at)
    if problems:
        asked.add(Invalid(*problems))
    asked.ask(lambda: queries.require_programme(session, facts["programme"]))
    [taken] = queries.taken(session, [identity_of(facts)], but=but)
    if taken:
        seen = queries.seen_among(session, set(taken.values()), stamp)
        asked.add(AlreadyRegistered(*(taken_by_another(field, seen.get(id_)) for field, id_ in taken.items())))
    asked.refuse()
    return facts


def checked_alone(facts: Described, rule: DeviceKind | None, at: datetime) -> tuple[Described, list[FieldProblem]]:
    """The fields that can be judged without other devices, as they are kept, and what is wrong with them.

    `rule` is the kind's; without it, what can be said of any kind.
    """
    said = {name: facts[name] for name in DESCRIPTIVE}
    if rule is None:
        facts, problems = read_description(said)
        unknown = FieldProblem("/kind", "Nothing here says whether this is a tablet or a smartphone.")
        return facts, [*problems, *_still_to_come(facts, at), unknown]
    if said["nup"] is not None and not (said["kode_barang"] or "").strip():
        said["kode_barang"] = rule.kode_barang
    facts, problems = read_description(said)
    if rule.has_modem and not (facts["imei1"] or any(p.pointer == "/imei1" for p in problems)):
        problems.append(FieldProblem("/imei1", "A device that takes a SIM card needs its IMEI. Dial *#06# to see it."))
    return facts, [*problems, *_still_to_come(facts, at)]


def _still_to_come(facts: Described, at: datetime) -> list[FieldProblem]:
    """Nothing is acquired on a day that has begun nowhere in the country."""
    day = facts["acquired_on"]
    if day and day.year in ACQUIRED_YEARS and day > max(local_date(at, zone) for zone in ZONES):
        return [FieldProblem("/acquired_on", "This day is still to come.")]
    return []


def taken_by_another(field: str, code: str | None) -> FieldProblem:
    """Refuses a field; names the device that has the same, if the person may see it."""
    if code is None:
        return FieldProblem(f"/{field}", "Another device already has this.")
    return FieldProblem(f"/{field}", "Another device already has this. It is {code}.", {"code": grouped(code)})


def identity_of(facts: Described) -> Identity:
    booked = (facts["uakpb"], facts["kode_barang"], facts["nup"])
    serial_key = search_columns(facts)["serial_key"] if facts["brand"] and facts["serial"] else None
    return Identity(serial_key, imeis_of(facts), None if None in booked else booked)


def imeis_of(facts: Described) -> dict[str, str]:
    return {slot: facts[slot] for slot in ("imei1", "imei2") if facts[slot]}


def search_columns(facts: Described) -> dict[str, str]:
    serial = searchable(facts["serial"])
    return {"serial_search": serial, "serial_key": f"{searchable(facts['brand'])}:{serial}"}


def search_text(device: Device) -> str:
    parts = (
        device.code,
        device.brand,
        device.model,
        device.serial,
        device.imei1,
        device.imei2,
        device.nup,
        device.kode_register,
    )
    return " ".join(searchable(str(part)) for part in parts if part)[:400]
