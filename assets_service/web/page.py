"""A page: a template, what it shows, who looks at it, and what was refused.

    page(request, "devices/list.html", me=me, devices=devices, next_cursor=cursor)           200, HTML
    page(request, "devices/new.html", me=me, refusal=refusal, kept=typed)                    the form again, 4xx, typed values kept
    done("/d/7K3M9QXA", phrase("{code} is registered."), code="7K3M 9QXA")                   303 with a notice on the next page
    refused(request, refusal, me=me)                                                         the page for a refusal without a form

The template finds, besides what the handler gives: `me`, `lang`, `zone`, `now`, `path`, `navigation`, `here()`,
`asset()`, `notice`, `refusal`, `problems`, `kept`, `action_id`, `_()`, `ngettext()`, and the filters of `docs/pages.md`.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import uuid_utils
from litestar import MediaType, Request, Response
from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import language_of
from assets_service.web.addresses import address_of, local
from assets_service.web.answers import to_come_back_to
from assets_service.web.figures import NATIONAL_ZONE
from assets_service.web.language import LANGUAGES, translate
from assets_service.web.navigation import navigation_for
from assets_service.web.notices import leave_notice, read_notice
from assets_service.web.templating import templates


class Me(Struct, frozen=True, kw_only=True):
    """The person looking, as far as a page needs to know: it shows, the rooms decide."""

    id: int
    name: str
    office_code: str
    office_name: str
    timezone: str
    roles: frozenset[str]

    def may(self, *roles: str) -> bool:
        """Whether to show what only these roles can use."""
        return not self.roles.isdisjoint(roles)


def page(
    request: Request[Any, Any, Any],
    template: str,
    *,
    me: Me | None = None,
    refusal: Refusal | None = None,
    kept: Mapping[str, Any] | None = None,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
    **content: Any,
) -> Response[Any]:
    """Render `template` in the reader's language and the time zone of their office.

    `refusal` sets the status and shows its sentence and every bad field; `kept` is the form as it was typed, by field name.
    A browser that sent a form is sent on to where it can come back to this page.
    """
    lang = language_of(request)
    notice, cookies = read_notice(request, lang)
    text = (
        templates(lang)
        .get_template(template)
        .render(
            {
                **content,
                "me": me,
                "lang": lang,
                "zone": me.timezone if me else NATIONAL_ZONE,
                "now": datetime.now(UTC),
                "path": request.url.path,
                "navigation": navigation_for(me.roles if me else frozenset(), request.url.path),
                "here": address_of(request),
                "other_languages": [code for code in LANGUAGES if code != lang],
                "notice": notice,
                "refusal": _said(refusal, lang),
                "problems": _problems_of(refusal, lang),
                "kept": kept or {},
                "action_id": _FreshId(),
                "placed": [],
                "keeps_offline": request.app.state.settings.is_offline_on,
            }
        )
    )
    if status is None:
        status = refusal.status if refusal else 200
    # A page shows one person's scope: no shared cache may keep it.
    shown = Response(
        text,
        media_type=MediaType.HTML,
        status_code=status,
        cookies=cookies,
        headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language", **(headers or {})},
    )
    return to_come_back_to(request, shown)


def refused(
    request: Request[Any, Any, Any], refusal: Refusal, *, me: Me | None = None, request_id: str = ""
) -> Response[str]:
    """Render the page for a refusal that belongs to no form: not found, not allowed, too many."""
    return page(request, "error.html", me=me, refusal=refusal, request_id=request_id, headers=refusal.headers)


def done(to: str, notice: str = "", *, tone: str = "good", **facts: object) -> Response[None]:
    """Send the browser on to `to` (303) after a write, with a sentence to show there.

    `notice` is an English `phrase`; it and its facts travel in a cookie that the next page shows once.
    """
    response: Response[None] = Response(None, status_code=303, headers={"Location": local(to)})
    if notice:
        leave_notice(response, notice, tone, facts)
    return response


def _said(refusal: Refusal | None, lang: str) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {
        "status": refusal.status,
        "title": translate(lang, refusal.title),
        "message": translate(lang, refusal.message, **refusal.facts),
        "link": getattr(refusal, "link", None),
    }


def _problems_of(refusal: Refusal | None, lang: str) -> dict[str, str]:
    """The sentence of every bad field, by its pointer; two for one field are joined."""
    said: dict[str, str] = {}
    for problem in refusal.problems if refusal else ():
        sentence = translate(lang, problem.message, **problem.facts)
        before = said.get(problem.pointer, "")
        if sentence not in before:
            said[problem.pointer] = f"{before} {sentence}".strip()
    return said


class _FreshId:
    """Another action id each time it is written: two forms of one page are two acts."""

    def __str__(self) -> str:
        return str(uuid_utils.uuid7())
