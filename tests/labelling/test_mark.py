"""An institution's mark stands beside the QR on whatever is printed, when the installation has one."""

from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from litestar.testing import TestClient
from msgspec import structs
from PIL import Image

from assets_service.app import create_app
from assets_service.kernel.db import Database
from assets_service.settings import Settings
from tests.clock import StillClock
from tests.labelling.build_labelling import BASE, Desk, a_country, a_desk, addresses_in, devices_at


def a_mark() -> bytes:
    out = BytesIO()
    Image.new("L", (90, 60), 0).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def marked_desk(settings: Settings, db: Database, clock: StillClock) -> Iterator[Desk]:
    a_country(db)
    with TestClient(create_app(structs.replace(settings, label_mark=a_mark()), db=db, clock=clock)) as client:
        yield a_desk(db, client)


def ink(pixels: np.ndarray) -> float:
    return float(np.mean(np.asarray(pixels) < 128))


def test_one_label_bears_it(marked_desk: Desk, settings: Settings, db: Database, clock: StillClock) -> None:
    (code,) = devices_at(db, "81.02", 1)
    with TestClient(create_app(settings, db=db, clock=clock)) as client:
        plain = Desk(client, marked_desk.token).get(f"/devices/{code}/label.png").content
    marked = marked_desk.get(f"/devices/{code}/label.png").content
    assert ink(np.array(Image.open(BytesIO(marked)).convert("L"))) > ink(
        np.array(Image.open(BytesIO(plain)).convert("L"))
    )
    for ending in ("svg", "pdf", "zpl"):
        assert marked_desk.get(f"/devices/{code}/label.{ending}").status_code == 200


@pytest.mark.parametrize("count", [2, 151])  # drawn here, and by the process that only draws
def test_a_run_bears_it_on_every_label_and_scans(marked_desk: Desk, db: Database, count: int) -> None:
    codes = devices_at(db, "81.02", count)
    run = marked_desk.post("/label-runs", {"devices": codes, "stock": "tj-107"}).json()
    marked_desk.ended(run["id"])
    file = marked_desk.get(f"/label-runs/{run['id']}/file").content
    assert file.count(b"/Mark") >= 1
    assert addresses_in(file) == sorted(BASE + code for code in codes)


def test_the_preview_shows_it(marked_desk: Desk, db: Database) -> None:
    (code,) = devices_at(db, "81.02", 1)
    assert "<image " in marked_desk.see("/label/pratinjau.svg", device=code, stock="tj-121").text
