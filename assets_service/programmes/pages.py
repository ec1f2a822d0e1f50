"""Offices as pages, with what each is entitled to and what has arrived; and the programmes behind it."""

from functools import partial
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import Struct

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Role
from assets_service.devices import queries as devices
from assets_service.devices.models import Kind
from assets_service.devices.views import DeviceViews
from assets_service.kernel.errors import Gathering, Refusal
from assets_service.kernel.fields import read
from assets_service.kernel.http import Form
from assets_service.offices import queries as offices
from assets_service.offices.models import Level
from assets_service.offices.views import office_view
from assets_service.openness import queries as openness
from assets_service.openness.views import grade_view
from assets_service.programmes import acts, queries
from assets_service.programmes.asks import Entitlement, NewAllocation, NewDistribution, NewProgramme, Quantity
from assets_service.programmes.queries import Count, Coverage
from assets_service.programmes.views import ProgrammeView, distribution_views, programme_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

FOUND_MAX = 100
DEVICES_SHOWN = 20
PROGRAMMES_SHOWN = 50

ProgrammeFilter = Annotated[str | None, QueryParameter(name="program", max_length=40)]


class OfficeTotals(Struct):
    """One office of a list, counted with all offices below it."""

    code: str
    name: str
    level: str
    kinds: dict[Kind, Count]


class OfficePages(Controller):
    path = "/kantor"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_offices(
        self,
        visit: NamedDependency[Visit],
        q: Annotated[str | None, QueryParameter(max_length=120)] = None,
        programme: ProgrammeFilter = None,
    ) -> Response[str]:
        """The page of offices: the topmost ones in scope with the sums of all below; a search goes through all in scope."""
        with visit.reading() as session:
            if programme:
                queries.named(session, programme, "program")
            covered = queries.coverage(session, visit.stamp, programme=programme or None)
            if q and q.strip():
                rows, total = offices.search(session, visit.stamp, q=q, limit=FOUND_MAX)
                wanted = {office.code for office in rows[:FOUND_MAX]}
                lines = [_totals_of(office) for office in covered if office.code in wanted]
            else:
                lines = _top_of(covered)
                total = len(covered)
            programmes = queries.choices(session)
        return visit.page("offices/list.html", lines=lines, total=total, programmes=programmes, kinds=list(Kind))

    @get("/{code:str}", policy=SIGNED_IN, sync_to_thread=True)
    def show_office(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
        programme: ProgrammeFilter = None,
    ) -> Response[str]:
        with visit.reading() as session:
            office = offices.by_code(session, code, visit.stamp)
            if programme:
                queries.named(session, programme, "program")
            covered = queries.coverage(session, visit.stamp, programme=programme or None, under=office.path)
            own = next(one for one in covered if one.code == office.code)
            rows, devices_total = devices.listed(
                session, devices.of_office(visit.stamp, office), after=None, limit=DEVICES_SHOWN
            )
            view = views.each(session, rows, visit.stamp.at)
            content: dict[str, Any] = {
                "office": office_view(office, devices_total),
                "above": (office.parent.code, office.parent.name) if office.parent else None,
                "own": own,
                "below": [_totals_of(one) for one in covered if one.parent == office.code],
                "programmes": queries.choices(session),
                "grades": [grade_view(row) for row in openness.of_office(session, office)],
                "devices": [view(device) for device in rows[:DEVICES_SHOWN]],
                "devices_total": devices_total,
                "may_amend": visit.stamp.may(office.path, Role.ADMIN),
                "may_register": visit.stamp.may(office.path, Role.ADMIN, Role.LOGISTICS),
            }
        return visit.page("offices/show.html", kinds=list(Kind), **content)


