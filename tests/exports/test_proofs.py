"""Proofs beside an export: every cell of it is proven, a changed one is found, and what is not proven is said not to be."""

import json
import zipfile
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.exports.columns import Edition
from assets_service.exports.files import write_inventory, write_ledger
from assets_service.exports.verify import Trust, verify_files
from assets_service.kernel.db import Database
from assets_service.ledger.chain import joined, private_of, public_of
from assets_service.ledger.models import Entry
from assets_service.seals.proofs import prover
from assets_service.seals.queries import head_of
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from tests import build
from tests.exports.build_exports import DAYS, a_lived_in_fleet
from tests.seals.build_seals import key_of
from tests.tlog.build_tlog import a_key, a_witness

NOT_PROVEN = {"flags", "openness", "openness_year"}  # counted, or told by no device's chain: the documentation says so
BYTES_MAX = 2048  # a device's proof as text
Export = dict[str, Any]


@pytest.fixture
def fleet(db: Database, settings: Settings) -> dict[str, str]:
    with db.writing() as session:
        made = {name: device.code for name, device in a_lived_in_fleet(session).items()}
    Sealer(db, settings).seal()
    return made


@pytest.fixture
def trust(db: Database, fleet: dict[str, str]) -> Trust:
    assert fleet
    return Trust(key_of(db))


def an_inventory(db: Database, folder: Path, name: str = "i.jsonl", **asked: Any) -> list[Path]:
    path = folder / name
    write_inventory(db, path, build.system(build.later(days=40)), unconfirmed_after_days=DAYS, **asked)
    return [path, path.with_name(f"{name}.proofs")]


def a_ledger(db: Database, folder: Path) -> list[Path]:
    path = folder / "l.jsonl"
    write_ledger(db, path, build.system(build.later(days=40)))
    return [path, path.with_name("l.jsonl.proofs")]


def said(paths: list[Path], trust: Trust) -> str:
    only = verify_files(paths, trust=trust)
    assert len(only) == 1
    assert only[0].holds is not only[0].sentence.startswith("BROKEN")
    return only[0].sentence


# ---- what holds ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["i.jsonl", "i.csv", "i.xlsx"])
def test_every_row_of_an_inventory_is_proven(db: Database, trust: Trust, tmp_path: Path, name: str) -> None:
    assert " heads are in the tree of " in said(an_inventory(db, tmp_path, name), trust)


def test_the_public_edition_is_proven_without_what_it_does_not_show(db: Database, trust: Trust, tmp_path: Path) -> None:
    paths = an_inventory(db, tmp_path, edition=Edition.PUBLIC)
    assert " heads are in the tree of " in said(paths, trust)
    devices = [line for line in lines_of(paths[1]) if "private_digest" in line]
    assert len(devices) == 8
    assert [line.keys() & {"subject", "private", "private_salt"} for line in devices] == [set()] * 8


def test_a_past_day_is_proven_by_the_entries_of_that_day(db: Database, trust: Trust, tmp_path: Path) -> None:
    as_of = build.later(days=4, hours=1).isoformat()
    assert " heads are in the tree of " in said(an_inventory(db, tmp_path, as_of=as_of), trust)


def test_a_ledger_is_proven_by_the_heads_of_its_chains(db: Database, trust: Trust, tmp_path: Path) -> None:
    paths = a_ledger(db, tmp_path)
    chains = len(lines_of(paths[1])) - 2
    assert f" {chains} heads are in the tree of " in said(paths, trust)


def test_what_came_after_the_checkpoint_is_said_not_to_be_proven(db: Database, trust: Trust, tmp_path: Path) -> None:
    with db.writing() as session:
        build.a_device(session)
    assert " 1 heads are newer than the checkpoint, and not proven." in said(an_inventory(db, tmp_path), trust)


def test_a_device_takes_two_kilobytes_at_most(db: Database, trust: Trust, tmp_path: Path) -> None:
    """With the path that a million leaves would need."""
    assert trust.key
    lines = an_inventory(db, tmp_path)[1].read_bytes().splitlines()[1:-1]
    longest = max(len(line) - len(json.loads(line)["path"]) for line in lines)
    assert longest + 4 * (20 * 32 + 2) // 3 <= BYTES_MAX


def test_before_anything_is_sealed_there_are_no_proofs(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        build.roster(session)
        build.a_device(session)
    assert [path.exists() for path in an_inventory(db, tmp_path)] == [True, False]


# ---- what is found ------------------------------------------------------------------------------------------------


def lines_of(path: Path) -> list[Export]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def rewrite(path: Path, lines: list[Export]) -> None:
    """The lines as our export would write them, with a digest that fits."""
    if lines[0].get("format", "").startswith("assets-inventory"):
        digest = sha256()
        for row in lines[1:-1]:
            digest.update(json.dumps(list(row.values()), ensure_ascii=False, separators=(",", ":")).encode() + b"\n")
        lines[-1]["sha256"] = digest.hexdigest()
    path.write_text("".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines))


