"""What a page's handler is given: `Visit`."""

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cached_property
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act
from assets_service.actions.errors import ActionReused, FormReused, SentBefore
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Form, language_of
from assets_service.web.addresses import local
from assets_service.web.language import translate
from assets_service.web.page import Me, done, page

V = TypeVar("V")


class ShownAgain(Exception):  # noqa: N818 - not a fault: the answer to a form that was refused
    """Raised to leave a handler with the page that shows what was refused."""

    def __init__(self, answer: Response[Any]) -> None:
        super().__init__()
        self.answer = answer


class Visit:
    """One request of somebody who is signed in: what they ask or send, with which rights, and the ways to answer.

    with visit.shown_again(_device_page, code):
        device = visit.do(acts.AMEND, visit.form.changes(AmendDevice), code)
        return visit.kept_done(f"/d/{device.code}", phrase("Your change is saved."))
    """

    def __init__(self, request: Request[Any, Any, Any], form: Form, once: Once, who: Callable[[], Me | None]) -> None:
        self.request = request
        self.form = form
        self.once = once
        self._who = who
        self._was_sent = False

    @property
    def stamp(self) -> Stamp:
        return self.once.stamp

    @property
    def db(self) -> Database:
        return self.once.db

    @cached_property
    def me(self) -> Me:
        """The person, looked up when first asked for: a form that succeeds shows no page."""
        me = self._who()
        assert me is not None, "only who is signed in comes to a page with a visit"
        return me

    def reading(self) -> AbstractContextManager[Session]:
        return self.db.reading()

    def do(self, act: Act[V], ask: Struct | None = None, *keys: object) -> V:
        """Carry the act out, as `Once.do`: at most once for one `action_id`.

        A form that was sent before and is sent again with other content gives what came of it then, which `done` says.
        """
        try:
            return self.once.do(act, ask, *keys)
        except ActionReused as reused:
            if reused.act != act.name or reused.result is None:
                raise FormReused from None
            self._was_sent = True
            return msgspec.json.decode(reused.result, type=act.gives)

    @contextmanager
    def shown_again(self, shown: Callable[..., Response[Any]], *of: object) -> Generator[None]:
        """A refusal inside is answered by `shown(visit, *of, refusal)`: the page with what was typed. Raises `ShownAgain`."""
        try:
            yield
        except Refusal as refusal:
            raise ShownAgain(shown(self, *of, refusal)) from None

    def page(
        self, template: str, refusal: Refusal | None = None, *, kept: Mapping[str, Any] | None = None, **content: Any
    ) -> Response[str]:
        """The page in the reader's language. After a refusal what was typed is shown again; `kept` shows something else instead."""
        if kept is None and refusal:
            kept = self.form.kept
        return page(self.request, template, me=self.me, refusal=refusal, kept=kept, **content)

    def say(self, sentence: str) -> str:
        """The English sentence in the reader's language."""
        return translate(language_of(self.request), sentence)

    def done(self, to: str, notice: str = "", **facts: Any) -> Response[None]:
        """Send the browser on to where it can be reloaded without harm. Raises `SentBefore`."""
        if self._was_sent:
            raise SentBefore(link=local(to))
        return done(to, notice, **facts)
