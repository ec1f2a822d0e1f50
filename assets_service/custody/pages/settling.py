"""Where what was received is not what was sent, as a page: both sides, and how it ends."""

from enum import StrEnum
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assets_service.access.policy import SIGNED_IN
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewSettlement
from assets_service.custody.models import SETTLEMENTS, DifferenceKind
from assets_service.custody.views import difference_views
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.web.language import phrase
from assets_service.web.visit import Visit
from assets_service.web.words import word_for

PAGE_SIZE = 50


class Chosen(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


class SettlingPages(Controller):
    path = "/penyelesaian"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def to_be_settled(
        self,
        visit: NamedDependency[Visit],
        chosen: Annotated[Chosen, QueryParameter(name="state")] = Chosen.OPEN,
        cursor: Cursor = None,
    ) -> Response[str]:
        """What differs in the shipments of the scope, the newest first."""
        return _settling_page(visit, chosen, cursor)

    @post("/{difference_id:int}", act=acts.SETTLE, sync_to_thread=True)
    def settle(self, difference_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_refused_page, difference_id):
            named = {name: visit.form.text(f"{name}.{difference_id}") for name in ("outcome", "reason", "note")}
            ask = visit.form.read(NewSettlement, **{name: value for name, value in named.items() if value})
            settled = visit.do(acts.SETTLE, ask, difference_id)
            return visit.done(f"/pengiriman/{settled.id}", phrase("The difference is settled."))


def ways_to_settle(session: Session, visit: Visit) -> dict[str, Any]:
    """What the form of a settlement offers, by the kind of difference."""
    reasons = queries.reasons(session)
    return {
        "settlements": {
            kind: [(each, visit.say(word_for(each, "settlement"))) for each in SETTLEMENTS[kind]]
            for kind in SETTLEMENTS
        },
        "reasons_of": {kind: [row for row in reasons if kind in row.fits] for kind in DifferenceKind},
    }


def _refused_page(visit: Visit, difference_id: int, refusal: Refusal) -> Response[str]:
    return _settling_page(visit, Chosen.OPEN, None, refusal.placed(lambda pointer: f"{pointer}/{difference_id}"))


def _settling_page(visit: Visit, chosen: Chosen, cursor: str | None, refusal: Refusal | None = None) -> Response[str]:
    beyond = read_cursor(cursor, int)
    with visit.reading() as session:
        found = queries.matching_differences(visit.stamp, is_open=chosen is Chosen.OPEN)
        rows, total = queries.listed_differences(session, found, beyond=beyond, limit=PAGE_SIZE)
        views = {view.id: view for view in difference_views(session, rows, visit.stamp)}
        mine = {row.id for row in rows if queries.may_settle(session, row.shipment, visit.stamp)}
        ways = ways_to_settle(session, visit)
    shown = listing(rows, total, PAGE_SIZE, view=lambda row: views[row.id], key=lambda row: row.id)
    return visit.page("custody/settling.html", refusal, differences=shown, mine=mine, chosen=chosen, **ways)
