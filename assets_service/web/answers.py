"""The page that answers a form, kept where Back and reload find it again.

A browser stores no page of ours, and asks for the answer to a POST only once: Back would lead to its own error page. So who
is signed in is sent on to `/jawaban/…`, where the page waits for a day, for them alone. What a stranger is answered
holds only what they typed themselves; their browser may store it. Programs are answered at once.
"""

import time
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from msgspec import Struct

from assets_service.access.stamp import Stamp
from assets_service.kernel.errors import NotFound
from assets_service.kernel.store import Store

ANSWERS = "answers"  # their kind in the store
ADDRESS = "/jawaban"
KEPT_SECONDS = 24 * 60 * 60


class Answer(Struct):
    """A page as it answered this person."""

    person: int
    status: int
    text: str


def to_come_back_to(request: Request[Any, Any, Any], page: Response[str]) -> Response[Any]:
    """The page as it answers this request; for a browser that sent a form, so that Back leads to it."""
    if request.method != "POST" or request.headers.get("sec-fetch-mode") != "navigate":
        return page
    stamp: Stamp | None = request.scope["state"].get("stamp")
    status = page.status_code or HTTPStatus.OK
    if stamp is None or stamp.actor_id is None or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _stored_by_the_browser(page)
    name = _keep(_answers(request), Answer(stamp.actor_id, status, page.content))
    return Response(None, status_code=303, headers={"Location": f"{ADDRESS}/{name}"}, cookies=page.cookies)


def kept_answer(request: Request[Any, Any, Any], name: str, stamp: Stamp) -> Response[str]:
    """The page again, for whom it answered. Raises `NotFound`."""
    answer = msgspec.json.decode(_answers(request).read(name), type=Answer)
    if answer.person != stamp.actor_id:
        raise NotFound
    return Response(answer.text, status_code=answer.status, media_type=MediaType.HTML)


def _answers(request: Request[Any, Any, Any]) -> Store:
    return Store(request.app.state.settings.files_dir, ANSWERS)


def _keep(files: Store, answer: Answer) -> str:
    files.discard_old(untouched_since=time.time() - KEPT_SECONDS)
    return files.put(msgspec.json.encode(answer))


def _stored_by_the_browser(page: Response[str]) -> Response[str]:
    page.headers.pop("Vary", None)  # the cookies will be others when Back is pressed
    page.headers["Cache-Control"] = "private, no-cache"
    if page.status_code == HTTPStatus.UNAUTHORIZED:
        page.status_code = HTTPStatus.FORBIDDEN  # browsers store any refusal but that one
    return page
