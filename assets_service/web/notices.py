"""What is said once on the next page: a sentence and its facts, carried there by a cookie."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie

from assets_service.web.language import translate

NOTICE_COOKIE = "notice"
NOTICE_LENGTH_MAX = 1500
NOTICE_AGE_SECONDS = 60


def leave_notice(response: Response[None], notice: str, tone: str, facts: dict[str, object]) -> None:
    """Leave a notice for the next page; `notice` is an English `phrase`, translated where it is shown."""
    content = json.dumps([tone, notice, {name: str(fact) for name, fact in facts.items()}], separators=(",", ":"))
    response.set_cookie(
        NOTICE_COOKIE,
        urlsafe_b64encode(content.encode()).decode(),
        max_age=NOTICE_AGE_SECONDS,
        httponly=True,
        samesite="lax",
    )


def read_notice(request: Request[Any, Any, Any], lang: str) -> tuple[dict[str, str] | None, list[Cookie]]:
    """Read what `leave_notice` left to say, and forget it. The reader could forge the cookie, so it is only ever shown as text."""
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
