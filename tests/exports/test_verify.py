"""A file that lies about itself is found out, by our verifier and by the one of the page; a noted head is looked for."""

import json
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import openpyxl
import pytest

from assets_service.access.stamp import Role
from assets_service.exports.delimited import Flavour
from assets_service.exports.files import write_ledger
from assets_service.exports.verify import NotedHead, verify_file
from assets_service.kernel.db import Database
from tests import build
from tests.exports.build_exports import a_file, a_lived_in_fleet, somebody
from tests.exports.test_command_line import cli
from tests.exports.test_ledger_format import run_the_verifier

Lines = list[bytes]


@pytest.fixture
def ledger(db: Database, tmp_path: Path) -> Path:
    """The whole country's, to which everything has happened."""
    with db.writing() as session:
        a_lived_in_fleet(session)
    write_ledger(db, tmp_path / "l.jsonl", build.system(build.later(days=40)))
    return tmp_path / "l.jsonl"


def with_fields(line: bytes, **fields: object) -> bytes:
    return json.dumps(json.loads(line) | fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def trailer(**fields: object) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:-1], with_fields(lines[-1], **fields)]


def entry(change: Callable[[bytes], bytes], at: int = 2) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:at], change(lines[at]), *lines[at + 1 :]]


def without_the_newest(lines: Lines) -> Lines:
    """The newest entry of all is gone, and the trailer counts anew, but still names it as the head."""
    newest = max(lines[1:-1], key=lambda line: int(json.loads(line)["seq"]))
    kept = [line for line in lines[1:-1] if line != newest]
    digest = sha256("".join(json.loads(line)["hash"] + "\n" for line in kept).encode()).hexdigest()
    subjects = len({json.loads(line)["subject"] for line in kept})
    return [lines[0], *kept, with_fields(lines[-1], entries=len(kept), subjects=subjects, sha256=digest)]


