"""One person follows another in an office: what the leaver answers for, device by device."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import WRITERS
from assets_service.custody import acts, queries
from assets_service.custody.asks import NewSuccession
from assets_service.custody.models import Cause
from assets_service.custody.views import packed_view, succession_view
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form
from assets_service.offices import queries as offices
from assets_service.offices.views import office_ref
from assets_service.people import queries as people
from assets_service.web.language import phrase
from assets_service.web.visit import Visit
from assets_service.web.words import word_for

SHOWN = 50


class SuccessionPages(Controller):
    path = "/kantor/{code:str}/serah-terima"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def succession(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        leaver: Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)] = None,
    ) -> Response[str]:
        """The handovers of an office; with `leaver`, the form of a new one, with everything they answer for."""
        return _page(visit, code, leaver)

    @post(act=acts.SUCCEED, sync_to_thread=True)
    def succeed(self, code: FromPath[str], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_refused_page, code):
            lines = _lines(visit.form)
            witnesses = [each for each in visit.form.texts.get("witnesses", []) if each]
            made = visit.do(acts.SUCCEED, visit.form.read(NewSuccession, lines=lines, witnesses=witnesses), code)
            said = phrase("{successor} answers for what {leaver} answered for.")
            return visit.done(
                f"/kantor/{code}/serah-terima", said, successor=made.successor.name, leaver=made.leaver.name
            )


def _lines(form: Form) -> list[dict[str, str]]:
    """What the form says of each device: `seen.<code>`, `condition.<code>`, `note.<code>`."""
    lines: dict[str, dict[str, str]] = {}
    for name in form.texts:
        field, _, code = name.partition(".")
        if code and field in {"seen", "condition", "note"} and form.text(name):
            lines.setdefault(code, {"device": f"/d/{code}"})[field] = form.text(name)
    return [line for line in lines.values() if "seen" in line]


def _refused_page(visit: Visit, code: str, refusal: Refusal) -> Response[str]:
    codes = [line["device"].removeprefix("/d/") for line in _lines(visit.form)]

    def placed(pointer: str) -> str:
        _, head, *rest = f"{pointer}//".split("/")
        if head != "lines" or not rest[0].isdigit():
            return pointer
        return f"/{rest[1] if rest[1] in {'condition', 'note'} else 'seen'}/{codes[int(rest[0])]}"

    leaver = visit.form.text("leaver")
    return _page(visit, code, int(leaver) if leaver.isdigit() else None, refusal.placed(placed))


def _page(visit: Visit, code: str, leaver_id: int | None, refusal: Refusal | None = None) -> Response[str]:
    """The page. Raises `NoSuchOffice`, and `NoSuchPerson` for a leaver who cannot be seen."""
    with visit.reading() as session:
        office = offices.by_code(session, code, visit.stamp)
        leaver = people.by_id(session, leaver_id, visit.stamp) if leaver_id else None
        persons = people.candidates(session, office.id)
        content: dict[str, Any] = {
            "office": office_ref(office),
            "leaver": (leaver.id, leaver.name) if leaver else None,
            "devices": [packed_view(each) for each in queries.devices_answered_for(session, leaver)] if leaver else [],
            "persons": [(each.id, each.name) for each in persons],
            "successions": [succession_view(session, row) for row in queries.successions(session, office, limit=SHOWN)],
            "may_hand_over": visit.stamp.may(office.path, *WRITERS),
        }
    causes = [(each, visit.say(word_for(each, "reason"))) for each in Cause]
    return visit.page("custody/succession.html", refusal, causes=causes, **content)
