"""What holds for every answer: versions, forms, lists, headers, HEAD."""

from datetime import date
from typing import Annotated, Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import UNSET, Meta, UnsetType

from assets_service.kernel.errors import Invalid
from assets_service.kernel.fields import Wire, problem_of, read
from assets_service.kernel.http import Form, VersionChanged, check_if_match, cursor_after, etag, listing, read_cursor
from tests.build import bearer

Client = TestClient[Litestar]


@pytest.mark.parametrize("header", [None, "*", " * ", '"3"', 'W/"3"', '"1", "3"'])
def test_this_version_may_be_changed(header: str | None) -> None:
    check_if_match(header, 3)


@pytest.mark.parametrize("header", ['"2"', "3", '"33"', "", '"', '"3', "W/3", "nonsense"])
def test_another_version_may_not(header: str) -> None:
    with pytest.raises(VersionChanged):
        check_if_match(header, 3)


def test_a_version_is_told_in_quotes() -> None:
    assert etag(3) == '"3"'


class Ordered(Wire):
    name: Annotated[str, Meta(max_length=5)]
    size: int | None = None
    on: date | None = None
    codes: list[str] = []


class Changed(Wire):
    name: str | UnsetType = UNSET
    size: int | UnsetType | None = UNSET


def form(**texts: str | list[str]) -> Form:
    return Form({name: value if isinstance(value, list) else [value] for name, value in texts.items()})


def test_a_form_is_read_as_what_the_api_takes() -> None:
    read_ = form(name=" a ", size="3", on="2026-11-22", codes=["x", " ", "y"], action_id="…").read(Ordered)
    assert (read_.name, read_.size, read_.on, read_.codes) == ("a", 3, date(2026, 11, 22), ["x", "y"])


class Measured(Wire):
    wide_mm: Annotated[float, Meta(ge=-15, le=15)] | None = None
    name: str = ""


@pytest.mark.parametrize(
    ("typed", "read_"), [("1,5", 1.5), ("1.5", 1.5), ("-0,25", -0.25), ("7", 7.0), ("１,５", None)]
)
def test_a_decimal_is_typed_with_a_comma_or_a_point(typed: str, read_: float | None) -> None:
    if read_ is None:
        with pytest.raises(Invalid):
            form(wide_mm=typed).read(Measured)
    else:
        assert form(wide_mm=typed, name="1,5").read(Measured) == Measured(wide_mm=read_, name="1,5")


