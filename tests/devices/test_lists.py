"""Lists of devices: their order, their columns, turned forwards and back, picked from."""

import re
from datetime import date

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.devices.orders import Order
from assets_service.kernel.db import Database
from tests.build import a_device, an_imei, roster
from tests.people.build_people import browser

Client = TestClient[Litestar]
FACTS = (  # where, brand, model, serial, checked, due: some alike, some without a day
    ("81.02", "Samsung", "A15", "s-3", date(2026, 3, 1), date(2026, 9, 1)),
    ("00", "Advan", "Tab 8", "S1", None, None),
    ("81", "Samsung", "A15", "s2", date(2026, 1, 1), date(2026, 12, 31)),
    ("31.71", "samsung", "A15", "S9", date(2026, 3, 1), None),
    ("00", "Samsung", "A05", "S4", None, date(2026, 9, 1)),
)
SORTED = {
    Order.REGISTERED: ["s-3", "S1", "s2", "S9", "S4"],
    Order.MODEL: ["S1", "S4", "s-3", "s2", "S9"],
    Order.SERIAL: ["S1", "s2", "s-3", "S4", "S9"],
    Order.OFFICE: ["S1", "S4", "S9", "s2", "s-3"],
    Order.CHECKED: ["S1", "S4", "s2", "s-3", "S9"],
    Order.DUE: ["s-3", "S4", "s2", "S1", "S9"],
}


@pytest.fixture
def who(db: Database) -> dict[str, str]:
    with db.writing() as session:
        roster(session)
        for at, brand, model, serial, checked, due in FACTS:
            device = a_device(session, at=at, brand=brand, model=model, serial=serial, imei1=an_imei())
            device.last_checked_on, device.check_due_on = checked, due
    return browser(db, Role.LOGISTICS, "00")


def walked(client: Client, who: dict[str, str], path: str) -> list[str]:
    """The serial numbers of the whole list, two a page."""
    found, onward = [], ""
    while True:
        page = client.get(f"{path}limit=2{onward}", headers=who).json()
        found += [device["serial"] for device in page["items"]]
        assert page["total"] == len(FACTS)
        if not page["next_cursor"]:
            return found
        onward = f"&cursor={page['next_cursor']}"


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("path", ["/api/v1/devices", "/api/v1/flags/unlabelled"])
def test_a_list_is_walked_whole_in_every_order(client: Client, who: dict[str, str], order: Order, path: str) -> None:
    expected = SORTED[Order(order.removeprefix("-"))]
    found = walked(client, who, f"{path}?sort={order}&")
    if order.is_down:  # those alike too stand the other way round
        expected = expected[::-1]
    if order.removeprefix("-") == "model":  # in which order small letters come is the database's
        found, expected = ([serial for serial in each if serial != "S9"] for each in (found, expected))
    assert found == expected


def test_a_cursor_is_of_one_order_and_the_set_of_orders_is_closed(client: Client, who: dict[str, str]) -> None:
    cursor = client.get("/api/v1/devices?sort=due&limit=1", headers=who).json()["next_cursor"]
    for asked in (f"sort=-due&cursor={cursor}", f"sort=office&cursor={cursor}", f"cursor={cursor}"):
        refused = client.get(f"/api/v1/devices?{asked}", headers=who)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/cursor"), asked
    assert client.get("/api/v1/devices?sort=imei1", headers=who).status_code == 400
    assert client.get("/perangkat?sort=imei1", headers=who).status_code == 400


def shown(page: str) -> list[str]:
    return re.findall(r'class="mono">([sS][-\d]+)<', page)


