"""Files by content."""

import os
import stat
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest

from assets_service.kernel.errors import NotFound
from assets_service.kernel.store import DamagedFileError, Store

PHOTO = b"what a camera saw"
NAME = sha256(PHOTO).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> Store:
    return Store(tmp_path, "photos")


def everything_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_found_again_under_its_hash(files: Store, tmp_path: Path) -> None:
    assert files.put(PHOTO) == NAME
    assert files.read(NAME) == PHOTO
    with files.open(NAME) as opened:
        assert opened.read() == PHOTO
    assert everything_in(tmp_path) == [f"photos/{NAME[:2]}/{NAME[2:4]}/{NAME}"]


def test_a_stream_is_stored_like_its_bytes(files: Store) -> None:
    large = os.urandom(3 << 20)
    assert files.put(BytesIO(large)) == sha256(large).hexdigest()
    assert files.read(files.put(large)) == large


def test_kinds_are_kept_apart(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    papers = Store(tmp_path, "papers")
    assert not papers.holds(NAME)
    assert list(papers.names()) == []
    assert papers.put(PHOTO) == NAME
    assert papers.discard(NAME, untouched_since=1e12)
    assert files.holds(NAME)


def test_nobody_else_on_the_machine_can_read_it(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_file()}
    folders = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_dir()}
    assert (modes, folders) == ({0o600}, {0o700})


def test_the_same_content_is_stored_once_and_never_written_again(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    inode = (tmp_path / everything_in(tmp_path)[0]).stat().st_ino
    files.put(PHOTO)
    assert (tmp_path / everything_in(tmp_path)[0]).stat().st_ino == inode
    assert list(files.names()) == [NAME]


def test_a_write_that_fails_leaves_nothing_behind(
    files: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        files.put(PHOTO)
    assert everything_in(tmp_path) == []


def test_what_a_killed_process_left_unfinished_is_no_file_and_is_removed(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    left = tmp_path / "photos" / ".unfinished-abc"
    left.write_bytes(b"half a pho")
    assert list(files.names()) == [NAME]
    assert files.discard_unfinished(untouched_since=left.stat().st_mtime) == 0
    assert files.discard_unfinished(untouched_since=left.stat().st_mtime + 1) == 1
    assert files.read(NAME) == PHOTO


@pytest.mark.parametrize(
    "name",
    ["", "abc", NAME.upper(), f"../{NAME}", f"{NAME}\n", f"{NAME}/", "..", "/etc/passwd", NAME[:-1] + "g", "0" * 64],
)
def test_what_is_no_stored_hash_is_not_found(files: Store, name: str) -> None:
    files.put(PHOTO)
    assert not files.holds(name)
    assert not files.is_whole(name)
    with pytest.raises(NotFound):
        files.read(name)


def test_content_that_was_changed_on_disk_is_never_shown(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    assert files.is_whole(NAME)
    (tmp_path / everything_in(tmp_path)[0]).write_bytes(b"what a forger drew")
    assert files.holds(NAME)
    assert not files.is_whole(NAME)
    with pytest.raises(DamagedFileError):
        files.read(NAME)


def test_a_file_nobody_needs_is_removed_unless_it_was_put_again(files: Store, tmp_path: Path) -> None:
    files.put(PHOTO)
    kept_at = (tmp_path / everything_in(tmp_path)[0]).stat().st_mtime
    assert not files.discard(NAME, untouched_since=kept_at)
    assert files.discard(NAME, untouched_since=kept_at + 1)
    assert not files.discard(NAME, untouched_since=kept_at + 1)
    assert everything_in(tmp_path) == []


def test_all_that_nobody_put_for_a_time_goes(files: Store) -> None:
    names = {files.put(PHOTO), files.put(b"another")}
    assert set(files.names()) == names
    assert files.discard_old(untouched_since=0) == 0
    assert files.discard_old(untouched_since=1e12) == 2
    assert list(files.names()) == []
