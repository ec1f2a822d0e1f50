"""What is shown: checks, photos and policies."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.devices.models import Condition, Kind
from assets_service.devices.views import DeviceView
from assets_service.inspections import queries
from assets_service.inspections.models import Check, Verdict
from assets_service.inspections.queries import Due
from assets_service.kernel.clock import local_date
from assets_service.ledger.queries import Names
from assets_service.offices.models import Office
from assets_service.offices.views import OfficeRef, office_ref
from assets_service.people import queries as people
from assets_service.people.views import PersonRef, person_then
from assets_service.photos.views import PhotoView, photo_view
from assets_service.schedules import queries as schedules
from assets_service.schedules.models import CheckPolicy, CheckRule, next_due


class DueView(Struct):
    """A device in the list of what is due; `may_check` is about whoever reads the list."""

    device: DeviceView
    states: list[Due]
    may_check: bool


class CheckView(Struct):
    """A check. `checked_on` is the local day of `observed_at` at `office`, the one that answered for the device then."""

    id: int
    device: str
    office: OfficeRef
    person: PersonRef | None
    at: datetime
    observed_at: datetime
    checked_on: date
    condition: Condition
    label_present: bool | None
    identity_matches: bool | None
    checklist: dict[str, str]
    note: str | None
    photos: list[PhotoView]
    next_due_on: date


class Checked(Struct):
    """A check as it was made, and the version that the device has since."""

    check: CheckView
    device_version: int


class PolicyView(Struct):
    """The rule that holds at `office`; `inherited` when it has none of its own. `next_due_on` is that of a check made today."""

    office: OfficeRef
    rule: CheckRule
    months: int | None
    inherited: bool
    next_due_on: date
    version: int


class ChecklistView(Struct):
    kind: Kind
    items: list[str]
    values: list[Verdict]


def viewing(session: Session, checks: Sequence[Check]) -> Callable[[Check], CheckView]:
    """A function that shows one of these checks, by whoever made it under the name they bore then."""
    return partial(check_view, names=people.names(session, (check.person_id for check in checks)))


def check_view(check: Check, names: Names) -> CheckView:
    return CheckView(
        id=check.id,
        device=check.device.code,
        office=office_ref(check.office),
        person=person_then(check.person_id, check.at, names),
        at=check.at,
        observed_at=check.observed_at,
        checked_on=check.checked_on,
        condition=check.condition,
        label_present=check.label_present,
        identity_matches=check.identity_matches,
        checklist=check.checklist,
        note=check.note,
        photos=[photo_view(photo) for photo in check.photos],
        next_due_on=check.next_due_on,
    )


def checked_result(session: Session, check: Check, _stamp: Stamp, _tools: Tools) -> Checked:
    whole = queries.of_device_by_id(session, check.device, check.id)
    return Checked(viewing(session, [whole])(whole), check.device.version)


def policy_result(session: Session, own: CheckPolicy, stamp: Stamp, _tools: Tools) -> PolicyView:
    return policy_view(own.office, own, schedules.policy_at(session, own.office.path), stamp)


def policy_view(office: Office, own: CheckPolicy | None, holding: CheckPolicy | None, stamp: Stamp) -> PolicyView:
    """The rule at an office. `own` is the office's row, if any; `holding` the row that holds there, if anybody ever set one."""
    rule, months = (holding.rule, holding.months) if holding else (CheckRule.HALF_YEAR, None)
    return PolicyView(
        office=office_ref(office),
        rule=rule,
        months=months,
        inherited=own is None or own.rule is CheckRule.INHERIT,
        next_due_on=next_due(local_date(stamp.at, office.timezone), rule, months),
        version=own.version if own else 0,
    )


def checklist_view(kind: Kind, items: list[str]) -> ChecklistView:
    return ChecklistView(kind, items, list(Verdict))
