"""What is shown: accessories, reasons, routes, by the names people gave them."""

from datetime import datetime
from functools import cached_property

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.custody import queries
from assets_service.custody.models import Accessory, DifferenceKind, DifferenceReason, Route
from assets_service.devices.models import Kind
from assets_service.offices.views import OfficeRef, office_ref


class Choice(Struct):
    """An entry of a list that can be edited."""

    code: str
    name: str


class Called:
    """What accessories and reasons are called; looked up when first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _names(self) -> tuple[dict[str, str], dict[str, str]]:
        return queries.names_of_choices(self._session)

    def accessories(self, codes: list[str] | None) -> list[Choice]:
        return [Choice(code, self._names[0].get(code, code)) for code in codes] if codes else []

    def reason(self, code: str | None) -> Choice | None:
        return Choice(code, self._names[1].get(code, code)) if code else None


class AccessoryView(Struct):
    kind: Kind
    code: str
    name: str
    offered: bool


class ReasonView(Struct):
    """Why something differs, and which kinds of differences it fits."""

    code: str
    name: str
    fits: list[DifferenceKind]
    needs_note: bool
    offered: bool


class RouteView(Struct):
    """How many days a parcel may take; without offices, between any two without a route of their own."""

    from_office: OfficeRef | None
    to_office: OfficeRef | None
    days: int
    set_at: datetime


class ProposalView(Struct):
    """What earlier shipments of a route took, in days: half of them at most `median`, nine of ten at most `most`."""

    from_office: OfficeRef
    to_office: OfficeRef
    days: int
    shipments: int
    median: int | None
    most: int | None


def accessory_view(row: Accessory) -> AccessoryView:
    return AccessoryView(row.kind, row.code, row.name, row.is_offered)


def accessory_result(_session: Session, row: Accessory, _stamp: Stamp, _tools: Tools) -> AccessoryView:
    return accessory_view(row)


def reason_view(row: DifferenceReason) -> ReasonView:
    return ReasonView(row.code, row.name, [DifferenceKind(each) for each in row.fits], row.needs_note, row.is_offered)


def reason_result(_session: Session, row: DifferenceReason, _stamp: Stamp, _tools: Tools) -> ReasonView:
    return reason_view(row)


def route_view(row: Route) -> RouteView:
    return RouteView(
        office_ref(row.from_office) if row.from_office else None,
        office_ref(row.to_office) if row.to_office else None,
        row.days,
        row.set_at,
    )


def route_result(_session: Session, row: Route, _stamp: Stamp, _tools: Tools) -> RouteView:
    return route_view(row)
