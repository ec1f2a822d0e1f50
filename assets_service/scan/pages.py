"""The label's page `/d/{code}`, and `/pindai` where a code is typed or a scanner gun types it."""

from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.devices import queries as devices
from assets_service.devices.errors import Ambiguous, NoSuchDevice
from assets_service.devices.identifiers import LabelRef, read_code
from assets_service.devices.models import Device
from assets_service.devices.schemas import DeviceViews, entry_view
from assets_service.kernel.db import Database
from assets_service.labelling.commands import attach
from assets_service.labelling.queries import is_superseded
from assets_service.ledger import queries as ledger
from assets_service.ledger.policy import PUBLIC, SIGNED_IN
from assets_service.ledger.stamp import Stamp
from assets_service.ledger.visit import Visit
from assets_service.scan import queries
from assets_service.scan.queries import Blank
from assets_service.settings import Settings
from assets_service.web.page import Me, done, page

HISTORY_SHOWN = 8
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
        """Signed in: the device and the one next action. To a stranger, and for any code: how to return it."""
        return _label_page(request, me, read_code(code), views, stamp)

    @get(SCANNED + "{code:str}", policy=PUBLIC, sync_to_thread=True)
    def scanned(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        stamp: NamedDependency[Stamp],
        me: NamedDependency[Me | None],
        views: NamedDependency[DeviceViews],
        db: NamedDependency[Database],
    ) -> Response[str]:
        """The same, as a label bears it: in capitals. Only here is it known that somebody had the label before them."""
        label = read_code(code)
        if label and label.version is None:
            label = LabelRef(label.code, 1)
        if label and stamp.is_known and _is_a_person_looking(request):
            _attach(db, label, stamp)
        return _label_page(request, me, label, views, stamp)

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
                found = devices.lookup(session, typed[:300], visit.stamp)
        except (NoSuchDevice, Ambiguous) as refusal:
            if isinstance(refusal, NoSuchDevice) and (label := read_code(typed)):
                return done(f"/d/{label.code}")
            return visit.page("scan/scan.html", refusal)
        return done(_page_of(typed, found))


def _label_page(
    request: Request[Any, Any, Any], me: Me | None, label: LabelRef | None, views: DeviceViews, stamp: Stamp
) -> Response[str]:
    db: Database = request.app.state.db
    settings: Settings = request.app.state.settings
    if label is None or not stamp.is_known:
        return _how_to_return(request, settings, me)
    with db.reading() as session:
        found = queries.resolve(session, label, stamp)
        if isinstance(found, Blank):
            return page(request, "scan/blank.html", me=me, code=found.code)
        if found is None:
            return _how_to_return(request, settings, me)
        view = views.one(session, found, stamp.at)
        entries = ledger.latest(session, found.code, limit=HISTORY_SHOWN)
        return page(
            request,
            "scan/device.html",
            me=me,
            device=view,
            steps=queries.next_steps(found, view.flags, stamp),
            shipment_id=queries.open_shipment_id(session, found),
            history=[entry_view(entry) for entry in entries],
            names=devices.names_in(session, entries, stamp),
            messages=queries.waiting_messages(session, found, stamp),
            is_old_label=label.version is not None and is_superseded(found, label.version, code=label.code),
        )


def _how_to_return(request: Request[Any, Any, Any], settings: Settings, me: Me | None) -> Response[str]:
    """The same for every code, known or not: it discloses nothing about any device."""
    return page(request, "scan/return.html", me=me, contact=settings.return_contact)


def _page_of(typed: str, device: Device) -> str:
    """Where to go: a gun that read the QR itself scanned the label, somebody who typed the code did not."""
    label = read_code(typed)
    if label is None or "/" not in typed:
        return f"/d/{device.code}"
    return f"{SCANNED}{label.code}" + (f".{label.version}" if label.version else "")


def _is_a_person_looking(request: Request[Any, Any, Any]) -> bool:
    """No browser fetching ahead, no picture on another site."""
    return (
        request.headers.get("sec-purpose", "") == "" and request.headers.get("sec-fetch-dest", "document") == "document"
    )


def _attach(db: Database, label: LabelRef, stamp: Stamp) -> None:
    """The first scan on site says that the label is on the device."""
    with db.reading() as session:
        found = queries.resolve(session, label, stamp)
        is_first = isinstance(found, Device) and not found.label_attached_at and queries.is_on_site(found, stamp)
    if is_first:
        with db.writing() as session:
            device = devices.locked(session, label.code, stamp)
            attach(session, device, stamp=stamp, version=label.version, code=label.code)
