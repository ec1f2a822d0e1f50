"""Every route says who may call it, and keeps to it: strangers, auditors, other sites."""

import re

import pytest
from litestar import Litestar, get
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from assets_service.access.policy import PUBLIC
from assets_service.access.routes import NoPolicyError, check_policies, policy_of
from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.architecture.routes import calls
from tests.build import COOKIE, a_person, a_token, roster

# All that a stranger may reach.
OPEN = {
    *("GET /health/live", "GET /health/ready", "GET /metrics"),
    *("GET /docs", "GET /schema", "GET /schema/{path:str}", "GET /schema/openapi.json"),
    *("GET /static/{file_path:path}", "GET /bahasa/{lang:str}"),
    *("GET /pindai/luring", "GET /pindai/luring/{lang:str}", "GET /siap", "GET /sw.js", "GET /manifest.webmanifest"),
    *("POST /api/v1/session", "GET /masuk", "POST /masuk", "POST /keluar"),
    *("GET /d/{code:str}", "HEAD /d/{code:str}", "GET /D/{code:str}", "HEAD /D/{code:str}"),
    *("GET /d/{code:str}/temuan", "POST /d/{code:str}/temuan", "GET /temuan/terima-kasih"),
    *("GET /publik", "POST /ledger/cosignatures"),
    *("GET /ledger/checkpoint", "GET /ledger/key", "GET /ledger/keys", "GET /ledger/tile/{address:path}"),
}
# What an auditor may send: it ends their own session or changes their own password; it says nothing of a device. What is
# done without network is judged act by act, by the rights of now; who never could write hands nothing in (tests/outbox).
AUDITORS_MAY = {"DELETE /api/v1/session", "PUT /api/v1/me/password", "POST /akun/sandi", "POST /api/v1/actions"}
SAFE = {"GET", "HEAD"}
SAMPLES = {"int": "1", "uuid": "00000000-0000-7000-8000-000000000000", "str": "1", "path": "1"}


def status_of(client: TestClient[Litestar], call: str, **headers: str) -> int:
    method, path = call.split(" ", 1)
    path = re.sub(r"\{\w+:(\w+)\}", lambda parameter: SAMPLES[parameter[1]], path)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return int(client.request(method, path, headers=named, follow_redirects=False).status_code)


def test_a_route_without_a_policy_keeps_the_app_from_starting() -> None:
    @get("/attic", sync_to_thread=False)
    def attic() -> str:
        return ""

    with pytest.raises(NoPolicyError, match="/attic"):
        check_policies(Litestar([attic], openapi_config=None))


def test_only_these_routes_are_open_to_strangers(app: Litestar) -> None:
    assert sorted({call for call, handler in calls(app) if policy_of(handler) == PUBLIC} - OPEN) == []


def test_a_stranger_is_asked_to_sign_in_everywhere_else(app: Litestar, client: TestClient[Litestar]) -> None:
    for call, handler in calls(app):
        if policy_of(handler) != PUBLIC:
            is_page = call.startswith("GET") and not call.startswith(("GET /api/", "GET /metrics"))
            assert status_of(client, call) == (303 if is_page else 401), call


def test_what_a_handler_needs_is_provided_without_a_task_for_each(app: Litestar) -> None:
    for route in app.routes:
        for handler, needed in route.route_handler_map.values() if isinstance(route, HTTPRoute) else ():
            assert {len(batch) for batch in needed.dependency_batches} <= {1}, handler


def test_an_auditor_can_never_write(app: Litestar, client: TestClient[Litestar], db: Database) -> None:
    with db.writing() as session:
        roster(session)
        token = a_token(session, a_person(session, role=Role.AUDITOR))
    for call, handler in calls(app):
        if call.split()[0] not in SAFE and policy_of(handler) != PUBLIC and call not in AUDITORS_MAY:
            assert status_of(client, call, authorization=f"Bearer {token}") == 403, call


def test_another_site_cannot_write_on_somebodys_cookie(
    app: Litestar, client: TestClient[Litestar], db: Database
) -> None:
    with db.writing() as session:
        roster(session)
        token = a_token(session, a_person(session, role=Role.ADMIN))
    for call, _ in calls(app):
        if call.split()[0] not in SAFE:
            assert status_of(client, call, cookie=f"{COOKIE}={token}", sec_fetch_site="cross-site") == 403, call
            assert status_of(client, call, cookie=f"{COOKIE}={token}", origin="https://elsewhere.example") == 403, call
            assert status_of(client, call, cookie=f"{COOKIE}={token}") == 403, call
