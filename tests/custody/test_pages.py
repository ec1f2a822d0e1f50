"""Shipments, receipts, holders and losses as a person meets them, without a script."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct, structs
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.custody.models import ShipmentLine
from assets_service.custody.pages.receipt_form import lines_of
from assets_service.devices.identifiers import typed_in
from assets_service.devices.models import Device, Presence
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.kernel.http import Form
from assets_service.offices.queries import meant
from assets_service.settings import Settings
from tests import build
from tests.clock import StillClock
from tests.custody.build_custody import kinds_told
from tests.inspections.build_inspections import a_picture

Client = TestClient[Litestar]


class World(Struct):
    sender: dict[str, str]
    head: dict[str, str]
    stranger: dict[str, str]
    auditor: dict[str, str]
    officer: dict[str, str]
    head_id: int
    codes: list[str]


@pytest.fixture
def world(db: Database) -> World:
    with db.writing() as session:
        build.roster(session)
        codes = [build.a_device(session).code for _ in range(3)]
        people = [
            build.a_person(session, name, at=at, role=role)
            for name, at, role in (
                ("Dewi", "00", Role.LOGISTICS), ("Siti", "81.02", Role.HEAD), ("Rudi", "73", Role.HEAD),
                ("Audi", "00", Role.AUDITOR), ("Oka", "00", Role.ADMIN),
            )
        ]  # fmt: skip
        sender, head, stranger, auditor, officer = (
            build.bearer(build.a_token(session, person)) | {"Accept-Language": "en"} for person in people
        )
        return World(sender, head, stranger, auditor, officer, people[1].id, codes)


def post(client: Client, path: str, who: dict[str, str], **fields: Any) -> Response:
    form = {"action_id": str(uuid4())} | {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(path, data=form, headers=who, follow_redirects=False)


def a_box(client: Client, world: World, count: int = 1, *, send: bool = True) -> str:
    sent = post(
        client, "/pengiriman/baru", world.sender,
        to_office="81.02 Maluku Tenggara", devices="\n".join(world.codes[:count]), send=str(send).lower(),
    )  # fmt: skip
    assert sent.status_code == 303, sent.text
    return sent.headers["location"]


def shown(client: Client, path: str, who: dict[str, str], status: int = 200) -> str:
    answer = client.get(path, headers=who, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return answer.text


def test_a_box_goes_the_whole_way_by_forms(client: Client, world: World, db: Database) -> None:
    first, second, _ = world.codes
    at = a_box(client, world, 2, send=False)
    assert "Draft" in shown(client, at, world.sender)
    assert post(client, f"{at}/kirim", world.sender).headers["location"] == at

    assert f'name="lines.{first}.outcome"' in shown(client, f"{at}/terima", world.head)
    partly = post(client, f"{at}/terima", world.head, codes=f"https://aset.example.go.id/D/{first}")
    assert partly.headers["location"] == at
    done = post(
        client,
        f"{at}/terima",
        world.head,
        **{f"lines__{second}__outcome": "declined", f"lines__{second}__note": "not ours"},
    )
    assert done.headers["location"] == at

    page = shown(client, at, world.sender)
    assert "Received" in page
    assert "not ours" in page
    with db.reading() as session:
        assert kinds_told(session, first)[-3:] == ["custody.drafted", "custody.sent", "custody.received"]
        assert kinds_told(session, second)[-1] == "custody.declined"


def test_a_refused_box_keeps_what_was_typed_and_names_what_stands_against_it(client: Client, world: World) -> None:
    a_box(client, world)
    typed = {"to_office": "81.02", "devices": f"{world.codes[0]}\n{world.codes[1]}", "purpose": "spare parts"}

    refused = post(client, "/pengiriman/baru", world.sender, send="true", **typed)

    assert refused.status_code == 409
    assert f"{world.codes[0]} is already on shipment" in refused.text
    assert 'value="spare parts"' in refused.text
    assert typed["devices"] in refused.text
    assert post(client, "/pengiriman/baru", world.sender, to_office="81.02", devices="").status_code == 400


def test_an_address_fills_the_form(client: Client, world: World) -> None:
    page = shown(client, f"/pengiriman/baru?device={world.codes[0]}&device={world.codes[1]}&to_office=81", world.sender)

    assert f"{world.codes[0]}\n{world.codes[1]}" in page
    assert 'value="81"' in page
    assert '<option value="81" selected>Maluku</option>' in page
    assert '<optgroup label="Kalimantan Tengah">' in page
    assert '<option value="62.71">Palangkaraya, Kota</option>' in page


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("81.02", "81.02"),
        ("81.02 Kabupaten Maluku Tenggara", "81.02"),
        ("palangka raya", "62.71"),
        ("MALUKU TENGGARA", "81.02"),
        ("Maluku", "81"),
        ("99", "99"),
    ],
)
@pytest.mark.usefixtures("world")
def test_an_office_is_meant_by_its_code_or_enough_of_its_name(db: Database, typed: str, code: str) -> None:
    with db.reading() as session:
        assert meant(session, typed, "to_office") == code


@pytest.mark.parametrize(
    ("typed", "why"), [("", "Choose"), (" - ", "Choose"), ("Atlantis", "No office"), ("Kota", "Several")]
)
@pytest.mark.usefixtures("world")
def test_an_office_that_is_not_clear_is_asked_for_again(db: Database, typed: str, why: str) -> None:
    with db.reading() as session, pytest.raises(Invalid) as refused:
        meant(session, typed, "to_office")
    assert refused.value.problems[0].message.startswith(why)


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("7K3M9QXA\n2WZT04HB", ["7K3M9QXA", "2WZT04HB"]),
        ("7K3M 9QXA", ["7K3M 9QXA"]),
        ("7K3M9QXA 2WZT04HB", ["7K3M9QXA", "2WZT04HB"]),
        ("7K3M9QXA, 2WZT04HB;\t9D1FPXN6", ["7K3M9QXA", "2WZT04HB", "9D1FPXN6"]),
        ("https://a.id/D/7K3M9QXA https://a.id/D/2WZT04HB", ["https://a.id/D/7K3M9QXA", "https://a.id/D/2WZT04HB"]),
        ("a box of pens\n\n", ["a box of pens"]),
        ("", []),
    ],
)
def test_codes_are_read_as_people_paste_them(typed: str, codes: list[str]) -> None:
    assert typed_in(typed) == codes


def test_a_scanned_code_is_received_unless_its_line_says_otherwise() -> None:
    form = Form(
        {
            "lines.7K3M9QXA.outcome": ["short"],
            "lines.2WZT04HB.note": ["a scratch"],
            "lines.2WZT04HB.condition": ["light"],
            "lines.9D1FPXN6.note": ["not said"],
            "lines.0QMC7V5E.outcome": [""],
            "lines.X.owner": ["me"],
        }
    )

    scanned = {"7K3M-9QXA": "7K3M9QXA", "R9TX1": "2WZT04HB", "PENS": "PENS"}
    assert lines_of(form, scanned) == {
        "7K3M9QXA": {"device": "/d/7K3M9QXA", "outcome": "short"},
        "2WZT04HB": {"device": "/d/2WZT04HB", "note": "a scratch", "condition": "light", "outcome": "received"},
        "PENS": {"device": "PENS", "outcome": "received"},
    }


def test_a_receipt_without_its_reason_comes_back_with_the_sentence_beside_its_device(
    client: Client, world: World
) -> None:
    first, second, _ = world.codes
    at = a_box(client, world, 2)

    refused = post(
        client, f"{at}/terima", world.head,
        **{f"lines__{first}__outcome": "received", f"lines__{second}__outcome": "declined", "codes": "PENS"},
    )  # fmt: skip

    assert refused.status_code == 400
    assert f'id="f-lines-{second}-note-problem"' in refused.text
    assert re.search(rf'name="lines.{first}.outcome" value="received" checked', refused.text)
    assert "PENS" in refused.text
    nothing = post(client, f"{at}/terima", world.head)
    assert (nothing.status_code, "at least one device" in nothing.text) == (400, True)


def test_who_confirms_second_sees_who_was_first(client: Client, world: World) -> None:
    at = a_box(client, world)
    said = {f"lines__{world.codes[0]}__outcome": "received"}
    assert post(client, f"{at}/terima", world.head, **said).status_code == 303

    late = post(client, f"{at}/terima", world.head, **said)

    assert (late.status_code, "Already confirmed by Siti" in late.text) == (409, True)
    shown(client, f"{at}/terima", world.head, 303)


def test_the_scanned_device_is_marked_and_no_other(client: Client, world: World) -> None:
    at = a_box(client, world, 2)

    page = shown(client, f"{at}/terima?device={world.codes[1]}", world.head)

    assert re.findall(r'name="lines\.(\w+)\.outcome" value="(\w+)" checked', page) == [(world.codes[1], "received")]


def test_a_box_is_called_back_and_a_second_time_refused(client: Client, world: World) -> None:
    at = a_box(client, world)

    assert post(client, f"{at}/batal", world.sender, note="wrong box").headers["location"] == at
    assert "wrong box" in shown(client, at, world.sender)
    assert "was cancelled by Dewi" in post(client, f"{at}/batal", world.sender).text
    assert "was cancelled by Dewi" in post(client, f"{at}/kirim", world.sender).text


def test_how_far_a_shipment_is_stands_in_words_on_its_page_and_in_the_list(client: Client, world: World) -> None:
    at = a_box(client, world, 2)
    said = {}
    for step, path, fields in [
        ("sent", "", {}),
        ("arrived", "/tiba", {"seal_intact": "true"}),
        ("partly", "/terima", {"codes": world.codes[0]}),
        ("closed", "/terima", {"codes": world.codes[1]}),
    ]:
        if path:
            assert post(client, f"{at}{path}", world.head, **fields).status_code == 303
        said[step] = [
            re.findall(
                r'<span class="badge \w+">([^<]+)</span>', shown(client, page, world.head | {"Accept-Language": lang})
            )[0]
            for page in (at, "/pengiriman")
            for lang in ("en", "id")
        ]
    assert said == {
        "sent": ["Sent", "Dikirim"] * 2,
        "arrived": ["Arrived, not opened", "Tiba, belum dibuka"] * 2,
        "partly": ["Partly received", "Diterima sebagian"] * 2,
        "closed": ["Completed", "Selesai"] * 2,
    }


def test_an_extra_is_settled_once(client: Client, world: World) -> None:
    at = a_box(client, world)
    post(client, f"{at}/terima", world.head, codes="PENS")

    assert post(client, f"{at}/temuan/1", world.officer, note="").status_code == 400
    assert post(client, f"{at}/temuan/1", world.officer, note="sent back").status_code == 303
    assert "sent back" in shown(client, at, world.head)
    assert post(client, f"{at}/temuan/1", world.officer, note="again").status_code == 409


def test_the_list_has_a_tab_for_each_direction(client: Client, world: World) -> None:
    at = a_box(client, world)

    for who, to_us, from_us in ((world.sender, False, True), (world.head, True, False)):
        assert at in shown(client, "/pengiriman", who)
        assert (at in shown(client, "/pengiriman?direction=incoming", who)) is to_us
        assert (at in shown(client, "/pengiriman?direction=outgoing", who)) is from_us
    assert at not in shown(client, "/pengiriman?state=draft", world.sender)
    assert at not in shown(client, "/pengiriman", world.stranger)


def test_a_holder_is_named_and_released(client: Client, world: World, db: Database) -> None:
    at = a_box(client, world)
    post(client, f"{at}/terima", world.head, codes=world.codes[0])
    form = f"/perangkat/{world.codes[0]}/pemegang"
    version = re.search(r'name="version" value="([^"]*)"', shown(client, form, world.head))
    assert version is not None
    old = version[1].replace("&#34;", '"')

    assert post(client, form, world.head, person=str(world.head_id), version=old).status_code == 303
    assert post(client, form, world.head, person=str(world.head_id), version=old).status_code == 409
    assert post(client, form, world.head, person="").status_code == 400
    assert post(client, form, world.head, person="nobody").status_code == 303
    with db.reading() as session:
        assert kinds_told(session, world.codes[0])[-2:] == ["custody.held", "custody.released"]


def test_a_loss_is_reported_and_ended(client: Client, world: World, db: Database) -> None:
    at = f"/perangkat/{world.codes[0]}"

    assert "What happened, in order" in shown(client, f"{at}/hilang", world.sender)
    assert post(client, f"{at}/ditemukan", world.sender).status_code == 409
    assert post(client, f"{at}/hilang", world.sender, reason="").status_code == 400
    assert post(client, f"{at}/hilang", world.sender, reason="stolen", report_no="LP/1").status_code == 303
    assert "It is there again" in shown(client, f"{at}/hilang", world.sender)
    assert post(client, f"{at}/ditemukan", world.sender, note="police").status_code == 303
    with db.reading() as session:
        assert session.query(Device.presence).filter_by(code=world.codes[0]).scalar() is Presence.PRESENT


def test_pages_of_others_are_not_there_and_an_auditor_only_reads(client: Client, world: World) -> None:
    at = a_box(client, world)
    device = f"/perangkat/{world.codes[1]}"

    for path in (at, f"{at}/terima", f"{device}/pemegang", f"{device}/hilang"):
        shown(client, path, world.stranger, 404)
    for path in (
        f"{at}/kirim",
        f"{at}/batal",
        f"{at}/terima",
        f"{at}/temuan/1",
        f"{device}/pemegang",
        f"{device}/hilang",
    ):
        assert post(client, path, world.stranger, note="x", reason="x y z", person="nobody").status_code in {400, 404}
        assert post(client, path, world.auditor, note="x", reason="x y z", person="nobody").status_code == 403
    assert "Cancel this shipment" not in shown(client, at, world.auditor)
    shown(client, f"{at}/terima", world.sender, 403)
    shown(client, f"{device}/pemegang", world.auditor, 403)


def test_what_awaits_the_receiver_is_not_yet_theirs_to_hold(client: Client, world: World) -> None:
    a_box(client, world)

    shown(client, f"/perangkat/{world.codes[0]}/pemegang", world.head, 403)


@pytest.mark.parametrize(
    ("days_max", "tones"),
    [
        (14, {1: "plain", 6: "plain", 7: "warn", 13: "warn", 14: "bad"}),
        (5, {2: "plain", 3: "warn", 5: "bad"}),
        (30, {14: "plain", 15: "warn", 29: "warn", 30: "bad"}),
    ],
)
def test_a_shipment_waits_as_long_as_the_installation_says(
    settings: Settings, db: Database, clock: StillClock, world: World, days_max: int, tones: dict[int, str]
) -> None:
    """From `ASSETS_UNCONFIRMED_AFTER_DAYS` on the flag is raised, and from half of it on the list warns."""
    app = create_app(
        structs.replace(settings, unconfirmed_after_days=days_max, session_idle_days=365), db=db, clock=clock
    )
    with TestClient(app) as client:
        a_box(client, world)
        sent = clock.at
        for waited, tone in tones.items():
            clock.at = sent + timedelta(days=waited)
            badge = re.search(r'class="badge (\w+)">(?:(?!</span>).)*waits', shown(client, "/pengiriman", world.sender))
            assert badge
            assert (waited, badge[1]) == (waited, tone)


def review(client: Client, at: str, who: dict[str, str], sent: list[tuple[str, Any]], **fields: str) -> Response:
    form = {"action_id": str(uuid4()), "review": "true"} | fields
    return client.post(f"{at}/terima", data=form, files=sent, headers=who, follow_redirects=False)


def test_the_photo_of_what_differs_goes_with_its_device_and_outlives_a_refusal(client: Client, world: World) -> None:
    (code, other, *_), at = world.codes, a_box(client, world, 2)
    field = f"lines.{code}.photos"
    said = {f"lines.{code}.outcome": "received", f"lines.{code}.condition": "heavy"}
    picture = [(field, ("layar.jpg", a_picture())), (f"lines.{other}.photos", ("", b""))]

    refused = review(client, at, world.head, picture, **said)
    assert (refused.status_code, refused.text.count("1 photo has arrived already.")) == (400, 1)
    (kept,) = re.findall(rf'name="{field}" value="(\w+)"', refused.text)
    looked_over = review(client, at, world.head, [], **said, **{field: kept, f"lines.{code}.note": "layar retak"})
    assert (looked_over.status_code, "1 photo" in looked_over.text) == (200, True)
    assert re.findall(rf'name="{field}" value="(\w+)"', looked_over.text) == [kept]

    told = said | {field: kept, f"lines.{code}.note": "layar retak"}
    assert post(client, f"{at}/terima", world.head, **told).status_code == 303
    receipt = re.search(rf"{at}/penerimaan/\d+", shown(client, at, world.head))
    assert receipt
    assert f"{at}/foto/{kept}.jpg" in shown(client, receipt[0], world.sender)


@pytest.mark.parametrize(("content", "said"), [(b"no picture", "Send a photo as JPEG"), (None, "At most 6 photos")])
def test_a_photo_that_cannot_be_kept_is_named_at_its_device(
    client: Client, world: World, content: bytes | None, said: str
) -> None:
    (code, *_), at = world.codes, a_box(client, world)
    field = f"lines.{code}.photos"
    files = [(field, (f"{place}.jpg", content or a_picture())) for place in range(1 if content else 7)]
    refused = review(client, at, world.head, files, **{f"lines.{code}.outcome": "received"})
    assert refused.status_code == 400
    assert re.search(rf'id="f-lines-{code}-photos-problem">.*?{said}', refused.text)


def test_a_correction_says_which_accessories_were_there(client: Client, world: World, db: Database) -> None:
    (code, *_) = world.codes
    box = post(
        client, "/pengiriman/baru", world.sender,
        to_office="81.02", devices=code, send="true", accessories=["charger", "cable"],
    ).headers["location"]  # fmt: skip
    lacking = {f"lines__{code}__unpacked": "1", f"lines__{code}__accessories": "cable"}
    post(client, f"{box}/terima", world.head, **{f"lines__{code}__outcome": "received"}, **lacking)
    (receipt,) = re.findall(rf'href="({box}/penerimaan/\d+)"', shown(client, box, world.head))
    page = shown(client, receipt, world.officer)
    assert "Missing: Charger" in page

    told = {f"lines__{code}__unpacked": "1", f"lines__{code}__accessories": ["charger", "cable"]}
    corrected = post(
        client, receipt, world.officer, reason="ada di kotak", **{f"lines__{code}__outcome": "received"}, **told
    )

    assert corrected.status_code == 303, corrected.text
    assert "Missing" not in shown(client, corrected.headers["location"], world.officer)
    with db.reading() as session:
        assert session.scalars(select(ShipmentLine)).one().unpacked == ["charger", "cable"]
    assert "Correct this receipt" not in shown(client, receipt, world.sender)  # who packed it


@pytest.mark.parametrize(
    ("path", "fields", "code"),
    [
        ("kelengkapan/tablet", {"name": "Papan Ketik (Bluetooth)"}, "papan_ketik_bluetooth"),
        ("alasan", {"name": "Basah", "fits": "damaged"}, "basah"),
    ],
)
def test_an_entry_is_added_to_a_list_once_under_a_code_made_of_its_name(
    client: Client, world: World, path: str, fields: dict[str, str], code: str
) -> None:
    added = post(client, f"/pengiriman/daftar/{path}", world.officer, **fields)
    assert added.status_code == 303, added.text
    assert f'<span class="code">{code}</span>' in shown(client, "/pengiriman/daftar", world.officer)
    for name, said in ((fields["name"], "is in the list already"), ("7 kabel", "Begin the name"), ("x" * 81, "")):
        refused = post(client, f"/pengiriman/daftar/{path}", world.officer, **fields | {"name": name})
        assert (refused.status_code, said in refused.text) == (400, True)
    assert post(client, f"/pengiriman/daftar/{path}", world.head, **fields | {"name": "Baru"}).status_code == 403
