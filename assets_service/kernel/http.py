"""HTTP, the same for every room: strict bodies, problem+json, lists with cursors, versions as ETags."""

import base64
import binascii
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import unquote_to_bytes
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException, InternalServerException, ValidationException
from litestar.params import QueryParameter
from msgspec import Struct

from assets_service.kernel import fields
from assets_service.kernel.errors import Conflict, Invalid, Malformed, NotFound, Refusal, TooLarge, WrongType, invalid

T = TypeVar("T")

PROBLEM = "application/problem+json"
LIMIT_MAX = 500
NUMBER_MAX = 2**63 - 1  # what a database can compare with

Translate = Callable[[str, str, Mapping[str, object]], str]  # (language, msgid, facts) -> sentence


class StrictRequest(Request[Any, Any, Any]):
    """A request whose JSON body is read once, strictly, as what the handler declared."""

    async def json(self) -> Any:
        if self.content_type[0] != "application/json":
            raise WrongType(wanted="application/json")
        declared = self.route_handler.parsed_data_field
        return fields.read_json(await self.body(), declared.annotation if declared else Any)

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body as it comes. Raises `Malformed` when the client hangs up, which is no fault of ours."""
        try:
            async for part in super().stream():
                yield part
        except InternalServerException:
            raise Malformed(why="the rest of it never came.") from None


class Form(Struct):
    """What a page's form sent: its text fields as typed, its files as uploaded."""

    texts: dict[str, list[str]] = {}
    files: dict[str, list[UploadFile]] = {}

    def text(self, name: str) -> str:
        return self.texts.get(name, [""])[0].strip()

    @property
    def uploads(self) -> list[UploadFile]:
        return [upload for several in self.files.values() for upload in several]

    @property
    def kept(self) -> dict[str, str]:
        """What was typed, by field name, to be shown again beside the refusal; passwords are not."""
        return {
            name: values[0] for name, values in self.texts.items() if "password" not in name and name != "action_id"
        }

    def read(self, kind: type[T], **known: object) -> T:
        """The form as the same Struct the API takes; blank fields count as not sent. Raises `Invalid`."""
        raw: dict[str, object] = {}
        for field in msgspec.structs.fields(kind):  # type: ignore[arg-type]  # every kind read from a form is a Struct
            values = [value.strip() for value in self.texts.get(field.encode_name, []) if value.strip()]
            if values:
                raw[field.encode_name] = values if _is_list(field.type) else values[0]
        return fields.read(raw | known, kind, strict=False)

    def changes(self, kind: type[T], **known: object) -> T:
        """The form as a Struct of changes: a field that was sent blank is to be emptied. Raises `Invalid`."""
        blank = {
            field.encode_name: None
            for field in msgspec.structs.fields(kind)  # type: ignore[arg-type]  # the same
            if field.encode_name in self.texts and not self.text(field.encode_name)
        }
        return self.read(kind, **(blank | known))


def _is_list(kind: Any) -> bool:
    return "list[" in str(kind)


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """Raises `WrongType` and `Malformed`."""
    if request.method == "GET":
        return Form({key: request.query_params.getall(key) for key in request.query_params})
    if request.content_type[0] not in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        raise WrongType(wanted="multipart/form-data")
    try:
        body = await request.body()  # kept, so that the action's content can still be hashed once the form is read
        if request.content_type[0] == "application/x-www-form-urlencoded":
            unquote_to_bytes(body).decode("utf-8")  # else what is none would be kept as something else
        sent = await request.form()
    except HTTPException:
        raise
    except (UnicodeError, LookupError, ValueError) as error:
        raise Malformed(why="the form is not well-formed.") from error
    form = Form()
    for key, value in sent.multi_items():
        if isinstance(value, str) and "\x00" in value:
            raise Malformed(why="the form has control characters.")
        if isinstance(value, UploadFile):
            form.files.setdefault(key, []).append(value)
        else:
            form.texts.setdefault(key, []).append(str(value).replace("\r\n", "\n"))
    return form


# Lists -----------------------------------------------------------------------------------------------------------

Limit = Annotated[int, QueryParameter(ge=1, le=LIMIT_MAX, required=False)]
Cursor = Annotated[str | None, QueryParameter(max_length=200, required=False)]


