"""What was done without network is kept before the screen says so, sent once, and lost by nothing."""

import io
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Dialog, Page, Request, expect
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import func, select, update

from assets_service.access.stamp import Role
from assets_service.inspections.models import Check
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from assets_service.outbox.models import Phone
from assets_service.photos.models import Photo
from assets_service.signing_in.models import SignIn
from tests import build
from tests.browser.hands import choose, opened, sign_in
from tests.offline.conftest import opened_once
from tests.offline.line import Line
from tests.soak import times

pytestmark = pytest.mark.page_alone

World = dict[str, str]


def lying(page: Page, store: str, shown: str = "(each) => each") -> list[dict[str, Any]]:
    """All that lies in a store of the phone, whoever's it is."""
    kept: list[dict[str, Any]] = page.evaluate(
        """(store) => new Promise((resolve) => {
          indexedDB.open("assets-phone").onsuccess = ({ target: { result: db } }) => {
            const asked = db.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => resolve(asked.result.map(SHOWN)) ?? db.close();
          };
        })""".replace("SHOWN", shown),
        store,
    )
    return kept


def acts(page: Page) -> list[dict[str, Any]]:
    return lying(page, "acts")


def states(page: Page) -> list[str]:
    return sorted(act["state"] for act in acts(page))


def handed_in(page: Page) -> list[dict[str, Any]]:
    """The batches that this tab sends from now on."""
    batches: list[dict[str, Any]] = []

    def listen(asked: Request) -> None:
        if asked.url.endswith("/actions"):
            batches.append(cast("dict[str, Any]", asked.post_data_json))

    page.on("request", listen)
    return batches


def until(holds: Callable[[], bool], within_s: float = 30) -> None:
    ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


