"""The log over HTTP: its checkpoint, its tiles, its key and its cosignatures for everybody, a device's proof for who may see it."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey

from assets_service.access.stamp import Role
from assets_service.app import create_app
from assets_service.app.working import works
from assets_service.kernel.db import Database
from assets_service.kernel.jobs.worker import Worker
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from assets_service.tlog.checkpoint import read_checkpoint
from assets_service.tlog.cosignature import cosign, witnesses_of
from assets_service.tlog.keys import SigningKey, read_key
from assets_service.tlog.note import read_note
from assets_service.tlog.proof import read_proof
from assets_service.tlog.tiles import Tree
from tests import build
from tests.clock import StillClock
from tests.seals.build_seals import key_of, sealed
from tests.tlog.build_tlog import Log, a_key, a_witness

Api = TestClient[Litestar]
WITNESSES = (a_witness(), a_witness("witness.example.go.id/31", 3))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return structs.replace(settings, witnesses=tuple(witness.verifier for witness in WITNESSES))


@pytest.fixture
def app(settings: Settings, db: Database, clock: StillClock) -> Litestar:
    """An app of its own: who its witnesses are is a setting."""
    return create_app(settings, db=db, clock=clock, poll_s=3600)


def test_before_the_first_seal_there_is_nothing_to_read(client: Api) -> None:
    for path in ("checkpoint", "key", "keys", "tile/0/000"):
        answer = client.get(f"/ledger/{path}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_checkpoint_is_public_signed_and_not_kept_by_caches(client: Api, db: Database, settings: Settings) -> None:
    sealed(db, settings, 5)
    answer = client.get("/ledger/checkpoint")
    key = read_key(client.get("/ledger/key").text.removesuffix("\n"))
    assert key == key_of(db)
    assert read_checkpoint(answer.text, key)[0].size == 6
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=5"


def test_a_reader_of_other_make_follows_the_log(client: Api, db: Database, settings: Settings, tmp_path: Path) -> None:
    """Checkpoint, tiles, entries and both kinds of proof, as they come over HTTP."""
    sealed(db, settings, 3, 600)
    paths = (
        "checkpoint",
        *(f"tile/0/00{n}" for n in (0, 1)),
        "tile/0/002.p/92",
        "tile/1/000.p/2",
        "tile/entries/002.p/92",
    )
    for path in paths:
        answer = client.get(f"/ledger/{path}")
        assert answer.status_code == 200, path
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(answer.content)
        if "tile" in path:
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert answer.headers["content-type"] == "application/octet-stream"
    reader = TilesReader(LocalBackend(tmp_path))
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(client.get("/ledger/key").text.strip()))
    assert (checkpoint.size, checkpoint.root_hash) == (604, reader.calculate_root_hash())
    assert len(reader.get_entry(603)) == 32
    before = Tree(4, lambda level, number: client.get(f"/ledger/tile/{level}/{number:03}").content).root()
    reader.get_consistency_proof(4, 604).check(before, checkpoint.root_hash)


NO_TILES = {
    "an address that no tile has": ("0/0", 400),
    "one past the tree": ("0/001", 404),
    "a wider one than there is": ("0/000.p/7", 404),
    "a full one before it is full": ("0/000", 404),
    "a level that is not there yet": ("1/000.p/1", 404),
    "entries past the tree": ("entries/001.p/1", 404),
    "somebody's file": ("0/..%2F..%2Fseal_key", 400),
}


@pytest.mark.parametrize(("path", "status"), NO_TILES.values(), ids=NO_TILES)
def test_no_tile_is_given_for(client: Api, db: Database, settings: Settings, path: str, status: int) -> None:
    sealed(db, settings, 5)
    assert client.get(f"/ledger/tile/{path}").status_code == status


def test_a_narrower_tile_is_the_beginning_of_a_wider_one(client: Api, db: Database, settings: Settings) -> None:
    sealed(db, settings, 5)
    wide = client.get("/ledger/tile/0/000.p/6").content
    sealed(db, settings, 300)
    assert client.get("/ledger/tile/0/000.p/6").content == wide
    assert client.get("/ledger/tile/0/000").content[: len(wide)] == wide


def test_the_keys_tell_how_one_followed_the_other(client: Api, db: Database, settings: Settings) -> None:
    sealed(db, settings, 2)
    first = key_of(db)
    Sealer(db, settings).change_key()
    said, _, statement = client.get("/ledger/keys").text.partition("\n\n")
    assert read_key(said) == first
    read_note(statement).verify(first)
    assert str(key_of(db)) in statement


# ---- the head and a device's proof --------------------------------------------------------------------------------


def a_device_and_two_who_look(db: Database) -> tuple[str, str, str]:
    with db.writing() as session:
        build.roster(session)
        device = build.a_device(session, at="81.02")
        mine, foreign = (
            build.a_token(session, build.a_person(session, at=at, role=Role.AUDITOR)) for at in ("81", "31")
        )
        return device.code, mine, foreign


def test_the_head_bears_the_newest_checkpoint(client: Api, db: Database, settings: Settings) -> None:
    _, token, _ = a_device_and_two_who_look(db)
    head = client.get("/api/v1/ledger/head", headers=build.bearer(token)).json()
    assert head["seal"] is None
    seal, *_ = sealed(db, settings, 2)
    head = client.get("/api/v1/ledger/head", headers=build.bearer(token)).json()
    assert head["seal"]["size"] == seal.size
    assert head["seal"]["checkpoint"] == seal.note
    assert head["cosigned"] is None


def test_a_devices_proof_is_for_who_sees_it_as_text_or_json(client: Api, db: Database, settings: Settings) -> None:
    code, mine, foreign = a_device_and_two_who_look(db)
    address = f"/api/v1/devices/{code}/proof"
    assert client.get(address, headers=build.bearer(mine)).status_code == 404, "nothing is sealed yet"
    sealed(db, settings, 1)
    text = client.get(address, headers=build.bearer(mine))
    said = client.get(address, headers=build.bearer(mine) | {"accept": "application/json"}).json()
    assert text.headers["content-disposition"] == f'attachment; filename="{code}.tlog-proof"'
    proof = read_proof(text.text)
    proof.verify(bytes.fromhex(said["hash"]), key_of(db))
    assert said["leaf_index"] == proof.index
    assert said["checkpoint"] == proof.checkpoint
    assert client.get(f"/perangkat/{code}/bukti", headers=build.bearer(mine)).text == text.text
    assert client.get(address, headers=build.bearer(foreign)).status_code == 404
    assert client.get(f"/perangkat/{code}/bukti", headers=build.bearer(foreign)).status_code == 404


def test_a_proof_can_be_asked_under_an_earlier_checkpoint(client: Api, db: Database, settings: Settings) -> None:
    code, token, _ = a_device_and_two_who_look(db)
    first, _ = sealed(db, settings, 1, 1)
    answer = client.get(f"/api/v1/devices/{code}/proof?size={first.size}", headers=build.bearer(token))
    assert read_proof(answer.text).checkpoint == first.note
    for size, status in ((first.size + 1_000, 409), (0, 400), (-1, 400)):
        answer = client.get(f"/api/v1/devices/{code}/proof?size={size}", headers=build.bearer(token))
        assert answer.status_code == status


def test_the_newest_entry_may_have_to_wait_for_the_next_seal(client: Api, db: Database, settings: Settings) -> None:
    _, token, _ = a_device_and_two_who_look(db)
    sealed(db, settings, 1)
    with db.writing() as session:
        later = build.a_device(session, at="81.02").code
    answer = client.get(f"/api/v1/devices/{later}/proof", headers=build.bearer(token))
    assert answer.status_code == 409
    assert later in answer.json()["detail"]


# ---- cosignatures -------------------------------------------------------------------------------------------------


def cosigned(db: Database, settings: Settings, *witnesses: SigningKey) -> str:
    seal, *_ = sealed(db, settings, 2)
    note = read_note(seal.note)
    return str(note.plus([cosign(note, witness, build.NOON) for witness in witnesses]))


def test_a_checkpoint_shows_who_cosigned_it(client: Api, db: Database, settings: Settings) -> None:
    note = cosigned(db, settings, *WITNESSES)
    for _ in range(2):  # a second time changes nothing
        answer = client.post("/ledger/cosignatures", content=note, headers={"content-type": "text/plain"})
        assert answer.status_code == 200, answer.text
        assert set(answer.json()["signed_by"][1:]) == {witness.name for witness in WITNESSES}
    shown = read_note(client.get("/ledger/checkpoint").text)
    assert witnesses_of(shown, settings.witnesses) == list(settings.witnesses)


def of_another_log(db: Database, settings: Settings) -> str:
    sealed(db, settings, 2)
    note = Log(3).checkpoint().signed(a_key())
    return str(note.plus([cosign(note, WITNESSES[0], build.NOON)]))


def twice(db: Database, settings: Settings) -> str:
    note = cosigned(db, settings, WITNESSES[0])
    return note + note.splitlines(keepends=True)[-1]


BAD_COSIGNATURES: dict[str, Callable[[Database, Settings], str]] = {
    "an unknown witness": lambda db, settings: cosigned(db, settings, a_witness("stranger.example", 9)),
    "no witness": cosigned,
    "a checkpoint of another log": of_another_log,
    "a signature that does not fit": lambda db, settings: cosigned(db, settings, WITNESSES[0]).replace(
        "\n3\n", "\n4\n"
    ),
    "the same signature twice": twice,
    "no note": lambda _db, _settings: "hello",
    "nothing": lambda _db, _settings: "",
    "far too much": lambda _db, _settings: "a" * 200_000,
}


@pytest.mark.parametrize("make", BAD_COSIGNATURES.values(), ids=BAD_COSIGNATURES)
def test_a_cosignature_is_refused_for(
    client: Api, db: Database, settings: Settings, make: Callable[[Database, Settings], str]
) -> None:
    answer = client.post("/ledger/cosignatures", content=make(db, settings), headers={"content-type": "text/plain"})
    assert answer.status_code in {400, 409}, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_interval_seals_by_itself(app: Litestar, db: Database, settings: Settings) -> None:
    with db.writing() as session:
        build.roster(session)
    clock = app.state.clock
    worker = Worker(db, works(db, settings, clock), clock=clock)
    for _ in range(3):
        worker.ask_by_itself()  # of several processes that ask, one is enough
    began = time.monotonic()
    while worker.do_one():
        assert time.monotonic() - began < 60
    assert Sealer(db, settings).seal() is None
    worker.ask_by_itself()
    assert not worker.do_one(), "the interval is not over"
    clock.at = build.later(minutes=settings.seal_minutes + 1)
    with db.writing() as session:
        build.a_device(session)
    worker.ask_by_itself()
    assert worker.do_one()
    assert Sealer(db, settings).seal() is None
