"""Stocks that users measure themselves: saved for an office, checked, retired."""

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.labelling.build_labelling import BASE, Desk, a_desk, addresses_in, devices_at, problems

SHEET: dict[str, Any] = {
    "name": "own-70x35",
    "title": "Ours · 70 × 35 mm",
    "office": "81",
    "label_width_mm": 70,
    "label_height_mm": 35,
    "page_width_mm": 210,
    "page_height_mm": 297,
    "columns": 2,
    "rows": 7,
    "margin_left_mm": 30,
    "margin_top_mm": 20,
    "pitch_x_mm": 75,
    "pitch_y_mm": 36.5,
}


def names(desk: Desk) -> set[str]:
    return {stock["name"] for stock in desk.get("/label-stocks").json()["items"]}


def test_the_shipped_stocks_are_listed(desk: Desk) -> None:
    assert names(desk) >= {
        *("tj-103", "tj-107", "tj-108", "tj-121", "l7160", "l7163", "l7651", "l4731", "l4736"),
        *("roll-50x30", "roll-57x40", "roll-30x20", "roll-62"),
    }


def test_a_stock_is_saved_and_printed_on(desk: Desk, db: Database) -> None:
    saved = desk.post("/label-stocks", SHEET)
    assert saved.status_code == 201
    assert saved.json()["per_sheet"] == 14
    assert saved.json()["office"] == {"code": "81", "name": "Maluku"}
    codes = devices_at(db, "81.02", 3)
    answer = desk.post("/label-sheets", {"devices": codes, "stock": "own-70x35", "start": 13})
    assert addresses_in(answer.content) == sorted(BASE + code for code in codes)


@pytest.mark.parametrize(
    ("at", "is_seen"), [("00", True), ("81", True), ("81.02", True), ("31", False), ("31.71", False)]
)
def test_a_stock_serves_its_office_all_below_and_is_seen_from_above(
    desk: Desk, db: Database, client: TestClient[Litestar], at: str, is_seen: bool
) -> None:
    desk.post("/label-stocks", SHEET)
    somebody = a_desk(db, client, Role.LOGISTICS, at=at)
    assert ("own-70x35" in names(somebody)) is is_seen
    assert somebody.get("/label-alignment.pdf", stock="own-70x35").status_code == (200 if is_seen else 400)


def test_a_retired_stock_is_no_longer_offered_and_its_runs_stand(desk: Desk, db: Database) -> None:
    desk.post("/label-stocks", SHEET)
    codes = devices_at(db, "81.02", 1)
    location = desk.post("/label-sheets", {"devices": codes, "stock": "own-70x35"}).headers["content-location"]
    assert desk.put("/label-stocks/own-70x35/retirement").status_code == 204
    assert "own-70x35" not in names(desk)
    assert desk.put("/label-stocks/own-70x35/retirement").status_code == 404
    assert desk.post("/label-stocks", SHEET).status_code == 409
    assert desk.get(location.removeprefix("/api/v1")).json()["stock"] == "own-70x35"
    assert desk.see(f"/label/cetak/{location.rpartition('/')[2]}").status_code == 200


def test_only_who_prints_at_its_office_retires_a_stock(desk: Desk, db: Database, client: TestClient[Litestar]) -> None:
    desk.post("/label-stocks", SHEET)
    below = a_desk(db, client, at="81.02")
    assert below.put("/label-stocks/own-70x35/retirement").status_code == 403
    assert below.post("/label-stocks", SHEET | {"name": "x"}).status_code == 400
    assert a_desk(db, client, at="31").put("/label-stocks/own-70x35/retirement").status_code == 404


TAKEN = {"name": "tj-121"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (TAKEN, ["/name"]),
        ({"name": "Has Space"}, ["/name"]),
        ({"title": " "}, ["/title"]),
        ({"office": "99"}, ["/office"]),
        ({"pitch_x_mm": 69}, ["/pitch_x_mm"]),
        ({"pitch_y_mm": 10}, ["/pitch_y_mm"]),
        ({"pitch_x_mm": 10, "pitch_y_mm": 10}, ["/pitch_x_mm", "/pitch_y_mm"]),
        ({"columns": 3}, ["/columns"]),
        ({"rows": 8}, ["/rows"]),
        ({"rows": 0}, ["/rows"]),
        ({"page_width_mm": None}, ["/page_width_mm"]),
        ({"page_height_mm": None}, ["/page_height_mm"]),
        ({"label_height_mm": 5, "pitch_y_mm": 10}, ["/label_height_mm"]),
        ({"label_width_mm": -1}, ["/label_width_mm"]),
        ({"label_width_mm": 1e308}, ["/label_width_mm"]),
        ({"page_width_mm": None, "page_height_mm": None}, ["/label_height_mm"]),
        ({"dpi": 72}, ["/dpi"]),
    ],
    ids=str,
)
def test_a_stock_that_cannot_be_printed_is_refused_by_its_fields(
    desk: Desk, change: dict[str, Any], named: list[str]
) -> None:
    answer = desk.post("/label-stocks", SHEET | change)
    assert answer.status_code == (409 if change == TAKEN else 400)
    assert problems(answer) == named


def test_the_alignment_page_follows_the_offsets(desk: Desk) -> None:
    plain, moved = (desk.get("/label-alignment.pdf", stock="l7160", offset_x_mm=x) for x in (0, 2.5))
    assert (plain.status_code, plain.headers["content-type"]) == (200, "application/pdf")
    assert plain.content != moved.content
    off = desk.get("/label-alignment.pdf", stock="l7160", offset_x_mm=-15)
    assert (off.status_code, problems(off)) == (400, ["/offset_x_mm"])
