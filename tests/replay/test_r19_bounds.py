"""R19: everything that comes in has a most. R18: no start on a key that others know. R20: no secret in a log."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.settings import SettingError, Settings, read_settings
from tests import build
from tests.build import COOKIE

Api = TestClient[Litestar]


@pytest.fixture
def text(client: Api) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/schema/openapi.json").json()
    return described


def unbounded(
    schema: dict[str, Any], components: dict[str, Any], place: str, seen: frozenset[str] = frozenset()
) -> Iterator[str]:
    """Each place in a schema that would take any length or number."""
    if reference := schema.get("$ref"):
        name = reference.rsplit("/", 1)[1]
        if name not in seen:
            yield from unbounded(components[name], components, place, seen | {name})
        return
    for part in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
        yield from unbounded(part, components, place, seen)
    if lacks := lacking(schema):
        yield f"{place}: {lacks}"
    if "items" in schema:
        yield from unbounded(schema["items"], components, f"{place}[]", seen)
    for name, part in schema.get("properties", {}).items():
        yield from unbounded(part, components, f"{place}.{name}", seen)
    if isinstance(more := schema.get("additionalProperties"), dict):
        yield from unbounded(more, components, f"{place}.*", seen)


def lacking(schema: dict[str, Any]) -> str:
    """What most is missing in one schema, itself."""
    kind, pattern = schema.get("type"), schema.get("pattern", "")
    if "enum" in schema or schema.get("format") in {"date", "date-time", "uuid", "binary"}:
        return ""
    has_fixed_length = pattern.startswith("^") and not {"*", "+"} & set(pattern)
    more = schema.get("additionalProperties")
    lacks = {
        "a text without a maximum": kind == "string" and "maxLength" not in schema and not has_fixed_length,
        "a number without bounds": kind in {"integer", "number"} and not {"minimum", "maximum"} <= schema.keys(),
        "a list without a maximum": kind == "array" and "maxItems" not in schema,
        "any number of keys": isinstance(more, dict) and "maxProperties" not in schema,
        "unknown fields": kind == "object" and more is None,
    }
    return next((words for words, is_so in lacks.items() if is_so), "")


def test_every_field_that_comes_in_has_a_most(text: dict[str, Any]) -> None:
    assert list(unbounded({"type": "array", "maxItems": 1, "items": {"type": "string"}}, {}, "x"))  # it can fail
    components = text["components"]["schemas"]
    found: list[str] = []
    for path, operations in text["paths"].items():
        for method, operation in operations.items():
            for parameter in operation.get("parameters", []):
                if parameter["in"] == "query":
                    found += unbounded(parameter["schema"], components, f"{method} {path}?{parameter['name']}")
            content = operation.get("requestBody", {}).get("content", {})
            if body := content.get("application/json"):
                found += unbounded(body["schema"], components, f"{method} {path}")
            else:
                assert set(content) <= {"multipart/form-data", "application/octet-stream"}
    assert found == []


@pytest.mark.parametrize("key", ["", "secret", "changeme" * 6, "a" * 64, "password" * 8, "ChangeMe", "0123456789"])
def test_no_start_on_a_key_that_others_know(key: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="ASSETS_SECRET_KEY"):
        read_settings({"ASSETS_SECRET_KEY": key, "ASSETS_DATA_DIR": str(tmp_path)})


CANARY = "kenari-rahasia-2026"


def test_secrets_never_reach_the_log(served: str, settings: Settings) -> None:
    """Passwords, tokens, cookies, bodies and numbers of persons, in requests that succeed, fail and crash the client's way."""
    db = Database(settings.database_url)
    with db.writing() as session:
        build.roster(session)
        admin = build.a_person(session, "Wati", role=Role.ADMIN, username="wati")
        build.a_password(session, admin, CANARY)
    db.close()
    with httpx.Client(base_url=served) as client:
        token = client.post("/api/v1/session", json={"username": "wati", "password": CANARY}).json()["token"]
        client.post("/api/v1/session", json={"username": CANARY, "password": CANARY})
        client.post("/masuk", data={"username": "wati", "password": CANARY}, headers={"Sec-Fetch-Site": "same-origin"})
        bearer = {"Authorization": f"Bearer {token}", "Cookie": f"{COOKIE}={CANARY}"}
        nip = "198503152010121001"
        client.post(
            "/api/v1/persons", json={"name": CANARY, "office": "00", "nip": nip, "password": CANARY}, headers=bearer
        )
        client.post(
            "/api/v1/persons", json={"name": CANARY, "office": "00", "nip": nip, "username": "wati"}, headers=bearer
        )
        client.post(
            "/api/v1/devices",
            content=json.dumps({"note": CANARY})[:-1],
            headers=bearer | {"content-type": "application/json"},
        )
        client.get(f"/api/v1/persons?q={CANARY}", headers=bearer)
        client.put("/api/v1/me/password", json={"current_password": CANARY, "password": f"{CANARY}-2"}, headers=bearer)
    time.sleep(0.2)
    log = settings.data_dir.with_name("served.log").read_text()
    assert log.count('"event":"request"') >= 9
    assert [secret for secret in (CANARY, token, nip) if secret in log] == []
