"""Registering devices: one as a person asks, or many as a file lists them."""

from collections.abc import Sequence
from datetime import date

from msgspec import UNSET
from sqlalchemy import insert
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices import queries
from assets_service.devices.asks import DeviceRow, NewDevice
from assets_service.devices.commands.claiming import claim, must_be_blank, read_blank
from assets_service.devices.commands.describing import (
    Described,
    checked,
    checked_alone,
    identity_of,
    imeis_of,
    search_columns,
    search_text,
    taken_by_another,
)
from assets_service.devices.errors import RowProblem, RowsRefused
from assets_service.devices.events import DeviceRegistered
from assets_service.devices.identifiers import new_code
from assets_service.devices.models import DESCRIPTIVE, Condition, Device, DeviceImei, Import, Kind, LabelCode, Presence
from assets_service.devices.queries import Identity
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid
from assets_service.ledger.commands import record, record_each
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL, Office
from assets_service.schedules import queries as schedules

Checked = tuple[Kind, Condition, Described, Office]  # a row that can be registered, its facts as they are kept


def register(session: Session, ask: NewDevice, *, stamp: Stamp) -> Device:
    """A new device; `code` claims a blank label.

    The office that is named answers for it; left out, the topmost one at which the caller may register.
    Raises `Forbidden`, `Invalid`, `AlreadyRegistered`, `NoSuchBlank`, `BlankOfAnother`, `CodeTaken`.
    """
    asked = Gathering()
    office = asked.ask(lambda: _registering_office(session, ask.office, stamp))
    if office and not stamp.may(office.path, *REGISTRARS):
        raise Forbidden
    code = ask.code
    blank = asked.ask(lambda: read_blank(code)) if code else None
    said = {name: getattr(ask, name) for name in DESCRIPTIVE}
    facts = asked.ask(lambda: checked(session, ask.kind, said, stamp=stamp))
    asked.refuse()
    assert office, "it was not refused"
    assert facts, "they were not refused"
    if blank:
        must_be_blank(session, blank, office, stamp)
    due_on = schedules.first_due(session, office, stamp.at)
    device = _new(facts, ask.kind, office, Condition.GOOD, blank or new_code(), due_on, stamp)
    session.add(device)
    session.flush()
    if blank:
        claim(session, device, blank, stamp=stamp)
    else:
        session.add(LabelCode(**_own_code(device)))
    session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in imeis_of(facts).values())
    record(session, _registered(device, office), subject=device.code, stamp=stamp)
    return device


def register_each(
    session: Session, asked: Sequence[DeviceRow], *, stamp: Stamp, file_sha256: str | None = None
) -> list[Device]:
    """Register many devices by the rules of `register`, all or none, in a few statements; those of a file as one import.

    Raises `RowsRefused`, `Forbidden`.
    """
    rows, problems = _checked_each(session, asked, stamp)
    if problems:
        raise RowsRefused(problems)
    if not rows:
        return []
    imported = _import(session, [office for _, _, _, office in rows], file_sha256, stamp) if file_sha256 else None
    due = {office.id: schedules.first_due(session, office, stamp.at) for office in {row[3] for row in rows}}
    made = [
        _new(facts, kind, office, condition, new_code(), due[office.id], stamp)
        for kind, condition, facts, office in rows
    ]
    for device in made:
        device.import_id = imported.id if imported else None
    session.add_all(made)
    session.flush()
    session.execute(insert(LabelCode), [_own_code(device) for device in made])
    imeis = [(device.id, imei) for device in made for imei in (device.imei1, device.imei2) if imei]
    if imeis:
        session.execute(insert(DeviceImei), [{"imei": imei, "device_id": id_} for id_, imei in imeis])
    record_each(session, [(device.code, _registered(device, device.office)) for device in made], stamp=stamp)
    return made


def _import(session: Session, at: list[Office], file_sha256: str, stamp: Stamp) -> Import:
    """The import that registers one device at each of these offices."""
    office = offices.above(session, [each.path for each in at])
    imported = Import(
        office_id=office.id,
        office=office,
        sha256=file_sha256,
        devices=len(at),
        made_at=stamp.at,
        made_by_id=stamp.actor_id,
    )
    session.add(imported)
    session.flush()
    return imported


def check_each(session: Session, asked: Sequence[DeviceRow], *, stamp: Stamp) -> list[RowProblem]:
    """The problems for which `register_each` would refuse; nothing is written."""
    return _checked_each(session, asked, stamp)[1]