OTHER: dict[str, object] = {
    "kode_barang": "3100102010", "nup": 99, "kind": "tablet", "condition": "heavy", "acquired_on": "2020-01-01", "value": 1,
    "imei1": "356938035643809", "imei2": "356938035643809", "office": "31", "presence": "lost", "bound_for": "31",
    "sent_on": "2020-01-01", "received_on": "2020-01-01", "last_checked_on": "2020-01-01", "check_due_on": "2020-01-01",
}  # fmt: skip


@pytest.fixture
def columns(db: Database, trust: Trust, tmp_path: Path) -> list[str]:
    assert trust
    return list(lines_of(an_inventory(db, tmp_path)[0])[0]["columns"])


def test_one_changed_cell_is_found_in_whatever_column(
    db: Database, trust: Trust, tmp_path: Path, columns: list[str]
) -> None:
    paths = an_inventory(db, tmp_path)
    before, unnoticed = paths[0].read_bytes(), []
    for column in columns:
        for at in range(1, 9):
            lines = [json.loads(line) for line in before.splitlines()]
            other = OTHER.get(column, "palsu")
            if lines[at][column] == other or column in NOT_PROVEN:
                continue
            lines[at][column] = other
            rewrite(paths[0], lines)
            if not said(paths, trust).startswith("BROKEN"):
                unnoticed.append((column, at))
    assert unnoticed == []


def swap_rows(export: list[Export], _proofs: list[Export]) -> None:
    export[1], export[2] = export[2], export[1]


def drop_proof(_export: list[Export], proofs: list[Export]) -> None:
    del proofs[1]


def drop_row(export: list[Export], _proofs: list[Export]) -> None:
    del export[1]
    export[-1]["rows"] -= 1


def add_row(export: list[Export], _proofs: list[Export]) -> None:
    export.insert(2, export[1] | {"code": "ZZZZZZZZ"})
    export[-1]["rows"] += 1


def other_facts(export: list[Export], proofs: list[Export]) -> None:
    export[1]["brand"] = "Palsu"
    proofs[1]["public"] = proofs[1]["public"].replace("Samsung", "Palsu")


def other_leaf(_export: list[Export], proofs: list[Export]) -> None:
    proofs[1]["leaf"] += 1


def past_the_tree(_export: list[Export], proofs: list[Export]) -> None:
    proofs[1]["leaf"] = 10_000


def blank_in_path(_export: list[Export], proofs: list[Export]) -> None:
    proofs[1]["path"] = " " + proofs[1]["path"]


def other_office(_export: list[Export], proofs: list[Export]) -> None:
    office = next(line for line in proofs if str(line.get("subject")).startswith("office/"))
    office["public"] = office["public"].replace("Bawaslu", "Panwaslu")


def other_name(_export: list[Export], proofs: list[Export]) -> None:
    next(line for line in proofs if "name" in line)["name"] = "Orang Lain"


def cut(_export: list[Export], proofs: list[Export]) -> None:
    del proofs[-1]


def claims_unsealed(_export: list[Export], proofs: list[Export]) -> None:
    """Nobody can make a changed row look only unproven without its being counted and said."""
    proofs[1]["leaf"], proofs[1]["path"] = None, ""


def other_checkpoint(_export: list[Export], proofs: list[Export]) -> None:
    proofs[0]["checkpoint"] = proofs[0]["checkpoint"].replace("\n\n", "\n\n", 1).replace("/ledger\n", "/ledger2\n", 1)


def private_of_line(line: Export) -> str:
    return private_of(line["private_salt"], line["subject"], line["subject_seq"], line["at"], line["private"])


def hash_beside(export: list[Export], proofs: list[Export]) -> None:
    """The true hash with its true place, and other facts beside it."""
    line = proofs[1]
    facts_digest = joined("facts", public_of(line["public_salt"], line["public"]), private_of_line(line))
    line["hash"] = joined("", line["told"], facts_digest)
    other_facts(export, proofs)


def digest_beside(export: list[Export], proofs: list[Export]) -> None:
    """The true digest of the private facts, and others beside it."""
    leaf, path = proofs[1].pop("leaf"), proofs[1].pop("path")
    proofs[1] |= {"private_digest": private_of_line(proofs[1]), "leaf": leaf, "path": path}
    proofs[1]["private"] = proofs[1]["private"].replace(export[1]["serial"], "PALSU1")
    export[1]["serial"] = "PALSU1"


def digest_alone(_export: list[Export], proofs: list[Export]) -> None:
    line = proofs[1]
    shown = {name: line[name] for name in ("told", "public_salt", "public")}
    proofs[1] = shown | {"private_digest": private_of_line(line), "leaf": line["leaf"], "path": line["path"]}


