"""R2: every id in a path, for each role, at one's own office, below, beside, above and nowhere.

The table is made from the app's routes: one that it cannot place fails the test.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.policy import Policy
from assets_service.access.routes import policy_of
from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests.contract.routes import calls
from tests.replay.world import Place, caller, head_of, places

Api = TestClient[Litestar]

# What an address speaks of, by its beginning.
THINGS = {
    "device": ("/api/v1/devices/{code", "/perangkat/{code"),
    "office": ("/api/v1/offices/{code", "/kantor/{code"),
    "person": ("/api/v1/persons/{person_id", "/orang/{person_id"),
    "shipment": ("/api/v1/shipments/{shipment_id", "/pengiriman/{shipment_id"),
    "photo": ("/berkas/{name", "/berkas/kecil/{name"),
    "run": ("/api/v1/label-runs/{run_id", "/label/cetak/{run_id"),
    "stock": ("/api/v1/label-stocks/{name", "/label/stok/{name"),
    "imported": ("/api/v1/imports/{import_id", "/impor/{import_id"),
    "receipt": ("/api/v1/receipts/{receipt_id",),
    "finding": ("/api/v1/differences/{difference_id", "/penyelesaian/{difference_id"),
    "conflict": ("/api/v1/conflicts/{conflict_id", "/penyelesaian/luring/{conflict_id"),
    "message": ("/api/v1/finder-messages/{message_id", "/label/temuan/{message_id"),
}
# Addresses that speak of nobody's things: programmes, words, blank codes and hashes of the ledger are the same for all, an answer is kept for whom it answered, the rest is open.
OF_NOBODY = re.compile(
    r"^/(static|schema|bahasa|pindai/luring|d|D)/|/programmes/|^/program/|/checklists/|/flags/\{kind|^/tanda/|^/ekspor/\{name|^/label/\{code|^/jawaban/|^/ledger/tile/"
    r"|/accessories/|/difference-reasons/|^/pengiriman/daftar/"
    r"|/photos/\{sha256|/(phones|ponsel)/\{phone_id"  # a photo is named by its own bytes; a phone is its person's alone (tests/outbox)
    r"|/distributions/"  # what was handed out in one act stands in the matrix
)
SECOND = {"grant_id": "grant", "check_id": "check", "finding_id": "finding", "receipt_id": "receipt", "photo": "parcel"}
LENT_DOWNWARDS = {"stock"}  # a stock of an office above may be used, so it is there; it is not theirs to change
NOT_SERVED = {"photo"}  # its row is there, its file was never stored
# The blank was never printed; the stock was retired through the API a moment ago; nothing is sealed, so nothing is proven.
GONE = ("/codes", "/pensiun", "/proof", "/bukti")

BODIES: dict[str, dict[str, Any]] = {
    "retirement": {"reason": "rusak total"},
    "penghapusan": {"reason": "rusak total"},
    "codes": {"code": "ABCD1234"},
    "holder": {"person": None},
    "loss": {"reason": "hilang di jalan"},
    "hilang": {"reason": "hilang di jalan"},
    "checks": {"condition": "good"},
    "periksa": {"condition": "good"},
    "arrival": {"seal_intact": True},
    "notes": {"note": "di Ambon"},
    "correction": {"reason": "salah", "waybill": "1"},
    "receipt/correction": {"reason": "salah", "lines": [{"device": "ABCD1234", "outcome": "received"}]},
    "device/correction": {"reason": "salah", "person": None},
    "finding/{difference_id:int}": {"outcome": "recorded", "reason": "other", "note": "x"},
    "conflict/{conflict_id:int}": {"outcome": "dismissed", "reason": "sudah ditukar"},
    "conflict/settlement": {"outcome": "dismissed", "reason": "sudah ditukar"},
    "settlement": {"outcome": "recorded", "reason": "other", "note": "x"},
    "succession": {"leaver": 1, "successor": 2, "cause": "moved", "lines": [{"device": "ABCD1234"}]},
    "receipt": {"lines": [{"device": "ABCD1234", "outcome": "received"}]},
    "resolution": {"note": "sudah kembali"},
    "password": {"password": "panjang sekali 2026"},
    "sandi": {"password": "panjang sekali 2026"},
    "sign-in": {"username": "orang.baru"},
    "masuk": {"username": "orang.baru"},
    "office": {"office": "81.72", "release": True},
    "kantor": {"office": "81.72", "successor": "nobody"},
    "openness": {"year": 2024, "grade": "menuju_informatif", "source": "x"},
    "grants": {"role": "logistics", "office": "81.02"},
    "peran": {"role": "logistics", "office": "81.02"},
}


def thing_of(path: str) -> str | None:
    return next((thing for thing, starts in THINGS.items() if path.startswith(starts)), None)


def addressed(app: Litestar) -> Iterator[tuple[str, str, str, Policy]]:
    """Each method and path that names somebody's thing, the thing, and who may call it."""
    for call, handler in calls(app):
        method, path = call.split(" ", 1)
        if "{" in path and not OF_NOBODY.search(path) and (policy := policy_of(handler)):
            yield method, path, thing_of(path) or "", policy


def ask(client: Api, method: str, path: str, place: Place, headers: dict[str, str]) -> Any:
    thing = thing_of(path) or ""
    at = re.sub(r"\{(\w+):\w+\}", lambda found: str(getattr(place, SECOND.get(found[1], thing))), path)
    last = path.rsplit("/", 1)[1]
    body = BODIES.get(f"{thing}/{last}") or BODIES.get(last, {})
    if method in {"GET", "DELETE"}:
        return client.request(method, at, headers=headers, follow_redirects=False)
    if path.startswith("/api/"):
        return client.request(method, at, headers=headers, json=body, follow_redirects=False)
    return client.request(method, at, headers=headers, data=body or {"note": "x"}, follow_redirects=False)


def test_every_route_with_an_id_stands_in_the_table(app: Litestar) -> None:
    assert [f"{method} {path}" for method, path, thing, _ in addressed(app) if not thing] == []


def test_what_is_outside_the_scope_is_not_there(app: Litestar, client: Api, db: Database, settings: Settings) -> None:
    world = places(db, settings)
    callers = {role: caller(db, role) for role in (*Role, None)}
    before, wrong = head_of(db), []
    for method, path, thing, policy in addressed(app):
        for role, who in callers.items():
            for scope in ("sibling", "parent", "none") if role else world:  # without a role nothing is one's own
                may = not policy.roles or role in policy.roles
                lent = thing in LENT_DOWNWARDS and scope in {"parent", "own"}
                answer = ask(client, method, path, world[scope], who)
                told = [name for name in world[scope].names if name in answer.text and name not in str(answer.url)]
                if answer.status_code != (404 if may and not lent else 403) or told:
                    wrong.append((method, path, role, scope, answer.status_code, told))
    assert wrong == []
    assert head_of(db) == before


@pytest.mark.parametrize("role", Role)
def test_what_is_inside_the_scope_is_there_for_whom_it_is_for(
    role: Role, app: Litestar, client: Api, db: Database, settings: Settings
) -> None:
    world, who = places(db, settings), caller(db, role)
    wrong = []
    for method, path, thing, policy in sorted(addressed(app), key=lambda one: one[0] != "GET"):  # look before changing
        for scope in ("own", "child"):
            may = not policy.roles or role in policy.roles
            answer = ask(client, method, path, world[scope], who)
            refused = answer.status_code in {401, 404} if may else answer.status_code != 403
            if refused and not (may and (thing in NOT_SERVED or path.endswith(GONE))):
                wrong.append((method, path, scope, answer.status_code))
    assert wrong == []
