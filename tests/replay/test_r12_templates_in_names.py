"""R12: braces in names stay braces. Also where a sentence is filled from what a browser sent back: the notice's cookie."""

import json
from base64 import urlsafe_b64encode
from xml.etree import ElementTree as ET

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from tests import build
from tests.replay.world import caller

Api = TestClient[Litestar]
PAYLOADS = (
    "{{7*7}}",
    "{7*7}",
    "${7*7}",
    "{% raw %}",
    "{0}",
    "{name.__class__.__mro__}",
    "%(name)s",
    "#{7*7}",
    "<%= 7*7 %>",
)


def test_a_name_with_braces_prints_as_it_is(client: Api, db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
    admin = caller(db, Role.ADMIN, "00") | {"Accept-Language": "en"}
    for payload in PAYLOADS:
        made = client.post("/api/v1/persons", json={"name": payload, "office": "00"}, headers=admin)
        assert made.json()["name"] == payload
        device = {
            "kind": "tablet",
            "brand": payload,
            "model": payload,
            "serial": f"S{build.an_imei()}",
            "note": payload,
        }
        code = client.post("/api/v1/devices", json=device, headers=admin).json()["code"]
        shown = payload.replace("<", "&lt;").replace(">", "&gt;")
        for page in ("/orang", f"/orang/{made.json()['id']}", f"/perangkat/{code}/riwayat", f"/d/{code}"):
            text = client.get(page, headers=admin).text
            assert shown in text, (payload, page)


@pytest.mark.parametrize(
    "sentence",
    ["{a:>2000000000}", "{a:0>999999999}", "{a!r:>999999999}", "{a.__class__}", "{b}", "{", "{0}", "{a[0]}", "{a:{a}}"],
)
def test_a_forged_notice_is_only_text(sentence: str, client: Api) -> None:
    cookie = urlsafe_b64encode(json.dumps(["good", sentence, {"a": "9"}]).encode()).decode()
    answer = client.get("/masuk", headers={"Cookie": f"notice={cookie}"})
    assert answer.status_code == 200
    assert len(answer.content) < 100_000
    assert "&lt;class" not in answer.text


def test_an_office_named_like_a_script_is_text_on_its_labels(client: Api, db: Database) -> None:
    """R8 on paper: the SVG is opened by a browser from our own address."""
    name = "<script>alert(1)</script>]]><a xlink:href='javascript:alert(1)'>&{{7*7}}"
    with db.writing() as session:
        build.roster(session)
        here = build.office(session, "81.02")
        offices.amend(session, here, AmendOffice(office_name=name, name=name), stamp=build.system())
        code = build.a_device(session, at="81.02").code
    admin = caller(db, Role.ADMIN, "00")
    for ending, begins in (("svg", b"<"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("zpl", b"^XA")):
        label = client.get(f"/api/v1/devices/{code}/label.{ending}", headers=admin)
        assert (label.status_code, label.content[: len(begins)]) == (200, begins), ending
        assert label.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in label.headers["content-security-policy"]
    drawn = client.get(f"/api/v1/devices/{code}/label.svg", headers=admin).content
    elements = list(ET.fromstring(drawn).iter())
    assert not {element.tag.rpartition("}")[2] for element in elements} & {"script", "a", "foreignObject", "image"}
    attributes = [(name.rpartition("}")[2], value) for element in elements for name, value in element.items()]
    assert [value for name, value in attributes if name.startswith("on")] == []
    assert [value for name, value in attributes if name == "href" and not value.startswith("#")] == []
