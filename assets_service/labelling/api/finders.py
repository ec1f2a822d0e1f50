"""What finders wrote, over HTTP."""

from typing import Annotated

from litestar import Controller, Response, get, put
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.http import Cursor, Limit, Listing, listing, read_cursor
from assets_service.labelling import acts, queries
from assets_service.labelling.views import MessageView, messages_viewing


class FindersAPI(Controller):
    path = "/api/v1/finder-messages"
    tags = ("Labels",)

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_messages(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        is_open: Annotated[bool | None, QueryParameter(name="open")] = None,
        limit: Limit = 100,
        cursor: Cursor = None,
    ) -> Listing[MessageView]:
        """What finders wrote about devices in scope, newest first."""
        before = read_cursor(cursor, int)
        with db.reading() as session:
            rows, total = queries.messages(session, stamp, is_open=is_open, before=before, limit=limit)
            return listing(rows, total, limit, view=messages_viewing(session, rows, stamp), key=lambda one: one.id)

    @put("/{message_id:int}/handling", act=acts.ANSWER_FINDER, sync_to_thread=True)
    def answer_message(self, message_id: FromPath[int], once: NamedDependency[Once]) -> Response[MessageView]:
        """Say that somebody took care of it."""
        return once.answer(once.do(acts.ANSWER_FINDER, None, message_id))
