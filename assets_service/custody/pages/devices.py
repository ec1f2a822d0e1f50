"""Who holds a device, and whether it is lost or found, as pages."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import RECEIVERS
from assets_service.custody import acts, queries
from assets_service.custody.asks import HolderCorrection, Loss, NewHolder, NewHolders, Recovery
from assets_service.custody.models import DEVICES_MAX
from assets_service.custody.views import packed_view
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import grouped
from assets_service.devices.views import DeviceViews
from assets_service.kernel.errors import Forbidden, Refusal
from assets_service.kernel.http import etag
from assets_service.offices.views import office_ref
from assets_service.people import queries as people
from assets_service.web.language import phrase
from assets_service.web.visit import Visit


class HolderPages(Controller):
    path = "/perangkat/pemegang"
    include_in_schema = False

    @get(policy=RECEIVERS, sync_to_thread=True)
    def holder_of_each(self, visit: NamedDependency[Visit]) -> Response[str]:
        """One holder for the devices of the address: `?device=`, once for each, and `?devices=`, as they were scanned or typed."""
        return _holders_page(visit)

    @post(act=acts.HOLD_EACH, sync_to_thread=True)
    def name_holder_of_each(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_holders_page):
            nobody = {"person": None} if visit.form.text("person") == "nobody" else {}
            chosen = visit.form.texts.get("device", [])
            named = visit.do(acts.HOLD_EACH, visit.form.read(NewHolders, devices=chosen, **nobody))
            name = named.holder.name if named.holder else ""
            said = (
                phrase("{name} holds {count} devices now.") if name else phrase("{count} devices have no holder now.")
            )
            return visit.done("/perangkat", said, count=len(named.devices), name=name)


class CustodyPages(Controller):
    path = "/perangkat/{code:str}"
    include_in_schema = False

    @get("/pemegang", policy=RECEIVERS, sync_to_thread=True)
    def holder(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _holder_page(visit, views, code)

    @post("/pemegang", act=acts.HOLD, sync_to_thread=True)
    def name_holder(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_holder_page, views, code):
            nobody = {"person": None} if visit.form.text("person") == "nobody" else {}
            device = visit.do(acts.HOLD, visit.form.read(NewHolder, **nobody), code)
            name = device.holder.name if device.holder else ""
            said = phrase("{name} holds {code} now.") if name else phrase("{code} has no holder now.")
            return visit.done(f"/d/{device.code}", said, code=grouped(device.code), name=name)

    @post("/pemegang/koreksi", act=acts.CORRECT_HOLDER, sync_to_thread=True)
    def correct_holder(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_refused_correction_page, views, code):
            meant = visit.form.text("person_meant")
            known = {"person": None if meant == "nobody" else meant} if meant else {}
            device = visit.do(acts.CORRECT_HOLDER, visit.form.read(HolderCorrection, **known), code)
            return visit.done(f"/d/{device.code}", phrase("The correction is saved."))

    @get("/hilang", policy=RECEIVERS, sync_to_thread=True)
    def loss(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[str]:
        """The form that reports a device lost or, if it is lost or missing, found again."""
        return _loss_page(visit, views, code)

    @get("/ditemukan", policy=RECEIVERS, sync_to_thread=True)
    def recovery(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[str]:
        """The same form: which half of it is shown hangs on the device."""
        return _loss_page(visit, views, code)

    @post("/hilang", act=acts.REPORT_LOSS, sync_to_thread=True)
    def report_loss(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_loss_page, views, code):
            device = visit.do(acts.REPORT_LOSS, visit.form.read(Loss), code)
            return visit.done(f"/d/{device.code}", phrase("{code} is reported lost."), code=grouped(device.code))

    @post("/ditemukan", act=acts.REPORT_FOUND, sync_to_thread=True)
    def report_found(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_loss_page, views, code):
            device = visit.do(acts.REPORT_FOUND, visit.form.read(Recovery), code)
            return visit.done(f"/d/{device.code}", phrase("{code} is at its office again."), code=grouped(device.code))


def _holder_page(visit: Visit, views: DeviceViews, code: str, refusal: Refusal | None = None) -> Response[str]:
    return _device_page(visit, "custody/holder.html", views, code, refusal)


def _refused_correction_page(visit: Visit, views: DeviceViews, code: str, refusal: Refusal) -> Response[str]:
    return _holder_page(visit, views, code, refusal.placed(lambda at: "/person_meant" if at == "/person" else at))


def _holders_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    """The page that names one holder for several devices: of one office, since only its persons can hold them."""
    chosen, typed = visit.form.texts.get("device", []), visit.form.text("devices")
    with visit.reading() as session:
        try:
            named = [*chosen, *devices.reads_of(session, typed, visit.stamp)][:DEVICES_MAX]
            found = [each.device for each in queries.visible(session, named, visit.stamp)] if named else []
        except Refusal as unknown:
            found, refusal = [], refusal or unknown
        places = {device.office_id: device.office for device in found}
        persons = people.candidates(session, found[0].office_id) if len(places) == 1 else []
        content: dict[str, Any] = {
            "devices": [packed_view(device) for device in found],
            "places": [office_ref(office) for office in places.values()],
            "persons": [(person.id, person.name) for person in persons],
        }
    at = "/devices" if typed else ""
    about = refusal.placed(lambda pointer: at if pointer.startswith("/devices") else pointer) if refusal else None
    return visit.page("custody/holders.html", about, **content)


def _loss_page(visit: Visit, views: DeviceViews, code: str, refusal: Refusal | None = None) -> Response[str]:
    return _device_page(visit, "custody/loss.html", views, code, refusal)


def _device_page(visit: Visit, template: str, views: DeviceViews, code: str, refusal: Refusal | None) -> Response[str]:
    """The page of a form about one device. Raises `NoSuchDevice` and `Forbidden`."""
    with visit.reading() as session:
        device = devices.by_code(session, code, visit.stamp)
        if not queries.may_answer(visit.stamp, device):
            raise Forbidden
        content: dict[str, Any] = {
            "device": views.one(session, device, visit.stamp.at),
            "version": etag(device.version),
            "persons": [(person.id, person.name) for person in people.candidates(session, device.office_id)],
        }
    return visit.page(template, refusal, **content)
