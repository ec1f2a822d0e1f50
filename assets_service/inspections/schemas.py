"""Checks, photos and policies on the wire."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct

from assets_service.devices.models import Condition, Kind
from assets_service.devices.schemas import DeviceView
from assets_service.inspections.errors import MONTHS_WITH_RULE, NO_NOTE
from assets_service.inspections.models import MONTHS_MAX, PHOTOS_MAX, Check, CheckPolicy, Photo, Rule, Verdict, next_due
from assets_service.inspections.queries import Due
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Moment, Note, OfficeCode, Wire
from assets_service.ledger.stamp import Stamp
from assets_service.offices.models import NATIONAL, Office
from assets_service.offices.schemas import OfficeRef, office_ref
from assets_service.people.schemas import PersonRef, person_ref

PhotoId = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="The SHA-256 of the stored photo.")]
Item = Annotated[str, Meta(max_length=24, pattern=r"^[a-z_]+$(?!\n)")]
RowId = Annotated[int, Meta(ge=0, le=2**53)]
Months = Annotated[int, Meta(ge=1, le=MONTHS_MAX)]


class CheckCursor(NamedTuple):
    """The last check already shown."""

    observed_at: Moment
    id: RowId


class DueCursor(NamedTuple):
    """The last device already shown in the list of what is due."""

    due_on: date
    id: RowId


class NewCheck(Wire):
    """`light` and `heavy` need a note. `checklist` names items of `GET /checklists/{kind}`; `photos` earlier uploads."""

    condition: Condition
    note: Note | None = None
    label_present: bool | None = None
    identity_matches: bool | None = None
    checklist: Annotated[dict[Item, Verdict], Meta(max_length=40)] = {}
    photos: Annotated[list[PhotoId], Meta(max_length=PHOTOS_MAX)] = []
    observed_at: Moment | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if said.get("condition", Condition.GOOD) is not Condition.GOOD and not (said.get("note") or "").strip():
            yield NO_NOTE


class SetPolicy(Wire):
    """`months` goes with the rule `months` only. `inherit` leaves it to the office above."""

    rule: Rule
    months: Months | None = None
    office: OfficeCode = NATIONAL

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if "rule" in said and (said["rule"] is Rule.MONTHS) != (said.get("months") is not None):
            yield MONTHS_WITH_RULE


class DueView(Struct):
    """A device in the list of what is due; `may_check`: by whoever looks."""

    device: DeviceView
    state: Due | None
    may_check: bool


class PhotoView(Struct):
    id: str
    width: int
    height: int
    bytes: int
    url: str


class CheckView(Struct):
    """`checked_on` is the local day of `observed_at` at `office`, the one that answered for the device then."""

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


class PolicyView(Struct):
    """The rule that holds at `office`. `inherited`: it has none of its own. `next_due_on`: of a check made today."""

    office: OfficeRef
    rule: Rule
    months: int | None
    inherited: bool
    next_due_on: date
    version: int


class ChecklistView(Struct):
    kind: Kind
    items: list[str]
    values: list[Verdict]


def photo_view(photo: Photo) -> PhotoView:
    return PhotoView(photo.hash, photo.width, photo.height, photo.bytes, f"/berkas/{photo.hash}.jpg")


def check_view(check: Check, photos: list[Photo]) -> CheckView:
    return CheckView(
        id=check.id,
        device=check.device.code,
        office=office_ref(check.office),
        person=person_ref(check.person),
        at=check.at,
        observed_at=check.observed_at,
        checked_on=check.checked_on,
        condition=check.condition,
        label_present=check.label_present,
        identity_matches=check.identity_matches,
        checklist=check.checklist,
        note=check.note,
        photos=[photo_view(photo) for photo in photos],
        next_due_on=check.next_due_on,
    )


def policy_view(office: Office, own: CheckPolicy | None, holding: CheckPolicy | None, stamp: Stamp) -> PolicyView:
    """`own` is the office's row, if any; `holding` the one that holds there, if anybody ever set one."""
    rule, months = (holding.rule, holding.months) if holding else (Rule.HALF_YEAR, None)
    return PolicyView(
        office=office_ref(office),
        rule=rule,
        months=months,
        inherited=own is None or own.rule is Rule.INHERIT,
        next_due_on=next_due(local_date(stamp.at, office.timezone), rule, months),
        version=own.version if own else 0,
    )


def checklist_view(kind: Kind, items: list[str]) -> ChecklistView:
    return ChecklistView(kind, items, list(Verdict))