class ProgrammePages(Controller):
    path = "/program"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_programmes(self, visit: NamedDependency[Visit]) -> Response[str]:
        return _programmes_page(visit)

    @post(act=acts.ADD, sync_to_thread=True)
    def add_programme(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_programmes_page, ""):
            programme = visit.do(acts.ADD, visit.form.read(NewProgramme))
            said = phrase("{name} is added. Say who is entitled to what.")
            return visit.done(f"/program#{programme.code}", said, name=programme.name)

    @get("/{code:str}/distribusi", policy=SIGNED_IN, sync_to_thread=True)
    def distributions(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[str]:
        """What was handed out of a programme in one act, and the form of the next."""
        return _distributions_page(visit, code)

    @post("/distribusi", act=acts.DISTRIBUTE, sync_to_thread=True)
    def distribute(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_distributions_page, visit.form.text("programme")):
            made = visit.do(acts.DISTRIBUTE, visit.form.read(NewDistribution))
            said = phrase("{shipments} shipments are drafted.")
            return visit.done(f"/program/{made.programme}/distribusi", said, shipments=made.shipments)

    @post("/distribusi/{distribution_id:int}/kirim", act=acts.SEND, sync_to_thread=True)
    def send_distribution(self, distribution_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_one_distribution_page, distribution_id):
            sent = visit.do(acts.SEND, None, distribution_id)
            return visit.done(f"/program/{sent.programme}/distribusi", phrase("Its drafts are on their way."))

    @post("/distribusi/{distribution_id:int}/batal", act=acts.UNDO, sync_to_thread=True)
    def undo_distribution(self, distribution_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_one_distribution_page, distribution_id):
            undone = visit.do(acts.UNDO, None, distribution_id)
            return visit.done(f"/program/{undone.programme}/distribusi", phrase("The drafts are undone."))

    @post("/{code:str}", act=acts.SET_ALLOCATION, sync_to_thread=True)
    def set_allocation(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        """Set the entitlement: one figure for each kind and level; an empty one entitles nobody."""
        with visit.shown_again(_programmes_page, code):
            visit.do(acts.SET_ALLOCATION, NewAllocation(allocation=_allocation(visit.form)), code)
            return visit.done(f"/program#{code}", phrase("The entitlement is saved."))


def _allocation(form: Form) -> list[Entitlement]:
    """The form's figures as entitlements. Raises `Invalid` naming every figure that is not a number."""
    asked = Gathering()
    told = {
        (kind, level): asked.ask(partial(read, sent, Quantity, strict=False, at=f"/{kind}/{level}"))
        for kind in Kind
        for level in Level
        if (sent := form.text(f"{kind}.{level}"))
    }
    asked.refuse()
    return [
        Entitlement(kind=kind, level=level, quantity=quantity)
        for (kind, level), quantity in told.items()
        if quantity is not None
    ]


def _programmes_page(visit: Visit, refused: str = "", refusal: Refusal | None = None) -> Response[str]:
    """The page of programmes. `refused` is the programme whose entitlement was refused; empty when adding one was."""
    with visit.reading() as session:
        rows, _ = queries.listed(session, limit=PROGRAMMES_SHOWN)
        programmes = [_Shown(programme_view(row)) for row in rows[:PROGRAMMES_SHOWN]]
    return visit.page(
        "programmes/list.html",
        refusal,
        programmes=programmes,
        kinds=list(Kind),
        levels=list(Level),
        may_set=queries.may_set(visit.stamp),
        refused=refused,
    )


def _one_distribution_page(visit: Visit, distribution_id: int, refusal: Refusal) -> Response[str]:
    with visit.reading() as session:
        code = queries.distribution(session, distribution_id, visit.stamp).programme
    return _distributions_page(visit, code, refusal)


def _distributions_page(visit: Visit, code: str, refusal: Refusal | None = None) -> Response[str]:
    """What was handed out, and the form of the next. Raises `NoSuchProgramme`."""
    with visit.reading() as session:
        programme = programme_view(queries.by_code(session, code))
        rows, _ = queries.listed_distributions(session, visit.stamp, limit=PROGRAMMES_SHOWN)
        views = distribution_views(session, [row for row in rows[:PROGRAMMES_SHOWN] if row.programme == code])
        places = offices.choices(session, visit.stamp, Role.ADMIN, Role.LOGISTICS)
    return visit.page(
        "programmes/distributions.html",
        refusal,
        programme=programme,
        distributions=views,
        offices=places,
        may_distribute=visit.stamp.has(Role.ADMIN, Role.LOGISTICS),
    )


class _Shown(Struct):
    """A programme for its table of kinds and levels."""

    view: ProgrammeView

    def quantity(self, kind: Kind, level: Level) -> int:
        return next((rule.quantity for rule in self.view.allocation if (rule.kind, rule.level) == (kind, level)), 0)


def _top_of(covered: list[Coverage]) -> list[OfficeTotals]:
    """The topmost offices in scope and those right below them, in the tree's order."""
    seen = {office.code for office in covered}
    top = {office.code for office in covered if office.parent not in seen}
    shown = [office for office in covered if office.code in top or office.parent in top]
    return [_totals_of(office) for office in sorted(shown, key=lambda office: office.path)]


def _totals_of(office: Coverage) -> OfficeTotals:
    return OfficeTotals(office.code, office.name, office.level, office.subtree)
