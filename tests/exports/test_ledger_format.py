"""docs/ledger-format.md is held to its word."""

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import assets_service
from assets_service.exports.columns import COLUMNS, Column
from assets_service.exports.files import write_ledger
from assets_service.kernel.db import Database
from assets_service.ledger.events import Event, kind_of
from assets_service.ledger.facts import DEVICE_FACTS, PUBLIC_FACTS, begun, texts
from assets_service.ledger.models import Entry
from tests import build
from tests.events import EVENTS, STATED
from tests.exports.build_exports import a_file, a_lived_in_fleet

ROOT = Path(assets_service.__file__).parents[1]
TEXT = (ROOT / "docs" / "ledger-format.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", EVENTS, ids=kind_of)
def test_every_kind_and_every_field_is_documented(kind: type[Event]) -> None:
    row = re.search(rf"^\| `{re.escape(kind_of(kind))}` \| (.*?) \|", TEXT, re.MULTILINE)
    assert row, f"docs/ledger-format.md does not know {kind_of(kind)}"
    assert re.findall(r"`(\w+)`", row[1]) == [field.name for field in msgspec.structs.fields(kind)]


def test_no_two_kinds_share_a_tag_and_none_is_invented() -> None:
    tags = [kind_of(kind) for kind in EVENTS]
    assert len(set(tags)) == len(tags)
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", TEXT, re.MULTILINE)) == set(tags)


def test_every_fact_of_a_device_is_documented() -> None:
    named = re.search(r"states that there is none:\n\n(.*)\n", TEXT)
    assert named
    assert set(re.findall(r"`(\w+)`", named[1])) == DEVICE_FACTS
    public = re.search(r"The public ones are\n\n(.*)\n", TEXT)
    assert public
    assert set(re.findall(r"`(\w+)`", public[1])) == PUBLIC_FACTS


def test_only_kinds_that_are_known_to_state_facts_stand_in_a_devices_chain(session: Session) -> None:
    """Else a name like a fact's, in an event about something else, would rewrite the device."""
    a_lived_in_fleet(session)
    kinds = {"devices": set[str](), "others": set[str]()}
    for subject, kind in session.execute(select(Entry.subject, Entry.kind).distinct()):
        kinds["others" if "/" in subject else "devices"].add(kind)
    assert kinds["devices"] <= STATED.keys()
    assert "custody.short" in kinds["devices"]
    assert kinds["others"] & {kind for kind, facts in STATED.items() if facts} == set()


@pytest.mark.parametrize("column", [column for column in COLUMNS if column.words], ids=lambda column: column.name)
def test_every_word_of_a_tabular_file_is_documented(column: Column) -> None:
    assert [word for value, word in column.words.items() if f"`{word}` `{value}`" not in TEXT] == []
    assert f"*{column.heading}*" in TEXT


def the_verifier() -> str:
    programs: list[str] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return next(program for program in programs if "def verify" in program)


def the_world() -> dict[str, Any]:
    """What the program of the page defines."""
    world: dict[str, Any] = {}
    exec(the_verifier().partition("\ntry:")[0], world)
    return world


def test_the_digests_of_the_example_are_right() -> None:
    examples = re.findall(
        r"^```\n(assets-ledger-2.*?)\n```\n\n(?:which )?(?:is|are) `([0-9a-f]+)`", TEXT, re.MULTILINE | re.DOTALL
    )
    assert len(examples) == 7
    for lines, stated in examples:
        assert hashlib.sha256(lines.encode()).hexdigest() == stated


def test_the_program_of_the_page_hashes_the_example_as_it_says() -> None:
    world = the_world()
    names = ("prev_hash", "subject", "subject_seq", "kind", "at", "claimed_at", "actor", "door", "action_id", "body")
    told = re.findall(r"^```\nassets-ledger-2/told\n[0-9a-f]{32}\n(.*?)\n```", TEXT, re.MULTILINE | re.DOTALL)
    salts = re.findall(r"the `salt` `([0-9a-f]{32})`", TEXT)
    assert len(told) == len(salts) == 2
    facts = dict(world["DEVICE"])
    for lines, salt in zip(told, salts, strict=True):
        entry: dict[str, Any] = dict(zip(names, lines.split("\n"), strict=True)) | {"salt": salt}
        entry["claimed_at"] = None if entry["claimed_at"] == "-" else entry["claimed_at"]
        facts |= json.loads(entry["body"])
        entry["facts"] = world["facts_of"](entry, {name: facts[name] for name in world["DEVICE"]})
        assert f"`{entry['facts']}`" in TEXT
        assert f"`{world['hash_of'](entry)}`" in TEXT


def test_the_program_of_the_page_knows_the_facts_as_we_do() -> None:
    world = the_world()
    for sort, subject in {"": "7K3M9QXA", "office": "office/81", "person": "person/7"}.items():
        assert world["BEGUN"][sort] == begun(subject)
        public = {name for name in begun(subject) if f'"{name}"' in texts(subject, begun(subject))[0]}
        assert {name for name in begun(subject) if name in world["PUBLIC"]} == public


def run_the_verifier(folder: Path, ledger: Path) -> subprocess.CompletedProcess[str]:
    program = folder / "verify.py"
    program.write_text(the_verifier())
    return subprocess.run([sys.executable, str(program), str(ledger)], capture_output=True, text=True, check=False)


def test_the_verifier_of_the_page_verifies_a_real_export(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
    ledger = tmp_path / "ledger.jsonl"
    write_ledger(db, ledger, build.system())

    assert len(the_verifier().splitlines()) <= 80
    held = run_the_verifier(tmp_path, ledger)
    assert (held.returncode, held.stderr) == (0, "")
    assert "chains hold" in held.stdout

    ledger.write_bytes(ledger.read_bytes().replace(b"Galaxy A15", b"Galaxy A16", 1))
    broken = run_the_verifier(tmp_path, ledger)
    assert broken.returncode == 1
    assert "its content was changed" in broken.stdout


def test_the_digest_of_an_inventory_can_be_computed_as_the_page_says(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
        build.a_device(session, note='Ünïcode "kutip" \\ baris\nbaru \u2028 \x7f')
    lines = [json.loads(line) for line in a_file(db, tmp_path / "a.jsonl").splitlines()]
    digest = hashlib.sha256()
    statement = next(line for line in TEXT.splitlines() if line.startswith("digest.update(json"))
    for row in lines[1:-1]:
        exec(statement, {"json": json, "digest": digest, "row": row})
    assert digest.hexdigest() == lines[-1]["sha256"]
