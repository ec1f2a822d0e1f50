"""What is done in the shell comes to what the same pages do with network: a receipt, an arrival, a holder, a label."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from assets_service.custody.models import Difference
from assets_service.devices.models import Device
from assets_service.kernel.db import Database
from tests.browser.hands import PHONE, choose, settled
from tests.browser.test_axe import SMALL, WIDER
from tests.browser.test_scanner import violations
from tests.offline.line import Line
from tests.offline.test_queue import acts, send, states, until

pytestmark = pytest.mark.page_alone

World = dict[str, str]


def device(db: Database, code: str) -> Device:
    with db.reading() as session:
        return session.scalars(select(Device).where(Device.code == code)).one()


def go(page: Page, view: str, of: str) -> None:
    page.goto(f"/pindai/luring#{view}={of}")
    settled(page)
    expect(page.locator(f"[data-view={view}]")).to_be_visible()


def read_by_gun(page: Page, text: str) -> None:
    """A burst of signs, and Enter."""
    page.locator("#f-codes").focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def confirm(page: Page, view: str) -> None:
    page.locator(f"[data-view={view}] .go button").click()
    expect(page.locator(f"[data-view={view}]")).to_be_hidden()


def test_a_visits_receipt_is_a_draft_until_it_is_confirmed_and_then_one_act(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    first, second, third = world["boxed"].split()
    line.cut()
    go(phone, "device", first)
    phone.locator("[data-next] a").click()
    expect(phone.locator("[data-view=receipt]")).to_be_visible()
    read_by_gun(phone, f"{line.address}/D/{first}.1")
    expect(phone.locator(f"[data-code='{first}']")).to_be_checked()
    phone.reload()
    expect(phone.locator(f"[data-code='{first}']")).to_be_checked()
    phone.locator(f"[data-code='{second}']").check()
    expect(phone.locator("[data-lines] li", has=phone.locator(f"[data-code='{second}']"))).to_contain_text("terbaca")
    assert acts(phone) == []
    confirm(phone, "receipt")
    [act] = acts(phone)
    assert [each["device"] for each in act["payload"]["lines"]] == [first, second]
    assert (act["type"], act["shipment"]) == ("receipt", int(world["box"]))
    line.mend()
    send(phone)
    until(lambda: states(phone) == ["received"])
    expect(phone.locator("[data-notices] > *")).to_have_count(0)  # nothing is only on this phone any more
    assert [device(db, code).presence for code in (first, second, third)] == ["present", "present", "in_transit"]


def test_an_arrival_a_holder_and_a_label_are_done_in_their_order(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    line.cut()
    go(phone, "arrival", world["box"])
    choose(phone, "seal_intact", "true")
    confirm(phone, "arrival")
    go(phone, "holder", world["code"])
    phone.select_option("[name=person]", label="Ani Rumthe")
    confirm(phone, "holder")
    label = f"/D/{world['code']}.1"
    phone.goto(label)
    phone.locator("[data-others] a", has_text="Label terpasang").click()
    confirm(phone, "label")
    assert [act["payload"] for act in acts(phone) if act["type"] == "attach_label"] == [
        {"scanned": line.address + label}
    ]
    assert [act["sequence"] for act in sorted(acts(phone), key=lambda act: act["id"])] == [1, 2, 3]
    line.mend()
    send(phone)
    until(lambda: states(phone) == ["received"] * 3)
    there = device(db, world["code"])
    assert there.holder_id is not None
    assert there.label_attached_at is not None


def test_a_device_is_found_by_whatever_names_it(phone: Page, line: Line, world: World) -> None:
    line.cut()
    code = world["code"]
    for text in (
        "R9TX60009AB",
        "r9tx-60009ab",
        "60009AB",
        code.lower(),
        f"{code[:4]} {code[4:]}",
        f"{line.address}/D/{code}.1",
    ):
        phone.goto("/pindai/luring#pindai")
        phone.fill("#f-kode", text)
        phone.press("#f-kode", "Enter")
        expect(phone.locator("[data-view=device] [data-about]")).to_contain_text(code[:4])
    phone.goto("/pindai/luring#pindai")
    phone.fill("#f-kode", "ZZZZ9999")
    phone.press("#f-kode", "Enter")
    expect(phone.locator("[data-unfound]")).to_contain_text("ZZZZ9999 tidak ada di daftar ponsel ini")


def test_every_view_is_for_everybody(phone: Page, line: Line, world: World) -> None:
    """axe finds nothing, nothing is wider than the phone or too small for a finger; and whoever is ready is told so."""
    line.cut()
    shown = [("device", world["code"]), ("check", world["code"]), ("holder", world["code"]), ("label", world["code"])]
    shown += [("arrival", world["box"]), ("receipt", world["box"]), ("ready", ""), ("home", "")]
    for view, of in shown:
        phone.goto("/pindai/luring")
        go(phone, view, of)
        assert violations(phone) == [], view
        assert phone.evaluate(SMALL) == [], view
        assert not phone.evaluate(WIDER), view
        phone.set_viewport_size({"width": 320, "height": 640})
        assert not phone.evaluate(WIDER), view
        phone.set_viewport_size(PHONE)
    line.mend()
    phone.goto("/siap")
    for check in ("worker", "list", "sent", "space", "clock"):
        expect(phone.locator(f"[data-check={check}][data-ready=true]")).to_be_visible()
    expect(phone.locator("[data-check=installed] [data-todo]")).to_be_visible()


def test_what_is_missing_or_damaged_in_a_box_is_said_without_network(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    first, second, third = world["boxed"].split()
    line.cut()
    go(phone, "receipt", world["box"])
    for code, what, note in ((first, "short", "tidak ada di kotak"), (second, "heavy", "layar retak")):
        row = phone.locator("[data-lines] li", has=phone.locator(f"[data-code='{code}']"))
        row.locator("summary").click()
        row.locator("[data-what]").select_option(what)
        row.locator("[data-note]").fill(note)
    phone.reload()  # the draft knows it
    row = phone.locator("[data-lines] li", has=phone.locator(f"[data-code='{second}']"))
    expect(row.locator("[data-note]")).to_have_value("layar retak")
    row.locator("[data-note]").fill("")
    phone.locator("[data-view=receipt] .go button").click()
    assert acts(phone) == []  # damage needs a word about it
    row.locator("[data-note]").fill("layar retak")
    phone.locator(f"[data-code='{third}']").check()
    confirm(phone, "receipt")

    line.mend()
    send(phone)
    until(lambda: states(phone) == ["received"])
    with db.reading() as session:
        found = session.execute(select(Difference.kind, Difference.note).order_by(Difference.kind)).all()
    assert [tuple(each) for each in found] == [("damaged", "layar retak"), ("short", "tidak ada di kotak")]
    assert device(db, third).presence == "present"
