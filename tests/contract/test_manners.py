"""How every call behaves alike: refusals, HEAD, versions, action ids, lists."""

import base64
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.signing_in import commands as signing_in
from tests import build
from tests.contract.routes import calls, filled
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]
UUID4 = "b0c7d3c4-9f0e-4b8c-8f1a-0f6f3c1d2e3f"


@pytest.fixture
def admin(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return caller(db, Role.ADMIN, "00")


@pytest.fixture
def code(db: Database, admin: dict[str, str]) -> str:
    assert admin
    with db.writing() as session:
        return build.a_device(session).code


def test_a_refusal_has_one_shape_whatever_refused(client: Api, db: Database, code: str, admin: dict[str, str]) -> None:
    auditor = caller(db, Role.AUDITOR, "00")
    refusals = {
        400: client.post("/api/v1/devices", json={}, headers=admin),
        401: client.get("/api/v1/devices"),
        403: client.post("/api/v1/devices", json={}, headers=auditor),
        404: client.get("/api/v1/tidak-ada", headers=admin),
        405: client.request("DELETE", "/api/v1/devices", headers=admin),
        409: client.patch(f"/api/v1/devices/{code}", json={"note": "x"}, headers=admin | {"If-Match": '"9"'}),
        413: client.post(
            "/api/v1/devices",
            content=b'"' + b"x" * 1_100_000 + b'"',
            headers=admin | {"content-type": "application/json"},
        ),
        415: client.post("/api/v1/devices", content=b"<a/>", headers=admin | {"content-type": "text/xml"}),
    }
    for status, answer in refusals.items():
        said = answer.json()
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json", status
        assert set(said) == {"type", "title", "status", "detail", "errors", "request_id"}
        assert (said["status"], said["request_id"]) == (status, answer.headers["x-request-id"])
        assert said["title"], said["detail"]
    assert refusals[401].headers["www-authenticate"] == "Bearer"
    assert {each["pointer"] for each in refusals[400].json()["errors"]} == {"/kind", "/brand", "/model", "/serial"}


def test_too_many_tries_say_how_long_to_wait(client: Api, db: Database) -> None:
    with db.writing() as session:
        for _ in range(signing_in.TRIES_MAX):
            signing_in.count_try(session, "sign-in:tidakada", at=build.NOON)
    answer = client.post("/api/v1/session", json={"username": "tidakada", "password": "salah sekali"})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_a_person_reads_the_refusal_in_their_language(client: Api, admin: dict[str, str]) -> None:
    said = {
        lang: client.get("/api/v1/devices/ZZZZZZZZ", headers=admin | {"Accept-Language": lang}).json()["detail"]
        for lang in ("id", "en")
    }
    assert said["id"] != said["en"]


def test_head_is_get_without_a_body(app: Litestar, client: Api, code: str, admin: dict[str, str]) -> None:
    """Also where an answer is streamed; and a HEAD that would download an inventory is noted like a GET."""
    for call, _ in calls(app):
        method, path = call.split(" ", 1)
        if method == "GET" and " /api/" in call:
            at = filled(
                path, code=code if "devices" in path else "00", kind="tablet" if "checklists" in path else "overdue"
            )
            get, head = (client.request(each, at, headers=admin) for each in ("GET", "HEAD"))
            assert (head.status_code, head.headers.get("content-type")) == (
                get.status_code,
                get.headers.get("content-type"),
            ), call
            assert head.content == b"", call


class TestVersions:
    def test_a_version_is_told_and_kept_to(self, client: Api, code: str, admin: dict[str, str]) -> None:
        path = f"/api/v1/devices/{code}"
        first = client.get(path, headers=admin).headers["etag"]
        changed = client.patch(path, json={"note": "satu"}, headers=admin | {"If-Match": first})
        assert (changed.status_code, changed.headers["etag"]) == (200, client.get(path, headers=admin).headers["etag"])
        assert changed.headers["etag"] != first
        late = client.patch(path, json={"note": "dua"}, headers=admin | {"If-Match": first})
        assert late.status_code == 409
        assert client.get(path, headers=admin).json()["note"] == "satu"
        for fits in ("*", f'"x", {changed.headers["etag"]}', None):
            sent = {"If-Match": fits} if fits else {}
            answer = client.patch(path, json={"note": str(fits)}, headers=admin | sent)
            assert answer.status_code == 200 or fits not in {"*", None}, fits

    def test_whatever_tells_a_version_refuses_a_stale_one(
        self, client: Api, db: Database, code: str, admin: dict[str, str]
    ) -> None:
        with db.writing() as session:
            person = build.a_person(session, at="00")
            to_send, to_lose = build.a_device(session).code, build.a_device(session).code
        body = {"to_office": "81", "devices": [to_send]}
        shipment = client.post("/api/v1/shipments", json=body, headers=admin).json()["id"]
        writes: list[tuple[str, str, dict[str, Any]]] = [
            ("PATCH", f"/api/v1/devices/{code}", {"note": "x"}),
            ("PUT", f"/api/v1/devices/{code}/holder", {"person": person.id}),
            ("PUT", f"/api/v1/devices/{code}/retirement", {"reason": "rusak total"}),
            ("PUT", f"/api/v1/devices/{to_lose}/loss", {"reason": "hilang"}),
            ("PUT", f"/api/v1/shipments/{shipment}/dispatch", {}),
            ("PUT", f"/api/v1/shipments/{shipment}/cancellation", {}),
            ("PATCH", "/api/v1/offices/81", {"address": "Jalan"}),
        ]
        before = head_of(db)
        for method, path, sent in writes:
            answer = client.request(method, path, json=sent, headers=admin | {"If-Match": '"999"'})
            assert answer.status_code == 409, path
        assert head_of(db) == before
        for method, path, sent in writes:
            answer = client.request(method, path, json=sent, headers=admin | {"If-Match": "*"})
            assert answer.status_code == 200, (path, answer.text)


class TestActionIds:
    def test_a_replay_answers_the_same(self, client: Api, db: Database, admin: dict[str, str]) -> None:
        body, key = build.device_facts() | {"kind": "smartphone"}, {"Idempotency-Key": str(uuid4())}
        first = client.post("/api/v1/devices", json=body, headers=admin | key)
        before = head_of(db)
        again = client.post("/api/v1/devices", json=body, headers=admin | key)
        assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
        assert (again.headers["location"], again.headers["etag"]) == (first.headers["location"], first.headers["etag"])
        assert again.headers["idempotency-replayed"] == "true"
        assert "idempotency-replayed" not in first.headers
        assert head_of(db) == before

    def test_one_id_says_one_thing(self, client: Api, db: Database, admin: dict[str, str]) -> None:
        key = {"Idempotency-Key": UUID4}
        body = build.device_facts() | {"kind": "smartphone"}
        colleague = caller(db, Role.LOGISTICS, "00")
        assert client.post("/api/v1/devices", json=body, headers=admin | key).status_code == 201
        before = head_of(db)
        others = [
            client.post("/api/v1/devices", json=body | {"note": "lain"}, headers=admin | key),
            client.post("/api/v1/programmes", json={"code": "X", "name": "X"}, headers=admin | key),
            client.post("/api/v1/devices", json=body, headers=colleague | key),
        ]
        assert [answer.status_code for answer in others] == [409, 409, 409]
        assert head_of(db) == before

    def test_a_refused_action_may_be_tried_again_with_its_id(self, client: Api, admin: dict[str, str]) -> None:
        key = {"Idempotency-Key": UUID4}
        body = build.device_facts() | {"kind": "smartphone"}
        assert client.post("/api/v1/devices", json=body | {"brand": ""}, headers=admin | key).status_code == 400
        assert client.post("/api/v1/devices", json=body, headers=admin | key).status_code == 201

    @pytest.mark.parametrize("key", ["", "1", "x" * 36, "b0c7d3c4-9f0e-4b8c-8f1a-0f6f3c1d2e3f-9"])
    def test_an_id_is_a_uuid(self, key: str, client: Api, admin: dict[str, str]) -> None:
        body = build.device_facts() | {"kind": "smartphone"}
        answer = client.post("/api/v1/devices", json=body, headers=admin | {"Idempotency-Key": key})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/Idempotency-Key")


LISTS = (
    "offices", "persons", "devices", "programmes", "coverage", "shipments", "flags/overdue", "label-runs", "finder-messages",
)  # fmt: skip


class TestLists:
    @pytest.mark.parametrize("name", LISTS)
    def test_pages_follow_one_another_without_gap_or_repeat(
        self, name: str, client: Api, db: Database, admin: dict[str, str]
    ) -> None:
        with db.writing() as session:
            for _ in range(5):
                build.a_device(session)
                build.a_person(session, "Sama")
        whole = client.get(f"/api/v1/{name}", params={"limit": 500}, headers=admin).json()
        assert whole["next_cursor"] is None
        assert whole["total"] == len(whole["items"])
        found: list[Any] = []
        cursor = None
        while True:
            page = client.get(
                f"/api/v1/{name}", params={"limit": 2} | ({"cursor": cursor} if cursor else {}), headers=admin
            ).json()
            assert len(page["items"]) <= 2
            assert page["total"] == whole["total"]
            found += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == whole["items"]

    @pytest.mark.parametrize("name", LISTS)
    def test_a_list_has_a_most(self, name: str, client: Api, admin: dict[str, str]) -> None:
        for limit in ("0", "-1", "501", "9" * 30, "x", ""):
            assert client.get(f"/api/v1/{name}?limit={limit}", headers=admin).status_code == 400, limit
        for cursor in ("x", base64.urlsafe_b64encode(b"{}").decode(), "%00"):
            assert client.get(f"/api/v1/{name}?cursor={cursor}", headers=admin).status_code == 400, cursor
