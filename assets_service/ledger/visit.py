"""One request of a person's browser, whole: what a page's handler is given."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from litestar import Request, Response
from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form
from assets_service.ledger.once import Once
from assets_service.ledger.stamp import Stamp
from assets_service.web.page import Me, done, page


class Visit:
    """What somebody who is signed in asks for or sends, with which rights, and the ways to answer.

    with visit.writing() as session:
        commands.amend(session, device, changes, stamp=visit.stamp)
        return visit.done(f"/d/{device.code}", phrase("The change is kept."))
    """

    def __init__(self, request: Request[Any, Any, Any], form: Form, once: Once, who: Callable[[], Me | None]) -> None:
        self.request = request
        self.form = form
        self.once = once
        self._who = who

    @property
    def stamp(self) -> Stamp:
        return self.once.stamp

    @property
    def db(self) -> Database:
        return self.once.db

    @cached_property
    def me(self) -> Me:
        """Looked up when first asked for: a form that succeeds shows no page."""
        me = self._who()
        assert me is not None, "only who is signed in comes to a page with a visit"
        return me

    def reading(self) -> AbstractContextManager[Session]:
        return self.db.reading()

    def writing(self) -> AbstractContextManager[Session]:
        """At most once for one `action_id`. Raises `Replayed`, `ActionReused`, `ActionUnderWay`."""
        return self.once.writing()

    def page(
        self, template: str, refusal: Refusal | None = None, *, kept: Mapping[str, Any] | None = None, **content: Any
    ) -> Response[str]:
        """The page in the reader's language. After a refusal what was typed is shown again; `kept` to show something else."""
        if kept is None and refusal:
            kept = self.form.kept
        return page(self.request, template, me=self.me, refusal=refusal, kept=kept, **content)

    def done(self, to: str, notice: str = "", **facts: Any) -> Response[None]:
        """Inside `writing()`: kept with its effect, and the browser sent on to where it can be reloaded without harm."""
        return self.once.see(done(to, notice, **facts))
