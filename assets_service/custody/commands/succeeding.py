"""One person follows another: all that the leaver answers for is confirmed by the successor, device by device."""

from collections.abc import Container
from functools import partial
from typing import Any, NamedTuple

from msgspec import UNSET
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody import queries
from assets_service.custody.asks import NewSuccession, SuccessionLine
from assets_service.custody.commands.moving import move
from assets_service.custody.errors import AlreadyClear, NotClear, NothingLeft, NotTheirs
from assets_service.custody.events import Cleared, Succeeded
from assets_service.custody.models import Clearance, Seen, Succession, SuccessionItem
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import grouped
from assets_service.devices.models import Device, Presence
from assets_service.kernel import rows
from assets_service.kernel.clock import wall_clock
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid, Refusal, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.ledger.commands import record, record_each
from assets_service.offices.models import Office
from assets_service.people import queries as people
from assets_service.people.models import Person


class _Persons(NamedTuple):
    leaver: Person
    successor: Person
    witnesses: list[Person]


def succeed(session: Session, office: Office, ask: NewSuccession, *, stamp: Stamp) -> Succession:
    """Hand over everything that one person of the office answers for to another, each device as the successor found it.

    What the leaver held, the successor holds; what others hold stays with them. What is missing is not found from now on,
    and the leaver answers for it still. Raises `Forbidden`, `NothingLeft`, `NotTheirs`, `Invalid`.
    """
    if not stamp.may(office.path, *WRITERS):
        raise Forbidden
    persons = _agreed(session, office, ask, stamp)
    answered = queries.devices_answered_for(session, persons.leaver, lock=True)
    if not answered:
        known = Gathering().ask(lambda: _named(session, ask, stamp)) or []
        raise NothingLeft(*_not_theirs(session, office, persons.leaver, (), known), name=persons.leaver.name)
    by_id = {device.id: device for device in answered}
    ids = _named(session, ask, stamp)
    _must_be_all(session, office, persons.leaver, by_id, ids)
    _refuse_seen_though_missing([(by_id[id_], line) for id_, line in zip(ids, ask.lines, strict=True)])
    first, second = [*(person.id for person in persons.witnesses), None, None][:2]
    kept = Succession(
        office_id=office.id,
        leaver_id=persons.leaver.id,
        successor_id=persons.successor.id,
        cause=ask.cause,
        of_head=queries.is_head(session, persons.leaver),
        witness1_id=first,
        witness2_id=second,
        note=ask.note,
        at=stamp.at,
        by_id=stamp.actor_id,
        office=office,
        leaver=persons.leaver,
        successor=persons.successor,
    )
    session.add(kept)
    session.flush()
    each = [(by_id[id_], line) for id_, line in zip(ids, ask.lines, strict=True)]
    rows.put_each(session, SuccessionItem, [_item(kept, device, line) for device, line in each])
    told = [(device.code, _told(kept, office, device, line)) for device, line in each]
    for device, line in each:
        move(session, [(device, _moved(kept, device, line))])
    record_each(session, told, stamp=stamp)
    return kept


def _agreed(session: Session, office: Office, ask: NewSuccession, stamp: Stamp) -> _Persons:
    """The two and the witnesses, if all are of this office. Raises `Invalid`."""
    asked = Gathering()
    asked.ask(lambda: refuse_misfits(ask))
    for place, line in enumerate(ask.lines):
        asked.ask(partial(refuse_misfits, line, f"/lines/{place}"))
    found: dict[str, Person] = {}
    wanted = {"leaver": ask.leaver, "successor": ask.successor}
    wanted |= {f"witnesses/{place}": person for place, person in enumerate(ask.witnesses)}
    for field, person_id in sorted(wanted.items(), key=lambda pair: pair[1]):  # locked in one order
        person = asked.ask(partial(people.locked_named, session, person_id, stamp, field))
        if person is None:
            continue
        found[field] = person
        if person.office_id != office.id:
            asked.add(invalid(field, "{name} does not belong to {office}.", name=person.name, office=office.name))
    asked.refuse()
    witnesses = [found[f"witnesses/{place}"] for place in range(len(ask.witnesses))]
    return _Persons(found["leaver"], found["successor"], witnesses)


def _named(session: Session, ask: NewSuccession, stamp: Stamp) -> list[int]:
    """The ids of the devices that the lines name. Raises `Invalid` and `Ambiguous`."""
    try:
        return devices.named_each(session, [line.device for line in ask.lines], stamp)
    except Refusal as refusal:
        raise refusal.placed(lambda pointer: f"{pointer.replace('/devices', '/lines', 1)}/device") from None


