"""Every write of checks."""

from datetime import date, datetime, timedelta

from msgspec import UNSET, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import ADMINS, Stamp
from assets_service.devices.models import Condition, Device, Presence
from assets_service.inspections import queries
from assets_service.inspections.asks import NewCheck, SetPolicy
from assets_service.inspections.errors import MONTHS_WITH_RULE, NO_NOTE
from assets_service.inspections.events import DeviceChecked, PolicySet
from assets_service.inspections.models import PHOTOS_MAX, Check, CheckPhoto
from assets_service.kernel.clock import local_date
from assets_service.kernel.db import lock_row
from assets_service.kernel.errors import FieldProblem, Forbidden, Invalid, answered
from assets_service.kernel.fields import refuse_misfits
from assets_service.ledger.commands import record
from assets_service.offices import queries as offices
from assets_service.photos.models import Photo
from assets_service.schedules import queries as schedules
from assets_service.schedules.models import CheckPolicy, CheckRule

CLOCK_TOLERANCE = timedelta(minutes=5)


def check(session: Session, device: Device, ask: NewCheck, *, stamp: Stamp) -> Check:
    """Record what somebody saw of a device, and when it is to be checked again.

    `photos` are hashes of earlier uploads. `observed_at` is the time by the phone's clock, kept as claimed. A check that was
    made before the newest one (a phone was long without network) is recorded but changes nothing that the newer one found;
    so is one of a device that has gone on its way, or missing, since it was seen.
    Raises `Forbidden`, `Retired`, `InTransit`, `ReportedMissing`, `Invalid`.
    """
    queries.must_be_checkable(device, stamp)
    note = ask.note.strip() or None if ask.note else None
    photos = _judged(session, device, ask, note, stamp)
    observed_at = ask.observed_at or stamp.seen_at
    seen_at = min(max(observed_at, device.registered_at), stamp.at) if observed_at else stamp.at
    checked_on = local_date(seen_at, device.office.timezone)
    due_on = schedules.due_after(session, device.office, checked_on)
    is_newest = device.presence is Presence.PRESENT and _is_newest(session, device, seen_at, checked_on)
    label_before = device.label_attached_at
    _change(device, ask, seen_at, (checked_on, due_on) if is_newest else None)
    made = Check(
        device_id=device.id,
        device=device,
        office_id=device.office_id,
        office=device.office,
        person_id=stamp.actor_id,
        at=stamp.at,
        observed_at=seen_at,
        checked_on=checked_on,
        condition=ask.condition,
        label_present=ask.label_present,
        identity_matches=ask.identity_matches,
        checklist={item: verdict.value for item, verdict in ask.checklist.items()},
        note=note,
        next_due_on=due_on if is_newest else device.check_due_on or due_on,
    )
    session.add(made)
    session.flush()
    _attach(session, made, photos, stamp)
    told = _told(made, photos, is_newest=is_newest, due_on=due_on, label_before=label_before)
    claimed = structs.replace(stamp, claimed_at=ask.observed_at) if ask.observed_at else stamp
    record(session, told, subject=device.code, stamp=claimed)
    return made


def _change(device: Device, ask: NewCheck, seen_at: datetime, days: tuple[date, date] | None) -> None:
    """What the check changes of the device; `days` (checked on, due on) only if it is the newest."""
    before = device.label_attached_at
    if days:
        device.condition, device.last_checked_on, device.check_due_on = ask.condition, *days
        if ask.label_present is False:
            device.label_attached_at = None
    if ask.label_present and before is None:
        device.label_attached_at = seen_at
    device.version += 1


def _told(
    made: Check, photos: list[Photo], *, is_newest: bool, due_on: date, label_before: datetime | None
) -> DeviceChecked:
    label = made.device.label_attached_at
    return DeviceChecked(
        check=made.id,
        observed_at=made.observed_at,
        checked_on=made.checked_on,
        seen_condition=made.condition,
        label_present=made.label_present,
        identity_matches=made.identity_matches,
        checklist=made.checklist,
        check_note=made.note,
        photos=[photo.hash for photo in photos],
        condition=made.condition if is_newest else UNSET,
        last_checked_on=made.checked_on if is_newest else UNSET,
        check_due_on=due_on if is_newest else UNSET,
        label_attached_at=label if label != label_before else UNSET,
    )


def set_policy(session: Session, ask: SetPolicy, *, stamp: Stamp) -> CheckPolicy:
    """Set how often devices of this office and all below it are checked; it counts from each device's next check on.

    Setting the same again changes nothing. Raises `Forbidden` and `Invalid`.
    """
    office = answered(lambda: offices.named(session, ask.office, stamp, "office"), lambda: refuse_misfits(ask))
    if not stamp.may(office.path, *ADMINS):
        raise Forbidden
    if (ask.rule is CheckRule.MONTHS) != (ask.months is not None):
        raise Invalid(MONTHS_WITH_RULE)
    lock_row(session, office)  # two who set it at once do it one after the other
    policy = schedules.own_policy(session, office)
    if policy and (policy.rule, policy.months) == (ask.rule, ask.months):
        return policy
    if policy is None:
        policy = CheckPolicy(office_id=office.id, office=office, rule=CheckRule.INHERIT, months=None, version=0)
        session.add(policy)
    policy.rule, policy.months, policy.set_at = ask.rule, ask.months, stamp.at
    policy.version += 1
    session.flush()
    record(session, PolicySet(rule=ask.rule, months=ask.months), subject=f"office/{office.code}", stamp=stamp)
    return policy


def _judged(session: Session, device: Device, ask: NewCheck, note: str | None, stamp: Stamp) -> list[Photo]:
    """The photos that the check names. Raises `Invalid` with every reason why the check cannot be recorded."""
    problems = [NO_NOTE] if ask.condition is not Condition.GOOD and note is None else []
    if ask.observed_at and ask.observed_at > stamp.at + CLOCK_TOLERANCE:
        problems.append(FieldProblem("/observed_at", "This time has not come yet. Set the clock of the phone right."))
    if ask.observed_at and ask.observed_at < device.registered_at - CLOCK_TOLERANCE:
        problems.append(FieldProblem("/observed_at", "The device was not registered yet at that time."))
    known = set(queries.checklist(session, device.kind))
    problems += [
        FieldProblem(f"/checklist/{item}", "A check of this kind of device does not look at that.")
        for item in ask.checklist
        if item not in known
    ]
    names = list(dict.fromkeys(ask.photos))
    if len(names) > PHOTOS_MAX:
        problems.append(FieldProblem("/photos", "At most {it} photos.", {"it": PHOTOS_MAX}))
    found = queries.photos_named(session, names, stamp)
    problems += [
        FieldProblem(f"/photos/{place}", "There is no such photo that you can see.")
        for place, name in enumerate(names)
        if name not in found
    ]
    if problems:
        raise Invalid(*problems)
    return [found[name] for name in names]


def _is_newest(session: Session, device: Device, seen_at: datetime, checked_on: date) -> bool:
    if device.last_checked_on and checked_on < device.last_checked_on:
        return False
    newest = queries.newest_observation(session, device)
    return newest is None or seen_at >= newest


def _attach(session: Session, made: Check, photos: list[Photo], stamp: Stamp) -> None:
    """Give the check its photos. A photo that belongs to another check already is shown by both."""
    for position, photo in enumerate(photos):
        photo.attached_at = photo.attached_at or stamp.at
        session.add(CheckPhoto(check_id=made.id, position=position, photo_id=photo.id))
    session.flush()
