"""A checked file waits here for the person's yes, by its content's hash; a day later it is gone."""

import time
from pathlib import Path

from assets_service.imports.errors import UploadGone
from assets_service.kernel.errors import NotFound
from assets_service.kernel.files import DamagedFileError, Files

KEPT_SECONDS = 24 * 60 * 60


class Uploads:
    """Who can name the hash has had the content."""

    def __init__(self, folder: Path) -> None:
        self._files = Files(folder)

    def keep(self, content: bytes) -> str:
        """Its name; what is older than a day goes."""
        old = time.time() - KEPT_SECONDS
        for path in self._files.folder.rglob("*"):
            if path.is_file() and not path.name.startswith("."):
                self._files.discard(path.name, untouched_since=old)
        return self._files.keep(content)

    def read(self, name: str) -> bytes:
        """Raises `UploadGone`."""
        try:
            return self._files.read(name)
        except (NotFound, DamagedFileError):
            raise UploadGone from None