def test_a_page_can_be_turned_back_and_says_where_one_is(
    client: Client, who: dict[str, str], db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets_service.devices.pages.PAGE_SIZE", 2)
    at = "/perangkat?columns=device&columns=serial&sort=serial"
    seen, pages = [], []
    while at:
        page = client.get(at, headers=who).text
        pages.append(shown(page))
        seen.append(re.findall(r"(\d+)–(\d+) dari (\d+)|(\d+) to (\d+) of (\d+)", page)[0])
        at = onward(page, "next")
    assert pages == [["S1", "s2"], ["s-3", "S4"], ["S9"]]
    assert [[int(n) for n in each if n] for each in seen] == [[1, 2, 5], [3, 4, 5], [5, 5, 5]]
    back = onward(page, "prev")
    page = client.get(back, headers=who).text
    assert shown(page) == ["s-3", "S4"]
    page = client.get(onward(page, "prev"), headers=who).text
    assert (shown(page), onward(page, "prev")) == (["S1", "s2"], "")
    assert shown(client.get(onward(page, "next"), headers=who).text) == ["s-3", "S4"]
    del db


def onward(page: str, way: str) -> str:
    found = re.search(rf'rel="{way}" href="([^"]+)"', page)
    if not found:
        return ""
    assert found[1].endswith("#results"), "the next page opens at the list"
    return found[1].replace("&amp;", "&").removesuffix("#results")


def test_the_columns_one_wants_are_kept_in_the_browser(client: Client, who: dict[str, str]) -> None:
    def heads(path: str, **more: str) -> list[str]:
        page = client.get(path, headers=who | more)
        return re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<↑↓]+)", page.text)

    first = client.get("/perangkat?columns=device&columns=due&columns=serial&columns=nonsense", headers=who)
    (kept,) = re.findall(r"columns=([^;]*)", first.headers["set-cookie"])
    assert kept == "serial.due"
    english = who["Cookie"].replace("lang=id", "lang=en")
    usual, wanted = (heads("/perangkat", Cookie=cookie) for cookie in (english, f"{english}; columns={kept}"))
    assert [each.strip() for each in usual] == ["Device", "Office", "Holder", "State"]
    assert [each.strip() for each in wanted] == ["Device", "Serial number", "Next check"]
    assert (
        client.get("/perangkat?columns=device", headers=who | {"Sec-Fetch-Site": "cross-site"})
        .headers.get("set-cookie", "")
        .count("columns=")
        == 0
    ), "another site changes nothing"


def test_a_head_sorts_by_its_column_and_once_more_the_other_way(client: Client, who: dict[str, str]) -> None:
    who = who | {"Cookie": f"{who['Cookie']}; columns=serial.due"}
    page = client.get("/perangkat?q=s", headers=who).text
    (link,) = re.findall(r'<a href="([^"]*sort=due[^"]*)"', page)
    assert "q=s" in link
    page = client.get(link.replace("&amp;", "&"), headers=who).text
    assert 'aria-sort="ascending"' in page
    assert shown(page) == SORTED[Order.DUE]
    (link,) = re.findall(r'<a href="([^"]*sort=-due[^"]*)"', page)
    page = client.get(link.replace("&amp;", "&"), headers=who).text
    assert 'aria-sort="descending"' in page
    assert shown(page) == SORTED[Order.DUE][::-1]


def test_devices_are_picked_to_be_sent_printed_or_given_a_holder_by_who_may(
    client: Client, who: dict[str, str], db: Database
) -> None:
    page = client.get("/perangkat", headers=who).text
    codes = re.findall(r'name="device" value="(\w{8})"', page)
    assert len(codes) == len(FACTS)
    chosen = "&".join(f"device={code}" for code in codes[:2])
    for action in re.findall(r'formaction="([^"]+)"', page):
        led = client.get(f"{action}?{chosen}", headers=who)
        assert led.status_code == 200, action
        assert all(code in led.text for code in codes[:2]), action
    assert re.findall(r'formaction="([^"]+)"', page) == ["/pengiriman/baru", "/label", "/perangkat/pemegang"]
    only_looks = client.get("/perangkat", headers=browser(db, Role.AUDITOR, "00")).text
    assert 'type="checkbox" name="device"' not in only_looks
    assert "formaction" not in only_looks
