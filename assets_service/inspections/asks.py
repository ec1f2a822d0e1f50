"""What is asked: checks, photos and policies."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

from msgspec import Meta

from assets_service.devices.models import Condition
from assets_service.inspections.errors import MONTHS_WITH_RULE, NO_NOTE
from assets_service.inspections.models import PHOTOS_MAX, Verdict
from assets_service.inspections.queries import Due
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Moment, Note, Wire
from assets_service.offices.models import NATIONAL, OfficeName
from assets_service.schedules.models import MONTHS_MAX, CheckRule

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


class DueFilter(Wire):
    """The filter of the list of what is due."""

    state: Due | None = None


class NewCheck(Wire):
    """What was seen of a device. `light` and `heavy` need a note.

    `checklist` names items of `GET /checklists/{kind}`; `photos` are the ids of earlier uploads.
    """

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
    """How often devices are checked. `months` goes with the rule `months` only; `inherit` leaves it to the office above."""

    rule: CheckRule
    months: Months | None = None
    office: OfficeName = NATIONAL

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if "rule" in said and (said["rule"] is CheckRule.MONTHS) != (said.get("months") is not None):
            yield MONTHS_WITH_RULE
