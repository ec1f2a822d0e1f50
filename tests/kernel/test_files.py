"""Files by content."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from assets_service.kernel.errors import NotFound
from assets_service.kernel.files import DamagedFileError, Files

PHOTO = b"what a camera saw"
NAME = sha256(PHOTO).hexdigest()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def everything_in(files: Files) -> list[str]:
    return sorted(str(path.relative_to(files.folder)) for path in files.folder.rglob("*") if path.is_file())


def test_a_file_is_found_again_under_its_hash(files: Files) -> None:
    assert files.keep(PHOTO) == NAME
    assert files.read(NAME) == PHOTO
    with files.open(NAME) as opened:
        assert opened.read() == PHOTO
    assert everything_in(files) == [f"{NAME[:2]}/{NAME[2:4]}/{NAME}"]


def test_the_same_content_is_stored_once_and_never_written_again(files: Files) -> None:
    files.keep(PHOTO)
    inode = (files.folder / everything_in(files)[0]).stat().st_ino
    files.keep(PHOTO)
    assert (files.folder / everything_in(files)[0]).stat().st_ino == inode


def test_a_write_that_fails_leaves_nothing_behind(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_space(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        files.keep(PHOTO)
    assert everything_in(files) == []


@pytest.mark.parametrize(
    "name",
    ["", "abc", NAME.upper(), f"../{NAME}", f"{NAME}\n", f"{NAME}/", "..", "/etc/passwd", NAME[:-1] + "g", "0" * 64],
)
def test_what_is_no_stored_hash_is_not_found(files: Files, name: str) -> None:
    files.keep(PHOTO)
    with pytest.raises(NotFound):
        files.read(name)


def test_content_that_was_changed_on_disk_is_never_shown(files: Files) -> None:
    files.keep(PHOTO)
    (files.folder / everything_in(files)[0]).write_bytes(b"what a forger drew")
    with pytest.raises(DamagedFileError):
        files.read(NAME)


def test_a_file_nobody_needs_is_removed_unless_it_was_kept_again(files: Files) -> None:
    files.keep(PHOTO)
    kept_at = (files.folder / everything_in(files)[0]).stat().st_mtime
    assert not files.discard(NAME, untouched_since=kept_at)
    assert files.discard(NAME, untouched_since=kept_at + 1)
    assert not files.discard(NAME, untouched_since=kept_at + 1)
    assert everything_in(files) == []
