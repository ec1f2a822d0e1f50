"""Every write of checks."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from msgspec import UNSET, structs
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assets_service.devices.errors import InTransit, Retired
from assets_service.devices.models import Condition, Device, Presence
from assets_service.inspections import queries
from assets_service.inspections.errors import MONTHS_WITH_RULE, NO_NOTE, ReportedMissing
from assets_service.inspections.events import DeviceChecked, PhotoUploaded, PolicySet
from assets_service.inspections.models import PHOTOS_MAX, Check, CheckPolicy, Photo, Rule, Verdict, next_due
from assets_service.inspections.photos import Picture
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import Conflict, FieldProblem, Forbidden, Invalid
from assets_service.ledger.commands import record
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.models import Office

CHECKERS = (Role.ADMIN, Role.LOGISTICS, Role.HEAD)
CLOCK_TOLERANCE = timedelta(minutes=5)
_NOT_AT_HAND: dict[Presence, type[Conflict]] = {
    Presence.WRITTEN_OFF: Retired,
    Presence.IN_TRANSIT: InTransit,
    Presence.LOST: ReportedMissing,
    Presence.NOT_FOUND: ReportedMissing,
}
WAITING_MAX = timedelta(days=7)  # for a photo whose check never comes


def check(
    session: Session,
    device: Device,
    *,
    condition: Condition,
    stamp: Stamp,
    note: str | None = None,
    label_present: bool | None = None,
    identity_matches: bool | None = None,
    checklist: Mapping[str, Verdict] | None = None,
    photos: Sequence[str] = (),
    pictures: Sequence[Picture] = (),
    observed_at: datetime | None = None,
) -> Check:
    """What somebody saw of a device, and when it has to be looked at again.

    `photos` are hashes of earlier uploads, `pictures` come with the check itself. `observed_at` is the phone's clock: kept as claimed. A check observed before the
    newest one is recorded (a phone was long without network) but changes nothing that the newer one found.
    Raises `Forbidden`, `Retired`, `InTransit`, `ReportedMissing`, `Invalid`.
    """
    must_be_checkable(device, stamp)
    note = note.strip() or None if note else None
    names = list(dict.fromkeys([*photos, *(_brought(session, picture, stamp) for picture in pictures)]))
    shown = _checked(session, device, condition, note, checklist or {}, names, observed_at, stamp)
    seen_at = min(max(observed_at, device.registered_at), stamp.at) if observed_at else stamp.at
    checked_on = local_date(seen_at, device.office.timezone)
    is_newest = _is_newest(session, device, seen_at, checked_on)
    due_on = _due_after(session, device, checked_on)

    before = device.label_attached_at
    if is_newest:
        device.condition, device.last_checked_on, device.check_due_on = condition, checked_on, due_on
        if label_present is False:
            device.label_attached_at = None
    if label_present and before is None:
        device.label_attached_at = seen_at
    device.version += 1
    made = Check(
        device_id=device.id,
        device=device,
        office_id=device.office_id,
        office=device.office,
        person_id=stamp.actor_id,
        at=stamp.at,
        observed_at=seen_at,
        checked_on=checked_on,
        condition=condition,
        label_present=label_present,
        identity_matches=identity_matches,
        checklist={item: verdict.value for item, verdict in (checklist or {}).items()},
        note=note,
        next_due_on=due_on if is_newest else device.check_due_on or due_on,
    )
    session.add(made)
    session.flush()
    _attach(session, made, shown, stamp=stamp)
    record(
        session,
        DeviceChecked(
            check=made.id,
            observed_at=seen_at,
            checked_on=checked_on,
            seen_condition=condition,
            label_present=label_present,
            identity_matches=identity_matches,
            checklist=made.checklist,
            check_note=note,
            photos=names,
            condition=condition if is_newest else UNSET,
            last_checked_on=checked_on if is_newest else UNSET,
            check_due_on=due_on if is_newest else UNSET,
            label_attached_at=device.label_attached_at if device.label_attached_at != before else UNSET,
        ),
        subject=device.code,
        stamp=structs.replace(stamp, claimed_at=observed_at) if observed_at else stamp,
    )
    return made


def add_photo(session: Session, picture: Picture, *, stamp: Stamp) -> Photo:
    """A photo that waits for its check. Raises `Forbidden`."""
    if not stamp.has(*CHECKERS):
        raise Forbidden
    if earlier := queries.waiting(session, picture.hash, stamp.actor_id):
        earlier.uploaded_at = stamp.at
        return earlier
    made = _new_photo(session, picture, stamp)
    record(session, PhotoUploaded(photo=picture.hash), subject=f"person/{stamp.actor_id or 0}", stamp=stamp)
    return made


def set_policy(session: Session, office: Office, rule: Rule, months: int | None, *, stamp: Stamp) -> CheckPolicy:
    """How often devices of this office and all below it are checked; it counts from each device's next check on.

    Saying the same again changes nothing. Raises `Forbidden` and `Invalid`.
    """
    if not stamp.may(office.path, Role.ADMIN):
        raise Forbidden
    if (rule is Rule.MONTHS) != (months is not None):
        raise Invalid(MONTHS_WITH_RULE)
    session.refresh(office, ["version"], with_for_update=True)  # two who set it stand in line
    policy = queries.own_policy(session, office)
    if policy and (policy.rule, policy.months) == (rule, months):
        return policy
    if policy is None:
        policy = CheckPolicy(office_id=office.id, office=office, rule=Rule.INHERIT, months=None, version=0)
        session.add(policy)
    policy.rule, policy.months, policy.set_at = rule, months, stamp.at
    policy.version += 1
    record(session, PolicySet(rule=rule, months=months), subject=f"office/{office.code}", stamp=stamp)
    return policy


def sweep_photos(session: Session, *, at: datetime) -> list[str]:
    """Forget uploads whose check never came; the names of the stored files that nothing points at any more."""
    gone = queries.unattached(session, before=at - WAITING_MAX)
    session.execute(delete(Photo).where(Photo.id.in_([photo.id for photo in gone])))
    names = {photo.hash for photo in gone}
    return sorted(names - queries.still_used(session, sorted(names)))


def must_be_checkable(device: Device, stamp: Stamp) -> None:
    """Raises `Forbidden`, `Retired`, `InTransit`, `ReportedMissing`."""
    _must_check(device, stamp)
    _must_be_at_hand(device)


def is_at_hand(device: Device) -> bool:
    return device.presence is Presence.PRESENT


def _must_check(device: Device, stamp: Stamp) -> None:
    """The office that answers checks; the one it is on its way to is told to wait rather than sent away."""
    receiving = device.bound_for
    if not (stamp.may(device.office.path, *CHECKERS) or (receiving and stamp.may(receiving.path, *CHECKERS))):
        raise Forbidden


def _must_be_at_hand(device: Device) -> None:
    if refusal := _NOT_AT_HAND.get(device.presence):
        raise refusal(code=device.code)


def _checked(
    session: Session,
    device: Device,
    condition: Condition,
    note: str | None,
    checklist: Mapping[str, Verdict],
    names: list[str],
    observed_at: datetime | None,
    stamp: Stamp,
) -> list[Photo]:
    """The photos meant, or every reason why this cannot be recorded."""
    problems = []
    if condition is not Condition.GOOD and note is None:
        problems.append(NO_NOTE)
    if observed_at and observed_at > stamp.at + CLOCK_TOLERANCE:
        problems.append(FieldProblem("/observed_at", "This time has not come yet. Set the clock of the phone right."))
    if observed_at and observed_at < device.registered_at - CLOCK_TOLERANCE:
        problems.append(FieldProblem("/observed_at", "The device was not registered yet at that time."))
    known = set(queries.checklist(session, device.kind))
    problems += [
        FieldProblem(f"/checklist/{item}", "A check of this kind of device does not look at that.")
        for item in checklist
        if item not in known
    ]
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


def _due_after(session: Session, device: Device, checked_on: date) -> date:
    policy = queries.policy_at(session, device.office.path)
    return next_due(checked_on, policy.rule, policy.months) if policy else next_due(checked_on, Rule.HALF_YEAR)


def _brought(session: Session, picture: Picture, stamp: Stamp) -> str:
    """The picture as an upload of this person; it may wait already, from a form that was refused."""
    if queries.waiting(session, picture.hash, stamp.actor_id) is None:
        _new_photo(session, picture, stamp)
    return picture.hash


def _new_photo(session: Session, picture: Picture, stamp: Stamp) -> Photo:
    made = Photo(
        **structs.asdict(picture), person_id=stamp.actor_id, uploaded_at=stamp.at, check_id=None, position=None
    )
    session.add(made)
    session.flush()
    return made


def _attach(session: Session, made: Check, pictures: list[Photo], *, stamp: Stamp) -> None:
    """A waiting upload moves to its check; a picture already on another check is shown by this one as well."""
    for position, picture in enumerate(pictures):
        if picture.check_id is None:
            picture.check_id, picture.position = made.id, position
            continue
        session.add(
            Photo(
                hash=picture.hash,
                width=picture.width,
                height=picture.height,
                bytes=picture.bytes,
                person_id=stamp.actor_id,
                uploaded_at=stamp.at,
                check_id=made.id,
                position=position,
            )
        )
    session.flush()