LIES: dict[str, Callable[[Lines], Lines]] = {
    "too few chains": trailer(subjects=1),
    "a head that is less than an entry here": trailer(ledger_seq=3),
    "a head beyond the whole country's newest entry": trailer(ledger_seq=10_000),
    "a head with another hash": trailer(ledger_head="f" * 64),
    "a stranger's field in the trailer": trailer(note="checked"),
    "a count that is no whole number": trailer(entries=1.0),
    "the newest entry left out": without_the_newest,
    "a number twice": entry(lambda line: with_fields(line, seq=1), at=3),
    "no number": entry(lambda line: with_fields(line, seq=0), at=1),
    "a stranger's field in an entry": entry(lambda line: with_fields(line, note="checked")),
    "a field twice": entry(lambda line: line.replace(b'"actor":', b'"actor":"nobody","actor":')),
    "a claimed time that is empty": entry(lambda line: with_fields(line, claimed_at="")),
    "a claimed time that is a hyphen": entry(lambda line: with_fields(line, claimed_at="-")),
    "a time in another form": entry(lambda line: line.replace(b'.000000Z","claimed', b'Z","claimed')),
    "a field less": entry(lambda line: line.replace(b',"claimed_at":null', b"")),
    "a field of another sort": entry(lambda line: with_fields(line, body={})),
    "no object": entry(lambda _: b"[]\n"),
    "no JSON": entry(lambda _: b"{]\n"),
    "no UTF-8": entry(lambda line: line.replace(b'"actor":"', b'"actor":"\xff')),
    "too deep": entry(lambda _: b'{"seq":' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"),
    "spaces": entry(lambda line: line.replace(b'":', b'": ', 1)),
    "another line end": lambda lines: [line.replace(b"\n", b"\r\n") for line in lines],
    "no last line end": lambda lines: [*lines[:-1], lines[-1].rstrip()],
    "a byte order mark": lambda lines: [b"\xef\xbb\xbf" + lines[0], *lines[1:]],
    "a blank line": lambda lines: [*lines[:2], b"\n", *lines[2:]],
    "a header of a stranger": lambda lines: [with_fields(lines[0], by="us"), *lines[1:]],
    "no header": lambda lines: lines[1:],
    "nothing": lambda _: [],
}


@pytest.mark.parametrize("lie", LIES)
def test_a_ledger_that_lies_is_found_out_by_both_verifiers(ledger: Path, tmp_path: Path, lie: str) -> None:
    ledger.write_bytes(b"".join(LIES[lie](ledger.read_bytes().splitlines(keepends=True))))
    said = verify_file(ledger)
    assert not said.holds
    assert said.sentence.startswith("BROKEN")
    theirs = run_the_verifier(tmp_path, ledger)
    assert (theirs.returncode, theirs.stderr) == (1, "")
    assert theirs.stdout.startswith("BROKEN")


def test_a_province_s_file_need_not_hold_the_head(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "81")
    write_ledger(db, tmp_path / "l.jsonl", stamp)
    assert verify_file(tmp_path / "l.jsonl").holds
    assert run_the_verifier(tmp_path, tmp_path / "l.jsonl").returncode == 0


def test_a_province_s_file_that_holds_the_head_gives_it_no_other_number(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "81")
        build.a_device(session, at="81.02", when=build.later(days=39))
    file = tmp_path / "l.jsonl"
    write_ledger(db, file, stamp)
    lines = file.read_bytes().splitlines(keepends=True)
    assert verify_file(file).holds
    further = int(json.loads(lines[-1])["ledger_seq"]) + 1
    file.write_bytes(b"".join(trailer(ledger_seq=further)(lines)))
    assert "the head that the trailer names is entry" in verify_file(file).sentence


def test_a_noted_head_is_looked_for(ledger: Path) -> None:
    entries = [json.loads(line) for line in ledger.read_bytes().splitlines()[1:-1]]
    older = min(entries, key=lambda each: int(each["seq"]))
    assert verify_file(ledger, noted=NotedHead(older["seq"], older["hash"])).holds
    other = verify_file(ledger, noted=NotedHead(older["seq"], "f" * 64))
    assert (other.holds, "the ledger was rewritten" in other.sentence) == (False, True)
    newer = verify_file(ledger, noted=NotedHead(10_000, "f" * 64))
    assert (newer.holds, "is newer than this file" in newer.sentence) == (False, True)


def test_a_noted_head_outside_the_file_s_scope_is_not_taken_for_good(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "62")
    write_ledger(db, tmp_path / "l.jsonl", stamp)
    said = verify_file(tmp_path / "l.jsonl", noted=NotedHead(1, "f" * 64))
    assert (said.holds, "take one of the whole country" in said.sentence) == (False, True)


def test_an_auditor_s_folder_is_left_as_it_was(ledger: Path, tmp_path: Path) -> None:
    """No settings are read, no key is made, no database is looked for."""
    head = json.loads(ledger.read_bytes().splitlines()[-1])
    folder = tmp_path / "auditor"
    folder.mkdir()
    (folder / "l.jsonl").write_bytes(ledger.read_bytes())
    command = [sys.executable, "-c", "from assets_service.cli import main; main()", "verify", "l.jsonl"]
    command += ["--head", f"{head['ledger_seq']}:{head['ledger_head']}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the noted head is among them" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["l.jsonl"]


@pytest.mark.parametrize("head", ["1", "x:" + "0" * 64, "1:abc", ":", "1:" + "g" * 64])
def test_what_is_no_head_is_wrong_usage(ledger: Path, database_url: str, tmp_path: Path, head: str) -> None:
    assert cli(database_url, tmp_path, "verify", ledger, "--head", head).exit_code == 2
    assert cli(database_url, tmp_path, "verify", "--head", "1:" + "0" * 64).exit_code == 2


def line_after(marker: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The file with a line more, behind the first that holds the marker."""

    def changed(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        at = next(number for number, line in enumerate(lines) if marker in line)
        return b"".join([*lines[: at + 1], new, *lines[at + 1 :]])

    return changed


INVENTORY_LIES: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "a row behind the trailer": ("a.jsonl", lambda content: content + content.splitlines(keepends=True)[1]),
    "a stranger's field in a row": ("a.jsonl", lambda content: content.replace(b'"uakpb":', b'"extra":1,"uakpb":', 2)),
    "a field twice": ("a.jsonl", lambda content: content.replace(b'"nup":8', b'"nup":9,"nup":8')),
    "another edition": ("a.jsonl", lambda content: content.replace(b'"internal"', b'"public"')),
    "a row behind the remarks": ("a.csv", lambda content: content + content.splitlines(keepends=True)[1]),
    "a remark twice": ("a.csv", lambda content: content + b"# Jumlah baris,9" + b"," * 25 + b"\r\n"),
    "a stranger's remark": ("a.csv", lambda content: content + b"# Diperiksa,ya" + b"," * 25 + b"\r\n"),
    "a cell beside the columns": ("a.csv", lambda content: content.replace(b"Layar baru\r\n", b"Layar baru,=1+1\r\n")),
    "a guard taken off": ("a.csv", lambda content: content.replace(b"'=2+2", b"=2+2")),
    "a guard inside taken off": ("a.csv", lambda content: content.replace(b"x;'=1+1", b"x;=1+1")),
    "another edition's word": ("a.csv", lambda content: content.replace(b"Edisi,internal", b"Edisi,public")),
}


@pytest.mark.parametrize("lie", INVENTORY_LIES)
def test_an_inventory_that_lies_is_found_out(db: Database, tmp_path: Path, lie: str) -> None:
    name, change = INVENTORY_LIES[lie]
    with db.writing() as session:
        a_lived_in_fleet(session)
        build.a_device(session, note="=2+2", model="x;=1+1")
    content = a_file(db, tmp_path / name)
    assert verify_file(tmp_path / name).holds
    assert change(content) != content
    (tmp_path / name).write_bytes(change(content))
    assert not verify_file(tmp_path / name).holds


EARLIER = {
    "Diekspor pada": "Diambil pada",
    "Diekspor oleh": "Diambil oleh",
    "Nomor entri terakhir": "Nomor kepala ledger",
    "Sidik terakhir jejak audit": "Kepala ledger",
    "Nomor Pengiriman": "Nomor Serah Terima",
    "Perlu Tindakan": "Tanda",
}


def test_a_file_with_the_words_of_earlier_ones_holds_and_says_each_thing_once(db: Database, tmp_path: Path) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
    text = a_file(db, tmp_path / "a.csv").decode()
    said = verify_file(tmp_path / "a.csv")
    for now, then in EARLIER.items():
        assert now in text
        text = text.replace(now, then)
    (tmp_path / "a.csv").write_bytes(text.encode())
    assert verify_file(tmp_path / "a.csv") == said
    twice = text + "# Sidik terakhir jejak audit," + "f" * 64 + "," * 25 + "\r\n"
    (tmp_path / "a.csv").write_bytes(twice.encode())
    assert not verify_file(tmp_path / "a.csv").holds


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("Rekap", "B2", 99),
        ("Rekap", "A2", "Kantor lain"),
        ("Inventaris", "AB3", "x"),
        ("Keterangan", "A1", "Sumber"),
    ],
)
def test_a_workbook_that_lies_is_found_out(db: Database, tmp_path: Path, sheet: str, cell: str, value: object) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
    a_file(db, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book[sheet][cell] = value
    book.save(tmp_path / "a.xlsx")
    assert not verify_file(tmp_path / "a.xlsx").holds


@pytest.mark.parametrize("flavour", list(Flavour))
def test_a_noted_head_is_not_looked_for_in_an_inventory(db: Database, tmp_path: Path, flavour: Flavour) -> None:
    with db.writing() as session:
        build.roster(session)
    a_file(db, tmp_path / "a.csv", flavour=flavour)
    assert not verify_file(tmp_path / "a.csv", noted=NotedHead(1, "f" * 64)).holds
