"""R16: another site cannot write with somebody's cookie. R3: a stranger reaches no function. R22: the label page writes nothing."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.policy import PUBLIC
from assets_service.access.routes import policy_of
from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.build import COOKIE
from tests.contract.routes import calls, filled
from tests.replay.world import caller, head_of

Api = TestClient[Litestar]

FOREIGN: dict[str, dict[str, str]] = {
    "nothing said": {},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a sibling domain": {"Sec-Fetch-Site": "same-site"},
    "a foreign origin": {"Origin": "https://evil.example"},
    "our own name in the clear": {"Origin": "http://aset.example.go.id"},
    "our own name in the clear, said by our page": {
        "Origin": "http://aset.example.go.id",
        "Sec-Fetch-Site": "same-origin",
    },
    "an origin that is none": {"Origin": "http://["},
    "no origin": {"Origin": "null"},
    "an origin that begins like ours": {"Origin": "https://aset.example.go.id.evil.example"},
    "an origin with our name as its user": {"Origin": "https://aset.example.go.id@evil.example"},
    "our origin said by a cross-site fetch": {"Origin": "https://aset.example.go.id", "Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("site", FOREIGN)
def test_another_site_writes_nothing_on_a_cookie(site: str, client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    token = caller(db, Role.ADMIN, "00")["Authorization"].split()[1]
    before = head_of(db)
    body = build.device_facts() | {"kind": "smartphone"}
    headers = FOREIGN[site] | {"Cookie": f"{COOKIE}={token}"}
    assert client.post("/api/v1/devices", json=body, headers=headers).status_code == 403
    assert client.post("/perangkat/baru", data=body, headers=headers, follow_redirects=False).status_code == 403
    assert head_of(db) == before
    ours = {"Cookie": f"{COOKIE}={token}", "Sec-Fetch-Site": "same-origin"}
    assert client.post("/api/v1/devices", json=body, headers=ours).status_code == 201


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", ""]
)
def test_json_dressed_as_a_form_is_refused(kind: str, client: Api, db: Database) -> None:
    """What a page of another site may send without asking first is never read as JSON."""
    with db.writing() as session:
        build.roster(session)
    who = caller(db, Role.ADMIN, "00") | {"content-type": kind}
    answer = client.post("/api/v1/programmes", content=b'{"code": "X", "name": "X"}', headers=who)
    assert answer.status_code == 415


def test_a_stranger_writes_nothing_anywhere(app: Litestar, client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    before, reached = head_of(db), []
    for call, handler in calls(app):
        method, path = call.split(" ", 1)
        if policy_of(handler) == PUBLIC:
            continue
        answer = client.request(method, filled(path, code=code), follow_redirects=False)
        asked_to_sign_in = answer.status_code == 401 or answer.headers.get("location", "").startswith("/masuk")
        if not asked_to_sign_in:
            reached.append((call, answer.status_code))
    assert reached == []
    assert head_of(db) == before


def test_a_strangers_scan_writes_nothing_and_discloses_nothing(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        device = build.a_device(session, serial="RAHASIA1", note="catatan rahasia")
        code, imei = device.code, device.imei1 or ""
    before = head_of(db)
    texts = set()
    for path in (f"/d/{code}", f"/D/{code}", f"/D/{code}.1", "/d/ZZZZZZZZ", "/D/ZZZZZZZZ", "/d/x"):
        for method in ("GET", "HEAD"):
            answer = client.request(method, path)
            assert answer.status_code == 200
            assert not any(secret in answer.text for secret in ("RAHASIA1", "catatan rahasia", imei, "Samsung"))
        shown = client.get(path).text.replace(path, "").replace(path.lower(), "")
        texts.add(
            re.sub(
                r"[0-9a-f]{8}-[0-9a-f-]{27}|(/d/|%2F[dD]%2F)[\w.]+|" + code + "|ZZZZZZZZ",
                "",
                shown,
                flags=re.IGNORECASE,
            )
        )
    assert len(texts) == 1  # the same for every code, known or not
    assert head_of(db) == before
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.request(method, f"/d/{code}").status_code in {404, 405}
    assert head_of(db) == before
