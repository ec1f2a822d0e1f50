"""docs/ledger-format.md is held to its word."""

import hashlib
import json
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import pytest

import assets_service
from assets_service.devices.events import FACTS
from assets_service.exports.files import write_ledger
from assets_service.kernel.db import Database
from assets_service.ledger.events import Event
from tests import build
from tests.exports.build_exports import a_file, a_lived_in_fleet

ROOT = Path(assets_service.__file__).parents[1]
TEXT = (ROOT / "docs" / "ledger-format.md").read_text(encoding="utf-8")


def every_event() -> list[type[Event]]:
    for events in sorted((ROOT / "assets_service").glob("*/events.py")):
        import_module(f"assets_service.{events.parent.name}.events")

    def below(kind: type[Event]) -> list[type[Event]]:
        return [each for child in kind.__subclasses__() for each in (child, *below(child))]

    return [kind for kind in below(Event) if kind.__module__.startswith("assets_service.")]


def tag(kind: type[Event]) -> str:
    return str(kind.__struct_config__.tag)


@pytest.mark.parametrize("kind", every_event(), ids=tag)
def test_every_kind_and_every_field_is_documented(kind: type[Event]) -> None:
    row = re.search(rf"^\| `{re.escape(tag(kind))}` \| (.*?) \|", TEXT, re.MULTILINE)
    assert row, f"docs/ledger-format.md does not know {tag(kind)}"
    assert re.findall(r"`(\w+)`", row[1]) == [field.name for field in msgspec.structs.fields(kind)]


def test_no_two_kinds_share_a_tag_and_none_is_invented() -> None:
    tags = [tag(kind) for kind in every_event()]
    assert len(set(tags)) == len(tags)
    assert set(re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \|", TEXT, re.MULTILINE)) == set(tags)


def test_every_fact_of_a_device_is_documented() -> None:
    named = re.search(r"states that there is none:\n\n(.*)\n", TEXT)
    assert named
    assert set(re.findall(r"`(\w+)`", named[1])) == FACTS


def the_verifier() -> str:
    programs: list[str] = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    return next(program for program in programs if "def verify" in program)


def test_the_example_hashes_are_right() -> None:
    world: dict[str, Any] = {}
    exec(the_verifier().partition("\nsaid = ")[0], world)
    names = ("prev_hash", "subject", "subject_seq", "kind", "at", "claimed_at", "actor", "door", "action_id", "body")
    examples = re.findall(
        r"^```\nassets-ledger-1\n([0-9a-f].*?)\n```.*?hashes to `([0-9a-f]+)`", TEXT, re.MULTILINE | re.DOTALL
    )
    assert len(examples) == 2
    for lines, stated in examples:
        entry: dict[str, Any] = dict(zip(names, lines.split("\n"), strict=True))
        entry["claimed_at"] = None if entry["claimed_at"] == "-" else entry["claimed_at"]
        assert world["hash_of"](entry) == stated


def run_the_verifier(folder: Path, ledger: Path) -> subprocess.CompletedProcess[str]:
    program = folder / "verify.py"
    program.write_text(the_verifier())
    return subprocess.run([sys.executable, str(program), str(ledger)], capture_output=True, text=True, check=False)


def test_the_verifier_of_the_page_verifies_a_real_export(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
    ledger = tmp_path / "ledger.jsonl"
    write_ledger(db, ledger, build.system())

    assert len(the_verifier().splitlines()) <= 50
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
