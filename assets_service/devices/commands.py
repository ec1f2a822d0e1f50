"""Every write of the register."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import delete, insert, update
from sqlalchemy.orm import Session

from assets_service.devices import queries
from assets_service.devices.errors import AlreadyRegistered, CodeTaken, InTransit, NoSuchBlank, Retired
from assets_service.devices.events import CodeClaimed, DeviceAmended, DeviceRegistered, DeviceRetired
from assets_service.devices.identifiers import NO_LABEL_CODE, new_code, read_code, read_description
from assets_service.devices.models import (
    Condition,
    Device,
    DeviceImei,
    DeviceKind,
    Kind,
    LabelCode,
    Presence,
)
from assets_service.devices.queries import Identity
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid
from assets_service.ledger.commands import record, record_each
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL, Office
from assets_service.offices.queries import searchable

DESCRIPTIVE = (
    "brand", "model", "serial", "imei1", "imei2", "kode_barang", "nup", "uakpb",
    "acquired_on", "value", "programme", "note",
)  # fmt: skip


def register(
    session: Session,
    facts: dict[str, Any],
    *,
    kind: Kind,
    stamp: Stamp,
    office: str | None = None,
    condition: Condition = Condition.GOOD,
    code: str | None = None,
) -> Device:
    """A new device. `facts` holds the descriptive fields; `code` claims a blank label.

    The office with this code answers for it; left out, the topmost one at which the caller may register.
    Raises `Forbidden`, `Invalid`, `AlreadyRegistered`, `NoSuchBlank`, `CodeTaken`.
    """
    asked = Gathering()
    answering = asked.ask(lambda: _registering_office(session, office, stamp))
    if answering and not stamp.may(answering.path, Role.ADMIN, Role.LOGISTICS):
        raise Forbidden
    blank = asked.ask(lambda: _read_blank(code)) if code else None
    kept = asked.ask(lambda: _checked(session, kind, dict.fromkeys(DESCRIPTIVE) | facts, but=None))
    asked.refuse()
    assert answering, "it was not refused"
    assert kept, "they were not refused"
    if blank:
        _must_be_blank(session, blank)
    device = _new(kept, kind, answering, condition, blank or new_code(), stamp)
    session.add(device)
    session.flush()
    if blank:
        _claim(session, device, blank, stamp=stamp)
    else:
        session.add(LabelCode(**_own_code(device)))
    session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in _imeis(kept).values())
    record(session, _registered(device, answering), subject=device.code, stamp=stamp)
    return device


class Wanted(Struct):
    """One of many devices to register. `row` is where it stands in what the person sent.

    A row of which a field could not be read may be checked without it, never registered.
    """

    row: int
    facts: dict[str, Any]
    kind: Kind | None
    office: str | None
    condition: Condition


Checked = tuple[Kind, Condition, dict[str, Any], Office]  # a row that can be registered, its facts as they are kept


class RowProblem(Struct, frozen=True):
    """One bad field of one row."""

    row: int
    problem: FieldProblem


class RowsRefused(Exception):  # noqa: N818 - answered by whoever sent the rows, with the places they know
    """Not one of the rows was registered; every reason why."""

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__()
        self.problems = problems


def register_each(session: Session, wanted: Sequence[Wanted], *, stamp: Stamp) -> list[Device]:
    """Many new devices by the rules of `register`, all or none, in a few statements. Raises `RowsRefused`, `Forbidden`."""
    checked, problems = _checked_each(session, wanted, stamp)
    if problems:
        raise RowsRefused(problems)
    if not checked:
        return []
    made = [_new(facts, kind, office, condition, new_code(), stamp) for kind, condition, facts, office in checked]
    session.add_all(made)
    session.flush()
    session.execute(insert(LabelCode), [_own_code(device) for device in made])
    imeis = [(device.id, imei) for device in made for imei in (device.imei1, device.imei2) if imei]
    if imeis:
        session.execute(insert(DeviceImei), [{"imei": imei, "device_id": id_} for id_, imei in imeis])
    record_each(session, [(device.code, _registered(device, device.office)) for device in made], stamp=stamp)
    return made


def check_each(session: Session, wanted: Sequence[Wanted], *, stamp: Stamp) -> list[RowProblem]:
    """What `register_each` would refuse, without writing."""
    return _checked_each(session, wanted, stamp)[1]


def amend(session: Session, device: Device, changes: dict[str, Any], *, stamp: Stamp) -> None:
    """Change what describes a device; who answers for it and in what state it is are not described but recorded.

    Raises `Forbidden`, `Retired`, `Invalid`, `AlreadyRegistered`.
    """
    if not stamp.may(device.office.path, Role.ADMIN, Role.LOGISTICS):
        raise Forbidden
    _must_be_in_use(device)
    before = {field: getattr(device, field) for field in DESCRIPTIVE}
    after = _checked(session, device.kind, before | changes, but=device.id)
    changed = {field: value for field, value in after.items() if before[field] != value}
    if not changed:
        return
    for field, value in (changed | _search_columns(after)).items():
        setattr(device, field, value)
    device.search = _search_text(device)
    if changed.keys() & {"imei1", "imei2"}:
        session.execute(delete(DeviceImei).where(DeviceImei.device_id == device.id))
        session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in _imeis(after).values())
    device.version += 1
    record(session, DeviceAmended(**changed), subject=device.code, stamp=stamp)


def retire(session: Session, device: Device, *, reason: str, decision_no: str | None, stamp: Stamp) -> None:
    """Written off, after the decree (SK Penghapusan): the row stays, nothing more happens to it.

    Raises `Forbidden`, `Retired`, `InTransit`.
    """
    if not stamp.may(device.office.path, Role.ADMIN):
        raise Forbidden
    _must_be_in_use(device)
    if device.presence is Presence.IN_TRANSIT:
        raise InTransit(code=device.code)
    device.presence = Presence.WRITTEN_OFF
    device.version += 1
    record(
        session,
        DeviceRetired(reason=reason, decision_no=decision_no, presence=device.presence),
        subject=device.code,
        stamp=stamp,
    )


def claim_code(session: Session, device: Device, code: str, *, stamp: Stamp) -> None:
    """A blank label now leads to this device as well. Raises `Forbidden`, `Retired`, `NoSuchBlank`, `CodeTaken`."""
    if not stamp.may(device.office.path, Role.ADMIN, Role.LOGISTICS):
        raise Forbidden
    _must_be_in_use(device)
    blank = _read_blank(code)
    _claim(session, device, blank, stamp=stamp)
    device.version += 1
    record(session, CodeClaimed(code=blank), subject=device.code, stamp=stamp)


def _registering_office(session: Session, code: str | None, stamp: Stamp) -> Office:
    if code is not None:
        return offices.named(session, code, stamp, "office")
    scopes = stamp.scopes(Role.ADMIN, Role.LOGISTICS)
    if not scopes:
        raise Forbidden
    return offices.by_path(session, scopes[0] if scopes[0] != "/" else f"/{NATIONAL}/")


def _read_blank(text: str) -> str:
    label = read_code(text)
    if label is None:
        raise Invalid(NO_LABEL_CODE)
    return label.code


def _claim(session: Session, device: Device, code: str, *, stamp: Stamp) -> None:
    """The database decides who is first: only a code without a device can be taken."""
    taken = session.execute(
        update(LabelCode)
        .where(LabelCode.code == code, LabelCode.device_id.is_(None))
        .values(device_id=device.id, claimed_at=stamp.at)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        _must_be_blank(session, code)
        raise CodeTaken(code=code)


def _must_be_blank(session: Session, code: str) -> None:
    label = session.get(LabelCode, code)
    if label is None:
        raise NoSuchBlank(code=code)
    if label.device_id is not None:
        raise CodeTaken(code=code)


def _must_be_in_use(device: Device) -> None:
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)


def _new(facts: dict[str, Any], kind: Kind, office: Office, condition: Condition, code: str, stamp: Stamp) -> Device:
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
        registered_at=stamp.at,
        version=1,
        label_version=1,
        **_search_columns(facts),
    )
    device.search = _search_text(device)
    return device


def _own_code(device: Device) -> dict[str, Any]:
    at = device.registered_at
    return {"code": device.code, "device_id": device.id, "claimed_at": at, "made_at": at}


def _checked(session: Session, kind: Kind, facts: dict[str, Any], *, but: int | None) -> dict[str, Any]:
    """The descriptive fields in the form they are kept, or every reason why they cannot be."""
    asked = Gathering()
    facts, problems = _read(facts, queries.kind_rule(session, kind))
    if problems:
        asked.add(Invalid(*problems))
    asked.ask(lambda: queries.require_programme(session, facts["programme"]))
    [taken] = queries.taken(session, [_identity(facts)], but=but)
    if taken:
        asked.add(AlreadyRegistered(*(_taken_by_another(field) for field in taken)))
    asked.refuse()
    return facts


def _checked_each(session: Session, wanted: Sequence[Wanted], stamp: Stamp) -> tuple[list[Checked], list[RowProblem]]:
    """Each row's fields in the form they are kept and its office; and every reason against any row, in their order.

    A row with one fault is checked for others too: a person mends a file once.
    """
    rules = {kind: queries.kind_rule(session, kind) for kind in {one.kind for one in wanted} if kind}
    answering = _registering_offices(session, {one.office for one in wanted}, stamp)
    programmes = {
        code: queries.has_programme(session, code) for code in {one.facts.get("programme") for one in wanted} if code
    }
    checked: list[Checked] = []
    known: list[tuple[int, Identity]] = []
    problems: list[RowProblem] = []
    for one in wanted:
        facts, found = _read(dict.fromkeys(DESCRIPTIVE) | one.facts, rules[one.kind] if one.kind else None)
        office = answering[one.office]
        if isinstance(office, FieldProblem):
            found.append(office)
        elif one.kind and not found:
            checked.append((one.kind, one.condition, facts, office))
        if facts["programme"] and not programmes[facts["programme"]]:
            found.append(queries.no_such_programme(facts["programme"]))
        known.append((one.row, _identity(facts)))
        problems += [RowProblem(one.row, problem) for problem in found]
    problems += _same_in_another_row(known)
    for (row, _), fields in zip(known, queries.taken(session, [identity for _, identity in known]), strict=True):
        problems += [RowProblem(row, _taken_by_another(field)) for field in fields]
    return checked, sorted(problems, key=lambda found: found.row)


def _registering_offices(
    session: Session, codes: set[str | None], stamp: Stamp
) -> dict[str | None, Office | FieldProblem]:
    """Each office that rows name (None: the caller's own), or why nothing can be registered there. Raises `Forbidden`."""
    found: dict[str | None, Office | FieldProblem] = {}
    for code in codes:
        try:
            office = _registering_office(session, code, stamp)
        except Invalid as refusal:
            found[code] = refusal.problems[0]
            continue
        may_register = stamp.may(office.path, Role.ADMIN, Role.LOGISTICS)
        found[code] = (
            office if may_register else FieldProblem("/office", "You cannot register devices for this office.")
        )
    return found


def _same_in_another_row(known: list[tuple[int, Identity]]) -> list[RowProblem]:
    """Rows that name what an earlier row names already."""
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


def _taken_by_another(field: str) -> FieldProblem:
    return FieldProblem(f"/{field}", "Another device already has this.")


def _identity(facts: dict[str, Any]) -> Identity:
    booked = (facts["uakpb"], facts["kode_barang"], facts["nup"])
    serial_key = _search_columns(facts)["serial_key"] if facts["brand"] and facts["serial"] else None
    return Identity(serial_key, _imeis(facts), None if None in booked else booked)


def _read(facts: dict[str, Any], rule: DeviceKind | None) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The fields that can be judged without other devices, as they are kept, and what is wrong with them.

    `rule` is the kind's; without it, what can be said of any kind.
    """
    said = {name: facts[name] for name in DESCRIPTIVE}
    if rule is None:
        facts, problems = read_description(said)
        unknown = FieldProblem("/kind", "Nothing here says whether this is a tablet or a smartphone.")
        return facts, [*problems, unknown]
    if said["nup"] is not None and not (said["kode_barang"] or "").strip():
        said["kode_barang"] = rule.kode_barang
    facts, problems = read_description(said)
    if rule.has_modem and not (facts["imei1"] or any(p.pointer == "/imei1" for p in problems)):
        problems.append(FieldProblem("/imei1", "A device with a modem needs its IMEI. Dial *#06# to see it."))
    return facts, problems


def _imeis(facts: dict[str, Any]) -> dict[str, str]:
    return {slot: facts[slot] for slot in ("imei1", "imei2") if facts[slot]}


def _search_columns(facts: dict[str, Any]) -> dict[str, str]:
    serial = searchable(facts["serial"])
    return {"serial_search": serial, "serial_key": f"{searchable(facts['brand'])}:{serial}"}


def _search_text(device: Device) -> str:
    parts = (device.code, device.brand, device.model, device.serial, device.imei1, device.imei2, device.nup)
    return " ".join(searchable(str(part)) for part in parts if part)[:400]


def _registered(device: Device, office: Office) -> DeviceRegistered:
    facts = {field: getattr(device, field) for field in DESCRIPTIVE}
    return DeviceRegistered(
        **facts, kind=device.kind, condition=device.condition, presence=device.presence, office=office.code
    )
