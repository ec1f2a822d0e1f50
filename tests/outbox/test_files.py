"""A phone that finds no network saves its queue as a file; logistics hands it in, and it is judged as the phone's person."""

from base64 import b64decode
from hashlib import sha256
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import json

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.outbox.sealed import FORMAT, NONCE_BYTES, Queue, SealedQueue, key_of
from assets_service.people import commands as people
from assets_service.people import queries as persons
from assets_service.settings import Settings
from tests import build
from tests.inspections.build_inspections import a_picture
from tests.outbox.build_outbox import Client, Hand, World, a_hand, device_of, entries_of
from tests.outbox.test_conflicts import end_rights, officer

NONCE = b"0" * NONCE_BYTES


def sealed(queue: Queue, phone: str, secret: str) -> bytes:
    """The file as a phone makes it."""
    about = f"{FORMAT}/{phone}".encode()
    content = AESGCM(key_of(secret, phone)).encrypt(NONCE, json.encode(queue), about)
    return json.encode(SealedQueue(FORMAT, phone, NONCE, content))


def a_file(hand: Hand, settings: Settings, *acts: Any, phone: str | None = None, **facts: Any) -> bytes:
    queue = Queue(**{"person": hand.person, "schema": 1, "actions": list(acts)} | facts)  # type: ignore[arg-type]  # what a test says
    return sealed(queue, phone or hand.phone, settings.secret_key)


def hand_in(by: Hand, content: bytes, status: int = 200) -> Any:
    files = {"file": ("antrean.ppid", content)}
    answer = by.client.post("/api/v1/actions/file", files=files, headers=by.headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def statuses(by: Hand, content: bytes) -> list[str]:
    return [each["status"] for each in hand_in(by, content)["actions"]]


@pytest.fixture
def lia(client: Client, db: Database, world: World) -> Hand:
    world.head.send()  # the phone was once in contact, and has its key from then
    return officer(client, db)


def test_the_phone_was_given_the_key_with_which_it_seals(world: World, settings: Settings) -> None:
    assert b64decode(world.head.send()["key"]) == key_of(settings.secret_key, world.head.phone)


def test_a_file_is_judged_as_its_person_and_tells_who_handed_it_in(
    db: Database, world: World, lia: Hand, settings: Settings
) -> None:
    check, receipt = world.check(), world.receipt()  # nobody above the receiver confirms: Lia herself could not
    file = a_file(world.head, settings, check, receipt)
    assert statuses(lia, file) == ["applied", "applied"]

    entries = [entry for act in (check, receipt) for entry in entries_of(db, act["id"])]
    assert {(entry.actor, entry.door) for entry in entries} == {(f"person/{world.head.person}", "file")}
    with db.reading() as session:
        told = ledger.history(session, f"person/{world.head.person}")[-1]
    assert (told.kind, told.actor) == ("outbox.file_handed_in", f"person/{lia.person}")
    assert json.decode(told.body)["file_sha256"] == sha256(file).hexdigest()
    assert world.head.statuses(check, receipt) == ["duplicate"] * 2  # the phone found a network after all
    assert statuses(lia, file) == ["duplicate"] * 2


def test_photos_come_with_it(db: Database, world: World, lia: Hand, settings: Settings) -> None:
    picture = a_picture()
    name = sha256(picture).hexdigest()
    check = world.check(photos=[name])
    assert statuses(lia, a_file(world.head, settings, check, photos={name: picture})) == ["applied"]
    assert statuses(lia, a_file(world.head, settings, world.check(photos=["0" * 64]))) == ["refused"]
    assert len(json.decode(entries_of(db, check["id"])[0].body)["photos"]) == 1


def test_it_is_judged_by_the_rights_of_its_person_now(
    db: Database, world: World, lia: Hand, settings: Settings
) -> None:
    end_rights(db, world.head, build.later(minutes=-10))
    assert statuses(lia, a_file(world.head, settings, world.check())) == ["quarantined"]


def test_the_file_of_somebody_who_was_deactivated_is_kept_for_an_officer(
    db: Database, world: World, lia: Hand, settings: Settings
) -> None:
    with db.writing() as session:
        people.deactivate(session, persons.locked(session, world.head.person, build.system()), stamp=build.system())
    check = world.check()
    assert statuses(lia, a_file(world.head, settings, check)) == ["quarantined"]
    assert entries_of(db, check["id"]) == []


def spoilt(file: bytes, how: str, other: str) -> bytes:
    if how == "cut":
        return file[:-9]
    if how == "no file of ours":
        return b"PK\x03\x04 not one of ours"
    parts = json.decode(file)
    if how == "edited":
        parts["sealed"] = ("B" if parts["sealed"][40] == "A" else "A").join(
            (parts["sealed"][:40], parts["sealed"][41:])
        )
    elif how == "of another phone":
        parts["phone"] = other
    else:
        parts["nonce"] = ""
    return json.encode(parts)


@pytest.mark.parametrize("how", ["cut", "edited", "of another phone", "without its nonce", "no file of ours"])
def test_an_edited_cut_or_foreign_file_is_refused_whole(
    db: Database, world: World, lia: Hand, settings: Settings, how: str
) -> None:
    world.other.send()
    check = world.check()
    file = spoilt(a_file(world.head, settings, check), how, world.other.phone)
    refused = hand_in(lia, file, status=400)
    assert [each["pointer"] for each in refused["errors"]] == ["/file"]
    assert entries_of(db, check["id"]) == []


@pytest.mark.parametrize(
    "who", ["whoever has no right over that office", "a phone that was never in contact", "another person's"]
)
def test_who_may_not_hand_it_in_learns_nothing_of_it(
    client: Client, db: Database, world: World, lia: Hand, settings: Settings, who: str
) -> None:
    check, by, facts = world.check(), lia, {}
    if who == "whoever has no right over that office":
        by = officer(client, db, at="62")
    elif who == "another person's":
        facts = {"person": world.other.person}
    phone = "00000000-0000-4000-8000-000000000000" if "never" in who else None
    assert hand_in(by, a_file(world.head, settings, check, phone=phone, **facts), status=404)["status"] == 404
    assert entries_of(db, check["id"]) == []


def test_the_page_tells_what_became_of_each_act(
    client: Client, db: Database, world: World, lia: Hand, settings: Settings
) -> None:
    with db.writing() as session:
        head = a_hand(client, db, build.a_person(session, "Rudi", at="81.02", role=Role.HEAD), session)
    file = a_file(world.head, settings, world.check(), world.check(device="ZZZZZZZZ"))
    form = {"action_id": "0198d2c4-0000-7000-8000-000000000001"}
    page = client.post(
        "/penyelesaian/luring/berkas",
        data=form,
        files={"file": ("a.ppid", file)},
        headers=lia.headers | {"Accept-Language": "en"},
    )
    assert page.status_code == 200, page.text
    assert ("2 actions were in it." in page.text, "Carried out" in page.text, "Refused" in page.text) == (
        True,
        True,
        True,
    )
    assert device_of(db, world.code).last_checked_on is not None
    nothing = client.post("/penyelesaian/luring/berkas", data=form, headers=head.headers)
    assert (nothing.status_code, 'id="f-file-problem"' in nothing.text) == (400, True)
