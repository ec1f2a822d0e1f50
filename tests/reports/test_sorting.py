"""Lists of people and of shipments are sorted by their columns, a page at a time, and keep their place."""

import re
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.custody import orders as shipments
from assets_service.custody.pages import shipments as shipment_pages
from assets_service.kernel.db import Database
from assets_service.people import orders as people
from assets_service.people import pages as people_pages
from tests import build
from tests.custody.build_custody import a_box
from tests.people.build_people import browser

Client = TestClient[Litestar]
PERSONS = (("Citra", "31"), ("Ani", "81.02"), ("Budi", "31"), ("Ani", "00"))  # by their number
BY_PERSON = {"name": [3, 1, 2, 0], "office": [3, 2, 0, 1]}
BOXES = ("81.02", "31", "81", "31")  # to where
BY_BOX = {"number": [0, 1, 2, 3], "from": [0, 1, 2, 3], "to": [1, 3, 2, 0]}


@pytest.fixture(autouse=True)
def two_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_pages, "PAGE_SIZE", 2)
    monkeypatch.setattr(shipment_pages, "PAGE_SIZE", 2)


def walked(client: Client, who: dict[str, str], path: str, link: str) -> list[int]:
    """The numbers of the whole list, as its pages link to them."""
    found: list[int] = []
    while path:
        text = client.get(path, headers=who).text
        found += map(int, re.findall(link, text))
        onward = re.search(r'rel="next" href="([^"#]+)', text)
        path = onward[1].replace("&amp;", "&") if onward else ""
    return found


def turned(order: str, rows: list[int], alike: Any = None) -> list[int]:
    del alike
    return rows[::-1] if order.startswith("-") else rows


@pytest.mark.parametrize("order", list(people.Order))
def test_people_are_walked_whole_in_every_order(client: Client, db: Database, order: str) -> None:
    with db.writing() as session:
        build.roster(session)
        ids = [build.a_person(session, name, at=at).id for name, at in PERSONS]
    mine = browser(db, Role.ADMIN, "00")
    found = walked(client, mine, f"/orang?sort={order}", r'href="/orang/(\d+)"')
    expected = BY_PERSON[order.removeprefix("-")]
    if order in {"name", "-name"}:  # both named Ani stand by their number
        expected = [1, 3, 2, 0]
    assert [ids.index(one) for one in found if one in ids] == turned(order, expected)


@pytest.mark.parametrize("order", list(shipments.Order))
def test_shipments_are_walked_whole_in_every_order(client: Client, db: Database, order: str) -> None:
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        ids = [a_box(session, [build.a_device(session)], sender, to=to).id for to in BOXES]
    found = walked(client, browser(db, Role.ADMIN, "00"), f"/pengiriman?sort={order}", r'href="/pengiriman/(\d+)"')
    assert [ids.index(one) for one in found] == turned(order, BY_BOX[order.removeprefix("-")])


@pytest.mark.parametrize("path", ["/orang", "/pengiriman"])
def test_the_heading_says_the_order_and_turns_it_round(client: Client, db: Database, path: str) -> None:
    with db.writing() as session:
        build.roster(session)
        sender = build.stamp(session, build.a_person(session, at="00", role=Role.LOGISTICS))
        a_box(session, [build.a_device(session)], sender)
    who = browser(db, Role.ADMIN, "00")
    by = "office" if path == "/orang" else "to"
    up = client.get(f"{path}?sort={by}", headers=who).text
    assert ('aria-sort="ascending"' in up, f'href="{path}?sort=-{by}#results"' in up) == (True, True)
    assert 'aria-sort="descending"' in client.get(f"{path}?sort=-{by}", headers=who).text
    assert client.get(f"{path}?sort=shoe-size", headers=who).status_code == 400
