"""Receiving as pages: what arrived, device by device, and what else was in the box."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import RECEIVERS
from assets_service.custody import acts, queries
from assets_service.custody.asks import FindingResolution, Receipt
from assets_service.custody.errors import AlreadyConfirmed
from assets_service.custody.models import LineState, ShipmentState
from assets_service.custody.pages.shipments import shipment_page
from assets_service.custody.queries import Shares
from assets_service.custody.views import review_view, shipment_view
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import read_code
from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal, invalid
from assets_service.kernel.http import Form
from assets_service.web.language import phrase
from assets_service.web.page import done
from assets_service.web.visit import Visit

_OF_A_LINE = re.compile(r"^/lines/(\d+)/?(\w*)")


class ReceiptPages(Controller):
    path = "/pengiriman"
    include_in_schema = False

    @get("/{shipment_id:int}/terima", policy=RECEIVERS, sync_to_thread=True)
    def receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        """The form of a receipt: each device that still waits; `?device=` is the one that was just scanned."""
        scanned = read_code(visit.form.text("device")) if visit.form.text("device") else None
        kept = {f"lines.{scanned.code}.outcome": "received"} if scanned else {}
        return _receipt_page(visit, shipment_id, kept)

    @post("/{shipment_id:int}/terima", act=acts.RECEIVE, sync_to_thread=True)
    def confirm_receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        said = lines_of(visit.form, _scanned(visit))
        if visit.form.text("again"):
            return _receipt_page(visit, shipment_id, visit.form.kept)
        with visit.shown_again(_refused_receipt_page, shipment_id, said):
            if not said:
                raise invalid("codes", "Record the result for at least one device.")
            ask = fields.read({"lines": list(said.values())}, Receipt)
            if visit.form.text("review"):
                return _review_page(visit, shipment_id, ask)
            received = visit.do(acts.RECEIVE, ask, shipment_id)
            waiting = sum(line.state is LineState.OPEN for line in received.lines)
            told = phrase("Confirmed. {waiting} still wait.") if waiting else phrase("Everything is confirmed.")
            return visit.done(f"/pengiriman/{shipment_id}", told, waiting=waiting)

    @post("/{shipment_id:int}/temuan/{finding_id:int}", act=acts.RESOLVE_FINDING, sync_to_thread=True)
    def resolve_finding(
        self,
        shipment_id: FromPath[int],
        finding_id: FromPath[int],
        visit: NamedDependency[Visit],
    ) -> Response[Any]:
        with visit.shown_again(_refused_finding_page, shipment_id, finding_id):
            typed = visit.form.text(f"note.{finding_id}")  # several findings are open on one page
            data = visit.form.read(FindingResolution, **({"note": typed} if typed else {}))
            visit.do(acts.RESOLVE_FINDING, data, shipment_id, finding_id)
            return visit.done(f"/pengiriman/{shipment_id}", phrase("The extra device is settled."))


def lines_of(form: Form, scanned: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The receipt's lines from a form, by the codes it has them under: `lines.<code>.outcome`, and beside them what was scanned.

    A scanned device whose line has no outcome yet is received; a line without either stays open.
    """
    said: dict[str, dict[str, str]] = {}
    for name in form.texts:
        head, _, rest = name.partition(".")
        code, _, field = rest.partition(".")
        if head == "lines" and field in {"outcome", "condition", "note"} and form.text(name):
            # A line is its device's own: as an address its code is nobody's serial number.
            said.setdefault(code, {"device": f"/d/{code}" if read_code(code) else code})[field] = form.text(name)
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
        found = _OF_A_LINE.match(pointer)
        code = codes[int(found[1])] if found else ""
        if not found or not form.text(f"lines.{code}.outcome") or isinstance(refusal, AlreadyConfirmed):
            return "/codes"  # the page has no line for it, or none any more
        return f"/lines/{code}/{found[2] if found[2] in {'condition', 'note'} else 'outcome'}"

    return refusal.placed(by_code)


def _refused_receipt_page(
    visit: Visit, shipment_id: int, said: dict[str, dict[str, str]], refusal: Refusal
) -> Response[Any]:
    return _receipt_page(visit, shipment_id, visit.form.kept, _about_lines(refusal, list(said), visit.form))


def _review_page(visit: Visit, shipment_id: int, ask: Receipt) -> Response[str]:
    """What would be recorded, to be looked over: nothing is recorded yet. Raises what the receipt itself would."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        review = review_view(session, shipment, ask, visit.stamp)
        view = shipment_view(session, shipment, visit.stamp, visit.once.tools[Shares])
    typed = [(name, value) for name, value in visit.form.kept.items() if name not in {"review", "again"} and value]
    return visit.page("custody/review.html", review=review, shipment=view, typed=typed)


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
    if view.state is not ShipmentState.SENT and refusal is None:
        return done(f"/pengiriman/{shipment_id}")
    return visit.page("custody/receipt.html", refusal, kept=kept, shipment=view, names=names)