def keep_a_check(page: Page, code: str, photo: bytes | None = None) -> None:
    page.goto(f"/pindai/luring#check={code}")
    choose(page, "condition", "good")
    if photo:
        page.set_input_files("#f-photos-check", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
        expect(page.locator("[data-view=check] [data-thumbs] img")).to_have_count(1)
    page.locator("[data-view=check] .go button").click()
    expect(page.locator("[data-view=device]")).to_be_visible()


def send(page: Page) -> None:
    page.goto("/pindai/luring#pindai")
    page.click("[data-send]")


def checks_in(db: Database) -> int:
    with db.reading() as session:
        written = session.scalar(select(func.count()).select_from(Check)) or 0
        entries = session.scalar(select(func.count()).where(Entry.kind == "inspections.checked")) or 0
    assert entries == written
    return written


@pytest.fixture
def photo() -> bytes:
    """Twelve megapixels of noise: two megabytes and more."""
    noise = Image.effect_noise((4000, 3000), 40)
    picture = io.BytesIO()
    Image.merge("RGB", (noise, noise, noise)).save(picture, "JPEG", quality=80)
    return picture.getvalue()


def test_a_check_with_photo_survives_its_tab_and_is_done_once(
    phone: Page, context: BrowserContext, line: Line, db: Database, world: World, photo: bytes
) -> None:
    line.cut()
    keep_a_check(phone, world["code"], photo)
    expect(phone.locator("[data-view=device] [data-state=kept]")).to_have_text("Di ponsel ini")
    assert [
        0 < len(each["bytes"]) <= 300_000
        for each in lying(phone, "photos", "({ bytes }) => ({ bytes: [...new Uint8Array(bytes)] })")
    ] == [True]
    phone.close()
    line.mend()
    again = context.new_page()
    batches = handed_in(again)
    again.goto("/pindai/luring")
    expect(again.locator("[data-view=home] [data-state=received]")).to_have_text("Diterima pusat", timeout=20_000)
    assert checks_in(db) == 1
    assert "elapsed_ms" not in batches[0]["actions"][0]  # another tab does not know how long ago it was
    with db.reading() as session:
        [kept] = session.scalars(select(Photo))
    sent = [path for path in line.asked if path.startswith("PUT /api/v1/photos/")]
    assert len(sent) == 1
    assert max(kept.width, kept.height) <= 1600


def test_answers_that_get_lost_are_asked_for_again_and_count_once(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    line.cut()
    for _ in range(3):
        keep_a_check(phone, world["code"])
    line.mend()
    line.lose = 2
    batches = handed_in(phone)
    for _ in range(3):
        send(phone)
        phone.wait_for_timeout(300)
    until(lambda: states(phone) == ["received"] * 3)
    assert {act["status"] for act in acts(phone)} == {"duplicate"}
    assert line.lose == 0
    assert [act["sequence"] for act in batches[0]["actions"]] == [1, 2, 3]
    assert all(0 <= act["elapsed_ms"] < 60_000 for act in batches[0]["actions"])
    assert {batch["holds"] for batch in batches} == {3}
    assert checks_in(db) == 3


def test_a_queue_is_saved_as_a_file_that_logistics_hands_in(
    phone: Page, line: Line, served: str, db: Database, world: World, photo: bytes
) -> None:
    line.cut()
    keep_a_check(phone, world["code"], photo)
    phone.goto("/pindai/luring#pindai")
    with phone.expect_download() as saved:
        phone.locator("[data-save]").click()
    content = Path(saved.value.path()).read_bytes()
    assert world["code"].encode() not in content
    with db.writing() as session:
        lia = build.bearer(build.a_token(session, build.a_person(session, "Lia", at="81", role=Role.LOGISTICS)))

    answer = httpx.post(f"{served}/api/v1/actions/file", files={"file": ("a.ppid", content)}, headers=lia, timeout=30)

    assert [each["status"] for each in answer.json()["actions"]] == ["applied"], answer.text
    with db.reading() as session:
        assert len(list(session.scalars(select(Photo)))) == 1
    assert states(phone) == ["kept"]  # until the centre names it to the phone itself
    line.mend()
    send(phone)
    until(lambda: states(phone) == ["received"])
    assert checks_in(db) == 1


def test_a_captive_portal_takes_nothing_away(phone: Page, line: Line, db: Database, world: World) -> None:
    line.become_portal()
    keep_a_check(phone, world["code"])
    before = acts(phone)
    send(phone)
    expect(phone.locator("[data-net]")).to_have_text("Tanpa jaringan")
    assert acts(phone) == before
    assert states(phone) == ["kept"]
    line.mend()
    send(phone)
    until(lambda: states(phone) == ["received"])
    assert checks_in(db) == 1


def test_a_session_that_ended_keeps_the_queue_and_asks_to_sign_in(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    line.cut()
    for _ in range(2):
        keep_a_check(phone, world["code"])
    with db.writing() as session:
        session.execute(update(SignIn).values(revoked_at=func.current_timestamp()))
    line.mend()
    send(phone)
    expect(phone.locator("[data-notices]")).to_contain_text("Masuk lagi untuk mengirim")
    assert states(phone) == ["kept", "kept"]
    assert checks_in(db) == 0


def test_another_persons_sign_in_neither_sees_nor_sends_it(phone: Page, line: Line, db: Database, world: World) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    line.mend()
    sign_in(phone, "markus")
    opened_once(phone)
    phone.click("[data-send]")
    expect(phone.locator("[data-notices]")).to_contain_text("1 tindakan orang lain")
    expect(phone.locator("[data-view=home] [data-stands]")).to_have_count(0)
    assert (states(phone), checks_in(db)) == (["kept"], 0)
    sign_in(phone, "yosefina")
    send(phone)
    until(lambda: states(phone) == ["received"])
    assert checks_in(db) == 1


def test_two_tabs_send_once_and_a_worker_without_a_tab_sends_too(
    phone: Page, context: BrowserContext, line: Line, db: Database, world: World
) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    other = context.new_page()
    other.goto("/pindai/luring")
    line.mend()
    asked = line.count("POST /api/v1/actions")
    for page in (phone, other):
        page.evaluate("dispatchEvent(new Event('online'))")
    until(lambda: states(phone) == ["received"])
    assert line.count("POST /api/v1/actions") - asked == 1
    other.close()
    line.cut()
    keep_a_check(phone, world["code"])
    line.mend()
    phone.goto("/masuk/", wait_until="commit")  # no page of ours sends from here
    wake(context, phone)
    until(lambda: states(phone) == ["received"] * 2)
    assert checks_in(db) == 2


def wake(context: BrowserContext, page: Page) -> None:
    """Background Sync, as the browser would call it once there is a network."""
    debugger = context.new_cdp_session(page)
    found: list[str] = []

    def listen(event: dict[str, Any]) -> None:
        found.extend(each["registrationId"] for each in event["registrations"])

    debugger.on("ServiceWorker.workerRegistrationUpdated", listen)
    debugger.send("ServiceWorker.enable")
    while not found:
        page.wait_for_timeout(50)  # in which Playwright hears events
    origin = page.evaluate("location.origin")
    asked = {"origin": origin, "registrationId": found[0], "tag": "queue", "lastChance": False}
    debugger.send("ServiceWorker.dispatchSyncEvent", asked)


FULL = """() => {
  const put = IDBObjectStore.prototype.put;
  IDBObjectStore.prototype.put = function (...given) {
    if (this.name === "meta") throw new DOMException("full", "QuotaExceededError");
    return put.apply(this, given);
  };
  return () => (IDBObjectStore.prototype.put = put);
}"""


def test_what_a_full_phone_cannot_keep_is_not_called_kept(phone: Page, line: Line, world: World, photo: bytes) -> None:
    """The disk fails late: after the photo and the act, at the phone's count."""
    line.cut()
    phone.goto(f"/pindai/luring#check={world['code']}")
    choose(phone, "condition", "good")
    phone.set_input_files("#f-photos-check", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo})
    expect(phone.locator("[data-view=check] [data-thumbs] img")).to_have_count(1)
    mend = phone.evaluate_handle(FULL)
    phone.locator("[data-view=check] .go button").click()
    expect(phone.locator("[data-notices]")).to_contain_text("penyimpanannya penuh")
    assert (acts(phone), lying(phone, "photos")) == ([], [])
    mend.evaluate("mended => mended()")
    phone.locator("[data-view=check] .go button").click()
    expect(phone.locator("[data-view=device] [data-state=kept]")).to_be_visible()
    assert len(lying(phone, "photos", "({ sha256 }) => ({ sha256 })")) == 1


def test_a_worker_that_is_replaced_in_mid_flush_leaves_the_queue(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    line.cut()
    for _ in range(3):
        keep_a_check(phone, world["code"])
    line.mend()
    line.is_newer = True
    phone.evaluate(
        """async () => {
          const one = await navigator.serviceWorker.getRegistration();
          dispatchEvent(new Event("online"));
          await one.update();
        }"""
    )
    until(lambda: states(phone) == ["received"] * 3)
    until(lambda: any("zzzz" in name for name in phone.evaluate("caches.keys()")))
    assert checks_in(db) == 3
    line.cut()
    phone.goto("/pindai")
    expect(phone.locator("[data-view=home] [data-state=received]")).to_have_count(3)


def test_the_switch_takes_the_worker_and_its_pages_away_and_nothing_that_was_done(
    phone: Page, line: Line, world: World
) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    line.mend()
    line.is_switched_off = True
    line.lose = 99
    phone.goto("/masuk")
    # The browser looks for a new worker at each visit; one look may fail on a busy machine.
    looked = "navigator.serviceWorker.getRegistration().then((one) => one?.update().then(() => 1, () => 1) ?? 0)"
    until(lambda: phone.evaluate(looked) == 0)
    until(lambda: phone.evaluate("caches.keys()") == [])
    assert states(phone) == ["kept"]
    line.cut()
    with pytest.raises(PlaywrightError, match="ERR_"):
        phone.goto("/pindai")


def test_who_signs_out_is_told_what_waits_and_leaves_no_list(phone: Page, line: Line, world: World) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    line.mend()
    line.lose = 99
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.accept()

    phone.on("dialog", answer)
    opened(phone, "/akun")
    phone.locator(".who summary").click()
    phone.locator("form[action='/keluar'] button").click()
    expect(phone).to_have_url(re.compile("/masuk$"))
    assert asked == [asked[0]]
    assert asked[0].startswith("1 tindakan")
    assert states(phone) == ["kept"]
    line.cut()
    phone.goto(f"/d/{world['code']}")
    expect(phone.locator("[data-age]")).to_contain_text("Belum ada daftar")
    expect(phone.locator("[data-stands]")).to_have_count(0)


def test_a_phone_that_was_signed_out_hands_in_what_it_holds_and_is_empty_then(
    phone: Page, line: Line, db: Database, world: World
) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    with db.writing() as session:
        session.execute(update(Phone).values(signed_out_at=datetime.now(UTC)))
    line.mend()
    send(phone)
    expect(phone.locator("[data-notices]")).to_contain_text("sekarang sudah kosong")
    assert (acts(phone), checks_in(db)) == ([], 1)
    expect(phone.locator("[data-age]")).to_contain_text("Belum ada daftar")
    phone.goto("/akun")
    expect(phone).to_have_url(re.compile("/masuk"))


def test_a_list_that_was_not_renewed_for_long_is_locked_and_what_was_done_is_not(
    phone: Page, line: Line, world: World
) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    phone.add_init_script("{ const now = Date.now; Date.now = () => now() + 15 * 86_400_000; }")
    phone.goto(f"/d/{world['code']}")
    expect(phone.locator("[data-age]")).to_contain_text("terkunci")
    expect(phone.locator("[data-view=device]")).to_be_hidden()
    expect(phone.locator("[data-view=home] [data-state=kept]")).to_be_visible()
    line.mend()
    send(phone)
    expect(phone.locator("[data-age]")).to_contain_text("4 perangkat")


def test_a_refused_act_stays_until_its_person_has_seen_it(phone: Page, line: Line, world: World) -> None:
    line.cut()
    keep_a_check(phone, world["code"])
    phone.evaluate(
        """() => new Promise((resolve) => {
          indexedDB.open("assets-phone").onsuccess = ({ target: { result: db } }) => {
            const acts = db.transaction("acts", "readwrite").objectStore("acts");
            acts.getAll().onsuccess = ({ target: { result: [act] } }) => {
              acts.put({ ...act, payload: { condition: "heavy" } }).onsuccess = () => resolve(db.close());
            };
          };
        })"""
    )
    line.mend()
    send(phone)
    row = phone.locator("[data-view=home] [data-stands=trouble]")
    expect(row).to_contain_text("Perlu diselesaikan")
    asked = line.count("POST /api/v1/actions")
    phone.click("[data-send]")
    expect(phone.locator("[data-send][aria-busy]")).to_have_count(0)
    assert line.count("POST /api/v1/actions") == asked
    row.locator("[data-dismiss]").click()
    expect(row).to_have_count(0)
    assert acts(phone) == []


@pytest.mark.parametrize("seed", range(times(1)))
def test_whatever_the_line_does_each_act_is_done_once(
    phone: Page, context: BrowserContext, line: Line, db: Database, world: World, seed: int
) -> None:
    """Twelve turns of a line that is cut, mended, a portal, or swallows answers, and of a tab that is closed whenever it likes."""
    chance = random.Random(seed)
    page, done = phone, 0
    turns: list[Callable[[], object]] = [line.cut, line.mend, line.mend, line.become_portal]
    for _ in range(12):
        chance.choice(turns)()
        line.lose = chance.choice([0, 0, 1, 2])
        if chance.random() < 0.6:
            keep_a_check(page, world["code"])
            done += 1
        else:
            send(page)
        if chance.random() < 0.4:
            page.close()
            page = context.new_page()
            page.goto("/pindai/luring")
    line.mend()
    line.lose = 0
    send(page)
    until(lambda: states(page) == ["received"] * done)
    assert done > 1
    assert checks_in(db) == done
