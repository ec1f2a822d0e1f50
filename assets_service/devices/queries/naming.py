"""Which device is meant: by its label's code, or by any other number that it goes by."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices.errors import Ambiguous, NoSuchDevice
from assets_service.devices.identifiers import named_twice, no_such_device, read_code, tail_of
from assets_service.devices.models import Device, LabelCode
from assets_service.devices.queries.fitting import CANDIDATES_MAX, Fit, fitting, seen_each, taken_apart
from assets_service.devices.queries.seeing import IS_REGISTERED, seen_once, visible_to, whole
from assets_service.kernel.db import lock_each
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.offices.models import Office

_BY_CODE = whole(select(Device).where(Device.code == bindparam("code"), IS_REGISTERED))


def by_code(session: Session, code: str, stamp: Stamp) -> Device:
    """The device of an address: by the code of its label, or else by anything else that names it.

    A label's code comes first here, since it is the device's own address. Raises `NoSuchDevice`, `Ambiguous`.
    """
    return by_label(session, code, stamp) or lookup(session, code, stamp)


def by_label(session: Session, code: str, stamp: Stamp) -> Device | None:
    """The device with this label's code, its own or one that was claimed for it."""
    label = read_code(code)
    if label is None:
        return None
    found: Device | None = session.scalar(seen_once(_BY_CODE, stamp), {"code": label.code})
    if found is None:
        claimed = select(LabelCode.device_id).where(LabelCode.code == label.code).scalar_subquery()
        found = session.scalar(whole(visible_to(stamp).where(Device.id == claimed)))
    return found


def locked(session: Session, code: str, stamp: Stamp) -> Device:
    """The device to be changed, locked and read after the lock. Raises `NoSuchDevice`."""
    device = by_code(session, code, stamp)
    if not lock_each(session, Device, Device.id == device.id):
        return device
    # After waiting for the lock the device may be at another office, or out of scope.
    found = visible_to(stamp).where(Device.id == device.id).execution_options(populate_existing=True)
    fresh = session.scalar(whole(found))
    if fresh is None:
        raise NoSuchDevice
    return fresh


def lookup(session: Session, text: str, stamp: Stamp, *, by_tail: bool = False) -> Device:
    """The one device that the text names. Raises `NoSuchDevice`, and `Ambiguous` naming the candidates.

    `by_tail`: the last signs of a serial number are enough, where a person sees which device is shown before they act.
    """
    candidates = fits(session, text, stamp, by_tail=by_tail)
    if not candidates:
        raise NoSuchDevice
    if len(candidates) > 1:
        raise Ambiguous(count=len(candidates), codes=", ".join(device.code for device in candidates))
    return candidates[0]


def named_each(session: Session, names: Sequence[str], stamp: Stamp) -> list[int]:
    """The ids of the devices in scope that a body names as `devices`, in the same order.

    Raises `Invalid` naming each that cannot be seen, stands here twice or fits several; `Ambiguous` if that is all.
    """
    each_fit = seen_each(session, names, stamp)
    problems: list[FieldProblem] = []
    ids: dict[int, None] = {}
    for place, found in enumerate(each_fit):
        if not found:
            problems.append(no_such_device(names, place))
        elif len(found) > 1:
            problems.append(several(f"/devices/{place}", names[place], found))
        elif found[0].device_id in ids:
            problems.append(named_twice(names, place))
        else:
            ids[found[0].device_id] = None
    if problems:
        unclear = next((found for found in each_fit if len(found) > 1), None)
        raise ambiguous(unclear, *problems) if unclear and all(each_fit) else Invalid(*problems)
    return list(ids)


def several(pointer: str, name: str, found: Sequence[Fit]) -> FieldProblem:
    """The problem of a name that fits more than one device."""
    sentence = "{code} fits several devices: {codes}. Scan the label of the one that is meant."
    return FieldProblem(pointer, sentence, {"code": name, "codes": ", ".join(fit.code for fit in found)})


def ambiguous(found: Sequence[Fit], *problems: FieldProblem) -> Ambiguous:
    return Ambiguous(*problems, count=len(found), codes=", ".join(fit.code for fit in found))


def fits(session: Session, text: str, stamp: Stamp, *, by_tail: bool = False) -> list[Device]:
    """The devices in scope that the text may mean; what a gun glued together means each of its parts."""
    if found := fitting(session, [text], stamp):
        return found
    [parts] = taken_apart(session, [text], stamp)
    if len(parts) > 1:
        return fitting(session, parts, stamp)
    tail = tail_of(text) if by_tail else None
    if tail is None:
        return []
    ends = visible_to(stamp).where(Device.serial_search.endswith(tail, autoescape=True))
    return list(session.scalars(whole(ends.order_by(Device.id).limit(CANDIDATES_MAX))))


def label_codes(session: Session, device: Device) -> list[str]:
    """Every code that leads to the device: its own, then those of labels claimed for it, in their order."""
    claimed = select(LabelCode.code).where(LabelCode.device_id == device.id, LabelCode.code != device.code)
    return [device.code, *session.scalars(claimed.order_by(LabelCode.claimed_at, LabelCode.code))]


def blank(session: Session, code: str, stamp: Stamp) -> LabelCode | None:
    """A label that waits for its device, for those who may register one at the office it was printed for, or below it."""
    label = session.get(LabelCode, code)
    if label is None or label.device_id is not None:
        return None
    office = printed_for(session, label)
    return label if office is None or may_meet(office, stamp) else None


def printed_for(session: Session, label: LabelCode) -> Office | None:
    return session.get(Office, label.office_id) if label.office_id else None


def may_meet(office: Office, stamp: Stamp) -> bool:
    """Whether blanks printed for this office are any business of the stamp's: it registers devices there, above or below."""
    mine = stamp.scopes(*REGISTRARS)
    return any(office.path.startswith(path) or path.startswith(office.path) for path in mine)


def codes_of(session: Session, device_ids: Iterable[int]) -> dict[int, str]:
    """The own codes of these devices, in scope or not: to write in their ledger, not to be shown."""
    return dict(session.execute(select(Device.id, Device.code).where(Device.id.in_(device_ids))).all())
