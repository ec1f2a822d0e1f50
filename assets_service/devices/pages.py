"""The register as pages: list, register, amend, retire, history. The device itself is at `/d/{code}`: `scan`."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import UNSET, Meta, structs

from assets_service.devices import commands, queries
from assets_service.devices.identifiers import grouped, read_rupiah
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.devices.schemas import AmendDevice, DeviceViews, NewDevice, Retirement, entry_view
from assets_service.kernel.errors import Forbidden, Gathering, Refusal, invalid
from assets_service.kernel.fields import OfficeCode, Wire
from assets_service.kernel.http import Cursor, Form, check_if_match, etag, listing, read_cursor
from assets_service.ledger import queries as ledger
from assets_service.ledger.policy import ADMINS, REGISTRARS, SIGNED_IN
from assets_service.ledger.stamp import Role
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.offices.models import Office
from assets_service.web.language import phrase

T = TypeVar("T")

PAGE_SIZE = 50
OFFICES_IN_FILTER_MAX = 60
HISTORY_PAGE = 100
LIKE_IT = ("kind", "brand", "model", "office", "programme", "acquired_on", "value")


class Wish(Wire):
    """What the list is narrowed to."""

    q: Annotated[str, Meta(max_length=120)] | None = None
    office: OfficeCode | None = None
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
        cursor: Cursor = None,
    ) -> Response[str]:
        wish = visit.form.read(Wish)
        after = read_cursor(cursor, tuple[int])
        with visit.reading() as session:
            office = offices.named(session, wish.office, visit.stamp, "office") if wish.office else None
            found = queries.matching(
                visit.stamp,
                office=office,
                kind=wish.kind,
                condition=wish.condition,
                presence=wish.presence,
                flag=views.flagging.clause(wish.flag, visit.stamp.at) if wish.flag else None,
                q=wish.q,
            )
            rows, total = queries.listed(session, found, after=after[0] if after else None, limit=PAGE_SIZE)
            view = views.each(session, rows, visit.stamp.at)
            devices = listing(rows, total, PAGE_SIZE, view=view, key=lambda device: device.id)
            places = _places(offices.choices(session, visit.stamp), office)
        return visit.page(
            "devices/list.html",
            devices=devices,
            narrowed=sum(value is not None for name, value in structs.asdict(wish).items() if name != "q"),
            offices=places,
            kinds=list(Kind),
            conditions=list(Condition),
            presences=list(Presence),
            flags=views.flagging.kinds,
            may_register=visit.stamp.has(Role.ADMIN, Role.LOGISTICS),
        )

    @get("/baru", policy=REGISTRARS, sync_to_thread=True)
    def new_device(self, visit: NamedDependency[Visit]) -> Response[str]:
        """Filled with what the address gives: `?code=` of a blank label, or what the device before it was."""
        return _register_page(visit)

    @post("/baru", policy=REGISTRARS, sync_to_thread=True)
    def register_device(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = _typed(visit.form.read, NewDevice, visit.form)
            with visit.writing() as session:
                device = commands.register(
                    session,
                    {name: getattr(data, name) for name in commands.DESCRIPTIVE},
                    kind=data.kind,
                    office=data.office,
                    code=data.code,
                    stamp=visit.stamp,
                )
                return visit.done(
                    _after(device.code, visit.form), phrase("{code} is registered."), code=grouped(device.code)
                )
        except Refusal as refusal:
            return _register_page(visit, refusal)

    @get("/{code:str}/ubah", policy=REGISTRARS, sync_to_thread=True)
    def amend_form(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _device_form(
            visit,
            "devices/amend.html",
            views,
            code,
            (Role.ADMIN, Role.LOGISTICS),
        )

    @post("/{code:str}/ubah", policy=REGISTRARS, sync_to_thread=True)
    def amend_device(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            data = _typed(visit.form.changes, AmendDevice, visit.form)
            changes = {name: value for name, value in structs.asdict(data).items() if value is not UNSET}
            with visit.writing() as session:
                device = queries.locked(session, code, visit.stamp)
                check_if_match(visit.form.text("version") or None, device.version)
                commands.amend(session, device, changes, stamp=visit.stamp)
                return visit.done(f"/d/{device.code}", phrase("The change is kept."))
        except Refusal as refusal:
            may = (Role.ADMIN, Role.LOGISTICS)
            return _device_form(visit, "devices/amend.html", views, code, may, refusal)

    @get("/{code:str}/penghapusan", policy=ADMINS, sync_to_thread=True)
    def retire_form(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _device_form(visit, "devices/retire.html", views, code, (Role.ADMIN,))

    @post("/{code:str}/penghapusan", policy=ADMINS, sync_to_thread=True)
    def retire_device(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            data = visit.form.read(Retirement)
            with visit.writing() as session:
                device = queries.locked(session, code, visit.stamp)
                check_if_match(visit.form.text("version") or None, device.version)
                commands.retire(session, device, reason=data.reason, decision_no=data.decision_no, stamp=visit.stamp)
                to = f"/d/{device.code}"
                return visit.done(to, phrase("{code} is written off."), code=grouped(device.code))
        except Refusal as refusal:
            may = (Role.ADMIN,)
            return _device_form(visit, "devices/retire.html", views, code, may, refusal)

    @get("/{code:str}/riwayat", policy=SIGNED_IN, sync_to_thread=True)
    def device_history(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        cursor: Cursor = None,
    ) -> Response[str]:
        """All that ever happened to the device, oldest first, with its proof."""
        after = read_cursor(cursor, tuple[int])
        with visit.reading() as session:
            device = queries.by_code(session, code, visit.stamp)
            rows = ledger.history(session, device.code, after=after[0] if after else 0, limit=HISTORY_PAGE + 1)
            total = ledger.count(session, device.code)
            entries = listing(rows, total, HISTORY_PAGE, view=entry_view, key=lambda entry: entry.subject_seq)
            names = queries.names_in(session, rows, visit.stamp)
            view = views.one(session, device, visit.stamp.at)
        return visit.page("devices/history.html", device=view, entries=entries, names=names)


def _register_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        content: dict[str, Any] = {
            "offices": offices.choices(session, visit.stamp, Role.ADMIN, Role.LOGISTICS),
            "models": queries.models_known(session, visit.stamp),
            "programmes": queries.programmes(session),
        }
    return visit.page("devices/new.html", refusal, kept=visit.form.kept, **content)


def _device_form(
    visit: Visit,
    template: str,
    views: DeviceViews,
    code: str,
    roles: tuple[Role, ...],
    refusal: Refusal | None = None,
) -> Response[str]:
    """A form about one device, for who may send it. Raises `NoSuchDevice` and `Forbidden`."""
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


def _places(seen: list[tuple[str, str]], chosen: Office | None) -> list[tuple[str, str]]:
    """The offices to choose from: all, or where those are too many only national and provinces, and the chosen one."""
    if len(seen) <= OFFICES_IN_FILTER_MAX:
        return seen
    wanted = chosen.code if chosen else None
    return [(code, name) for code, name in seen if "." not in code or code == wanted]


def _typed(read: Callable[..., T], kind: type[T], form: Form) -> T:
    """The form as `kind`, the value as it is written here: 12.500.000. Raises `Invalid`."""
    asked = Gathering()
    typed = form.text("value")
    value = asked.ask(lambda: _rupiah(typed)) if typed else None
    data = asked.ask(lambda: read(kind, **({"value": value} if value is not None else {})))
    asked.refuse()
    assert data is not None, "it was not refused"
    return data


def _rupiah(typed: str) -> int:
    """Raises `Invalid`."""
    value = read_rupiah(typed)
    if value is None:
        raise invalid("value", "Write whole rupiah, like 4500000 or Rp 4.500.000.")
    return value


def _after(code: str, form: Form) -> str:
    """The device's page; or, with a box of them to do, the form again with what the next one has in common."""
    if not form.text("again"):
        return f"/d/{code}"
    same = {name: form.text(name) for name in LIKE_IT if form.text(name)}
    return f"/perangkat/baru?{urlencode(same | {'again': 'true'})}"
