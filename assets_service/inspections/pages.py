"""Checks as pages: what is due, looking at one device, what was seen of it, and how often it has to be."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.access.stamp import ADMINS, WRITERS, Role
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import grouped
from assets_service.devices.models import Condition, Device
from assets_service.devices.views import DeviceViews
from assets_service.inspections import acts, queries
from assets_service.inspections.asks import CheckCursor, DueCursor, DueFilter, NewCheck, SetPolicy
from assets_service.inspections.models import PHOTOS_MAX, Verdict
from assets_service.inspections.queries import Due
from assets_service.inspections.views import CheckView, DueView, policy_view, viewing
from assets_service.kernel.errors import Gathering, Invalid, NotFound, Refusal
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.http import Cursor, Form, Listing, language_of, listing, read_cursor
from assets_service.kernel.pools import Pool
from assets_service.kernel.store import Derived, Store
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.offices.models import NATIONAL, OFFICE_LENGTH_MAX
from assets_service.photos.pages import FORM_BYTES_MAX, keep_photos, picture
from assets_service.photos.reading import BYTES_MAX, small
from assets_service.photos.views import PhotoView, photo_view
from assets_service.schedules import queries as schedules
from assets_service.schedules.models import MONTHS_MAX
from assets_service.web import figures
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

PAGE_SIZE = 50
EARLIER_SHOWN = 3
_PHOTO_FIELDS = ("photo_device", "photo_label", "photos")


class CheckPages(Controller):
    include_in_schema = False

    @get("/pemeriksaan", policy=SIGNED_IN, sync_to_thread=True)
    def list_due(
        self,
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        where: NamedDependency[Where],
        cursor: Cursor = None,
    ) -> Response[str]:
        """The list of what is due: the longest overdue first, then due within thirty days, then what was never checked."""
        wanted = visit.form.read(DueFilter).state
        after = read_cursor(cursor, DueCursor)
        with visit.reading() as session:
            area = where.area(session, visit.stamp)
            standing = queries.standing(session, visit.stamp, area=area)
            total = getattr(standing, wanted or "total")
            rows = queries.due(session, visit.stamp, area=area, state=wanted, after=after, limit=PAGE_SIZE)
            view = views.each(session, rows, visit.stamp.at)
            found = listing(
                rows,
                total,
                PAGE_SIZE,
                view=lambda device: DueView(
                    view(device),
                    queries.due_states(device, visit.stamp.at),
                    visit.stamp.may(device.office.path, *WRITERS),
                ),
                key=queries.due_key,
            )
            places = offices.choices(session, visit.stamp)
        return visit.page("inspections/due.html", due=found, standing=standing, offices=places, states=list(Due))

    @get("/perangkat/{code:str}/periksa", policy=RECEIVERS, sync_to_thread=True)
    def check_form(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _check_form(visit, views, code)

    @post("/perangkat/{code:str}/periksa", act=acts.CHECK, sync_to_thread=True, request_max_body_size=FORM_BYTES_MAX)
    def check_device(
        self, code: FromPath[str], visit: NamedDependency[Visit], views: NamedDependency[DeviceViews]
    ) -> Response[Any]:
        sent = visit.form.texts.get("sent", [])[:PHOTOS_MAX]
        with visit.shown_again(_refused_check_form, views, code, sent):
            made = visit.do(acts.CHECK, _new_check(visit, sent), code).check
            day = figures.day(made.next_due_on, lang=language_of(visit.request), zone=visit.me.timezone)
            said = phrase("{code} is checked. The next check is due by {day}.")
            return visit.done(f"/d/{made.device}", said, code=grouped(made.device), day=day)

    @get("/perangkat/{code:str}/pemeriksaan", policy=SIGNED_IN, sync_to_thread=True)
    def list_checks(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        cursor: Cursor = None,
    ) -> Response[str]:
        """The page of all checks of a device with their photos, the newest observation first."""
        after = read_cursor(cursor, CheckCursor)
        with visit.reading() as session:
            device = devices.by_code(session, code, visit.stamp)
            rows = queries.of_device(session, device, after=after, limit=PAGE_SIZE)
            checks: Listing[CheckView] = listing(
                rows,
                queries.count_of_device(session, device),
                PAGE_SIZE,
                view=viewing(session, rows),
                key=lambda check: (check.observed_at, check.id),
            )
            view = views.one(session, device, visit.stamp.at)
            may_check = queries.may_check(visit.stamp, device)
        return visit.page("inspections/checks.html", device=view, checks=checks, may_check=may_check)

    @get("/pemeriksaan/jadwal", policy=SIGNED_IN, sync_to_thread=True)
    def read_policy(
        self,
        visit: NamedDependency[Visit],
        office: Annotated[str | None, QueryParameter(max_length=OFFICE_LENGTH_MAX)] = None,
    ) -> Response[str]:
        return _policy_page(visit, office)

    @post("/pemeriksaan/jadwal", act=acts.SET_POLICY, sync_to_thread=True)
    def set_policy(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_policy_page, visit.form.text("office") or None):
            office = visit.do(acts.SET_POLICY, visit.form.read(SetPolicy)).office
            said = phrase("The schedule of {office} is saved.")
            return visit.done(f"/pemeriksaan/jadwal?office={office.code}", said, office=office.name)

    @get("/berkas/{name:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_photo(
        self,
        name: FromPath[str],
        visit: NamedDependency[Visit],
        files: NamedDependency[Store],
    ) -> Response[bytes]:
        """A stored photo, `{hash}.jpg`; a browser may show it, since the JPEG is of our own making."""
        return picture(files.read(_visible(visit, name)), name)

    @get("/berkas/kecil/{name:str}", policy=SIGNED_IN, pool=Pool.DRAWING, sync_to_thread=True)
    def read_small_photo(
        self,
        name: FromPath[str],
        visit: NamedDependency[Visit],
        files: NamedDependency[Store],
        smaller: NamedDependency[Derived],
    ) -> Response[bytes]:
        """The same photo, small, for a row of thumbnails."""
        return picture(small(files, smaller, _visible(visit, name)), name)


def _visible(visit: Visit, name: str) -> str:
    """The hash of the photo that the file name `{hash}.jpg` means. Raises `NotFound` and `NoSuchPhoto`."""
    wanted, _, suffix = name.partition(".")
    if suffix != "jpg":
        raise NotFound
    with visit.reading() as session:
        return queries.photo(session, wanted, visit.stamp).hash


def _check_form(
    visit: Visit,
    views: DeviceViews,
    code: str,
    refusal: Refusal | None = None,
    sent: list[PhotoView] | None = None,
) -> Response[str]:
    """The page of the form. Raises what `commands.check` would raise of this device and person; a refusal is shown instead."""
    with visit.reading() as session:
        device = devices.by_code(session, code, visit.stamp)
        if refusal is None:
            queries.must_be_checkable(device, visit.stamp)
        content: dict[str, Any] = {
            "device": views.one(session, device, visit.stamp.at),
            "checklist": queries.checklist(session, device.kind),
            "earlier": _earlier(session, device),
        }
    return visit.page(
        "inspections/check.html",
        refusal,
        sent=sent or [],
        verdicts=list(Verdict),
        conditions=list(Condition),
        photos_max=PHOTOS_MAX,
        photo_mb=BYTES_MAX >> 20,
        **content,
    )


def _earlier(session: Session, device: Device) -> list[CheckView]:
    rows = queries.of_device(session, device, after=None, limit=EARLIER_SHOWN)[:EARLIER_SHOWN]
    return list(map(viewing(session, rows), rows))


def _refused_check_form(
    visit: Visit, views: DeviceViews, code: str, sent: list[str], refusal: Refusal
) -> Response[str]:
    """The form again. Photos that came over a slow line are kept, so that they need not be sent again."""
    with visit.reading() as session:
        found = queries.photos_named(session, sent, visit.stamp)
    return _check_form(
        visit, views, code, refusal, [photo_view(found[name]) for name in dict.fromkeys(sent) if name in found]
    )


def _new_check(visit: Visit, sent: list[str]) -> NewCheck:
    """The form as a check; its photos are kept and their names added to `sent`.

    Raises `Invalid`; a bad photo does not hide what else is wrong.
    """
    form = visit.form
    asked = Gathering()
    asked.ask(lambda: keep_photos(visit, sent, *_PHOTO_FIELDS, most=PHOTOS_MAX))
    data = asked.ask(lambda: form.read(NewCheck, checklist=_checklist(form), photos=sent))
    if data and asked.refusals:
        asked.ask(lambda: refuse_misfits(data))
    asked.refuse()
    assert data, "it was not refused"
    return data


def _checklist(form: Form) -> dict[str, str]:
    prefix = "checklist."
    return {
        name.removeprefix(prefix): values[0]
        for name, values in form.texts.items()
        if name.startswith(prefix) and values[0]
    }


def _policy_page(visit: Visit, office: str | None, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        try:
            there = offices.named(session, office or visit.me.office_code, visit.stamp, "office")
        except Invalid:
            if office and refusal is None:
                raise
            there = offices.any_named(session, visit.me.office_code, "office")
        own = schedules.own_policy(session, there)
        policy = policy_view(there, own, schedules.policy_at(session, there.path), visit.stamp)
        set_at = [policy_view(row.office, row, row, visit.stamp) for row in schedules.policies(session, visit.stamp)]
        places = offices.choices(session, visit.stamp, Role.ADMIN)
        may_set = visit.stamp.may(there.path, *ADMINS)
    return visit.page(
        "inspections/policy.html",
        refusal,
        policy=policy,
        policies=set_at,
        offices=places,
        may_set=may_set,
        months_max=MONTHS_MAX,
        is_national=there.code == NATIONAL,
    )