def office_of_another(export: list[Export], proofs: list[Export]) -> None:
    """An office is given another one's true proof, in which a digest hides whose it is."""
    mine, other = [line for line in proofs if str(line.get("subject")).startswith("office/")][:2]
    shown = {name: other[name] for name in ("told", "public_salt", "public")}
    forged = {"subject": mine["subject"]} | shown | {"private_digest": private_of_line(other)}
    proofs[proofs.index(mine)] = forged | {"leaf": other["leaf"], "path": other["path"]}
    for row in export[1:-1]:
        if f"office/{row['office']}" == mine["subject"]:
            row["office_name"] = json.loads(other["public"])["office_name"]


def row_twice(export: list[Export], proofs: list[Export]) -> None:
    export.insert(2, export[1])
    proofs.insert(2, proofs[1])
    export[-1]["rows"] += 1
    proofs[-1]["proofs"] += 1


LIES: dict[str, Callable[[list[Export], list[Export]], None]] = {
    "two rows exchanged": swap_rows,
    "a proof taken away": drop_proof,
    "a row taken away": drop_row,
    "a row put in": add_row,
    "facts changed in both files": other_facts,
    "another leaf": other_leaf,
    "a leaf past the tree": past_the_tree,
    "a blank in the base64": blank_in_path,
    "another name of an office": other_office,
    "another name of a person": other_name,
    "the end cut off": cut,
    "a proof said to be unsealed": claims_unsealed,
    "a checkpoint of another log": other_checkpoint,
    "other facts beside the true hash": hash_beside,
    "other facts beside the true digest": digest_beside,
    "a digest alone": digest_alone,
    "an office with another one's proof": office_of_another,
    "a row and its proof twice": row_twice,
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_a_lie_is_found(
    db: Database, trust: Trust, tmp_path: Path, lie: Callable[[list[Export], list[Export]], None]
) -> None:
    paths = an_inventory(db, tmp_path)
    export, proofs = (lines_of(path) for path in paths)
    lie(export, proofs)
    rewrite(paths[0], export)
    rewrite(paths[1], proofs)
    assert said(paths, trust).startswith("BROKEN: ")


def test_proofs_of_another_export_are_refused(db: Database, trust: Trust, tmp_path: Path) -> None:
    inventory, ledger = an_inventory(db, tmp_path), a_ledger(db, tmp_path)
    assert said([inventory[0], ledger[1]], trust).startswith("BROKEN")
    assert said([ledger[0], inventory[1]], trust).startswith("BROKEN")
    assert said([*inventory, ledger[0]], trust).startswith("BROKEN: give one file of proofs")


def test_without_a_key_nothing_is_believed(db: Database, trust: Trust, tmp_path: Path) -> None:
    paths = an_inventory(db, tmp_path)
    assert "which key to believe" in said(paths, Trust())
    assert "no signature by the key" in said(paths, Trust(a_key(seed=9).verifier))
    assert "Nobody known here" in said(paths, Trust(trust.key, witnesses=(a_witness().verifier,), needed=1))


# ---- a proof that stands alone, and a ZIP --------------------------------------------------------------------------


def test_a_devices_proof_stands_alone(db: Database, trust: Trust, fleet: dict[str, str], tmp_path: Path) -> None:
    with db.reading() as session:
        entry: Entry = head_of(session, fleet["held"])
        text = str(prover(session).proof(entry))
    path = tmp_path / "held.tlog-proof"
    path.write_text(text)
    assert said([path], trust).startswith(
        f"{fleet['held']}, entry {entry.subject_seq}, with the hash {entry.hash}, is leaf "
    )
    path.write_text(text.replace("index ", "index 1"))
    assert said([path], trust).startswith("BROKEN: ")


def test_a_checkpoint_that_was_written_down_is_verified(db: Database, trust: Trust, tmp_path: Path) -> None:
    path = tmp_path / "checkpoint"
    with db.reading() as session:
        path.write_text(prover(session).checkpoint)
    assert said([path], trust).startswith("The checkpoint holds: ")
    path.write_text(path.read_text().replace("/ledger\n", "/other\n", 1))
    assert said([path], trust).startswith("BROKEN: This checkpoint is of the log ")


def test_an_export_and_its_proofs_come_in_one_zip(
    db: Database, client: TestClient[Litestar], trust: Trust, tmp_path: Path
) -> None:
    with db.writing() as session:
        token = build.a_token(session, build.a_person(session, role=Role.AUDITOR))
    for name in ("inventory.csv", "inventory.jsonl", "inventory.xlsx", "ledger.jsonl"):
        answer = client.get(f"/api/v1/exports/{name}?proofs=true", headers=build.bearer(token))
        assert answer.headers["content-type"] == "application/zip"
        with zipfile.ZipFile(BytesIO(answer.content)) as whole:
            assert whole.testzip() is None
            assert [member.removesuffix(".proofs") for member in whole.namelist()] == [whole.namelist()[0]] * 2
            whole.extractall(tmp_path)
            paths = [tmp_path / member for member in whole.namelist()]
        sentence = said(paths, trust)
        assert " heads are in the tree of " in sentence, sentence
        assert "not proven" not in sentence, "what was written until now was sealed first"
