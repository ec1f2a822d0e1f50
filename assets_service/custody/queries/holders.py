"""What a person holds, and what they held: the ledger tells it, device by device."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import Stamp
from assets_service.custody.events import Held, HolderCorrected, Released, Succeeded
from assets_service.devices import queries as devices
from assets_service.devices.models import Device, Presence
from assets_service.kernel.db import json_text, lock_each
from assets_service.ledger.events import every_event, fields_of, kind_of
from assets_service.ledger.models import Entry
from assets_service.people import queries as people
from assets_service.people.models import Person

DEVICES_MAX = 200  # that one person ever held


class Spell(Struct):
    """A device in somebody's hands, since when and until when; null: they hold it now."""

    device: Device
    since: datetime
    until: datetime | None


def holdings(session: Session, person: Person, stamp: Stamp) -> list[Spell]:
    """What the person holds, then what they held, the latest first: of oneself all, of others the devices in scope."""
    mine = was_held_by(person.id).with_only_columns(Entry.subject)
    found = select(Device) if stamp.actor_id == person.id else devices.visible_to(stamp)
    by_code = {
        device.code: device
        for device in session.scalars(devices.whole(found.where(Device.code.in_(mine)).limit(DEVICES_MAX)))
    }
    stated = select(Entry).where(Entry.subject.in_(by_code), Entry.kind.in_(_kinds_stating_holder()))
    entries = session.scalars(stated.order_by(Entry.subject, Entry.subject_seq))
    spells = [Spell(by_code[code], since, until) for code, since, until in _spells(entries, person.id)]
    return sorted(spells, key=lambda spell: (spell.until is None, spell.until or spell.since), reverse=True)


def locked_of_holder(session: Session, person: Person) -> list[Device]:
    """The devices present that the person holds, locked; a lost one stays theirs to answer for."""
    held = (Device.holder_id == person.id) & (Device.presence == Presence.PRESENT)
    lock_each(session, Device, held)
    found = select(Device).where(held).order_by(Device.id).options(joinedload(Device.office))
    rows = list(session.scalars(found.execution_options(populate_existing=True)))
    for device in rows:
        set_committed_value(device, "holder", person)
    return rows


def locked_leaver(session: Session, person_id: int, stamp: Stamp) -> Person:
    """The person who leaves, their row locked after their devices: whoever names a holder locks in this order. Raises `NoSuchPerson`."""
    lock_each(session, Device, Device.holder_id == person_id)
    return people.locked(session, person_id, stamp)


def holder_named(session: Session, code: str) -> tuple[int | None, datetime] | None:
    """Which person, or nobody, last named the device's holder, as the ledger says it, and when; None if none ever was."""
    kinds = [kind_of(event) for event in (Held, Released, HolderCorrected, Succeeded)]
    named = select(Entry.actor, Entry.at).where(Entry.subject == code, Entry.kind.in_(kinds))
    last = session.execute(named.order_by(Entry.subject_seq.desc()).limit(1)).one_or_none()
    if last is None:
        return None
    kind, _, number = last.actor.partition("/")
    return int(number) if kind == "person" else None, last.at


def was_held_by(person_id: int) -> Select[Entry]:
    named = [kind_of(event) for event in (Held, HolderCorrected, Succeeded)]
    return select(Entry).where(Entry.kind.in_(named), json_text(Entry.body, "holder") == str(person_id))


def _kinds_stating_holder() -> list[str]:
    return [kind_of(event) for event in every_event() if "holder" in fields_of(event)]


def _spells(entries: Iterable[Entry], person_id: int) -> Iterator[tuple[str, datetime, datetime | None]]:
    """Each time the person held a device: its code, and from when until when. Entries come chain by chain."""
    begun: tuple[str, datetime] | None = None
    for entry in entries:
        if begun and begun[0] != entry.subject:
            yield *begun, None
            begun = None
        body = msgspec.json.decode(entry.body)
        if "holder" not in body:
            continue
        if begun:
            yield *begun, entry.at
            begun = None
        if body["holder"] == person_id:
            begun = entry.subject, entry.at
    if begun:
        yield *begun, None
