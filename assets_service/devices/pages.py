"""The register as pages: list, register, amend, retire, history. The device itself is at `/d/{code}`: `scan`."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, structs

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import ADMINS, REGISTRARS, Role
from assets_service.devices import acts, queries
from assets_service.devices.answers import Turning, table_page, turned_to
from assets_service.devices.asks import AmendDevice, NewDevice, Retirement
from assets_service.devices.identifiers import grouped, read_rupiah
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.devices.views import DeviceViews
from assets_service.kernel.errors import Forbidden, Gathering, Refusal, invalid
from assets_service.kernel.fields import Wire
from assets_service.kernel.http import Cursor, Form, etag, listing, read_cursor
from assets_service.ledger import queries as ledger
from assets_service.ledger.views import told
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.people.queries import names_in
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

T = TypeVar("T")

PAGE_SIZE = 50
HISTORY_PAGE = 100
LIKE_IT = ("kind", "brand", "model", "office", "programme", "acquired_on", "value")


class DeviceFilter(Wire):
    """The filters of the list of devices."""

    q: Annotated[str, Meta(max_length=120)] | None = None
    kind: Kind | None = None
    condition: Condition | None = None
    presence: Presence | None = None
    flag: Annotated[str, Meta(max_length=24)] | None = None


class DevicePages(Controller):
    path = "/perangkat"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_devices(
        self,
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        where: NamedDependency[Where],
    ) -> Response[str]:
        chosen, turning = visit.form.read(DeviceFilter), visit.form.read(Turning)
        with visit.reading() as session:
            found = queries.matching(
                visit.stamp,
                area=where.area(session, visit.stamp),
                kind=chosen.kind,
                condition=chosen.condition,
                presence=chosen.presence,
                flag=views.flagging.clause(chosen.flag, visit.stamp.at) if chosen.flag else None,
                q=chosen.q,
            )
            devices = turned_to(session, found, turning, views, visit.stamp, limit=PAGE_SIZE)
            places = offices.choices(session, visit.stamp)
        narrowed = sum(value is not None for name, value in structs.asdict(chosen).items() if name != "q")
        return table_page(
            visit,
            "devices/list.html",
            turning,
            devices=devices,
            narrowed=narrowed + bool(where.office),
            offices=places,
            kinds=list(Kind),
            conditions=list(Condition),
            presences=list(Presence),
            flags=views.flagging.kinds,
            may_register=visit.stamp.has(*REGISTRARS),
        )

    @get("/baru", policy=acts.REGISTER.who, sync_to_thread=True)
    def new_device(self, visit: NamedDependency[Visit]) -> Response[str]:
        """The form, filled from the address: `?code=` of a blank label, or what the device before it had in common."""
        return _register_page(visit)

    @post("/baru", act=acts.REGISTER, sync_to_thread=True)
    def register_device(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_register_page):
            device = visit.do(acts.REGISTER, _typed(visit.form.read, NewDevice, visit.form))
            to = _after(device.code, visit.form)
            return visit.done(to, phrase("{code} is registered."), code=grouped(device.code))

    @get("/{code:str}/ubah", policy=acts.AMEND.who, sync_to_thread=True)
    def amend_form(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _amend_form(visit, views, code)

    @post("/{code:str}/ubah", act=acts.AMEND, sync_to_thread=True)
    def amend_device(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_amend_form, views, code):
            device = visit.do(acts.AMEND, _typed(visit.form.changes, AmendDevice, visit.form), code)
            return visit.done(f"/d/{device.code}", phrase("Your change is saved."))

    @get("/{code:str}/penghapusan", policy=acts.RETIRE.who, sync_to_thread=True)
    def retire_form(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _retire_form(visit, views, code)

    @post("/{code:str}/penghapusan", act=acts.RETIRE, sync_to_thread=True)
    def retire_device(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        with visit.shown_again(_retire_form, views, code):
            device = visit.do(acts.RETIRE, visit.form.read(Retirement), code)
            return visit.done(f"/d/{device.code}", phrase("{code} is written off."), code=grouped(device.code))

    @get("/{code:str}/riwayat", policy=SIGNED_IN, sync_to_thread=True)
    def device_history(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        cursor: Cursor = None,
    ) -> Response[str]:
        """The page of all that ever happened to the device, newest first, with its proof."""
        before = read_cursor(cursor, int)
        with visit.reading() as session:
            device = queries.by_code(session, code, visit.stamp)
            rows = ledger.latest(session, device.code, before=before, limit=HISTORY_PAGE + 1)
            total = ledger.count(session, device.code)
            names = names_in(session, rows, visit.stamp)
            entries = listing(
                rows, total, HISTORY_PAGE, view=lambda entry: told(entry, names), key=lambda entry: entry.subject_seq
            )
            view = views.one(session, device, visit.stamp.at)
        return visit.page("devices/history.html", device=view, entries=entries)


def _register_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        content: dict[str, Any] = {
            "offices": offices.choices(session, visit.stamp, *REGISTRARS),
            "models": queries.models_known(session, visit.stamp),
            "programmes": queries.programmes(session),
        }
    return visit.page("devices/new.html", refusal, kept=visit.form.kept, **content)


def _amend_form(visit: Visit, views: DeviceViews, code: str, refusal: Refusal | None = None) -> Response[str]:
    return _device_form(visit, "devices/amend.html", views, code, REGISTRARS, refusal)


def _retire_form(visit: Visit, views: DeviceViews, code: str, refusal: Refusal | None = None) -> Response[str]:
    return _device_form(visit, "devices/retire.html", views, code, ADMINS, refusal)


def _device_form(
    visit: Visit, template: str, views: DeviceViews, code: str, roles: tuple[Role, ...], refusal: Refusal | None
) -> Response[str]:
    """The page of a form about one device, for whoever may send it. Raises `NoSuchDevice` and `Forbidden`."""
    with visit.reading() as session:
        device = queries.by_code(session, code, visit.stamp)
        if not visit.stamp.may(device.office.path, *roles):
            raise Forbidden
        content: dict[str, Any] = {
            "device": views.one(session, device, visit.stamp.at),
            "version": etag(device.version),
            "models": queries.models_known(session, visit.stamp),
            "programmes": queries.programmes(session),
        }
    return visit.page(template, refusal, **content)


def _typed(read: Callable[..., T], kind: type[T], form: Form) -> T:
    """The form as a `kind`, with the value read as it is written here: 12.500.000. Raises `Invalid`."""
    asked = Gathering()
    typed = form.text("value")
    value = asked.ask(lambda: _rupiah(typed)) if typed else None
    data = asked.ask(lambda: read(kind, **({"value": value} if value is not None else {})))
    asked.refuse()
    assert data is not None, "it was not refused"
    return data


def _rupiah(typed: str) -> int:
    """The typed amount in whole rupiah. Raises `Invalid`."""
    value = read_rupiah(typed)
    if value is None:
        raise invalid("value", "Write whole rupiah, like 4500000 or Rp4.500.000.")
    return value


def _after(code: str, form: Form) -> str:
    """Where to go next: the device's page, or the form again with what the next device of a box has in common with this one."""
    if not form.text("again"):
        return f"/d/{code}"
    same = {name: form.text(name) for name in LIKE_IT if form.text(name)}
    return f"/perangkat/baru?{urlencode(same | {'again': 'true'})}"
