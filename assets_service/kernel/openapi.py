"""The API's description, completed with what Litestar leaves out.

Bodies and answers come from msgspec, which knows each limit that it enforces; every refusal, who must sign in and the
action id are stated for all routes alike.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args, get_origin

import msgspec
from litestar import Litestar, Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import OpenAPIFormat, OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.routes import HTTPRoute

from assets_service.kernel import errors
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import PROBLEM, Problem

SCHEMAS = "#/components/schemas/"
SAFE = {"get", "head"}

_ALWAYS: tuple[type[Refusal], ...] = (errors.Invalid, errors.NotFound, errors.Conflict)
_SIGNED_IN: tuple[type[Refusal], ...] = (errors.SignInNeeded, errors.Forbidden)
_WRITES: tuple[type[Refusal], ...] = (
    errors.SignInNeeded,
    errors.Forbidden,
    errors.TooLarge,
    errors.WrongType,
    errors.TooMany,
)


@cache
def also_as(media_type: str) -> type[Operation]:
    """How a route is described whose answer, where that is asked for, is a file of another type."""

    @dataclass
    class Also(Operation):
        def __post_init__(self) -> None:
            answer = (self.responses or {}).get("200")
            assert isinstance(answer, OpenAPIResponse), "the route answers 200"
            schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
            answer.content = (answer.content or {}) | {media_type: OpenAPIMediaType(schema=schema)}

    return Also


ACTION_ID = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Made by the client, one for each action. Sent again with the same content, the action is not done again: "
    "the stored answer comes back with `Idempotency-Replayed: true`.",
    "schema": {"type": "string", "format": "uuid"},
}

Text = dict[str, Any]
IsPublic = Callable[[HTTPRouteHandler], bool]


class ApiDescription(JsonRenderPlugin):
    """Serves the completed description, made once at the first request."""

    def __init__(self, *, cookie: str, is_public: IsPublic) -> None:
        super().__init__(path="/openapi.json")
        self._cookie = cookie
        self._is_public = is_public
        self._made: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: Text) -> bytes:
        if self._made is None:
            text = completed(openapi_schema, request.app, cookie=self._cookie, is_public=self._is_public)
            self._made = msgspec.json.encode(text)
        return self._made


def completed(described: Text, app: Litestar, *, cookie: str, is_public: IsPublic) -> Text:
    """The completed description; `described` itself is not changed."""
    text: Text = msgspec.json.decode(msgspec.json.encode(described))
    handlers = list(_handlers(app, text))
    kinds = [kind for _, _, handler in handlers for kind in (_sent(handler), _answered(handler)) if kind is not None]
    # A list keeps the order in which the routes stand, so that the text is the same each time.
    known, components = msgspec.json.schema_components([*kinds, Problem], ref_template=SCHEMAS + "{name}")
    schemas = dict(zip(map(repr, kinds), known, strict=False))
    for method, operation, handler in handlers:
        _complete(operation, handler, schemas, is_write=method not in SAFE, is_public=is_public(handler))
    text["components"] = {
        "schemas": _with_times({**text["components"]["schemas"], **components}),
        "responses": {kind.__name__: _refused(kind) for kind in dict.fromkeys((*_ALWAYS, *_SIGNED_IN, *_WRITES))},
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "The `token` that `POST /session` answered."},
            "cookie": {"type": "apiKey", "in": "cookie", "name": cookie, "description": "The same, for browsers."},
        },
    }
    text["security"] = [{"token": []}, {"cookie": []}]
    _drop_unused(text)
    return text


def _handlers(app: Litestar, text: Text) -> Iterator[tuple[str, Text, HTTPRouteHandler]]:
    """Each described operation with the handler behind it."""
    for route in app.routes:
        if isinstance(route, HTTPRoute) and (path := text["paths"].get(route.path_format or "/")):
            for handler in route.route_handlers:
                for method in handler.http_methods:
                    if operation := path.get(method.lower()):
                        yield method.lower(), operation, handler


def _sent(handler: HTTPRouteHandler) -> Any:
    declared = handler.parsed_data_field
    return declared.annotation if declared else None


def _answered(handler: HTTPRouteHandler) -> Any:
    """The type of a handler's JSON answer; None for files and for answers without a body."""
    kind = handler.parsed_fn_signature.return_type.annotation
    if get_origin(kind) is Response:
        (kind,) = get_args(kind)
    is_json = get_origin(kind) is not None or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))
    return kind if is_json else None


def _complete(operation: Text, handler: HTTPRouteHandler, schemas: Text, *, is_write: bool, is_public: bool) -> None:
    operation["operationId"] = operation["summary"] = handler.handler_name
    operation["summary"] = handler.handler_name.replace("_", " ").capitalize()
    if (sent := _sent(handler)) is not None:
        operation["requestBody"]["content"] = {"application/json": {"schema": schemas[repr(sent)]}}
    answers = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    for status, answer in answers.items():
        answer.pop("headers", None)  # empty, or of a file and wrong: an HTTP date is no RFC 3339 time
        if status == "204":
            answer.pop("content", None)
        elif (answered := _answered(handler)) is not None:
            answer["content"] = answer.get("content", {}) | {"application/json": {"schema": schemas[repr(answered)]}}
    refusals = _WRITES if is_write else () if is_public else _SIGNED_IN
    operation["responses"] = answers | {
        str(kind.status): {"$ref": f"#/components/responses/{kind.__name__}"}
        for kind in sorted((*_ALWAYS, *refusals), key=lambda kind: kind.status)
    }
    operation["parameters"] = [_plain(parameter) for parameter in operation.get("parameters", [])]
    if "once" in handler.parsed_fn_signature.parameters:
        operation["parameters"].append(ACTION_ID)
    if is_public:
        operation["security"] = []
    operation.pop("deprecated", None)


def _plain(parameter: Text) -> Text:
    """A parameter's schema without null, which nobody can send in an address: it is only not required."""
    schema = dict(parameter["schema"])
    if parts := [part for part in schema.pop("oneOf", []) if part != {"type": "null"}]:
        schema |= parts[0]
    kept = {name: parameter[name] for name in ("name", "in", "description", "required") if name in parameter}
    return kept | {"schema": schema}


def _refused(kind: type[Refusal]) -> Text:
    return {"description": kind.title, "content": {PROBLEM: {"schema": {"$ref": f"{SCHEMAS}Problem"}}}}


def _with_times(schemas: Text) -> Text:
    """Add to the schema that times in answers have a zone. Msgspec cannot know it: our field names say which fields are times."""
    for schema in schemas.values():
        for name, field in schema.get("properties", {}).items():
            if name == "at" or name.endswith("_at"):
                for part in field.get("anyOf", [field]):
                    if part == {"type": "string"}:
                        part["format"] = "date-time"
    return schemas


def _drop_unused(text: Text) -> None:
    """Remove the schemas that Litestar described and nothing points at any more."""
    schemas: Text = text["components"]["schemas"]
    used: set[str] = set()
    waiting = _references({name: part for name, part in text.items() if name != "components"})
    waiting |= _references(text["components"]["responses"])
    while waiting:
        name = waiting.pop()
        used.add(name)
        waiting |= _references(schemas[name]) - used
    text["components"]["schemas"] = {name: schemas[name] for name in sorted(used)}


def _references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = str(value.get("$ref", ""))
        found = {own.removeprefix(SCHEMAS)} if own.startswith(SCHEMAS) else set()
        return found.union(*map(_references, value.values()))
    if isinstance(value, list):
        return set().union(*map(_references, value))
    return set()
