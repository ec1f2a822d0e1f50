"""Files by content: a stored name is the SHA-256 of what is in it, never anything a person typed."""

import os
import re
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from assets_service.kernel.errors import NotFound

_HASH = re.compile(r"[0-9a-f]{64}")


class DamagedFileError(Exception):
    """What is stored is no longer what was stored."""


class Files:
    """A folder of files in two levels (`ab/cd/abcd…`), each written whole or not at all and never changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def keep(self, data: bytes) -> str:
        """The content's hash, once it is safely on disk. The same content is stored once."""
        name = sha256(data).hexdigest()
        path = self._path(name)
        with suppress(FileNotFoundError):
            os.utime(path)  # fresh again: `discard` leaves it alone for now
            return name
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as unfinished:
            try:
                unfinished.write(data)
                unfinished.flush()
                os.fsync(unfinished.fileno())
                Path(unfinished.name).replace(path)
            except BaseException:
                Path(unfinished.name).unlink(missing_ok=True)
                raise
        _sync_folder(path.parent)
        return name

    def open(self, name: str) -> BinaryIO:
        """Raises `NotFound`, also for what is no hash."""
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

    def discard(self, name: str, *, untouched_since: float) -> bool:
        """Remove a file that nothing points at, unless somebody kept it again after `untouched_since` (a POSIX time)."""
        path = self._path(name)
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < untouched_since:
                path.unlink()
                return True
        return False

    def _path(self, name: str) -> Path:
        if not _HASH.fullmatch(name):
            raise NotFound
        return self.folder / name[:2] / name[2:4] / name


def _sync_folder(folder: Path) -> None:
    """A renamed file survives a power cut only once its folder is on disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
