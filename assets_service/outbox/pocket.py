"""The list that a phone carries: what its person may see, so small that it fits a poor line, and what to do with each device.

Columns instead of rows: what stands in one column is alike, and packs to a fraction of what rows would take.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody.models import number_of
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.flags.queries import Flags
from assets_service.kernel.clock import ZONES, local_date
from assets_service.outbox import queries
from assets_service.outbox.queries import Bound
from assets_service.people.models import Person
from assets_service.scan.queries import Step, next_steps

FORMAT = "pocket-1"


class PocketDevices(Struct):
    """The devices, one in each place of every list. `office` and `bound_for` are codes, `holder` a person's number.

    `model` is a place in `models`, `shipment` one in `shipments`, -1 for none. `item` is the item code and number
    (`3100102009.7`). `labels` are codes of labels that were claimed for the device, beside its own.
    """

    code: list[str]
    version: list[int]
    kind: list[Kind]
    model: list[int]
    condition: list[Condition]
    presence: list[Presence]
    office: list[str]
    holder: list[int | None]
    bound_for: list[str | None]
    shipment: list[int]
    due_on: list[date | None]
    step: list[Step | None]
    serial: list[str]
    imei1: list[str | None]
    imei2: list[str | None]
    item: list[str | None]
    register: list[str | None]
    labels: list[list[str]]


class PocketShipments(Struct):
    """The shipments on their way with these devices."""

    id: list[int]
    number: list[str]
    version: list[int]


class Pocket(Struct):
    """What a phone needs to know a device again and to say what is to be done with it. It is `person`'s, and nobody else's.

    `people` are the holders, and whoever could hold a device of an office in the person's hands; `colleagues` are those, by office.
    """

    person: int
    made_at: datetime
    offices: dict[str, str]
    people: dict[str, str]
    colleagues: dict[str, list[int]]
    models: list[str]
    shipments: PocketShipments
    devices: PocketDevices


def mark_of(session: Session, stamp: Stamp) -> str:
    """What tells this list from the next one, found by one select: versions and counts, the rights, and the day in each zone.

    A list may be marked anew though nothing of it changed; it is never marked the same when something did.
    """
    days = [local_date(stamp.at, zone).isoformat() for zone in ZONES]
    rights = sorted(f"{right.role}{right.path}" for right in stamp.rights)
    known = [FORMAT, stamp.actor_id, rights, days, *queries.counts_of_pocket(session, stamp)]
    return sha256(repr(known).encode()).hexdigest()[:32]


def pocket(session: Session, stamp: Stamp, flags: Flags) -> Pocket:
    """The whole list, in five selects however many devices it has."""
    devices = queries.devices_in_pocket(session, stamp)
    marks = flags.of(session, devices, stamp.at)
    bound = queries.bound_in_pocket(session, stamp)
    shipments = sorted({each.shipment_id: each for each in bound.values()}.values(), key=lambda each: each.shipment_id)
    places = {each.shipment_id: place for place, each in enumerate(shipments)}
    labelled = queries.labelled_in_pocket(session, stamp)
    models = sorted({_model(device) for device in devices})
    place_of_model = {model: place for place, model in enumerate(models)}
    colleagues = queries.colleagues(session, stamp)
    labels = queries.labels_in_pocket(session, stamp)
    return Pocket(
        person=stamp.actor_id or 0,
        made_at=stamp.at,
        offices=_names_of_offices(devices),
        people=_names_of_people(devices, colleagues),
        colleagues=_by_office(colleagues),
        models=models,
        shipments=PocketShipments(
            [each.shipment_id for each in shipments],
            [number_of(each.shipment_id, each.created_at) for each in shipments],
            [each.version for each in shipments],
        ),
        devices=_columns(
            devices,
            model=[place_of_model[_model(device)] for device in devices],
            shipment=[_place(bound, places, device) for device in devices],
            step=[
                next_steps(device, marks[device.id], stamp, has_label=device.id in labelled).first for device in devices
            ],
            labels=[labels.get(device.id, []) for device in devices],
        ),
    )


def _columns(devices: Sequence[Device], **others: Any) -> PocketDevices:
    return PocketDevices(
        code=[device.code for device in devices],
        version=[device.version for device in devices],
        kind=[device.kind for device in devices],
        condition=[device.condition for device in devices],
        presence=[device.presence for device in devices],
        office=[device.office.code for device in devices],
        holder=[device.holder_id for device in devices],
        bound_for=[device.bound_for.code if device.bound_for else None for device in devices],
        due_on=[device.check_due_on for device in devices],
        serial=[device.serial for device in devices],
        imei1=[device.imei1 for device in devices],
        imei2=[device.imei2 for device in devices],
        item=[_item(device) for device in devices],
        register=[device.kode_register for device in devices],
        **others,
    )


def _model(device: Device) -> str:
    return f"{device.brand} {device.model}"


def _item(device: Device) -> str | None:
    return f"{device.kode_barang}.{device.nup}" if device.nup is not None else None


def _place(bound: dict[int, Bound], places: dict[int, int], device: Device) -> int:
    found = bound.get(device.id)
    return places[found.shipment_id] if found else -1


def _names_of_offices(devices: Iterable[Device]) -> dict[str, str]:
    named = {office.code: office.name for each in devices for office in (each.office, each.bound_for) if office}
    return dict(sorted(named.items()))


def _by_office(colleagues: Iterable[Person]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for person in sorted(colleagues, key=lambda each: (each.name, each.id)):
        found.setdefault(person.office.code, []).append(person.id)
    return found


def _names_of_people(devices: Iterable[Device], colleagues: Iterable[Person]) -> dict[str, str]:
    persons = {each.holder.id: each.holder.name for each in devices if each.holder}
    persons |= {each.id: each.name for each in colleagues}
    return {str(number): name for number, name in sorted(persons.items())}
