"""Refusals as problem+json, and Litestar's own refusals in our words."""

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from msgspec import Struct

from assets_service.kernel import fields
from assets_service.kernel.errors import (
    Invalid,
    Malformed,
    NotFound,
    Refusal,
    TooLarge,
    WrongMethod,
    WrongType,
    invalid,
)
from assets_service.kernel.http.requests import language_of, request_id_of

PROBLEM = "application/problem+json"

Translate = Callable[[str, str, Mapping[str, object]], str]  # (language, msgid, facts) -> sentence


class ProblemField(Struct):
    pointer: str
    message: str


class Problem(Struct):
    """A refusal as RFC 9457's problem details, with every bad field."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField]
    request_id: str


def problem(refusal: Refusal, language: str, translate: Translate, request_id: str) -> Problem:
    return Problem(
        type=urn_of(type(refusal).__name__),
        title=translate(language, refusal.title, {}),
        status=refusal.status,
        detail=translate(language, refusal.message, refusal.facts),
        errors=[ProblemField(p.pointer, translate(language, p.message, p.facts)) for p in refusal.problems],
        request_id=request_id,
    )


def problem_response(refusal: Refusal, request: Request[Any, Any, Any]) -> Response[Problem]:
    body = problem(refusal, language_of(request), request.app.state.translate, request_id_of(request))
    return Response(body, media_type=PROBLEM, status_code=refusal.status, headers=refusal.headers)


def as_refusal(error: HTTPException, request: Request[Any, Any, Any]) -> Refusal:
    """Litestar's own refusals in our words."""
    if isinstance(error, ValidationException):
        return _parameters_invalid(error, request)
    status = error.status_code
    if status == HTTPStatus.BAD_REQUEST:
        return Malformed(why="it is not well-formed.")

    class FromStatus(Refusal):
        title = _TITLES.get(status, Refusal.title)
        message = _STATUS_SENTENCES.get(status, "The request was refused.")

        @property
        def headers(self) -> dict[str, str]:
            return dict(error.headers or {})

    FromStatus.status = status
    FromStatus.__name__ = HTTPStatus(status).phrase.replace(" ", "")
    return FromStatus(path=request.url.path)


_TITLES = {404: NotFound.title, 405: WrongMethod.title, 413: TooLarge.title, 415: WrongType.title}

_STATUS_SENTENCES = {
    404: "There is nothing here under that address.",
    405: "This address does not answer that method.",
    413: "This is too large.",
    415: "This kind of content is not accepted here.",
}


_MISSING = re.compile(r"^Missing required \w+ parameter '([^']+)'")


def _parameters_invalid(error: ValidationException, request: Request[Any, Any, Any]) -> Refusal:
    """Query and path parameters, by the names they have in the address; bodies were read by `StrictRequest`."""
    extra = error.extra if isinstance(error.extra, list) else []
    if any(item.get("key") == "data" for item in extra):
        return Malformed(why="it is empty.")
    if missing := _MISSING.match(str(error.detail)):
        return invalid(missing[1], "This field is needed.")
    sent_as = {
        name: getattr(parameter.kwarg_definition, "name", None) or name
        for name, parameter in request.route_handler.parsed_fn_signature.parameters.items()
    }
    found = []
    for item in extra:
        name, *below = str(item.get("key", "")).split(".")
        found.append(fields.problem_of(str(item.get("message", "")), "/".join(("", sent_as.get(name, name), *below))))
    return Invalid(*found) if found else Malformed(why="a parameter is not as expected.")


def urn_of(name: str) -> str:
    """The `type` of a problem, by the name of its refusal."""
    slug = "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")
    return f"urn:assets:{slug}"
