"""The label's page `/d/{code}`, and `/pindai` where a code is typed or a scanner gun types it."""

from concurrent.futures import wait
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from sqlalchemy.orm import Session

from assets_service.access.policy import PUBLIC, SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.devices import queries as devices
from assets_service.devices.errors import Ambiguous, NoSuchDevice
from assets_service.devices.identifiers import LabelRef, read_code
from assets_service.devices.models import Device
from assets_service.devices.views import DeviceViews
from assets_service.inspections.queries import latest_photo
from assets_service.kernel.db import Database
from assets_service.kernel.pools import BRIEFLY_S, POOLS
from assets_service.labelling import acts
from assets_service.labelling.asks import Attachment
from assets_service.labelling.queries import has_label, is_superseded
from assets_service.ledger import queries as ledger
from assets_service.ledger.views import told
from assets_service.people.queries import names_in
from assets_service.photos.views import photo_view
from assets_service.scan import queries
from assets_service.scan.errors import UnknownCode
from assets_service.scan.queries import Blank
from assets_service.settings import Settings
from assets_service.web.page import Me, done, page
from assets_service.web.visit import Visit

HISTORY_SHOWN = 8
TYPED_MAX = 40
TYPED_MAX_TO_MATCH = 300
SCANNED = "/D/"


class ScanPages(Controller):
    include_in_schema = False

    @get("/d/{code:str}", policy=PUBLIC, sync_to_thread=True)
    def device(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        me: NamedDependency[Me | None],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        """The page of a label's code. Signed in, it shows the device and the one next action; to a stranger, how to return it."""
        return _label_page(request, me, read_code(code), views, stamp)

    @get(SCANNED + "{code:str}", policy=PUBLIC, sync_to_thread=True)
    def scanned(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        me: NamedDependency[Me | None],
        views: NamedDependency[DeviceViews],
        once: NamedDependency[Once],
    ) -> Response[str]:
        """The same at the address that a label bears, in capitals: only here is it known that somebody had the label before them."""
        label = read_code(code)
        if label and label.version is None:
            label = LabelRef(label.code, 1)
        may_attach = once.db.may_write and _is_a_person_looking(request)
        return _label_page(request, me, label, views, stamp, once if may_attach else None)

    @get("/pindai", policy=SIGNED_IN, sync_to_thread=True)
    def scan(
        self,
        visit: NamedDependency[Visit],
    ) -> Response[Any]:
        """A typed or gun-scanned code, serial, IMEI or item number leads to its device."""
        typed = visit.form.text("kode")
        if not typed:
            return visit.page("scan/scan.html")
        try:
            with visit.reading() as session:
                found = devices.lookup(session, typed[:300], visit.stamp, by_tail=True)
        except (NoSuchDevice, Ambiguous) as refusal:
            if isinstance(refusal, NoSuchDevice) and (label := read_code(typed)):
                return done(f"/d/{label.code}")
            return visit.page("scan/scan.html", refusal)
        return done(_page_of(typed, found))

    @get("/pindai/cocok", policy=SIGNED_IN, sync_to_thread=True)
    def match(self, visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]) -> Response[str]:
        """What a read names, as a piece of a page: the one device, before it counts, or why there is none."""
        read = (visit.form.text("kode") or "")[:TYPED_MAX_TO_MATCH]
        with visit.reading() as session:
            found = devices.fits(session, read, visit.stamp, by_tail=True) if read else []
            device = views.one(session, found[0], visit.stamp.at) if len(found) == 1 else None
            label = None if found else read_code(read)
            is_blank = label is not None and isinstance(queries.resolve(session, label, visit.stamp), Blank)
            like = None if found else devices.model_like(session, read, visit.stamp)
        told: dict[str, Any] = {"read": read, "device": device, "fits": len(found), "is_blank": is_blank, "like": like}
        return visit.page("scan/_match.html", status=404 if read and not found else 200, **told)


def _label_page(
    request: Request[Any, Any, Any],
    me: Me | None,
    label: LabelRef | None,
    views: DeviceViews,
    stamp: Stamp,
    scanning: Once | None = None,
) -> Response[str]:
    """What the label leads to. `scanning` records that the label is on its device, at its first scan on site."""
    db: Database = request.app.state.db
    if not stamp.is_known:
        return _how_to_return(request)
    if label is None:
        return _unknown(request, me, str(request.path_params["code"]))
    with db.reading() as session:
        found = queries.resolve(session, label, stamp)
        if not (scanning and isinstance(found, Device) and queries.is_first_scan(found, stamp)):
            return _page_about(session, found, request, me, label, views, stamp)
    _attach(scanning, label)
    with db.reading() as session:
        return _page_about(session, queries.resolve(session, label, stamp), request, me, label, views, stamp)


def _page_about(
    session: Session,
    found: Device | Blank | None,
    request: Request[Any, Any, Any],
    me: Me | None,
    label: LabelRef,
    views: DeviceViews,
    stamp: Stamp,
) -> Response[str]:
    if isinstance(found, Blank):
        return page(request, "scan/blank.html", me=me, code=found.code)
    if found is None:
        return _unknown(request, me, label.code)
    view = views.one(session, found, stamp.at)
    entries = ledger.latest(session, found.code, limit=HISTORY_SHOWN)
    names = names_in(session, entries, stamp)
    return page(
        request,
        "scan/device.html",
        me=me,
        device=view,
        steps=queries.next_steps(found, view.flags, stamp, has_label=has_label(session, found)),
        photo=photo_view(photo) if (photo := latest_photo(session, found)) else None,
        codes=devices.label_codes(session, found),
        shipment_id=queries.open_shipment_id(session, found),
        history=[told(entry, names) for entry in entries],
        messages=queries.waiting_messages(session, found, stamp),
        is_old_label=label.version is not None and is_superseded(found, label.version, code=label.code),
    )


def _how_to_return(request: Request[Any, Any, Any]) -> Response[str]:
    """How to return a device: the same page for every code, known or not, so that it discloses nothing."""
    settings: Settings = request.app.state.settings
    return page(request, "scan/return.html", contact=settings.return_contact)


def _unknown(request: Request[Any, Any, Any], me: Me | None, code: str) -> Response[str]:
    """The code, for somebody signed in to mend: no label bears it, or its device is none of theirs."""
    kept = {"kode": code[:TYPED_MAX]}
    return page(request, "scan/scan.html", me=me, refusal=UnknownCode(code=kept["kode"]), kept=kept)


def _page_of(typed: str, device: Device) -> str:
    """Where to go. A scanner gun that read the QR has scanned the label; somebody who typed the code has not."""
    label = read_code(typed)
    if label is None or "/" not in typed:
        return f"/d/{device.code}"
    return f"{SCANNED}{label.code}" + (f".{label.version}" if label.version else "")


def _is_a_person_looking(request: Request[Any, Any, Any]) -> bool:
    """Whether a person opens the page, and not a browser that fetches ahead or a picture on another site."""
    return (
        request.headers.get("sec-purpose", "") == "" and request.headers.get("sec-fetch-dest", "document") == "document"
    )


def _attach(once: Once, label: LabelRef) -> None:
    """Record that the label is on the device; if there is no time for it now, the next scan records it."""
    attachment = Attachment(scanned=f"{label.code}.{label.version}")
    wait([POOLS.note_in_passing(once.do, acts.ATTACH, attachment, label.code)], BRIEFLY_S)
