"""An empty list says why it is empty: there is nothing, nothing matches, or the list has ended."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.http.listings import cursor_after
from tests import build
from tests.custody.build_custody import a_box
from tests.people.build_people import browser

Client = TestClient[Litestar]
NO_MATCH = "Tidak ada yang cocok dengan pilihan Anda."
ENDED = "Daftar berakhir di sini."
# What a list says when there is nothing at all, and a question to which nothing answers.
LISTS = [
    ("/pemeriksaan", "Tidak ada yang harus diperiksa.", ["state=overdue", "state=overdue&office=81", "office=73"]),
    ("/perangkat", "Belum ada perangkat yang terdaftar di sini.", ["q=zzz", "flag=lost", "office=73", "kind=tablet"]),
    ("/pengiriman", "Tidak ada pengiriman.", ["q=zzz", "state=cancelled", "direction=incoming"]),
    ("/tanda/unassigned", "Tidak ada perangkat", ["office=73"]),
]


@pytest.fixture
def reader(db: Database) -> dict[str, str]:
    with db.writing() as session:
        build.roster(session)
    return browser(db, Role.AUDITOR, "00")


@pytest.mark.parametrize(("path", "nothing", "_questions"), LISTS)
def test_a_list_of_nothing_says_that_there_is_nothing(
    client: Client, reader: dict[str, str], path: str, nothing: str, _questions: list[str]
) -> None:
    page = client.get(path, headers=reader).text
    assert (nothing in page, NO_MATCH in page) == (True, False)


@pytest.mark.parametrize(("path", "question"), [(path, question) for path, _, each in LISTS for question in each])
def test_filters_to_which_nothing_answers_are_to_blame_and_not_the_list(
    client: Client, db: Database, reader: dict[str, str], path: str, question: str
) -> None:
    with db.writing() as session:
        build.a_device(session, at="81.02")
    nothing = next(said for each, said, _ in LISTS if each == path)
    page = client.get(f"{path}?{question}", headers=reader).text
    shown = page[page.index('id="results"') :]
    assert (NO_MATCH in shown, nothing in shown) == (True, False)
    assert f'href="{path}"' in shown, "the way back to the whole list"


@pytest.mark.parametrize("path", ["/pemeriksaan", "/pengiriman"])
def test_a_filter_that_does_not_exist_is_refused(client: Client, reader: dict[str, str], path: str) -> None:
    assert client.get(f"{path}?state=sleepy", headers=reader).status_code == 400
    assert client.get(f"{path}?state=", headers=reader).status_code == 200


def test_a_page_behind_the_last_one_says_that_the_list_has_ended(
    client: Client, db: Database, reader: dict[str, str]
) -> None:
    with db.writing() as session:
        boxes = [a_box(session, [build.a_device(session)], build.system()) for _ in range(2)]
    cursor = cursor_after(boxes[0].id)
    page = client.get(f"/pengiriman?cursor={cursor}", headers=reader).text
    assert (ENDED in page, "Tidak ada pengiriman." in page) == (True, False)


def test_messages_taken_care_of_are_not_denied(client: Client, db: Database, reader: dict[str, str]) -> None:
    assert reader
    staff = browser(db, Role.LOGISTICS, "00")
    assert "Tidak ada pesan yang belum ditangani." in client.get("/label/temuan", headers=staff).text
    assert "Belum ada pesan." in client.get("/label/temuan?semua=1", headers=staff).text
