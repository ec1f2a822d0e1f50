"""A refused form says each problem at its field, and the list above it leads there."""

import re
from typing import Any
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests import build
from tests.custody.build_custody import a_box

Client = TestClient[Litestar]

# form, what is typed, the fields at which it must say so; `KNOWN`, `SENT`, `CONFIRMED` stand for codes
REFUSED: list[tuple[str, dict[str, str], set[str]]] = [
    ("/perangkat/baru", {"brand": " ", "imei1": "1", "kode_barang": "7", "uakpb": "x", "value": "4.5"},
     {"kind", "brand", "model", "serial", "imei1", "kode_barang", "uakpb", "value"}),
    ("/pengiriman/baru", {"to_office": "nowhere", "devices": "KNOWN\nZZZZ ZZZZ\n?"}, {"to_office", "devices"}),
    ("/pengiriman/1/terima", {"lines.SENT.outcome": "declined", "lines.CONFIRMED.outcome": "received"},
     {"codes"}),
    ("/pengiriman/1/terima", {"lines.SENT.outcome": "declined"}, {"lines-SENT-note"}),
    ("/pengiriman/1/terima", {"codes": "\n".join(f"PEN {number}" for number in range(3000))}, {"codes"}),
    ("/pengiriman/1/terima", {"codes": "x" * 3000}, {"codes"}),
    ("/penyelesaian/1", {"outcome.1": "recorded", "reason.1": "other"}, {"note-1"}),
    ("/penyelesaian/1", {"outcome.1": "found", "reason.1": "damaged_on_the_way"}, {"outcome-1", "reason-1"}),
    ("/perangkat/KNOWN/periksa", {"condition": "light"}, {"note"}),
    ("/orang/baru", {"name": "", "nip": "1", "password": "short"}, {"name", "office", "nip", "username", "password"}),
    ("/program/OLD-1", {"tablet.provinsi": "-1", "smartphone.kota": "many"}, {"tablet-provinsi", "smartphone-kota"}),
    ("/program", {"code": "OLD-1", "name": "Again"}, {"code"}),
    ("/label", {"way": "devices", "devices": "KNOWN\n0000 0000\n?", "stock": "tj-121"}, {"devices"}),
    ("/label", {"way": "devices", "devices": "KNOWN", "stock": "tj-121", "start": "3000", "draft": "true"}, {"start"}),
    ("/label", {"way": "devices", "devices": "KNOWN", "stock": "tj-121", "offset_x_mm": "99", "scale": "2"},
     {"offset_x_mm", "scale"}),
]  # fmt: skip


@pytest.fixture
def named(db: Database) -> dict[str, str]:
    """A box on its way to Maluku Tenggara, of which one device and a pen are confirmed; and a device that stayed."""
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        known, sent, confirmed = (build.a_device(session) for _ in range(3))
        a_box(session, [sent, confirmed], sender)
        return {"KNOWN": known.code, "SENT": sent.code, "CONFIRMED": confirmed.code}


@pytest.mark.parametrize(("path", "typed", "fields"), REFUSED)
def test_each_problem_is_said_at_its_field_and_the_list_leads_there(
    client: Client, db: Database, named: dict[str, str], path: str, typed: dict[str, str], fields: set[str]
) -> None:
    with db.writing() as session:
        tokens = {
            role: build.a_token(session, build.a_person(session, role.title(), at=at, role=role))
            for role, at in ((Role.ADMIN, "00"), (Role.HEAD, "81.02"))
        }
    who = {role: build.bearer(token) for role, token in tokens.items()}
    opened = {"lines": [{"device": code, "outcome": "received"} for code in (named["CONFIRMED"], "PENS")]}
    assert client.put("/api/v1/shipments/1/receipt", headers=who[Role.HEAD], json=opened).status_code == 200
    client.post("/api/v1/programmes", headers=who[Role.ADMIN], json={"code": "OLD-1", "name": "Old"})

    def filled(text: str) -> str:
        return re.sub("|".join(named), lambda found: named[found[0]], text)

    form = {filled(name): filled(value) for name, value in typed.items()} | {"action_id": str(uuid4())}
    asker = who[Role.HEAD if "pengiriman/1" in path else Role.ADMIN]
    page: Any = client.post(filled(path), headers=asker, data=form, follow_redirects=False)
    assert page.status_code in {400, 409}
    (summary,) = re.findall(r'class="notice bad problems".*?</div></div>', page.text, re.DOTALL)
    links = set(re.findall(r'href="#f-([^"]+)"', summary))
    assert links == {filled(field) for field in fields}
    for field in links:
        assert page.text.count(f'id="f-{field}"') == 1, field
