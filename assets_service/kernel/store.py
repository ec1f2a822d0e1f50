"""Files by content: a stored name is the SHA-256 of the file's bytes, never anything a person typed.

One store keeps the photos, the label files, the uploads of imports and later the papers, each kind apart. Its users
know names and streams, no paths: the same functions could serve an object store that several machines share.
"""

import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from assets_service.kernel.errors import NotFound

_HASH = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".unfinished-"
_BLOCK = 1 << 20


class DamagedFileError(Exception):
    """A stored file no longer has the hash it is named by."""


class Store:
    """The files of one kind, in two levels (`photos/ab/cd/abcd…`), each written whole or not at all and never changed.

    Only whoever runs the service can read them: folders have mode 0700, files 0600.
    """

    def __init__(self, folder: Path, kind: str) -> None:
        """`folder` holds the files of all kinds."""
        self.kind = kind
        self._folder = folder / kind

    def put(self, content: bytes | BinaryIO) -> str:
        """Store the content and return its hash once it is safely on disk. The same content is stored once.

        A stream is read from where it stands to its end.
        """
        source = BytesIO(content) if isinstance(content, bytes) else content
        _make_folder(self._folder)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=_UNFINISHED, delete=False) as unfinished:
            try:
                name = _copied(source, unfinished)
                if not self._refresh(name):
                    self._finish(unfinished, name)
            finally:
                Path(unfinished.name).unlink(missing_ok=True)
        return name

    def open(self, name: str) -> BinaryIO:
        """The file as a stream, for the caller to close. Raises `NotFound`, also for a name that is not a hash."""
        try:
            return self._path(name).open("rb")
        except FileNotFoundError:
            raise NotFound from None

    def read(self, name: str) -> bytes:
        """The whole content. Raises `NotFound`, and `DamagedFileError` when it no longer has its hash."""
        with self.open(name) as file:
            data = file.read()
        if sha256(data).hexdigest() != name:
            raise DamagedFileError(name)
        return data

    def holds(self, name: str) -> bool:
        """Whether the file is there; whether it is whole is not checked."""
        return bool(_HASH.fullmatch(name)) and self._path(name).is_file()

    def is_whole(self, name: str) -> bool:
        """Whether the file is there and still has its hash; it is read block by block."""
        if not self.holds(name):
            return False
        digest = sha256()
        with self.open(name) as file:
            while block := file.read(_BLOCK):
                digest.update(block)
        return digest.hexdigest() == name

    def names(self) -> Iterator[str]:
        """The names of all files, sorted."""
        for path in sorted(self._folder.glob("??/??/*")):
            if _HASH.fullmatch(path.name):
                yield path.name

    def discard(self, name: str, *, untouched_since: float) -> bool:
        """Remove a file that nothing points at, unless somebody put it again after `untouched_since` (a POSIX time)."""
        return _removed(self._path(name), untouched_since)

    def discard_old(self, *, untouched_since: float) -> int:
        """Remove every file last put before `untouched_since` (a POSIX time); returns how many."""
        return sum([self.discard(name, untouched_since=untouched_since) for name in self.names()])

    def discard_unfinished(self, *, untouched_since: float) -> int:
        """Remove files left half written by a process that died before `untouched_since`; returns how many."""
        return sum([_removed(path, untouched_since) for path in self._folder.glob(f"{_UNFINISHED}*")])

    def _refresh(self, name: str) -> bool:
        """Whether the file is there already; if so its time is set anew, so that `discard` leaves it alone for now."""
        try:
            os.utime(self._path(name))
        except FileNotFoundError:
            return False
        return True

    def _finish(self, unfinished: "tempfile._TemporaryFileWrapper[bytes]", name: str) -> None:
        unfinished.flush()
        os.fsync(unfinished.fileno())
        path = self._path(name)
        _make_folder(path.parent)
        Path(unfinished.name).replace(path)
        _sync_folder(path.parent)

    def _path(self, name: str) -> Path:
        """The file's path. Raises `NotFound` for a name that is not a hash, so that nothing else becomes part of a path."""
        if not _HASH.fullmatch(name):
            raise NotFound
        return self._folder / name[:2] / name[2:4] / name


class Derived(Store):
    """Files made from stored ones, each named after its source. One that is lost is made again, so no backup holds them."""

    def of(self, name: str, make: Callable[[], bytes]) -> bytes:
        """What `make` makes of the file of this name, made once. Raises `NotFound` for a name that is not a hash."""
        path = self._path(name)
        with suppress(FileNotFoundError):
            return path.read_bytes()
        made = make()
        _make_folder(path.parent)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix=_UNFINISHED, delete=False) as unfinished:
            unfinished.write(made)
        Path(unfinished.name).replace(path)
        return made


def _copied(source: BinaryIO, target: "tempfile._TemporaryFileWrapper[bytes]") -> str:
    digest = sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
        target.write(block)
    return digest.hexdigest()


def _removed(path: Path, untouched_since: float) -> bool:
    with suppress(FileNotFoundError):
        if path.stat().st_mtime < untouched_since:
            path.unlink()
            return True
    return False


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """A new name in a folder survives a power cut only once the folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
