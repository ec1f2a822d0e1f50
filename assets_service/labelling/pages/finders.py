"""Where a finder writes, and where the office reads it."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from assets_service.access.policy import PUBLIC, RECEIVERS
from assets_service.actions.errors import ActionReused, SentBefore
from assets_service.actions.once import Once
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form, cursor_after, read_cursor
from assets_service.labelling import acts, queries
from assets_service.labelling.asks import FinderNote
from assets_service.labelling.views import messages_viewing
from assets_service.web.language import phrase
from assets_service.web.page import Me, done, page
from assets_service.web.visit import Visit

MESSAGES_SHOWN = 50


class FinderPages(Controller):
    include_in_schema = False

    @get("/d/{code:str}/temuan", policy=PUBLIC, sync_to_thread=True)
    def finder_form(
        self, code: FromPath[str], request: Request[Any, Any, Any], me: NamedDependency[Me | None]
    ) -> Response[str]:
        """The page on which a finder writes; the same for every code."""
        return page(request, "labelling/finder.html", me=me, code=code[:40])

    @post("/d/{code:str}/temuan", act=acts.WRITE_FINDER, sync_to_thread=True)
    def write(
        self,
        code: FromPath[str],
        request: Request[Any, Any, Any],
        form: NamedDependency[Form],
        me: NamedDependency[Me | None],
        once: NamedDependency[Once],
    ) -> Response[Any]:
        """Keep what a finder wrote. The answer is the same whether the code is known or not."""
        sent_to = "/temuan/terima-kasih"
        try:
            once.do(acts.WRITE_FINDER, form.read(FinderNote), code)
        except Refusal as refused:
            refusal = SentBefore(link=sent_to) if isinstance(refused, ActionReused) else refused
            return page(
                request, "labelling/finder.html", me=me, refusal=refusal, kept=form.kept, code=code[:40],
                headers=refusal.headers,
            )  # fmt: skip
        thanks = phrase("Thank you. The office that answers for it can now write to you.")
        return done(sent_to, thanks)

    @get("/temuan/terima-kasih", policy=PUBLIC, sync_to_thread=True)
    def thanks(self, request: Request[Any, Any, Any], me: NamedDependency[Me | None]) -> Response[str]:
        return page(request, "labelling/thanks.html", me=me)

    @get("/label/temuan", policy=RECEIVERS, sync_to_thread=True)
    def list_messages(self, visit: NamedDependency[Visit]) -> Response[str]:
        before = read_cursor(visit.form.text("cursor") or None, int)
        is_open = None if visit.form.text("semua") else True
        with visit.reading() as session:
            rows, total = queries.messages(session, visit.stamp, is_open=is_open, before=before, limit=MESSAGES_SHOWN)
            messages = list(map(messages_viewing(session, rows, visit.stamp), rows[:MESSAGES_SHOWN]))
        more = cursor_after(messages[-1].id) if len(rows) > MESSAGES_SHOWN else None
        return visit.page("labelling/messages.html", messages=messages, total=total, next_cursor=more)

    @post("/label/temuan/{message_id:int}", act=acts.ANSWER_FINDER, sync_to_thread=True)
    def answer_message(self, message_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        visit.do(acts.ANSWER_FINDER, None, message_id)
        return visit.done("/label/temuan", phrase("Marked as handled."))
