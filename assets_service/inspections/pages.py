"""Checks as pages: what is due, looking at one device, what was seen of it, and how often it has to be."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assets_service.devices import queries as devices
from assets_service.devices.identifiers import grouped
from assets_service.devices.models import Condition, Device
from assets_service.devices.schemas import DeviceViews
from assets_service.inspections import commands, photos, queries
from assets_service.inspections.models import MONTHS_MAX, PHOTOS_MAX, Verdict
from assets_service.inspections.photos import Picture
from assets_service.inspections.queries import Due
from assets_service.inspections.schemas import (
    CheckCursor,
    CheckView,
    DueCursor,
    DueView,
    NewCheck,
    PhotoView,
    SetPolicy,
    check_view,
    photo_view,
    policy_view,
)
from assets_service.kernel.db import Database
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid, NotFound, Refusal, answered, invalid
from assets_service.kernel.fields import refuse_misfits
from assets_service.kernel.files import Files
from assets_service.kernel.http import Cursor, Form, Listing, listing, read_cursor
from assets_service.ledger.policy import ADMINS, RECEIVERS, SIGNED_IN
from assets_service.ledger.stamp import Role, Stamp
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL
from assets_service.web import figures
from assets_service.web.language import language_of, phrase

PAGE_SIZE = 50
EARLIER_SHOWN = 3
FORM_BYTES_MAX = 32 << 20  # what six photos of a phone have together
_PHOTO_FIELDS = ("photo_device", "photo_label", "photos")


class CheckPages(Controller):
    include_in_schema = False

    @get("/pemeriksaan", policy=SIGNED_IN, sync_to_thread=True)
    def list_due(
        self,
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
        due: Annotated[str | None, QueryParameter(name="state", max_length=8)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        """The longest overdue first, then what is due within thirty days, then what nobody ever checked."""
        wanted = Due(due) if due in set(Due) else None
        after = read_cursor(cursor, tuple[DueCursor])
        with visit.reading() as session:
            there = offices.named(session, office, visit.stamp, "office") if office else None
            standing = queries.standing(session, visit.stamp, office=there)
            total = getattr(standing, wanted) if wanted else standing.overdue + standing.soon + standing.never
            rows = queries.due(
                session, visit.stamp, office=there, state=wanted, after=after[0] if after else None, limit=PAGE_SIZE
            )
            view = views.each(session, rows, visit.stamp.at)
            found = listing(
                rows,
                total,
                PAGE_SIZE,
                view=lambda device: DueView(
                    view(device),
                    queries.due_state(device, visit.stamp.at),
                    visit.stamp.may(device.office.path, *commands.CHECKERS),
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

    @post("/perangkat/{code:str}/periksa", policy=RECEIVERS, sync_to_thread=True, request_max_body_size=FORM_BYTES_MAX)
    def check_device(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        files: NamedDependency[Files],
    ) -> Response[Any]:
        pictures: list[Picture] = []
        try:
            data = _new_check(visit.form, files, into=pictures)
            with visit.writing() as session:
                made = commands.check(
                    session,
                    devices.locked(session, code, visit.stamp),
                    condition=data.condition,
                    note=data.note,
                    label_present=data.label_present,
                    identity_matches=data.identity_matches,
                    checklist=data.checklist,
                    photos=data.photos,
                    pictures=pictures,
                    stamp=visit.stamp,
                )
                day = figures.day(made.next_due_on, lang=language_of(visit.request), zone=visit.me.timezone)
                said = phrase("{code} is checked. The next check is due by {day}.")
                return visit.done(f"/d/{made.device.code}", said, code=grouped(made.device.code), day=day)
        except Refusal as refusal:
            sent = _keep_for_later(visit.db, visit.stamp, pictures, visit.form)
            return _check_form(visit, views, code, refusal, sent)

    @get("/perangkat/{code:str}/pemeriksaan", policy=SIGNED_IN, sync_to_thread=True)
    def list_checks(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        cursor: Cursor = None,
    ) -> Response[str]:
        """All checks of a device with their photos, the newest observation first."""
        after = read_cursor(cursor, tuple[CheckCursor])
        with visit.reading() as session:
            device = devices.by_code(session, code, visit.stamp)
            rows = queries.of_device(session, device, after=after[0] if after else None, limit=PAGE_SIZE)
            checks: Listing[CheckView] = listing(
                rows,
                queries.count_of_device(session, device),
                PAGE_SIZE,
                view=lambda check: check_view(check, check.photos),
                key=lambda check: (check.observed_at, check.id),
            )
            view = views.one(session, device, visit.stamp.at)
            may_check = visit.stamp.may(device.office.path, *commands.CHECKERS) and commands.is_at_hand(device)
        return visit.page("inspections/checks.html", device=view, checks=checks, may_check=may_check)

    @get("/pemeriksaan/jadwal", policy=SIGNED_IN, sync_to_thread=True)
    def read_policy(
        self,
        visit: NamedDependency[Visit],
        office: Annotated[str | None, QueryParameter(max_length=8)] = None,
    ) -> Response[str]:
        return _policy_page(visit, office)

    @post("/pemeriksaan/jadwal", policy=ADMINS, sync_to_thread=True)
    def set_policy(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(SetPolicy)
            with visit.writing() as session:
                there = answered(
                    lambda: offices.named(session, data.office, visit.stamp, "office"), lambda: refuse_misfits(data)
                )
                commands.set_policy(session, there, data.rule, data.months, stamp=visit.stamp)
                return visit.done(
                    f"/pemeriksaan/jadwal?office={there.code}",
                    phrase("The schedule of {office} is kept."),
                    office=there.name,
                )
        except Refusal as refusal:
            return _policy_page(visit, visit.form.text("office") or None, refusal)

    @get("/berkas/{name:str}", policy=SIGNED_IN, sync_to_thread=True)
    def read_photo(
        self,
        name: FromPath[str],
        visit: NamedDependency[Visit],
        files: NamedDependency[Files],
    ) -> Response[bytes]:
        """A stored photo, `{hash}.jpg`: shown in the page, since it is a JPEG of our own making."""
        wanted, _, suffix = name.partition(".")
        if suffix != "jpg":
            raise NotFound
        with visit.reading() as session:
            found = queries.photo(session, wanted, visit.stamp).hash
        return Response(
            files.read(found),
            media_type="image/jpeg",
            headers={
                "content-disposition": f'inline; filename="{found}.jpg"',
                "cache-control": "private, max-age=86400, immutable",
                "vary": "Cookie",
                "cross-origin-resource-policy": "same-origin",
                "content-security-policy": "default-src 'none'; sandbox",
            },
        )


def _check_form(
    visit: Visit,
    views: DeviceViews,
    code: str,
    refusal: Refusal | None = None,
    sent: list[PhotoView] | None = None,
) -> Response[str]:
    """Raises what `commands.check` would raise of this device and this person; after a refusal it is shown instead."""
    with visit.reading() as session:
        device = devices.by_code(session, code, visit.stamp)
        if refusal is None:
            commands.must_be_checkable(device, visit.stamp)
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
        **content,
    )


def _earlier(session: Session, device: Device) -> list[CheckView]:
    rows = queries.of_device(session, device, after=None, limit=EARLIER_SHOWN)
    return [check_view(check, check.photos) for check in rows[:EARLIER_SHOWN]]


def _new_check(form: Form, files: Files, into: list[Picture]) -> NewCheck:
    """The form as a check, its photos decoded and stored. Raises `Invalid`; a bad photo does not hide what else is wrong."""
    asked = Gathering()
    asked.ask(lambda: _pictures(form, files, into))
    data = asked.ask(lambda: form.read(NewCheck, checklist=_checklist(form), photos=form.texts.get("sent", [])))
    if data and asked.refusals:
        asked.ask(lambda: refuse_misfits(data))
    asked.refuse()
    assert data, "it was not refused"
    return data


def _pictures(form: Form, files: Files, into: list[Picture]) -> None:
    """Decode and store the form's photos; one that cannot be kept does not cost the others. Raises `Invalid`."""
    uploads = [upload for field in _PHOTO_FIELDS for upload in form.files.get(field, [])]
    if len(uploads) + len(form.texts.get("sent", [])) > PHOTOS_MAX:
        raise invalid("photos", "At most {it} photos.", it=PHOTOS_MAX)
    problems: list[FieldProblem] = []
    for upload in uploads:
        try:
            into.append(photos.keep(files, upload.file.read()))
        except Refusal as refusal:
            problems.append(FieldProblem("/photos", refusal.message, refusal.facts))
    if problems:
        raise Invalid(*problems)


def _keep_for_later(db: Database, stamp: Stamp, pictures: list[Picture], form: Form) -> list[PhotoView]:
    """Photos that already came over a slow line need not come again when the form is mended."""
    names = form.texts.get("sent", [])[:PHOTOS_MAX]
    with db.writing() as session:
        for picture in pictures:
            commands.add_photo(session, picture, stamp=stamp)
        session.flush()
        names += [picture.hash for picture in pictures]
        found = queries.photos_named(session, names, stamp)
        return [photo_view(found[name]) for name in dict.fromkeys(names) if name in found]


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
        own = queries.own_policy(session, there)
        policy = policy_view(there, own, queries.policy_at(session, there.path), visit.stamp)
        set_at = [policy_view(row.office, row, row, visit.stamp) for row in queries.policies(session, visit.stamp)]
        places = offices.choices(session, visit.stamp, Role.ADMIN)
        may_set = visit.stamp.may(there.path, Role.ADMIN)
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
