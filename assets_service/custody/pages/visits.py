"""What visits left behind as pages: the sealed parcel, each receipt and its correction, photos, and extras that are settled."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.custody import acts, queries
from assets_service.custody.asks import FindingResolution, NewArrival, ReceiptCorrection
from assets_service.custody.errors import NoSuchReceipt
from assets_service.custody.models import PHOTOS_MAX, ShipmentState
from assets_service.custody.pages.receipt_form import about_lines, lines_of
from assets_service.custody.pages.shipments import shipment_page
from assets_service.custody.queries import Shares
from assets_service.custody.views import reason_view, receipt_view, shipment_view
from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid
from assets_service.kernel.pools import Pool
from assets_service.kernel.store import Store
from assets_service.offices.views import office_ref
from assets_service.photos.errors import NoSuchPhoto
from assets_service.photos.pages import FORM_BYTES_MAX, keep_photos, picture
from assets_service.photos.reading import BYTES_MAX
from assets_service.web.language import phrase
from assets_service.web.page import done
from assets_service.web.visit import Visit


class VisitPages(Controller):
    path = "/pengiriman"
    include_in_schema = False

    @get("/{shipment_id:int}/tiba", policy=RECEIVERS, sync_to_thread=True)
    def arrival(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        """The form that says that the sealed parcel is here."""
        return _arrival_page(visit, shipment_id)

    @post(
        "/{shipment_id:int}/tiba",
        act=acts.ARRIVE,
        pool=Pool.DRAWING,
        sync_to_thread=True,
        request_max_body_size=FORM_BYTES_MAX,
    )
    def record_arrival(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_arrival_page, shipment_id):
            photos: list[str] = []
            keep_photos(visit, photos, "photos", most=PHOTOS_MAX)
            visit.do(acts.ARRIVE, visit.form.read(NewArrival, photos=photos), shipment_id)
            return visit.done(
                f"/pengiriman/{shipment_id}", phrase("The arrival is recorded. Open it and confirm the devices.")
            )

    @get("/{shipment_id:int}/penerimaan/{receipt_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def show_receipt(
        self, shipment_id: FromPath[int], receipt_id: FromPath[int], visit: NamedDependency[Visit]
    ) -> Response[str]:
        """One visit: what was found, who received, who delivered, how it was signed."""
        return _one_receipt_page(visit, shipment_id, receipt_id)

    @post("/{shipment_id:int}/penerimaan/{receipt_id:int}", act=acts.CORRECT_RECEIPT, sync_to_thread=True)
    def correct_receipt(
        self, shipment_id: FromPath[int], receipt_id: FromPath[int], visit: NamedDependency[Visit]
    ) -> Response[Any]:
        with visit.shown_again(_one_receipt_page, shipment_id, receipt_id):
            said = lines_of(visit.form, {})
            if not said:
                raise invalid("lines", "Record the result for at least one device.")
            about = {"reason": visit.form.text("reason"), "lines": list(said.values())}
            made = visit.do(acts.CORRECT_RECEIPT, fields.read(about, ReceiptCorrection), receipt_id)
            said_so = phrase("Receipt {number} corrects it.")
            return visit.done(f"/pengiriman/{shipment_id}/penerimaan/{made.id}", said_so, number=made.number)

    @post("/{shipment_id:int}/temuan/{finding_id:int}", act=acts.RESOLVE_FINDING, sync_to_thread=True)
    def resolve_finding(
        self, shipment_id: FromPath[int], finding_id: FromPath[int], visit: NamedDependency[Visit]
    ) -> Response[Any]:
        with visit.shown_again(_refused_finding_page, shipment_id, finding_id):
            typed = visit.form.text(f"note.{finding_id}")  # several are open on one page
            data = visit.form.read(FindingResolution, **({"note": typed} if typed else {}))
            visit.do(acts.RESOLVE_FINDING, data, shipment_id, finding_id)
            return visit.done(f"/pengiriman/{shipment_id}", phrase("The extra device is settled."))

    @get("/{shipment_id:int}/foto/{photo:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_photo(
        self,
        shipment_id: FromPath[int],
        photo: FromPath[str],
        visit: NamedDependency[Visit],
        files: NamedDependency[Store],
    ) -> Response[bytes]:
        """A photo of the parcel or of a device as it came out of it, `{hash}.jpg`."""
        with visit.reading() as session:
            queries.by_id(session, shipment_id, visit.stamp)
            known = {f"{each.hash}.jpg" for _, each in queries.photos_of(session, shipment_id)}
        if photo not in known:
            raise NoSuchPhoto
        return picture(files.read(photo.removesuffix(".jpg")), photo)


def _refused_finding_page(visit: Visit, shipment_id: int, finding_id: int, refusal: Refusal) -> Response[str]:
    return shipment_page(visit, shipment_id, refusal.placed(lambda pointer: f"{pointer}/{finding_id}"))


def _arrival_page(visit: Visit, shipment_id: int, refusal: Refusal | None = None) -> Response[Any]:
    """The page of an arrival; of a shipment that is not on its way, or is here already, only the shipment is shown."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        queries.must_receive(visit.stamp, shipment.to_office)
        view = shipment_view(session, shipment, visit.stamp, visit.once.tools[Shares])
    if refusal is None and (view.state is not ShipmentState.SENT or view.arrival):
        return done(f"/pengiriman/{shipment_id}")
    return visit.page("custody/arrival.html", refusal, shipment=view, photos_max=PHOTOS_MAX, photo_mb=BYTES_MAX >> 20)


def _one_receipt_page(visit: Visit, shipment_id: int, receipt_id: int, refusal: Refusal | None = None) -> Response[str]:
    """One receipt, and the form that corrects it. Raises `NoSuchReceipt`."""
    with visit.reading() as session:
        receipt = queries.receipt(session, receipt_id, visit.stamp)
        if receipt.shipment_id != shipment_id:
            raise NoSuchReceipt
        is_other = visit.stamp.actor_id not in {receipt.by_id, *queries.senders(receipt.shipment)}
        content: dict[str, Any] = {
            "receipt": receipt_view(session, receipt, visit.stamp),
            "others": [
                (each.id, each.number) for each in queries.receipts(session, receipt.shipment) if each.id != receipt_id
            ],
            "office": office_ref(receipt.shipment.to_office),
            "sender": office_ref(receipt.shipment.from_office),
            "reasons": [reason_view(row) for row in queries.reasons(session)],
            "may_correct": is_other and queries.may_send(visit.stamp, receipt.shipment.to_office),
        }
    if refusal:
        refusal = about_lines(refusal, list(lines_of(visit.form, {})), visit.form)
    return visit.page("custody/one_receipt.html", refusal, form=visit.form, **content)
