"""The answer to a form stays where Back and reload find it, for whom it was given alone."""

import re

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.architecture.routes import calls

Client = TestClient[Litestar]
BROWSER = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}


@pytest.fixture
def rahma(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
        return build.bearer(build.a_token(session, build.a_person(session, "Rahma", role=Role.ADMIN)))


def send(client: Client, path: str, who: dict[str, str], **typed: str) -> Response:
    answer: Response = client.post(path, data=typed, headers=BROWSER | who, follow_redirects=False)
    return answer


def test_a_browser_is_sent_on_to_the_refused_form(client: Client, rahma: dict[str, str]) -> None:
    sent = send(client, "/perangkat/baru", rahma, brand="Samsung <b>", imei1="1")
    assert (sent.status_code, "Samsung" in sent.text) == (303, False)
    for _ in range(2):  # reloaded, it is the same page
        shown = client.get(sent.headers["location"], headers=rahma)
        assert (shown.status_code, shown.headers["cache-control"]) == (400, "no-store")
        assert 'value="Samsung &lt;b&gt;"' in shown.text
        assert 'id="f-imei1-problem"' in shown.text


def test_a_program_is_answered_at_once(client: Client, rahma: dict[str, str]) -> None:
    answer = client.post("/perangkat/baru", data={"imei1": "1"}, headers=rahma, follow_redirects=False)
    assert (answer.status_code, 'id="f-imei1-problem"' in answer.text) == (400, True)


def test_nobody_else_is_shown_it_nor_anybody_what_is_not_there(
    client: Client, db: Database, rahma: dict[str, str]
) -> None:
    address = send(client, "/perangkat/baru", rahma, brand="Samsung").headers["location"]
    with db.writing() as session:
        other = build.bearer(build.a_token(session, build.a_person(session, role=Role.ADMIN)))
    assert client.get(address, headers=other).status_code == 404
    assert client.get(address, follow_redirects=False).headers["location"].startswith("/masuk?next=")
    assert client.get("/jawaban/x", headers=rahma).status_code == 404
    assert client.get(f"/jawaban/{'0' * 64}", headers=rahma).status_code == 404


def test_what_a_stranger_is_answered_may_be_stored_by_their_browser(client: Client, rahma: dict[str, str]) -> None:
    """Not as a 401, nor apart for each set of cookies: no browser goes back to such a page."""
    del rahma
    for path in ("/masuk", "/perangkat/baru", "/d/ZZZZZZZZ/temuan"):
        answer = send(client, path, {}, username="nobody", password="wrong")
        assert answer.status_code in {400, 403}, path
        assert answer.headers["cache-control"] == "private, no-cache", path
        assert "cookie" not in answer.headers.get("vary", "").lower(), path


def test_no_form_is_answered_by_a_page_to_which_no_browser_goes_back(
    app: Litestar, client: Client, rahma: dict[str, str]
) -> None:
    posts = [(call.split()[1], handler) for call, handler in calls(app) if call.startswith("POST /")]
    forms = [
        path for path, handler in posts if not path.startswith("/api/") and handler.opt.get("is_form", True)
    ]  # what witnesses hand in is no form
    wrong = []
    for path in forms:
        answer = send(client, re.sub(r"\{\w+:\w+\}", "1", path), rahma, version="x")
        if answer.status_code != 303 and answer.headers["cache-control"] != "private, no-cache":
            wrong.append(f"{path}: {answer.status_code}")
    assert len(forms) > 30
    assert wrong == []