def _must_be_all(session: Session, office: Office, leaver: Person, answered: dict[int, Device], ids: list[int]) -> None:
    """Refuse a list that leaves something out, or names what the leaver does not answer for. Raises `NotTheirs`."""
    problems = _not_theirs(session, office, leaver, answered, ids)
    problems += [
        FieldProblem("/lines", "{code} is missing from the list.", {"code": grouped(device.code)})
        for id_, device in answered.items()
        if id_ not in ids
    ]
    if problems:
        raise NotTheirs(*problems, name=leaver.name)


def _not_theirs(
    session: Session, office: Office, leaver: Person, answered: Container[int], ids: list[int]
) -> list[FieldProblem]:
    others = [id_ for id_ in ids if id_ not in answered]
    codes = devices.codes_of(session, others) if others else {}
    return [
        _why_not_theirs(session, office, leaver, f"/lines/{place}/device", codes[id_])
        for place, id_ in enumerate(ids)
        if id_ in codes
    ]


def _why_not_theirs(session: Session, office: Office, leaver: Person, pointer: str, code: str) -> FieldProblem:
    """Why a device is not the leaver's to hand over; who named its holder before them is told, with the time."""
    named = queries.holder_named(session, code)
    if named is None:
        return FieldProblem(pointer, "{name} does not answer for this device.", {"name": leaver.name})
    by = people.who_and_when(session, *named, office.timezone)
    told: dict[str, object] = {"leaver": leaver.name, "code": grouped(code), **by}
    return FieldProblem(pointer, "{leaver} does not answer for {code}: {name} named its holder at {time}.", told)


def _refuse_seen_though_missing(each: list[tuple[Device, SuccessionLine]]) -> None:
    """Refuse to confirm what the register calls missing: it is reported found first, by whoever sees it. Raises `Invalid`."""
    problems = [
        FieldProblem(
            f"/lines/{place}/seen", "{code} is reported missing. Report it found first.", {"code": grouped(device.code)}
        )
        for place, (device, line) in enumerate(each)
        if device.presence in {Presence.NOT_FOUND, Presence.LOST} and line.seen is Seen.PRESENT
    ]
    if problems:
        raise Invalid(*problems)


def _item(kept: Succession, device: Device, line: SuccessionLine) -> dict[str, object]:
    return {
        "succession_id": kept.id,
        "device_id": device.id,
        "seen": line.seen,
        "condition": line.condition,
        "note": line.note,
    }


def _moved(kept: Succession, device: Device, line: SuccessionLine) -> dict[str, Any]:
    """What changes of the device; one on its way or lost already is only confirmed on paper."""
    if device.presence is not Presence.PRESENT:
        return {}
    if line.seen is Seen.MISSING:
        return {"presence": Presence.NOT_FOUND}
    passes = {"holder_id": kept.successor_id} if device.holder_id == kept.leaver_id else {}
    return passes | ({"condition": line.condition} if line.condition else {})


def _told(kept: Succession, office: Office, device: Device, line: SuccessionLine) -> Succeeded:
    moved = _moved(kept, device, line)
    return Succeeded(
        succession=kept.id,
        at_office=office.code,
        leaver=kept.leaver_id,
        successor=kept.successor_id,
        cause=kept.cause,
        of_head=kept.of_head,
        witness=kept.witness1_id,
        second_witness=kept.witness2_id,
        seen=line.seen,
        seen_condition=line.condition,
        remark=line.note,
        presence=moved.get("presence", UNSET),
        condition=moved.get("condition", UNSET),
        holder=moved.get("holder_id", UNSET),
    )


def clear(session: Session, person: Person, *, stamp: Stamp) -> Person:
    """Record that the person answers for nothing any more (bebas tanggungan). Raises `Forbidden`, `NotClear`, `AlreadyClear`."""
    if not stamp.may(person.office.path, *WRITERS):
        raise Forbidden
    left = queries.devices_answered_for(session, person)
    if left:
        raise NotClear(name=person.name, codes=", ".join(grouped(device.code) for device in left[:20]))
    before = next(iter(queries.clearances(session, person)), None)
    if before and not queries.has_answered_since(session, person, before.at):
        raise AlreadyClear(name=person.name, time=wall_clock(before.at, person.office.timezone))
    session.add(Clearance(person_id=person.id, at=stamp.at, by_id=stamp.actor_id))
    session.flush()
    record(session, Cleared(person=person.id), subject=f"person/{person.id}", stamp=stamp)
    return person
