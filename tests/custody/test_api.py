"""Shipments, holders and losses over HTTP, as a script meets them."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.custody.models import Difference, Shipment
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from tests import build

Client = TestClient[Litestar]


class World(Struct):
    """Tokens of persons, and codes of devices by the office that answers for them."""

    as_: dict[str, dict[str, str]]
    persons: dict[str, int]
    devices: dict[str, list[str]]


@pytest.fixture
def world(db: Database) -> World:
    made = World({}, {}, {})
    with db.writing() as session:
        build.roster(session)
        for place, role in (
            ("00", Role.LOGISTICS), ("00", Role.ADMIN), ("00", Role.AUDITOR), ("81", Role.ADMIN), ("81.02", Role.HEAD), ("73", Role.ADMIN),
        ):  # fmt: skip
            person = build.a_person(session, f"{role} {place}", at=place, role=role, username=f"{role}-{place}")
            made.as_[f"{role} {place}"] = build.bearer(build.a_token(session, person))
            made.persons[f"{role} {place}"] = person.id
        for place in ("00", "81.02", "73"):
            made.devices[place] = [build.a_device(session, at=place).code for _ in range(3)]
    return made


def send(client: Client, world: World, codes: list[str], *, to: str = "81.02", **facts: Any) -> dict[str, Any]:
    body = {"to_office": to, "devices": codes, "send": True} | facts
    answer = client.post("/api/v1/shipments", json=body, headers=world.as_["logistics 00"])
    assert answer.status_code == 201, answer.text
    box: dict[str, Any] = answer.json()
    return box


def receipt(*said: tuple[str, str], **facts: Any) -> dict[str, Any]:
    return {"lines": [{"device": code, "outcome": outcome} | facts for code, outcome in said]}


def entries(db: Database) -> int:
    with db.reading() as session:
        return ledger.head(session).seq


def test_a_box_goes_the_whole_way(client: Client, world: World) -> None:
    first, second, _ = world.devices["00"]
    box = send(client, world, [first, second], purpose="PPID 2024", accessories=["charger"], note="by truck")
    assert (box["state"], box["from_office"]["code"], box["to_office"]["code"]) == ("sent", "00", "81.02")
    assert [(line["device"], line["state"], [each["code"] for each in line["accessories"]]) for line in box["lines"]] == [
        (first, "open", ["charger"]), (second, "open", ["charger"]),
    ]  # fmt: skip
    assert (box["documents"], box["findings"]) == ([], [])
    at = f"/api/v1/shipments/{box['id']}"
    head = world.as_["head 81.02"]

    partly = client.put(f"{at}/receipt", json=receipt((first, "received")), headers=head).json()
    assert [line["state"] for line in partly["lines"]] == ["received", "open"]
    scratched = receipt((second, "received"), condition="light", note="scratched")
    closed = client.put(f"{at}/receipt", json=scratched, headers=head)
    assert closed.json()["state"] == "closed"
    assert closed.json()["lines"][1]["state"] == "received_with_notes"
    assert client.get(at, headers=head).json() == closed.json()
    assert client.get(at, headers=head).headers["etag"] == closed.headers["etag"]

    person = {"person": world.persons["head 81.02"]}
    held = client.put(f"/api/v1/devices/{first}/holder", json=person, headers=head)
    assert held.json()["holder"] == {"id": world.persons["head 81.02"], "name": "head 81.02"}
    assert held.json()["office"]["code"] == "81.02"


def test_a_draft_is_dispatched_or_cancelled(client: Client, world: World) -> None:
    first, second, _ = world.devices["00"]
    me = world.as_["logistics 00"]
    draft = send(client, world, [first], send=False)
    other = send(client, world, [second], send=False)
    assert draft["state"] == "draft"

    sent = client.put(f"/api/v1/shipments/{draft['id']}/dispatch", json={"note": "today"}, headers=me)
    assert (sent.json()["state"], sent.json()["note"]) == ("sent", "today")
    ended = client.put(f"/api/v1/shipments/{other['id']}/cancellation", json={"note": "not now"}, headers=me)
    assert (ended.json()["state"], ended.json()["closing_note"]) == ("cancelled", "not now")


def test_an_older_version_is_refused_when_the_client_asks_for_it(client: Client, world: World) -> None:
    code = world.devices["00"][0]
    me = world.as_["logistics 00"]
    draft = send(client, world, [code], send=False)

    stale = client.put(f"/api/v1/shipments/{draft['id']}/dispatch", json={}, headers=me | {"If-Match": '"7"'})
    assert stale.status_code == 409
    for name, body in (("holder", {"person": None}), ("loss", {"reason": "gone"}), ("recovery", {})):
        answer = client.put(f"/api/v1/devices/{code}/{name}", json=body, headers=me | {"If-Match": '"7"'})
        assert answer.status_code == 409, name
    fresh = client.put(f"/api/v1/shipments/{draft['id']}/cancellation", json={}, headers=me | {"If-Match": '"1"'})
    assert fresh.status_code == 200


def test_a_loss_and_its_end(client: Client, world: World) -> None:
    code = world.devices["81.02"][0]
    me = world.as_["head 81.02"]

    lost = client.put(f"/api/v1/devices/{code}/loss", json={"reason": "stolen", "report_no": "LP/1"}, headers=me)
    assert (lost.json()["presence"], "lost" in lost.json()["flags"]) == ("lost", True)
    found = client.put(f"/api/v1/devices/{code}/recovery", json={"note": "police"}, headers=me)
    assert found.json()["presence"] == "present"


def test_an_extra_is_found_and_settled(client: Client, world: World) -> None:
    box = send(client, world, [world.devices["00"][0]])
    head = world.as_["head 81.02"]
    strange = receipt((world.devices["73"][0], "received"), ("PENS", "received"))

    found = client.put(f"/api/v1/shipments/{box['id']}/receipt", json=strange, headers=head).json()["findings"]
    assert [(each["code_read"], each["device"]) for each in found] == [
        (world.devices["73"][0], None), ("PENS", None),
    ]  # fmt: skip

    at = f"/api/v1/shipments/{box['id']}/findings/{found[0]['id']}/resolution"
    officer = world.as_["admin 00"]
    assert client.put(at, json={"note": "mine now"}, headers=head).status_code == 403  # of one side alone
    assert (
        client.put(at, json={"note": "mine now"}, headers=world.as_["logistics 00"]).status_code == 403
    )  # who sent it
    settled = client.put(at, json={"note": "sent back to Makassar"}, headers=officer)
    assert settled.json()["findings"][0]["resolution"] == "sent back to Makassar"
    assert client.put(at, json={"note": "again"}, headers=officer).status_code == 409
    elsewhere = at.replace(f"/{found[0]['id']}/", "/999/")
    assert client.put(elsewhere, json={"note": "again"}, headers=officer).status_code == 404


# Lists -------------------------------------------------------------------------------------------------------------


def numbers(client: Client, headers: dict[str, str], query: str = "") -> list[int]:
    answer = client.get(f"/api/v1/shipments{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return [box["id"] for box in answer.json()["items"]]


def test_a_list_is_narrowed_by_state_office_direction_and_words(client: Client, world: World) -> None:
    one, two, three = world.devices["00"]
    boxes = [send(client, world, [one])["id"], send(client, world, [two], to="73", send=False)["id"],
             send(client, world, [three], to="81")["id"]]  # fmt: skip
    first, second, third = boxes
    me = world.as_["logistics 00"]

    assert numbers(client, me) == [third, second, first]
    assert numbers(client, me, "?state=draft") == [second]
    assert numbers(client, me, "?office=81") == [third, first]
    assert numbers(client, me, "?office=81.02&direction=incoming") == [first]
    assert numbers(client, me, "?office=81.02&direction=outgoing") == []
    assert numbers(client, world.as_["admin 81"], "?direction=incoming") == [third, first]
    assert numbers(client, world.as_["admin 81"], "?direction=outgoing") == []
    assert numbers(client, me, "?q=sulawesi-selatan") == [second]
    assert numbers(client, me, f"?q=PK-2026-{first:06d}") == [first]
    assert numbers(client, me, "?q=nowhere") == []


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("PK-2026-{first:06d}", ["first"]),
        ("pk-2026-{first}", ["first"]),
        ("{first}", ["first"]),
        ("PK-2025-{first:06d}", []),
        ("PK-9999-{first:06d}", []),
        ("81.02", ["first"]),
        ("81", ["first", "third"]),
        ("Maluku", ["first", "third"]),
        ("maluku tenggara", ["first"]),
        ("73", ["second"]),
        ("8", []),
        ("%", []),
    ],
)
def test_a_shipment_is_found_by_its_number_with_its_year_and_by_office_or_province(
    client: Client, world: World, q: str, found: list[str]
) -> None:
    one, two, three = world.devices["00"]
    sent = {"first": send(client, world, [one])["id"], "second": send(client, world, [two], to="73")["id"],
            "third": send(client, world, [three], to="81")["id"]}  # fmt: skip
    assert sorted(numbers(client, world.as_["logistics 00"], "?q=" + quote(q.format(**sent)))) == [
        sent[each] for each in found
    ]


def test_a_list_is_read_page_by_page(client: Client, world: World) -> None:
    boxes = [send(client, world, [code])["id"] for code in world.devices["00"]]
    me = world.as_["logistics 00"]

    page = client.get("/api/v1/shipments?limit=2", headers=me).json()
    assert ([box["id"] for box in page["items"]], page["total"]) == ([boxes[2], boxes[1]], 3)
    assert [(box["devices"], box["open"]) for box in page["items"]] == [(1, 1), (1, 1)]
    last = client.get(f"/api/v1/shipments?limit=2&cursor={page['next_cursor']}", headers=me).json()
    assert ([box["id"] for box in last["items"]], last["next_cursor"]) == ([boxes[0]], None)


# Whose it is -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["admin 73"])
def test_a_foreign_shipment_is_not_there_and_nobody_is_named(
    client: Client, world: World, db: Database, who: str
) -> None:
    box = send(client, world, [world.devices["00"][0]])
    before = entries(db)
    stranger = world.as_[who]
    at = f"/api/v1/shipments/{box['id']}"

    answers = [
        client.get(at, headers=stranger),
        client.put(f"{at}/dispatch", json={}, headers=stranger),
        client.put(f"{at}/cancellation", json={}, headers=stranger),
        client.put(f"{at}/receipt", json=receipt((world.devices["00"][0], "received")), headers=stranger),
        client.put(f"{at}/findings/1/resolution", json={"note": "mine"}, headers=stranger),
    ]
    absent = client.get("/api/v1/shipments/987654", headers=stranger)

    for answer in answers:
        assert answer.status_code == 404
        assert answer.json()["detail"] == absent.json()["detail"]
        assert "Maluku" not in answer.text
        assert "logistics" not in answer.text
    assert numbers(client, stranger) == []
    assert numbers(client, stranger, f"?q={box['number']}") == []
    assert client.get("/api/v1/shipments", headers=stranger).json()["total"] == 0
    assert entries(db) == before


def test_a_foreign_device_is_not_there(client: Client, world: World, db: Database) -> None:
    code = world.devices["81.02"][0]
    before = entries(db)
    stranger = world.as_["admin 73"]

    for name, body in (("holder", {"person": None}), ("loss", {"reason": "mine now"}), ("recovery", {})):
        assert client.put(f"/api/v1/devices/{code}/{name}", json=body, headers=stranger).status_code == 404
    refused = client.post("/api/v1/shipments", json={"to_office": "73", "devices": [code]}, headers=stranger)
    unknown = client.post("/api/v1/shipments", json={"to_office": "73", "devices": ["00000000"]}, headers=stranger)
    assert refused.status_code == unknown.status_code == 400
    assert refused.json()["errors"][0]["message"].replace(code, "") == unknown.json()["errors"][0]["message"].replace(
        "00000000", ""
    )
    foreign_office = {"to_office": "73", "from_office": "81.02", "devices": [world.devices["73"][0]]}
    assert client.post("/api/v1/shipments", json=foreign_office, headers=stranger).status_code == 400
    assert entries(db) == before


def test_a_foreign_person_cannot_be_named(client: Client, world: World) -> None:
    body = {"person": world.persons["head 81.02"]}
    at = f"/api/v1/devices/{world.devices['73'][0]}/holder"

    named = client.put(at, json=body, headers=world.as_["admin 73"])
    nobody = client.put(at, json={"person": 987654}, headers=world.as_["admin 73"])

    assert (named.status_code, named.json()["errors"]) == (400, nobody.json()["errors"])


WRITES = [
    ("POST", "/shipments", {"to_office": "73", "devices": ["{device}"]}),
    ("PUT", "/shipments/{box}/dispatch", {}),
    ("PUT", "/shipments/{box}/cancellation", {}),
    ("PUT", "/shipments/{box}/receipt", {"lines": [{"device": "X", "outcome": "received"}]}),
    ("PUT", "/shipments/{box}/findings/1/resolution", {"note": "mine"}),
    ("PUT", "/devices/{device}/holder", {"person": None}),
    ("PUT", "/devices/{device}/loss", {"reason": "lost"}),
    ("PUT", "/devices/{device}/recovery", {}),
]


@pytest.mark.parametrize(("who", "status"), [("auditor 00", 403), (None, 401)])
def test_an_auditor_and_a_stranger_write_nothing(
    client: Client, world: World, db: Database, who: str | None, status: int
) -> None:
    box = send(client, world, [world.devices["00"][0]])
    before = entries(db)

    for method, path, body in WRITES:
        url = "/api/v1" + path.format(box=box["id"], device=world.devices["00"][1])
        answer = client.request(method, url, json=body, headers=world.as_[who] if who else {})
        assert answer.status_code == status, url
    assert entries(db) == before


def test_the_province_above_cannot_confirm_for_its_regency(client: Client, world: World) -> None:
    box = send(client, world, [world.devices["00"][0]])
    body = receipt((world.devices["00"][0], "received"))

    for who in ("admin 81", "logistics 00"):
        answer = client.put(f"/api/v1/shipments/{box['id']}/receipt", json=body, headers=world.as_[who])
        assert (answer.status_code, "Maluku Tenggara" in answer.json()["detail"]) == (403, True)


# Side doors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "field",
    ["office", "office_id", "holder", "holder_id", "bound_for", "bound_for_id", "condition", "presence", "sent_at",
     "received_at", "version", "code", "kind"],
)  # fmt: skip
def test_custody_cannot_be_amended(client: Client, world: World, db: Database, field: str) -> None:
    before = entries(db)

    body = {field: "81.02", "note": "by the side door"}
    at = f"/api/v1/devices/{world.devices['00'][0]}"
    answer = client.patch(at, json=body, headers=world.as_["logistics 00"])

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
    assert entries(db) == before


@pytest.mark.parametrize(
    ("method", "path", "body", "pointers"),
    [
        ("POST", "/shipments", {}, ["/to_office", "/devices"]),
        ("POST", "/shipments", {"to_office": "81.02", "devices": []}, ["/devices"]),
        ("POST", "/shipments", {"to_office": "x", "devices": ["A", ""], "state": "closed"},
         ["/state", "/to_office", "/devices/1"]),
        ("POST", "/shipments", {"to_office": "81.02", "devices": ["A"] * 501}, ["/devices"]),
        ("PUT", "/shipments/1/receipt", {"lines": []}, ["/lines"]),
        ("PUT", "/shipments/1/receipt", {"lines": [{"device": "A", "outcome": "open"}]}, ["/lines/0/outcome"]),
        ("PUT", "/shipments/1/receipt", {"lines": [{"device": "A", "outcome": "cancelled", "holder": 1}]},
         ["/lines/0/holder", "/lines/0/outcome"]),
        ("PUT", "/devices/A/holder", {}, ["/person"]),
        ("PUT", "/devices/A/holder", {"person": "1"}, ["/person"]),
        ("PUT", "/devices/A/holder", {"person": 2**70}, ["/person"]),
        ("PUT", "/devices/A/loss", {"reason": "  "}, ["/reason"]),
        ("PUT", "/devices/A/recovery", {"note": "\u0000"}, ["/note"]),
    ],
)  # fmt: skip
def test_every_bad_field_is_named(
    client: Client, world: World, method: str, path: str, body: dict[str, Any], pointers: list[str]
) -> None:
    answer = client.request(method, f"/api/v1{path}", json=body, headers=world.as_["logistics 00"])

    assert answer.status_code == 400
    assert sorted({error["pointer"] for error in answer.json()["errors"]}) == sorted(pointers)


def test_the_same_action_twice_sends_one_box(client: Client, world: World, db: Database) -> None:
    body = {"to_office": "81.02", "devices": world.devices["00"], "send": True}
    once = world.as_["logistics 00"] | {"Idempotency-Key": str(uuid4())}

    first, second = (client.post("/api/v1/shipments", json=body, headers=once) for _ in range(2))

    assert (first.status_code, first.content) == (second.status_code, second.content)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Shipment)) == 1
        assert session.scalar(select(func.count()).where(Entry.kind == "custody.sent")) == 3


def test_what_is_refused_leaves_nothing_behind(client: Client, world: World, db: Database) -> None:
    box = send(client, world, [world.devices["00"][0]])
    before = entries(db)
    mixed = {
        "lines": [{"device": "PENS", "outcome": "received"}, {"device": world.devices["00"][0], "outcome": "declined"}]
    }

    answer = client.put(f"/api/v1/shipments/{box['id']}/receipt", json=mixed, headers=world.as_["head 81.02"])

    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (400, ["/lines/1/note"])
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Difference)) == 0
    assert entries(db) == before


def test_500_devices_travel_in_one_box(client: Client, world: World, db: Database) -> None:
    with db.writing() as session:
        codes = [build.a_device(session).code for _ in range(500)]

    box = send(client, world, codes)
    answer = client.put(
        f"/api/v1/shipments/{box['id']}/receipt",
        json=receipt(*((code, "received") for code in codes)),
        headers=world.as_["head 81.02"],
    )

    assert answer.json()["state"] == "closed"
    with db.reading() as session:
        assert ledger.verify(session).broken is None


def test_a_draft_is_its_senders_alone_until_it_is_sent(client: Client, world: World) -> None:
    device = world.devices["00"][0]
    draft = send(client, world, [device], send=False)
    receiver, sender = world.as_["head 81.02"], world.as_["logistics 00"]
    path = f"/api/v1/shipments/{draft['id']}"

    assert client.get(path, headers=receiver).status_code == 404
    assert numbers(client, receiver) == []
    assert numbers(client, world.as_["admin 81"]) == []
    assert client.get(path, headers=sender).status_code == 200
    lines = {"lines": [{"device": device, "outcome": "received"}]}
    assert client.put(f"{path}/receipt", json=lines, headers=receiver).status_code == 404

    assert client.put(f"{path}/dispatch", json={}, headers=sender).status_code == 200
    assert client.get(path, headers=receiver).status_code == 200
    assert numbers(client, receiver) == [draft["id"]]
