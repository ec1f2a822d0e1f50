"""The page on which an office is graded, with all that was ever said of it."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import ADMINS
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import Refusal
from assets_service.offices import queries as offices
from assets_service.offices.views import office_ref
from assets_service.openness import acts, queries
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import SOURCE_MAX, YEAR_MIN, Grade
from assets_service.openness.views import grade_view
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

SHOWN = 100
WITHDRAWN = "-"  # what the form sends for no grade


class OpennessPages(Controller):
    path = "/kantor"
    include_in_schema = False

    @get("/{code:str}/keterbukaan", policy=SIGNED_IN, sync_to_thread=True)
    def show_grades(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[str]:
        return _grades_page(visit, code)

    @post("/{code:str}/keterbukaan", act=acts.GRADE, sync_to_thread=True)
    def grade_office(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_grades_page, code):
            known = {"grade": None} if visit.form.text("grade") == WITHDRAWN else {}
            visit.do(acts.GRADE, visit.form.read(NewGrade, **known), code)
            return visit.done(f"/kantor/{code}/keterbukaan", phrase("The grade is saved."))


def _grades_page(visit: Visit, code: str, refusal: Refusal | None = None) -> Response[str]:
    """What was said of the office, and the form for who may say more. Raises `NoSuchOffice`."""
    with visit.reading() as session:
        office = offices.by_code(session, code, visit.stamp)
        rows, total = queries.history(session, office, limit=SHOWN)
        content: dict[str, Any] = {
            "office": office_ref(office),
            "current": {row.year: row.id for row in reversed(rows)},
            "history": [(row.id, grade_view(row)) for row in rows[:SHOWN]],
            "total": total,
            "this_year": local_date(visit.stamp.at, office.timezone).year,
            "may_grade": visit.stamp.may(office.path, *ADMINS),
        }
    return visit.page(
        "openness/office.html",
        refusal,
        grades=list(Grade),
        withdrawn=WITHDRAWN,
        year_min=YEAR_MIN,
        source_max=SOURCE_MAX,
        **content,
    )