class Listing(Struct, Generic[T]):
    """One page of a list: `next_cursor` is null on the last; `total` counts all pages."""

    items: list[T]
    next_cursor: str | None
    total: int


def cursor_after(*key: object) -> str:
    """A cursor that says 'after the row with this sort key'."""
    return base64.urlsafe_b64encode(msgspec.json.encode(key)).decode().rstrip("=")


def read_cursor(cursor: str | None, kind: type[T]) -> T | None:
    """The sort key inside a cursor. Raises `Invalid` for one we did not make."""
    if cursor is None:
        return None
    try:
        key = fields.read(msgspec.json.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))), kind)
    except (binascii.Error, ValueError, msgspec.MsgspecError, Refusal):
        key = None
    if key is None or any(isinstance(part, int) and abs(part) > NUMBER_MAX for part in _parts(key)):
        raise invalid("cursor", "This is not a cursor that a list gave.")
    return key


def _parts(key: object) -> Iterator[object]:
    """What a sort key is made of, however it is nested."""
    if isinstance(key, tuple):
        for part in key:
            yield from _parts(part)
    else:
        yield key


def listing(
    rows: Sequence[Any], total: int, limit: int, *, view: Callable[[Any], T], key: Callable[[Any], object]
) -> Listing[T]:
    """`rows` holds up to `limit + 1`: the one too many only says that there is a next page."""
    more = len(rows) > limit
    kept = rows[:limit]
    return Listing([view(row) for row in kept], cursor_after(key(kept[-1])) if more else None, total)


# Addresses -------------------------------------------------------------------------------------------------------

ROW_MAX = 2**31 - 1  # what both databases give a row as its number
PART_LENGTH_MAX = 300


def refuse_impossible_address(parts: Mapping[str, object]) -> None:
    """Raises `NotFound` for what no address of ours can hold, before a query or a file system is asked for it."""
    for part in parts.values():
        if isinstance(part, int) and not 0 < part <= ROW_MAX:
            raise NotFound
        if isinstance(part, str | Path) and (len(str(part)) > PART_LENGTH_MAX or not str(part).isprintable()):
            raise NotFound


def refuse_unreadable_query(query: bytes) -> None:
    """Raises `Malformed`: PostgreSQL cannot hold NUL in a text, and what is no UTF-8 would be searched for as something else."""
    raw = unquote_to_bytes(query)
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(why="the query is not UTF-8 text.") from None
    if b"\x00" in raw:
        raise Malformed(why="the query has control characters.")


# Versions --------------------------------------------------------------------------------------------------------


class VersionChanged(Conflict):
    message = "Somebody has changed this since you opened it. Look again, then repeat your change."


def etag(version: int) -> str:
    return f'"{version}"'


def check_if_match(header: str | None, version: int) -> None:
    """`If-Match` is honoured when sent; `*` means any version. Raises `VersionChanged`."""
    if header is None or header.strip() == "*":
        return
    if etag(version) not in {tag.strip().removeprefix("W/") for tag in header.split(",")}:
        raise VersionChanged


# Problems --------------------------------------------------------------------------------------------------------


class ProblemField(Struct):
    pointer: str
    message: str


class Problem(Struct):
    """RFC 9457, with every bad field."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField]
    request_id: str


def problem(refusal: Refusal, language: str, translate: Translate, request_id: str) -> Problem:
    return Problem(
        type=f"urn:assets:{_slug(type(refusal).__name__)}",
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


_TITLES = {404: NotFound.title, 413: TooLarge.title, 415: WrongType.title}

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


def language_of(request: Request[Any, Any, Any]) -> str:
    chosen: str = request.app.state.language_of(request)
    return chosen


def request_id_of(request: Request[Any, Any, Any]) -> str:
    return str(request.scope.get("state", {}).get("request_id", ""))


def _slug(name: str) -> str:
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in name).strip("-")


def read_uuid(text: str, where: str) -> str:
    """A UUID in its canonical form. Raises `Invalid`."""
    try:
        return str(UUID(text))
    except ValueError:
        raise invalid(where, "This is not a UUID.") from None
