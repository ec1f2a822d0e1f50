"""The outside face keeps its names: every call, what it takes, what it answers. Add freely, rename never."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.replay.world import caller

Api = TestClient[Litestar]


class Call(Struct):
    """The names that a call takes in its body and its query, the status of its answer, and the names in it."""

    takes: str = ""
    asks: str = ""
    status: int = 200
    answers: str = ""


DEVICE = (
    "code kind brand model serial imei1 imei2 kode_barang nup condition presence office holder last_checked_on "
    "check_due_on flags version label_url"
)
OFFICE = "code level name office_name parent timezone devices"
SHIPMENT = "id number state from_office to_office lines documents"
LIST = "items next_cursor total"
CALLS: dict[str, Call] = {
    "post /session": Call("username password", status=201, answers="token expires_at person"),
    "delete /session": Call(status=204),
    "get /me": Call(answers="id name grants"),
    "get /offices": Call(asks="q level parent limit cursor", answers=LIST),
    "get /offices/{code}": Call(answers=OFFICE),
    "post /devices": Call(
        "kind brand model serial imei1 imei2 kode_barang nup uakpb acquired_on value programme office note",
        status=201,
        answers=DEVICE,
    ),
    "get /devices": Call(asks="office kind condition presence flag q limit cursor", answers=LIST),
    "get /devices/{code}": Call(answers=DEVICE),
    "patch /devices/{code}": Call("brand model serial imei1 imei2 kode_barang nup uakpb note", answers=DEVICE),
    "get /lookup": Call(asks="id", answers=DEVICE),
    "get /devices/{code}/history": Call(asks="limit cursor", answers=LIST),
    "post /devices/{code}/checks": Call(
        "condition note label_present identity_matches checklist photos observed_at", status=201, answers="next_due_on"
    ),
    "put /devices/{code}/holder": Call("person", answers=DEVICE),
    "put /devices/{code}/retirement": Call("reason decision_no", answers=DEVICE),
    **{f"get /devices/{{code}}/label.{form}": Call(asks="stock") for form in ("png", "svg", "pdf", "zpl")},
    "post /label-sheets": Call("devices office stock start offset_x_mm offset_y_mm"),
    "post /shipments": Call("to_office from_office devices purpose note send", status=201, answers=SHIPMENT),
    "put /shipments/{shipment_id}/dispatch": Call("note", answers=SHIPMENT),
    "put /shipments/{shipment_id}/cancellation": Call("note", answers=SHIPMENT),
    "put /shipments/{shipment_id}/receipt": Call("lines", answers=SHIPMENT),
    "get /shipments": Call(asks="state office direction limit cursor", answers=LIST),
    "get /shipments/{shipment_id}": Call(answers=SHIPMENT),
    "get /flags": Call(),
    "get /flags/{kind}": Call(asks="limit cursor", answers=LIST),
    "get /coverage": Call(asks="programme parent", answers=LIST),
    "post /imports": Call("file dry_run", status=201, answers="rows created errors id first not_read"),
    "get /imports": Call(asks="limit cursor", answers=LIST),
    "get /imports/{import_id}": Call(answers="id office devices made_at made_by sha256 withdrawn_at"),
    "delete /imports/{import_id}": Call(answers="id withdrawn_at"),
    **{f"get /exports/inventory.{form}": Call(asks="as_of office edition") for form in ("csv", "xlsx", "jsonl", "pdf")},
    "post /actions": Call("phone schema actions", answers="actions"),
    "get /pocket": Call(),
    "get /phones": Call(asks="limit cursor", answers=LIST),
    "delete /phones/{phone_id}": Call(status=204),
    "get /conflicts": Call(asks="limit cursor", answers=LIST),
    "put /conflicts/{conflict_id}/settlement": Call("outcome reason"),
    "put /photos/{sha256}": Call(status=201, answers="id"),
    "get /ledger/head": Call(answers="seq hash seal"),
}
INSIDE = {
    "ActionAnswer": "id status ledger_seq until problem",
    "EntryView": "seq device_seq kind at actor door body prev_hash hash",
    "LineView": "device state",
    "ReceiptLine": "device outcome condition note",
    "DocumentView": "kind number url sha256",
    "OfficeRef": "code name",
    "PersonRef": "id name",
    "Count": "entitled registered received",
    "Problem": "type title status detail errors request_id",
    "ProblemField": "pointer message",
}
WORDS = {
    "Status": "applied unchanged duplicate waiting conflict refused quarantined",
    "Kind": "tablet smartphone",
    "Condition": "good light heavy",
    "Presence": "present in_transit not_found lost written_off",
    "ShipmentState": "draft sent closed cancelled",
    "Outcome": "received received_with_notes short declined",
    "Flag": "unassigned undelivered overdue never_checked unconfirmed lost",
    "Role": "admin logistics head auditor",
}
STOCKS = "tj-103 tj-107 tj-108 tj-121 l7160 l7163 l7651 l4731 l4736 roll-50x30 roll-57x40 roll-30x20 roll-62"


@pytest.fixture
def text(client: Api) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/schema/openapi.json").json()
    return described


def names(schema: dict[str, Any], text: dict[str, Any]) -> set[str]:
    if reference := schema.get("$ref"):
        schema = text["components"]["schemas"][reference.rsplit("/", 1)[1]]
    return set(schema.get("properties", {}))


def test_every_call_keeps_its_names(text: dict[str, Any]) -> None:
    lost = []
    for name, call in CALLS.items():
        method, path = name.split()
        operation = text["paths"].get(f"/api/v1{path}", {}).get(method)
        if operation is None or str(call.status) not in operation["responses"]:
            lost.append(name)
            continue
        taken: set[str] = set()
        for body in operation.get("requestBody", {}).get("content", {}).values():
            taken |= names(body["schema"], text)
        asked = {parameter["name"] for parameter in operation["parameters"] if parameter["in"] == "query"}
        answer = operation["responses"][str(call.status)].get("content", {}).get("application/json", {})
        answered = names(answer.get("schema", {}), text)
        wanting = {*call.takes.split()} - taken | {*call.asks.split()} - asked | {*call.answers.split()} - answered
        if wanting:
            lost.append(f"{name}: {sorted(wanting)}")
    assert lost == []


def test_what_lies_inside_an_answer_keeps_its_names(text: dict[str, Any]) -> None:
    schemas = text["components"]["schemas"]
    for name, words in INSIDE.items():
        assert set(words.split()) <= set(schemas[name]["properties"]), name
    for name, words in WORDS.items():
        assert set(words.split()) <= set(schemas[name]["enum"]), name


def test_every_call_tells_its_refusals_and_who_may(text: dict[str, Any]) -> None:
    open_to_all = set()
    for path, operations in text["paths"].items():
        for method, operation in operations.items():
            refusals = {status: answer for status, answer in operation["responses"].items() if status >= "4"}
            assert refusals, path
            assert all(answer["$ref"].startswith("#/components/responses/") for answer in refusals.values())
            if operation.get("security") == []:
                open_to_all.add(f"{method} {path}")
    assert open_to_all == {"post /api/v1/session", "get /health/live", "get /health/ready"}
    for refusal in text["components"]["responses"].values():
        assert set(refusal["content"]) == {"application/problem+json"}


def test_a_dry_run_answers_as_described(client: Api, db: Database, text: dict[str, Any]) -> None:
    with db.writing() as session:
        build.roster(session)
    sent = {"file": ("a.csv", "kind,brand,model,serial\ntablet,Samsung,Tab,T1\n", "text/csv")}
    logistics = caller(db, Role.LOGISTICS, "00")
    tried = client.post("/api/v1/imports", files=sent, data={"dry_run": "true"}, headers=logistics)
    done = client.post("/api/v1/imports", files=sent, headers=logistics)
    assert (tried.status_code, done.status_code) == (200, 201)
    assert set(tried.json()) == set(done.json()) == names({"$ref": "#/components/schemas/ImportView"}, text)
    assert {"200", "201"} <= set(text["paths"]["/api/v1/imports"]["post"]["responses"])


def test_stocks_keep_their_names(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    stocks = client.get("/api/v1/label-stocks", headers=caller(db, Role.AUDITOR, "00")).json()
    assert set(STOCKS.split()) <= {stock["name"] for stock in stocks["items"]}


PAGES = "/ /pindai /perangkat /pengiriman /pemeriksaan /tanda /kantor /label /impor /ekspor /ledger /orang"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_every_page_is_where_it_was_promised(method: str, client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        code = build.a_device(session).code
    admin = caller(db, Role.ADMIN, "00")
    for path in [*PAGES.split(), f"/d/{code}", "/masuk", "/docs", "/health/live", "/health/ready", "/metrics"]:
        answer = client.request(method, path, headers=admin, follow_redirects=path == "/masuk")
        assert answer.status_code == 200, path
        assert (answer.content == b"") == (method == "HEAD"), path
