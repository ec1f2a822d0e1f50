"""Every write of the register."""

from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from assets_service.devices import queries
from assets_service.devices.errors import AlreadyRegistered, CodeTaken, InTransit, NoSuchBlank, Retired
from assets_service.devices.events import CodeClaimed, DeviceAmended, DeviceRegistered, DeviceRetired
from assets_service.devices.identifiers import new_code, read_code, read_imei, read_item_code, read_uakpb
from assets_service.devices.models import Condition, Device, DeviceImei, Kind, LabelCode, Presence
from assets_service.kernel.errors import FieldProblem, Forbidden, Invalid, invalid
from assets_service.ledger.commands import record
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices import queries as offices
from assets_service.offices.models import Office
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
    answering = _registering_office(session, office, stamp)
    blank = _read_blank(code) if code else None
    if not stamp.may(answering.path, Role.ADMIN, Role.LOGISTICS):
        raise Forbidden
    facts = _checked(session, kind, dict.fromkeys(DESCRIPTIVE) | facts, but=None)
    device = Device(
        **facts,
        code=blank or new_code(),
        kind=kind,
        office_id=answering.id,
        office=answering,
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
    session.add(device)
    session.flush()
    if blank:
        _claim(session, device, blank, stamp=stamp)
    else:
        session.add(LabelCode(code=device.code, device_id=device.id, claimed_at=stamp.at, made_at=stamp.at))
    session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in _imeis(facts))
    record(session, _registered(device, answering), subject=device.code, stamp=stamp)
    return device


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
        session.add_all(DeviceImei(imei=imei, device_id=device.id) for imei in _imeis(after))
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
    return offices.by_path(session, scopes[0])


def _read_blank(text: str) -> str:
    label = read_code(text)
    if label is None:
        raise invalid("code", "This is not a label code.")
    return label.code


def _claim(session: Session, device: Device, code: str, *, stamp: Stamp) -> None:
    """The database decides who is first: only a code without a device can be taken."""
    taken = session.execute(
        update(LabelCode)
        .where(LabelCode.code == code, LabelCode.device_id.is_(None))
        .values(device_id=device.id, claimed_at=stamp.at)
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
        return
    if session.get(LabelCode, code) is None:
        raise NoSuchBlank(code=code)
    raise CodeTaken(code=code)


def _must_be_in_use(device: Device) -> None:
    if device.presence is Presence.WRITTEN_OFF:
        raise Retired(code=device.code)


def _checked(session: Session, kind: Kind, facts: dict[str, Any], *, but: int | None) -> dict[str, Any]:
    """The descriptive fields in the form they are kept, or every reason why they cannot be."""
    problems: list[FieldProblem] = []
    rule = queries.kind_rule(session, kind)
    facts = {name: facts[name].strip() if isinstance(facts[name], str) else facts[name] for name in DESCRIPTIVE}
    for slot in ("imei1", "imei2"):
        if facts[slot]:
            facts[slot], problem = read_imei(facts[slot], slot)
            problems += [problem] if problem else []
    if facts["imei1"] and facts["imei1"] == facts["imei2"]:
        problems.append(FieldProblem("/imei2", "Both slots cannot have the same IMEI."))
    if rule.has_modem and not (facts["imei1"] or any(p.pointer == "/imei1" for p in problems)):
        problems.append(FieldProblem("/imei1", "A device with a modem needs its IMEI. Dial *#06# to see it."))
    if facts["nup"] is not None and not facts["kode_barang"]:
        facts["kode_barang"] = rule.kode_barang
    if facts["kode_barang"]:
        facts["kode_barang"], problems = _or_problem(
            read_item_code(facts["kode_barang"]), problems, "kode_barang", "An item code has 10 digits."
        )
    if facts["uakpb"]:
        facts["uakpb"], problems = _or_problem(
            read_uakpb(facts["uakpb"]), problems, "uakpb", "A UAKPB code has 18 digits and 2 letters."
        )
    if problems:
        raise Invalid(*problems)
    queries.require_programme(session, facts["programme"])
    if fields := queries.taken(
        session,
        serial_key=_search_columns(facts)["serial_key"],
        imeis=_imeis(facts),
        booked=(facts["uakpb"], facts["kode_barang"], facts["nup"]),
        but=but,
    ):
        raise AlreadyRegistered(*(FieldProblem(f"/{name}", "Another device already has this.") for name in fields))
    return facts


def _or_problem(
    value: str | None, problems: list[FieldProblem], field: str, message: str
) -> tuple[str | None, list[FieldProblem]]:
    return value, problems if value else [*problems, FieldProblem(f"/{field}", message)]


def _imeis(facts: dict[str, Any]) -> list[str]:
    return [facts[slot] for slot in ("imei1", "imei2") if facts[slot]]


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
