"""What is asked: labels on paper, stocks, what was seen on a device, what a finder wrote."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from msgspec import Meta

from assets_service.devices.asks import Reason
from assets_service.devices.identifiers import unreadable
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import OneLine, Wire
from assets_service.offices.models import OfficeName

DEFAULT_STOCK = "tj-121"
WAYS = ("devices", "office", "shipment", "imported")
LABELS_MAX = 10_000
BLANKS_MAX = 2_000

StockName = Annotated[str, Meta(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$(?!\n)")]
Millimetres = Annotated[float, Meta(ge=0, le=1000)]
Offset = Annotated[float, Meta(ge=-15, le=15)]
Scale = Annotated[float, Meta(ge=0.9, le=1.1)]
Start = Annotated[int, Meta(ge=1, le=3600)]


class OnPaper(Wire):
    """How labels lie on their paper. Lengths are millimetres; print at 100 %.

    `start` is the first free label of a part-used sheet. `offset_*_mm` (right, down) and `scale`, about the page's top left
    corner, make good what the printer does wrong. `draft` marks every label DRAF; it is not counted as printed.
    """

    stock: StockName
    start: Start = 1
    offset_x_mm: Offset = 0.0
    offset_y_mm: Offset = 0.0
    scale: Scale = 1.0
    draft: bool = False


class NewSheet(OnPaper):
    """Which labels to print, and how they lie on their paper.

    The labels are those of `devices`, or of an `office` with all below it (`office_only`: without), of a `shipment`, or of one import (`imported`, its
    number); `flag` and `unprinted` narrow the last three. `start` is the first free label of a part-used sheet. Print at
    100 %; `offset_*_mm` (right, down) and `scale` make good what the printer does wrong. `draft` marks every label DRAF; it
    is not counted as printed. A label printed before needs a `reason`; the new one supersedes it.
    """

    devices: Annotated[list[OneLine], Meta(min_length=1, max_length=LABELS_MAX)] | None = None
    office: OfficeName | None = None
    office_only: bool = False
    shipment: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    imported: Annotated[int, Meta(ge=1, le=2**53)] | None = None
    flag: Annotated[str, Meta(max_length=24)] | None = None
    unprinted: bool = False
    reason: Reason | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        yield from unreadable(said.get("devices") or [])
        given = [way for way in WAYS if said.get(way) is not None]
        if len(given) > 1:  # whether there is one at all cannot be said: it may be the one that could not be read
            yield from not_one_way(given)


def not_one_way(given: list[str]) -> list[FieldProblem]:
    """The problems of naming devices in more than one of these ways, or in none."""
    if len(given) == 1:
        return []
    if not given:
        return [FieldProblem("/devices", "Say which devices: a list of codes, or an office.")]
    return [FieldProblem(f"/{way}", "Choose devices in one way only.") for way in given]


class NewBlanks(OnPaper, kw_only=True):
    """Labels whose codes belong to no device yet; whoever scans one first says which device of `office` or below it has it."""

    count: Annotated[int, Meta(ge=1, le=BLANKS_MAX)]
    office: OfficeName


class NewStock(Wire):
    """A stock measured by its user, in millimetres; without a page it is a roll. It serves `office` and all below it."""

    name: StockName
    title: Annotated[
        str, Meta(min_length=1, max_length=80, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
    ]
    office: OfficeName
    label_width_mm: Millimetres
    label_height_mm: Millimetres
    page_width_mm: Millimetres | None = None
    page_height_mm: Millimetres | None = None
    columns: Annotated[int, Meta(ge=1, le=60)] = 1
    rows: Annotated[int, Meta(ge=1, le=60)] = 1
    margin_left_mm: Millimetres = 0.0
    margin_top_mm: Millimetres = 0.0
    pitch_x_mm: Millimetres = 0.0
    pitch_y_mm: Millimetres = 0.0
    corner_mm: Annotated[float, Meta(ge=0, le=50)] = 0.0
    dpi: Annotated[int, Meta(ge=150, le=1200)] = 300


class Attachment(Wire):
    """A label that was seen on a device. `scanned` is its code or address as read; without it the newest label is meant."""

    scanned: Annotated[str, Meta(max_length=300)] | None = None


class FinderNote(Wire):
    """What a finder writes."""

    message: Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"\S")]
    contact: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
