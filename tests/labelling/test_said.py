"""What the printing desk is told of stocks, choices and failures stands in the reader's language, whoever wrote it down."""

import re
from typing import Any

import msgspec
import pytest
from msgspec import structs

from assets_service.kernel.db import Database
from assets_service.labelling.drawer import refusal_in
from assets_service.labelling.errors import Why, kept, not_drawn, unreadable
from assets_service.labelling.models import PrintRun, RunState
from assets_service.settings import Settings
from assets_service.web.language import translate
from labels import STOCKS, LabelError
from tests.clock import StillClock
from tests.labelling.build_labelling import Desk, devices_at
from tests.labelling.test_runs import a_run
from tests.labelling.test_stocks import SHEET

TOO_SMALL = LabelError(
    "The code {code} does not fit beside the QR: {width} × {height} mm are left.",
    code="7K3M9QWX",
    width=0.0,
    height=12.6,
)


def sentences(html: str) -> str:
    """The page without its tags, on one line."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def failed(db: Database, run_id: int, refusal: Any) -> None:
    with db.writing() as session:
        run = session.get_one(PrintRun, run_id)
        run.state, run.why, run.ended_at = RunState.FAILED, kept(refusal), run.asked_at


@pytest.mark.parametrize(
    ("choice", "indonesian", "english"),
    [
        ({"way": "devices"}, "Daftar kode", "A list"),
        ({"way": "office", "office": "81.02"}, "Kantor 81.02", "Office 81.02"),
        (
            {"way": "office", "office": "81.02", "office_only": "true", "flag": "unlabelled", "unprinted": "true"},
            "Kantor 81.02, tanpa kantor di bawahnya, label belum terpasang, belum pernah dicetak",
            "Office 81.02, without the offices below, no label attached, never printed",
        ),
    ],
    ids=str,
)
def test_how_devices_were_chosen_is_said_in_words(
    desk: Desk, db: Database, choice: dict[str, str], indonesian: str, english: str
) -> None:
    codes = devices_at(db, "81.02", 2)
    sent = desk.send("/label", **{"devices": "\n".join(codes), "stock": "l7160"} | choice)
    run_id = int(sent.headers["location"].rpartition("/")[2])
    desk.ended(run_id)
    for lang, said, stock in (("id", indonesian, "63,5 × 38,1 mm"), ("en", english, "63.5 × 38.1 mm")):
        desk.client.cookies["lang"] = lang
        for page in (f"/label/cetak/{run_id}", "/label/cetak"):
            text = sentences(desk.see(page).text)
            assert f"{said} " in text, page
            assert stock in text, page


def test_rolls_have_indonesian_titles_and_a_users_own_stock_the_one_it_was_given(desk: Desk) -> None:
    desk.post("/label-stocks", SHEET | {"title": "Roll 50 × 30 mm"})
    text = sentences(desk.see("/label/stok").text)
    assert "Gulungan 50 × 30 mm roll-50x30" in text
    assert "Roll 50 × 30 mm own-70x35" in text
    assert "70 × 35 mm" in text


def test_why_a_run_failed_is_said_in_the_readers_language(
    desk: Desk, db: Database, settings: Settings, clock: StillClock
) -> None:
    run_id, lost = a_run(db, settings, devices_at(db, "81.02", 1)), a_run(db, settings, devices_at(db, "81.02", 1))
    failed(db, run_id, not_drawn(TOO_SMALL))
    assert "Label tidak dapat dibuat: Kode 7K3M9QWX tidak muat di samping QR: tersisa 0 × 12,6 mm." in sentences(
        desk.see(f"/label/cetak/{run_id}").text
    )
    assert desk.get(f"/label-runs/{run_id}").json()["why"] == (
        "The labels could not be drawn: The code 7K3M9QWX does not fit beside the QR: 0 × 12.6 mm are left."
    )
    clock.pass_by(seconds=91)
    assert "Pembuatan berkas terhenti di server. Buat ulang." in sentences(desk.see(f"/label/cetak/{lost}").text)


@pytest.mark.parametrize(
    ("state", "said"), [("failed", "pembuatannya gagal."), ("cancelled", "pencetakan dibatalkan.")]
)
def test_why_a_run_has_no_file_is_said_too(desk: Desk, db: Database, settings: Settings, state: str, said: str) -> None:
    run_id = a_run(db, settings, devices_at(db, "81.02", 1))
    if state == "failed":
        failed(db, run_id, not_drawn(TOO_SMALL))
    else:
        desk.put(f"/label-runs/{run_id}/cancellation")
    assert desk.get(f"/label-runs/{run_id}/file").json()["detail"] == f"Pencetakan ini tidak memiliki berkas: {said}"


def test_a_stock_that_cannot_be_printed_is_refused_in_the_readers_language(desk: Desk) -> None:
    roll = SHEET | {"page_width_mm": None, "page_height_mm": None}
    (problem,) = desk.post("/label-stocks", roll).json()["errors"]
    assert problem["message"] == (
        "Label tidak dapat dicetak dengan ukuran ini: Gulungan memuat satu label per halaman, tanpa margin."
    )
    wide = desk.post(
        "/label-stocks", SHEET | {"label_width_mm": 400, "pitch_x_mm": 400, "columns": 1, "page_width_mm": 900}
    )
    assert [each["message"] for each in wide.json()["errors"]] == [
        "Label tidak dapat dicetak dengan ukuran ini: Lebar label harus dari 8 sampai 320 mm, bukan 400."
    ]
    small = desk.post("/label-stocks", SHEET | {"label_height_mm": 12.5, "pitch_y_mm": 20}).json()["errors"]
    assert [each["message"] for each in small] == [
        "Agar QR dapat dipindai dan kodenya muat, ukuran ini paling kecil 13,2 mm."
    ]


def test_a_qr_too_fine_for_a_roll_names_the_roll_in_the_readers_language() -> None:
    (problem,) = unreadable(STOCKS["roll-30x20"], "HTTPS://A.GO.ID").problems
    assert "pada Gulungan 30 × 20 mm." in translate("id", problem.message, **problem.facts)
    own = structs.replace(STOCKS["roll-30x20"], name="own", title="Draft")
    (problem,) = unreadable(own, "HTTPS://A.GO.ID").problems
    assert "pada Draft." in translate("id", problem.message, **problem.facts), "what a person typed is never translated"


def test_what_a_drawer_wrote_is_read_back_with_its_facts() -> None:
    back = refusal_in(msgspec.json.encode(Why(TOO_SMALL.message, TOO_SMALL.facts)))
    assert (str(back), back.facts) == (str(TOO_SMALL), TOO_SMALL.facts)
    assert str(refusal_in(b"Killed {oddly}")) == "Killed {oddly}"