def _registering_office(session: Session, code: str | None, stamp: Stamp) -> Office:
    if code is not None:
        return offices.named(session, code, stamp, "office")
    scopes = stamp.scopes(*REGISTRARS)
    if not scopes:
        raise Forbidden
    return offices.by_path(session, scopes[0] if scopes[0] != "/" else f"/{NATIONAL}/")


def _checked_each(session: Session, asked: Sequence[DeviceRow], stamp: Stamp) -> tuple[list[Checked], list[RowProblem]]:
    """For each row its fields in the form they are kept and its office; and the problems of all rows, in their order.

    A row with one fault is checked for others too, so that a person corrects a file once.
    """
    rules = {kind: queries.kind_rule(session, kind) for kind in {one.kind for one in asked} if kind}
    answering = _registering_offices(session, {one.office for one in asked}, stamp)
    programmes = {code: queries.has_programme(session, code) for code in {one.programme for one in asked} if code}
    rows: list[Checked] = []
    known: list[tuple[int, Identity]] = []
    problems: list[RowProblem] = []
    for one in asked:
        facts, found = checked_alone(_said(one), rules[one.kind] if one.kind else None, stamp.at)
        office = answering[one.office]
        if isinstance(office, FieldProblem):
            found.append(office)
        elif one.kind and not found:
            rows.append((one.kind, one.condition, facts, office))
        if facts["programme"] and not programmes[facts["programme"]]:
            found.append(queries.no_such_programme(facts["programme"]))
        known.append((one.row, identity_of(facts)))
        problems += [RowProblem(one.row, problem) for problem in found]
    problems += _same_in_another_row(known)
    taken = queries.taken(session, [identity for _, identity in known])
    seen = queries.seen_among(session, {id_ for holders in taken for id_ in holders.values()}, stamp)
    for (row, _), holders in zip(known, taken, strict=True):
        problems += [RowProblem(row, taken_by_another(field, seen.get(id_))) for field, id_ in holders.items()]
    return rows, sorted(problems, key=lambda found: found.row)


def _said(row: DeviceRow) -> Described:
    return {name: getattr(row, name) for name in DESCRIPTIVE}


def _registering_offices(
    session: Session, codes: set[str | None], stamp: Stamp
) -> dict[str | None, Office | FieldProblem]:
    """For each office's code that rows name (None: the caller's own) the office, or why nothing can be registered there.

    Raises `Forbidden` for a caller who may register nowhere.
    """
    found: dict[str | None, Office | FieldProblem] = {}
    for code in codes:
        try:
            office = _registering_office(session, code, stamp)
        except Invalid as refusal:
            found[code] = refusal.problems[0]
            continue
        may_register = stamp.may(office.path, *REGISTRARS)
        found[code] = (
            office if may_register else FieldProblem("/office", "You cannot register devices for this office.")
        )
    return found


def _same_in_another_row(known: list[tuple[int, Identity]]) -> list[RowProblem]:
    """The problems of rows that give what an earlier row gives already."""
    first: dict[object, int] = {}
    problems = []
    for row, identity in known:
        for field, value in identity.each():
            earlier = first.setdefault(value, row)
            if earlier != row:
                problems.append(
                    RowProblem(row, FieldProblem(f"/{field}", "Row {earlier} has the same.", {"earlier": earlier}))
                )
    return problems


def _new(
    facts: Described, kind: Kind, office: Office, condition: Condition, code: str, due_on: date, stamp: Stamp
) -> Device:
    device = Device(
        **facts,
        code=code,
        kind=kind,
        office_id=office.id,
        office=office,
        bound_for=None,
        holder=None,
        condition=condition,
        presence=Presence.PRESENT,
        check_due_on=due_on,
        registered_at=stamp.at,
        version=1,
        label_version=1,
        **search_columns(facts),
    )
    device.search = search_text(device)
    return device


def _own_code(device: Device) -> dict[str, object]:
    at = device.registered_at
    return {"code": device.code, "device_id": device.id, "claimed_at": at, "made_at": at}


def _registered(device: Device, office: Office) -> DeviceRegistered:
    facts = {field: getattr(device, field) for field in DESCRIPTIVE}
    return DeviceRegistered(
        **facts,
        kind=device.kind,
        condition=device.condition,
        presence=device.presence,
        office=office.code,
        import_id=device.import_id or UNSET,
        check_due_on=device.check_due_on or UNSET,
    )
