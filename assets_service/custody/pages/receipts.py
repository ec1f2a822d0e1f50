"""Receiving as pages: what arrived, device by device, and what else was in the box."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import structs
from uuid_utils import uuid7

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.custody import acts, queries
from assets_service.custody.asks import FindingResolution, NewArrival, NewReceipt, ReceiptCorrection, Signature
from assets_service.custody.errors import AlreadyConfirmed, NoSuchReceipt
from assets_service.custody.models import PHOTOS_MAX, POINTS_MAX, LineState, ShipmentState
from assets_service.custody.pages.shipments import shipment_page
from assets_service.custody.queries import Shares
from assets_service.custody.views import reason_view, receipt_view, review_view, shipment_view
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid
from assets_service.kernel.http import Form
from assets_service.kernel.pools import Pool
from assets_service.kernel.store import Store
from assets_service.offices.views import office_ref
from assets_service.people import queries as people
from assets_service.photos.errors import NoSuchPhoto
from assets_service.photos.pages import FORM_BYTES_MAX, keep_photos, picture
from assets_service.photos.reading import BYTES_MAX
from assets_service.web.language import phrase
from assets_service.web.page import done
from assets_service.web.visit import Visit

_OF_A_LINE = re.compile(r"^/lines/(\d+)/?(\w*)")


class ReceiptPages(Controller):
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
            _keep_photos_of_lines(visit)
            said = lines_of(visit.form, _scanned(visit))
            if not said:
                raise invalid("codes", "Record the result for at least one device.")
            about = {name: visit.form.text(name) for name in ("delivered_by", "visit") if visit.form.text(name)}
            ask = fields.read({"lines": list(said.values())} | about, NewReceipt)
            if visit.form.text("review"):
                return _review_page(visit, shipment_id, ask)
            try:
                ask = structs.replace(ask, signature=_signature(visit.form))
            except Refusal as refusal:
                return _review_page(visit, shipment_id, ask, refusal)
            received = visit.do(acts.RECEIVE, ask, shipment_id)
            waiting = sum(line.state is LineState.OPEN for line in received.lines)
            told = phrase("Confirmed. {waiting} still wait.") if waiting else phrase("Everything is confirmed.")
            return visit.done(f"/pengiriman/{shipment_id}", told, waiting=waiting)

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


def _signature(form: Form) -> Signature | None:
    """What was drawn on the screen; without a stroke nothing is signed, for the page itself puts the name in. Raises `Invalid`."""
    if not form.text("strokes"):
        return None
    try:
        strokes = msgspec.json.decode(form.text("strokes"))
    except msgspec.DecodeError:
        strokes = []
    said = {"name": form.text("signed_name"), "position": form.text("signed_position") or None, "strokes": strokes}
    if not said["name"]:
        raise invalid("signed_name", "Say who signed, or clear the signature.")
    try:
        signed = fields.read(said, Signature)
        fields.refuse_misfits(signed)
    except Refusal as refusal:
        at = {"/name": "/signed_name", "/position": "/signed_position"}
        raise refusal.placed(lambda pointer: at.get(pointer, "/strokes")) from None
    return signed


def _keep_photos_of_lines(visit: Visit) -> None:
    """Store the photos that came with each line; the form has their hashes from then on, as if they had come before. Raises `Invalid`."""
    for name in [name for name in visit.form.files if name.startswith("lines.") and name.endswith(".photos")]:
        sent = visit.form.texts.pop(name, [])
        try:
            keep_photos(visit, sent, name, most=PHOTOS_MAX)
        except Refusal as refusal:
            raise refusal.placed(lambda pointer: pointer.replace(".", "/")) from None
        finally:
            if sent:
                visit.form.texts[name] = sent


def lines_of(form: Form, scanned: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The receipt's lines from a form, by the codes it has them under: `lines.<code>.outcome`, and beside them what was scanned.

    A scanned device whose line has no outcome yet is received; a line without either stays open.
    """
    said: dict[str, dict[str, Any]] = {}
    for name in form.texts:
        head, _, rest = name.partition(".")
        code, _, field = rest.partition(".")
        if head == "lines" and field in {"outcome", "condition", "reason", "note"} and form.text(name):
            # A line is its device's own: as an address its code is nobody's serial number.
            said.setdefault(code, {"device": f"/d/{code}" if read_code(code) else code})[field] = form.text(name)
    for code, line in said.items():
        if form.text(f"lines.{code}.unpacked") and line.get("outcome") in {"received", "received_with_notes"}:
            line["accessories"] = [each for each in form.texts.get(f"lines.{code}.accessories", []) if each]
        if photos := [each for each in form.texts.get(f"lines.{code}.photos", []) if each]:
            line["photos"] = photos
    told = {code: line for code, line in said.items() if "outcome" in line}
    for read, code in scanned.items():
        told.setdefault(code, said.get(code, {"device": read}) | {"outcome": "received"})
    return told


def _scanned(visit: Visit) -> dict[str, str]:
    """Each read with the code of the one device that it names; any other is its own label's code, or what was read."""
    with visit.reading() as session:
        reads = devices.reads_of(session, visit.form.text("codes"), visit.stamp)
        each_fit = devices.seen_each(session, reads, visit.stamp)
    return {
        read: fits[0].code if len(fits) == 1 else _as_read(read) for read, fits in zip(reads, each_fit, strict=True)
    }


def _as_read(read: str) -> str:
    label = read_code(read)
    return label.code if label else read


def _about_lines(refusal: Refusal, codes: list[str], form: Form) -> Refusal:
    """The refusal with the problems of the n-th line moved to the fields of its code, or to where the codes were scanned."""

    def by_code(pointer: str) -> str:
        if not pointer.startswith("/lines"):
            return pointer
        if f"{pointer}/".split("/")[2] in codes:
            return pointer
        found = _OF_A_LINE.match(pointer)
        code = codes[int(found[1])] if found else ""
        if not found or not form.text(f"lines.{code}.outcome") or isinstance(refusal, AlreadyConfirmed):
            return "/codes"  # the page has no line for it, or none any more
        return f"/lines/{code}/{found[2] if found[2] in {'condition', 'reason', 'accessories', 'note', 'photos'} else 'outcome'}"

    return refusal.placed(by_code)


def _refused_receipt_page(visit: Visit, shipment_id: int, refusal: Refusal) -> Response[Any]:
    codes = list(lines_of(visit.form, _scanned(visit)))
    return _receipt_page(visit, shipment_id, visit.form.kept, _about_lines(refusal, codes, visit.form))


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


def _refused_finding_page(visit: Visit, shipment_id: int, finding_id: int, refusal: Refusal) -> Response[str]:
    return shipment_page(visit, shipment_id, refusal.placed(lambda pointer: f"{pointer}/{finding_id}"))


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
        refusal = _about_lines(refusal, list(lines_of(visit.form, {})), visit.form)
    return visit.page("custody/one_receipt.html", refusal, form=visit.form, **content)
