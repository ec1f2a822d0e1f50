"""Receipts by visit, and where what was received is not what was sent, over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewSettlement, ReceiptCorrection
from assets_service.custody.views import DifferenceView, ReceiptView, ShipmentView, difference_views, receipt_view
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor


class ReceiptsAPI(Controller):
    path = "/api/v1/receipts/{receipt_id:int}"
    tags = ("Custody",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def read_receipt(
        self, receipt_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> ReceiptView:
        """One visit: its lines, who received, who delivered, what differed."""
        with db.reading() as session:
            return receipt_view(session, queries.receipt(session, receipt_id, stamp), stamp)

    @put("/correction", act=acts.CORRECT_RECEIPT, sync_to_thread=True)
    def correct_receipt(
        self, receipt_id: FromPath[int], data: JSONBody[ReceiptCorrection], once: NamedDependency[Once]
    ) -> Response[ReceiptView]:
        """Say what a receipt should have said, in a receipt of its own; somebody else than who made it."""
        return once.answer(once.do(acts.CORRECT_RECEIPT, data, receipt_id))


class DifferencesAPI(Controller):
    path = "/api/v1/differences"
    tags = ("Custody",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_differences(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[DifferenceView]:
        """What differed in the shipments of the scope, the newest first; `open`: those not settled yet, or only the settled."""
        beyond = read_cursor(cursor, int)
        with db.reading() as session:
            found = queries.matching_differences(stamp, is_open=is_open)
            rows, total = queries.listed_differences(session, found, beyond=beyond, limit=limit)
            views = {view.id: view for view in difference_views(session, rows, stamp)}
            return listing(rows, total, limit, view=lambda row: views[row.id], key=lambda row: row.id)

    @get("/{difference_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def read_difference(
        self, difference_id: FromPath[int], stamp: NamedDependency[Stamp], db: NamedDependency[Database]
    ) -> DifferenceView:
        with db.reading() as session:
            return difference_views(session, [queries.difference(session, difference_id, stamp)], stamp)[0]

    @put("/{difference_id:int}/settlement", act=acts.SETTLE, sync_to_thread=True)
    def settle_difference(
        self, difference_id: FromPath[int], data: JSONBody[NewSettlement], once: NamedDependency[Once]
    ) -> Response[ShipmentView]:
        """Say how a difference ends; by somebody with rights over both offices who neither packed, sent nor received it."""
        return once.answer(once.do(acts.SETTLE, data, difference_id))