@pytest.mark.parametrize("typed", ["1,500.5", "1.500,5", "1,5,0", "1,", "a,5", ",", "1,5 mm"])
def test_what_is_no_decimal_is_named_as_it_was_typed(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        form(wide_mm=typed).read(Measured)
    assert [problem.pointer for problem in refused.value.problems] == ["/wide_mm"]


def test_a_blank_field_was_not_sent() -> None:
    assert form(name="a", size="", on=" ").read(Ordered) == Ordered(name="a")


def test_a_form_of_changes_empties_what_was_blanked_and_leaves_what_was_not_there() -> None:
    assert form(size="").changes(Changed) == Changed(size=None)
    with pytest.raises(Invalid) as refused:
        form(name=" ").changes(Changed)
    assert [problem.pointer for problem in refused.value.problems] == ["/name"]


def test_every_bad_field_of_a_form_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        form(size="many", on="yesterday").read(Ordered)
    assert {problem.pointer for problem in refused.value.problems} == {"/name", "/size", "/on"}


def test_what_was_typed_is_kept_but_no_password() -> None:
    sent = form(name="a", password="p", current_password="q", action_id="1", codes=["x", "y"])
    assert sent.kept == {"name": "a", "codes": "x"}


@pytest.mark.parametrize(
    ("said", "pointer", "sentence"),
    [
        ("Expected `str` of length <= 5 - at `$.name`", "/name", "At most {it} characters."),
        ("Expected `array` of length >= 1 - at `$.devices`", "/devices", "At least {it} are needed."),
        ("Expected `int` >= 1 - at `$.lines[3].nup`", "/lines/3/nup", "At least {it}."),
        ("Invalid enum value 'car' - at `$.kind`", "/kind", "{it} is not one of the choices."),
        ("Expected `str`, got `null` - at `$.name`", "/name", "This field cannot be empty."),
        ("Something new", "", "{it}"),
    ],
)
def test_a_readers_words_become_a_clerks(said: str, pointer: str, sentence: str) -> None:
    problem = problem_of(said, "")
    assert (problem.pointer, problem.message) == (pointer, sentence)


def test_a_deep_or_wide_body_is_named_where_it_is_wrong() -> None:
    with pytest.raises(Invalid) as refused:
        read({"name": "toolong", "codes": ["a", 1, None]}, Ordered)
    assert {problem.pointer for problem in refused.value.problems} == {"/name", "/codes/1", "/codes/2"}


def test_a_list_says_whether_there_is_more_and_where_it_goes_on() -> None:
    page = listing([1, 2, 3], 7, 2, view=str, key=lambda row: row)
    assert (page.items, page.total) == (["1", "2"], 7)
    assert page.next_cursor == cursor_after(2)
    assert read_cursor(page.next_cursor, int) == 2
    assert listing([1, 2], 2, 2, view=str, key=lambda row: row).next_cursor is None
    assert read_cursor(None, int) is None


HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health/live", 200),
        ("GET", "/masuk", 200),
        ("GET", "/api/v1/me", 401),
        ("GET", "/nowhere", 404),
        ("DELETE", "/masuk", 405),
        ("BREW", "/masuk", 405),
        ("GET", "/static/app.css", 200),
        ("GET", "/static/%2e%2e/words.py", 404),
    ],
)
def test_every_answer_bears_the_security_headers_and_its_number(
    client: Client, method: str, path: str, status: int
) -> None:
    reply = client.request(method, path)
    assert reply.status_code == status
    assert {name: reply.headers[name] for name in HEADERS} == HEADERS
    policy = reply.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'self' 'wasm-unsafe-eval';" in policy  # what reads labels is WebAssembly
    assert policy.count("unsafe") == 1
    assert len(reply.headers["x-request-id"]) == 32


def test_a_request_keeps_the_number_it_came_with_if_it_is_a_clean_one(client: Client) -> None:
    numbers = {"load-balancer-1": True, "short": False, "x" * 65: False, "a b c d e f": False, "<script>x": False}
    for number, is_kept in numbers.items():
        reply = client.get("/api/v1/me", headers={"X-Request-Id": number})
        assert (reply.headers["x-request-id"] == number) is is_kept, number
        assert reply.json()["request_id"] == reply.headers["x-request-id"]


@pytest.mark.parametrize("path", ["/health/live", "/masuk", "/nowhere", "/api/v1/me", "/static/app.css"])
def test_head_answers_like_get_without_a_body(client: Client, path: str) -> None:
    got, headed = client.get(path), client.head(path)
    assert (headed.status_code, headed.content) == (got.status_code, b"")
    assert headed.headers["content-type"] == got.headers["content-type"]


def test_a_refusal_is_a_problem_in_the_readers_language(client: Client) -> None:
    said: dict[str, dict[str, Any]] = {
        lang: client.get("/api/v1/me", headers={"Accept-Language": lang}).json() for lang in ("en", "id")
    }
    assert {key: said["en"][key] for key in ("type", "title", "status", "detail", "errors")} == {
        "type": "urn:assets:sign-in-needed",
        "title": "Sign in first",
        "status": 401,
        "detail": "Please sign in.",
        "errors": [],
    }
    assert said["id"]["type"] == said["en"]["type"]


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "é", "a b"])
def test_a_token_of_ones_own_making_signs_nobody_in(client: Client, token: str) -> None:
    headers = [(name.encode(), value.encode()) for name, value in bearer(token).items()]
    reply = client.get("/api/v1/me", headers=headers)
    assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")


def test_the_database_answers_when_the_service_is_ready(client: Client) -> None:
    assert client.get("/health/ready").json() == {"status": "ready", "full": []}
