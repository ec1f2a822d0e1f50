"""R6: links come from the configured address alone. R17: nobody is led to another site. R13: no address of a user's is fetched."""

import time
from statistics import median

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.replay.world import caller

Api = TestClient[Litestar]
FORGED = {
    "Host": "evil.example",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "gopher",
    "Forwarded": "host=evil.example",
}


def test_no_answer_takes_its_links_from_the_request(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    who = caller(db, Role.ADMIN, "00") | FORGED
    for path in (
        f"/api/v1/devices/{code}",
        f"/d/{code}",
        "/perangkat",
        "/masuk",
        "/",
        f"/api/v1/devices/{code}/label.svg",
        "/tidak-ada",
    ):
        answer = client.get(path, headers=who, follow_redirects=False)
        assert "evil.example" not in answer.text + str(answer.headers), path
    assert (
        client.get(f"/api/v1/devices/{code}", headers=who).json()["label_url"] == f"https://aset.example.go.id/d/{code}"
    )


def test_a_known_and_an_unknown_name_are_refused_alike(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        for name in ("siti", "rudi"):
            person = build.a_person(session, name, role=Role.HEAD, username=name)
            build.a_password(session, person, "panjang sekali 2026")
    seen: dict[str, object] = {}
    took: dict[str, list[float]] = {}
    for name in ("siti", "tidakada"):
        took[name] = []
        for _ in range(3):
            began = time.perf_counter()
            answer = client.post("/api/v1/session", json={"username": name, "password": "salah sekali 2026"})
            took[name].append(time.perf_counter() - began)
        body = answer.json() | {"request_id": ""}
        seen[name] = (answer.status_code, body, sorted(answer.headers))
    assert seen["siti"] == seen["tidakada"]
    # An unknown name pays for the password's hash too: without that it would take a hundredth of the time.
    assert median(took["tidakada"]) > median(took["siti"]) / 5


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "javascript:alert(1)",
        "/%0d%0aLocation:https://evil.example", "/\t/evil.example", "http:///evil.example", "///evil.example", "evil.example", " //evil.example",
    ],
)  # fmt: skip
def test_nobody_is_led_to_another_site(elsewhere: str, client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        person = build.a_person(session, "Siti", role=Role.HEAD, username="siti")
        build.a_password(session, person, "panjang sekali 2026")
    sent = {"username": "siti", "password": "panjang sekali 2026", "next": elsewhere}
    own = {"Sec-Fetch-Site": "same-origin"}
    answers = [
        client.post("/masuk", data=sent, headers=own, follow_redirects=False),
        client.get("/bahasa/en", params={"back": elsewhere}, follow_redirects=False),
        client.get("/masuk", params={"next": elsewhere}, follow_redirects=False),
    ]
    for answer in answers:
        to = answer.headers.get("location", "/")
        assert to.startswith("/"), to
        assert not to.startswith(("//", "/\\")), to
