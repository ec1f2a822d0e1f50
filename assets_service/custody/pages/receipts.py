"""Receiving as pages: what arrived, device by device, looked over and signed before it counts."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs
from uuid_utils import uuid7

from assets_service.access.policy import RECEIVERS
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewReceipt
from assets_service.custody.models import POINTS_MAX, LineState, ShipmentState
from assets_service.custody.pages.receipt_form import about_lines, keep_photos_of_lines, lines_of, scanned, signature_of
from assets_service.custody.queries import Shares
from assets_service.custody.views import reason_view, review_view, shipment_view
from assets_service.devices.identifiers import read_code
from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid
from assets_service.people import queries as people
from assets_service.photos.pages import FORM_BYTES_MAX
from assets_service.photos.reading import BYTES_MAX
from assets_service.web.language import phrase
from assets_service.web.page import done
from assets_service.web.visit import Visit


class ReceiptPages(Controller):
    path = "/pengiriman"
    include_in_schema = False

    @get("/{shipment_id:int}/terima", policy=RECEIVERS, sync_to_thread=True)
    def receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        """The form of a receipt: each device that still waits; `?device=` is the one that was just scanned."""
        scanned = read_code(visit.form.text("device")) if visit.form.text("device") else None
        kept = {f"lines.{scanned.code}.outcome": "received"} if scanned else {}
        return _receipt_page(visit, shipment_id, kept)

    @post("/{shipment_id:int}/terima", act=acts.RECEIVE, sync_to_thread=True, request_max_body_size=FORM_BYTES_MAX)
    def confirm_receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        if visit.form.text("again"):
            return _receipt_page(visit, shipment_id, visit.form.kept)
        with visit.shown_again(_refused_receipt_page, shipment_id):
            keep_photos_of_lines(visit)
            said = lines_of(visit.form, scanned(visit))
            if not said:
                raise invalid("codes", "Record the result for at least one device.")
            about = {name: visit.form.text(name) for name in ("delivered_by", "visit") if visit.form.text(name)}
            ask = fields.read({"lines": list(said.values())} | about, NewReceipt)
            if visit.form.text("review"):
                return _review_page(visit, shipment_id, ask)
            try:
                ask = structs.replace(ask, signature=signature_of(visit.form))
            except Refusal as refusal:
                return _review_page(visit, shipment_id, ask, refusal)
            received = visit.do(acts.RECEIVE, ask, shipment_id)
            waiting = sum(line.state is LineState.OPEN for line in received.lines)
            told = phrase("Confirmed. {waiting} still wait.") if waiting else phrase("Everything is confirmed.")
            return visit.done(f"/pengiriman/{shipment_id}", told, waiting=waiting)


def _refused_receipt_page(visit: Visit, shipment_id: int, refusal: Refusal) -> Response[Any]:
    codes = list(lines_of(visit.form, scanned(visit)))
    return _receipt_page(visit, shipment_id, visit.form.kept, about_lines(refusal, codes, visit.form))


def _review_page(visit: Visit, shipment_id: int, ask: NewReceipt, refusal: Refusal | None = None) -> Response[str]:
    """What would be recorded, to be looked over and signed: nothing is recorded yet. Raises what the receipt itself would."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        review = review_view(session, shipment, ask, visit.stamp)
        view = shipment_view(session, shipment, visit.stamp, visit.once.tools[Shares])
        position = people.by_id(session, visit.stamp.actor_id or 0, visit.stamp).title
    own = {"review", "again", "action_id", "strokes", "signed_name", "signed_position"}
    typed = [(name, value) for name, values in visit.form.texts.items() if name not in own for value in values if value]
    return visit.page(
        "custody/review.html",
        refusal,
        review=review,
        shipment=view,
        typed=typed,
        position=position,
        drawn=visit.form.text("strokes"),
        points_max=POINTS_MAX,
    )


def _receipt_page(
    visit: Visit,
    shipment_id: int,
    kept: dict[str, str],
    refusal: Refusal | None = None,
) -> Response[Any]:
    """The page of a receipt; a shipment that is not on its way is only shown. Raises `NoSuchShipment` and `NotTheReceiver`."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        queries.must_receive(visit.stamp, shipment.to_office)
        view = shipment_view(session, shipment, visit.stamp, visit.once.tools[Shares])
        names = queries.names_of_devices(session, shipment_id)
        reasons = [reason_view(row) for row in queries.reasons(session)]
    if view.state is not ShipmentState.SENT and refusal is None:
        return done(f"/pengiriman/{shipment_id}")
    return visit.page(
        "custody/receipt.html",
        refusal,
        kept=kept,
        shipment=view,
        names=names,
        reasons=reasons,
        visit_id=str(uuid7()),
        form=visit.form,
        photo_mb=BYTES_MAX >> 20,
    )
