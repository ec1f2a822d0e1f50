"""A witness cosigns what only grew, and refuses loudly everything else: then nothing of what it keeps changes."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from assets_service.kernel.errors import Refusal
from assets_service.tlog.cosignature import cosigned_at
from assets_service.tlog.errors import CutOff, NoKey, NotSigned, OtherLog, WrongSignature, WrongWidth
from assets_service.tlog.keys import LOG, SigningKey, read_key
from assets_service.tlog.note import read_note
from assets_service.witness.errors import FalseRoot, KeyNotFollowed, LogAway, MemoryDamaged, NoMemory, Rewritten
from assets_service.witness.memory import Memory
from assets_service.witness.remote import Remote
from tests.build import NOON
from tests.tlog.build_tlog import a_key
from tests.witness.build_witness import Served, is_cosigned, kept_size, visited

SIZES = (1, 5, 256, 300, 511, 512, 513, 700)


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def test_a_witness_follows_a_log_as_it_grows_and_cosigns_each_time(tmp_path: Path) -> None:
    log = Served()
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        log.add(size - before)
        seen = visited(log, tmp_path)
        assert (seen.before, seen.size, seen.is_first) == (before, size, before == 0)
        assert Memory(tmp_path).check().size == size
        assert list(Memory(tmp_path).leaves()) == log.leaves
        assert is_cosigned(log.handed_in[-1])


def test_what_is_handed_in_says_who_saw_it_and_when(tmp_path: Path) -> None:
    log = Served(3)
    visited(log, tmp_path)
    witness = read_key((tmp_path / "witness.vkey").read_text().strip())
    assert cosigned_at(read_note(log.handed_in[0]), witness) == NOON


def test_nothing_new_is_cosigned_again(tmp_path: Path) -> None:
    log = Served(300)
    visited(log, tmp_path)
    assert visited(log, tmp_path).before == 300


def test_what_a_witness_keeps_is_read_by_a_reader_of_other_make(tmp_path: Path) -> None:
    log = Served(5)
    for number in (300, 400):
        visited(log.add(number), tmp_path)
    reader = TilesReader(LocalBackend(tmp_path))
    assert reader.get_checkpoint().root_hash == reader.calculate_root_hash()
    reader.get_consistency_proof(305, 705)


def test_no_narrower_tile_is_left_behind(tmp_path: Path) -> None:
    log = Served()
    for size in SIZES:
        visited(log.add(size - len(log.leaves)), tmp_path)
    files = sorted(
        str(path.relative_to(tmp_path / "tile")) for path in (tmp_path / "tile").rglob("*") if path.is_file()
    )
    assert files == ["0/000", "0/001", "0/002.p/188", "1/000.p/2"]


# ---- refusals -----------------------------------------------------------------------------------------------------


def changed(log: Served, leaf: int) -> None:
    log.leaves[leaf] = bytes(32)


def swapped(log: Served) -> None:
    log.leaves[3], log.leaves[4] = log.leaves[4], log.leaves[3]


def shown_other(log: Served) -> None:
    log.shown = [*log.leaves]
    log.shown[699] = bytes(32)


def other_name(log: Served) -> None:
    log.origin = "aset.example.go.id/ledger/2"
    log.key = a_key(log.origin)


def other_key(log: Served) -> None:
    log.key = a_key(seed=9)


def stolen_statement(log: Served) -> None:
    log.key, kept = a_key(seed=8), log.key
    log.change_key(a_key(seed=9))
    log.first_key = kept


def narrow(log: Served) -> None:
    log.shown = log.leaves[:-1]


def away(log: Served) -> None:
    log.is_away = True


MISDEEDS: dict[str, tuple[Callable[[Served], object], type[Refusal], str]] = {
    "a leaf that was changed": (lambda log: changed(log, 7), Rewritten, "leaf 7 "),
    "the last leaf that was kept, changed": (lambda log: changed(log, 599), Rewritten, "leaf 599 "),
    "a leaf put in between": (lambda log: log.leaves.insert(10, bytes(32)), Rewritten, "leaf 10 "),
    "a leaf taken away, and more added": (lambda log: log.leaves.pop(500), Rewritten, "leaf 500 "),
    "two leaves exchanged": (swapped, Rewritten, "leaf 3 "),
    "everything made anew": (lambda log: log.leaves.reverse(), Rewritten, "leaf 0 "),
    "the end cut off": (lambda log: log.leaves.__delitem__(slice(590, None)), CutOff, "it had 600"),
    "tiles that are not what was signed": (shown_other, FalseRoot, "700 leaves"),
    "another name": (other_name, OtherLog, "ledger/2"),
    "another key": (other_key, KeyNotFollowed, "aset.example.go.id/ledger+"),
    "a key that another one names": (stolen_statement, KeyNotFollowed, "aset.example.go.id/ledger+"),
    "a tile that is too narrow": (narrow, WrongWidth, "188 hashes"),
    "nobody at home": (away, LogAway, "nobody is there"),
}


@pytest.mark.parametrize(("misdeed", "refusal", "named"), MISDEEDS.values(), ids=MISDEEDS)
def test_a_witness_refuses(
    misdeed: Callable[[Served], object], refusal: type[Refusal], named: str, tmp_path: Path
) -> None:
    log = Served(600)
    visited(log, tmp_path)
    log.add(100)
    before, handed_in = digest(tmp_path), len(log.handed_in)
    misdeed(log)
    with pytest.raises(refusal, match=named):
        visited(log, tmp_path)
    assert digest(tmp_path) == before
    assert len(log.handed_in) == handed_in


def test_a_log_without_the_key_that_was_told_is_not_believed_at_first_either(tmp_path: Path) -> None:
    with pytest.raises(KeyNotFollowed):
        visited(Served(3), tmp_path, key=a_key(seed=9).verifier)
    assert visited(Served(3), tmp_path, key=a_key().verifier).is_first is False
    assert kept_size(tmp_path) == 3


def test_a_checkpoint_that_was_changed_on_the_way_is_refused(tmp_path: Path) -> None:
    log = Served(3)
    visited(log, tmp_path)
    true = log.checkpoint
    log.checkpoint = lambda: true().replace("\n3\n", "\n4\n")  # type: ignore[method-assign]
    with pytest.raises(WrongSignature):
        visited(log, tmp_path)


def test_a_new_key_is_followed_when_the_old_one_names_it(tmp_path: Path) -> None:
    log = Served(3)
    visited(log, tmp_path)
    log.change_key(a_key(seed=5))
    log.add(2).change_key(a_key(seed=6))
    assert visited(log, tmp_path).key == a_key(seed=6).verifier
    assert visited(log.add(1), tmp_path).size == 6


def test_a_memory_that_was_damaged_is_not_trusted(tmp_path: Path) -> None:
    log = Served(300)
    visited(log, tmp_path)
    (tmp_path / "tile" / "0" / "000").write_bytes(bytes(256 * 32))
    with pytest.raises(MemoryDamaged):
        visited(log, tmp_path)
    (tmp_path / "tile" / "0" / "000").unlink()
    with pytest.raises(MemoryDamaged):
        visited(log, tmp_path)


def test_an_empty_folder_is_no_memory(tmp_path: Path) -> None:
    with pytest.raises(NoMemory):
        Memory(tmp_path).check()


def test_a_witness_has_a_name_and_keeps_its_key(tmp_path: Path) -> None:
    with pytest.raises(NoKey):
        Memory(tmp_path).own_key(None)
    first = Memory(tmp_path).own_key("witness.example.go.id/81")
    assert Memory(tmp_path).own_key(None).verifier == first.verifier
    assert (tmp_path / "witness_key").stat().st_mode & 0o777 == 0o600


def test_only_the_web_is_visited() -> None:
    with pytest.raises(LogAway):
        Remote("file:///etc/passwd")


def test_a_plain_key_is_no_witness() -> None:
    plain = SigningKey("witness.example.go.id/81", LOG, bytes(32))
    log = Served(3)
    with pytest.raises(NotSigned):
        cosigned_at(read_note(log.checkpoint()), plain.verifier)
