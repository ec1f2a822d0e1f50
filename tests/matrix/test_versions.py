"""Whatever tells a version moves it: after each write the ETag has grown, and whoever still holds the old one is refused."""

import re
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.matrix.scene import Headers, Scene, addressed, policies
from tests.matrix.writes import WRITES
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]

TELLS_ITS_VERSION = {
    "PATCH /api/v1/persons/{person_id:int}",
    "PUT /api/v1/persons/{person_id:int}/deactivation",
    "PUT /api/v1/persons/{person_id:int}/office",
    "PUT /api/v1/persons/{person_id:int}/sign-in",
    "DELETE /api/v1/persons/{person_id:int}/deactivation",
    "POST /api/v1/persons/{person_id:int}/grants",
    "POST /api/v1/devices/{code:str}/checks",
    "PATCH /api/v1/offices/{code:str}",
    "PATCH /api/v1/devices/{code:str}",
    "PUT /api/v1/devices/{code:str}/retirement",
    "PUT /api/v1/devices/{code:str}/holder",
    "PUT /api/v1/devices/{code:str}/loss",
    "PUT /api/v1/devices/{code:str}/recovery",
    "PUT /api/v1/shipments/{shipment_id:int}/dispatch",
    "PUT /api/v1/shipments/{shipment_id:int}/cancellation",
    "PUT /api/v1/shipments/{shipment_id:int}/receipt",
    "PUT /api/v1/shipments/{shipment_id:int}/arrival",
    "PUT /api/v1/shipments/{shipment_id:int}/correction",
    "PUT /api/v1/devices/{code:str}/holder/correction",
}


def sent(client: Api, call: str, scene: Scene, headers: dict[str, str], **named: str) -> Response:
    method, path = call.split(" ", 1)
    write = WRITES[call]
    how: dict[str, Any] = {} if method == "DELETE" else {"json": write.body(scene)}
    every = (
        headers | {"Idempotency-Key": str(uuid4())} | {name.replace("_", "-"): value for name, value in named.items()}
    )
    return client.request(method, addressed(path, scene, write.swaps), headers=every, **how)


def number(etag: str) -> int:
    return int(etag.strip('"'))


@pytest.mark.usefixtures("rehearsed")
def test_these_writes_on_something_tell_its_version(
    app: Litestar, client: Api, world: dict[str, Scene], headers: Headers
) -> None:
    policy, telling = policies(app), set()
    for call in (call for call, write in WRITES.items() if " /api/" in call and "{" in call and not write.files):
        answer = sent(client, call, world["own"], headers[min(policy[call].roles)])
        assert answer.is_success, (call, answer.text)
        if "etag" in answer.headers:
            telling.add(call)
    assert telling == TELLS_ITS_VERSION


@pytest.mark.parametrize("call", sorted(TELLS_ITS_VERSION))
def test_a_write_moves_the_version_and_the_old_one_is_refused(
    call: str, client: Api, db: Database, world: dict[str, Scene]
) -> None:
    own, who = world["own"], caller(db, Role.ADMIN)
    root = re.match(r"/api/v1/[a-z]+/\{[^}]+\}", call.split(" ")[1])
    assert root
    thing = addressed(root[0], own, WRITES[call].swaps)
    before = client.get(thing, headers=who).headers["etag"]

    answer = sent(client, call, own, who, If_Match=before)
    assert answer.is_success, answer.text
    after = client.get(thing, headers=who).headers["etag"]
    assert answer.headers["etag"] == after
    assert number(after) > number(before)

    head = head_of(db)
    late = sent(client, call, own, who, If_Match=before)
    assert (late.status_code, late.json()["type"]) == (409, "urn:assets:version-changed")
    assert head_of(db) == head
