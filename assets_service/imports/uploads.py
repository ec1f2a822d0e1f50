"""A checked file waits here for the person's yes, by its content's hash; a day later it is gone."""

import time

from assets_service.imports.errors import UploadGone
from assets_service.kernel.errors import NotFound
from assets_service.kernel.store import DamagedFileError, Store

UPLOADS = "uploads"  # their kind in the store
KEPT_SECONDS = 24 * 60 * 60


class Uploads:
    """Checked files that wait; whoever knows the hash of one had its content."""

    def __init__(self, files: Store) -> None:
        self._files = files

    def keep(self, content: bytes) -> str:
        """Keep a file and return its name; files older than a day are removed."""
        self._files.discard_old(untouched_since=time.time() - KEPT_SECONDS)
        return self._files.put(content)

    def read(self, name: str) -> bytes:
        """The file of this name. Raises `UploadGone`."""
        try:
            return self._files.read(name)
        except (NotFound, DamagedFileError):
            raise UploadGone from None
