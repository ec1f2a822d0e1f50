"""A page: a template, what it shows, who looks at it, and what was refused.

    page(request, "devices/list.html", me=me, devices=devices, next_cursor=cursor)           200, HTML
    page(request, "devices/new.html", me=me, refusal=refusal, kept=typed)                    the form again, 4xx, typed values kept
    done("/d/7K3M9QXA", phrase("{code} is registered."), code="7K3M 9QXA")                   303 with a notice on the next page
    refused(request, refusal, me=me)                                                         the page for a refusal without a form

The template finds, besides what the handler gives: ``me``, ``lang``, ``zone``, ``now``, ``path``, ``navigation``, ``here()``,
``asset()``, ``notice``, ``refusal``, ``problems``, ``kept``, ``action_id``, ``_()``, ``ngettext()``, and the filters of ``docs/pages.md``.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import uuid_utils
from litestar import MediaType, Request, Response
from litestar.datastructures import Cookie
from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.web.figures import NATIONAL_ZONE
from assets_service.web.language import LANGUAGES, language_of, translate
from assets_service.web.navigation import navigation_for
from assets_service.web.templating import templates

NOTICE_COOKIE = "notice"
NOTICE_LENGTH_MAX = 1500
NOTICE_AGE_SECONDS = 60


class Me(Struct, frozen=True, kw_only=True):
    """The person looking, as far as a page needs to know: it shows, the rooms decide."""

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
) -> Response[str]:
    """Render ``template`` in the reader's language and the time zone of their office.

    ``refusal`` sets the status and shows its sentence and every bad field; ``kept`` is the form as it was typed, by field name.
    """
    lang = language_of(request)
    notice, cookies = _notice_of(request, lang)
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
                "here": _address_of(request),
                "other_languages": [code for code in LANGUAGES if code != lang],
                "notice": notice,
                "refusal": _said(refusal, lang),
                "problems": _problems_of(refusal, lang),
                "kept": kept or {},
                "action_id": str(uuid_utils.uuid7()),
            }
        )
    )
    if status is None:
        status = refusal.status if refusal else 200
    # A page shows one person's scope: no shared cache may keep it.
    return Response(
        text,
        media_type=MediaType.HTML,
        status_code=status,
        cookies=cookies,
        headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language", **(headers or {})},
    )


def refused(
    request: Request[Any, Any, Any], refusal: Refusal, *, me: Me | None = None, request_id: str = ""
) -> Response[str]:
    """Render the page for a refusal that belongs to no form: not found, not allowed, too many."""
    return page(request, "error.html", me=me, refusal=refusal, request_id=request_id, headers=refusal.headers)


def done(to: str, notice: str = "", *, tone: str = "good", **facts: object) -> Response[None]:
    """Send the browser on to ``to`` (303) after a write, with a sentence to show there.

    ``notice`` is an English ``phrase``; it and its facts travel in a cookie that the next page shows once.
    """
    response: Response[None] = Response(None, status_code=303, headers={"Location": local(to)})
    if notice:
        content = json.dumps([tone, notice, {name: str(fact) for name, fact in facts.items()}], separators=(",", ":"))
        response.set_cookie(
            NOTICE_COOKIE,
            urlsafe_b64encode(content.encode()).decode(),
            max_age=NOTICE_AGE_SECONDS,
            httponly=True,
            samesite="lax",
        )
    return response


def local(address: str | None, *, default: str = "/") -> str:
    """Return ``address`` if it stays on this site, else ``default``: a ``next`` from outside is never followed elsewhere."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return default
    # Browsers read a backslash as a slash and drop control characters, so both could lead away.
    if "\\" in address or not address.isascii() or any(character < "!" for character in address):
        return default
    return address


class _Here:
    """The address of this page, with some of its query changed: ``here(cursor=None, q="…")``."""

    def __init__(self, path: str, query: dict[str, str]) -> None:
        self._path = path
        self._query = query

    def __call__(self, **changes: object) -> str:
        query = {**self._query, **{name: str(value) for name, value in changes.items() if value is not None}}
        for name, value in changes.items():
            if value is None:
                query.pop(name, None)
        return f"{self._path}?{urlencode(query)}" if query else self._path

    def get(self, name: str, default: str = "") -> str:
        return self._query.get(name, default)


def _address_of(request: Request[Any, Any, Any]) -> _Here:
    return _Here(request.url.path, {name: request.query_params[name] for name in request.query_params})


def _said(refusal: Refusal | None, lang: str) -> dict[str, Any] | None:
    if refusal is None:
        return None
    return {
        "status": refusal.status,
        "title": translate(lang, refusal.title),
        "message": translate(lang, refusal.message, **refusal.facts),
    }


def _problems_of(refusal: Refusal | None, lang: str) -> dict[str, str]:
    """Every bad field's sentence by its pointer; two for one field are joined."""
    said: dict[str, str] = {}
    for problem in refusal.problems if refusal else ():
        sentence = translate(lang, problem.message, **problem.facts)
        before = said.get(problem.pointer, "")
        if sentence not in before:
            said[problem.pointer] = f"{before} {sentence}".strip()
    return said


def _notice_of(request: Request[Any, Any, Any], lang: str) -> tuple[dict[str, str] | None, list[Cookie]]:
    """Read what ``done`` left to say, and forget it. The reader could forge the cookie, so it is only ever text."""
    raw = request.cookies.get(NOTICE_COOKIE)
    if not raw:
        return None, []
    forget = [Cookie(key=NOTICE_COOKIE, value="", max_age=0, httponly=True, samesite="lax")]
    try:
        tone, sentence, facts = json.loads(urlsafe_b64decode(raw[:NOTICE_LENGTH_MAX].encode()))
        text = translate(lang, str(sentence), **{str(name): str(fact) for name, fact in facts.items()})
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None, forget
    return {"tone": tone if tone in {"good", "warn", "bad"} else "info", "text": text}, forget
