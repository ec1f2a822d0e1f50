"""The log's key and the last checkpoint that it signed: two small files, outside the database and its backups.

Whoever restores an old database has the newer checkpoint still beside the key, and no second tree is signed for one log.
"""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from assets_service.kernel.errors import Refusal
from assets_service.seals.errors import KeyMissing, OtherKey
from assets_service.tlog.checkpoint import Checkpoint, checkpoint_of
from assets_service.tlog.keys import LOG, SEED_BYTES, SigningKey, VerifierKey
from assets_service.tlog.note import Note, read_note


class Keyring:
    """`place` is the key's file: 32 random bytes in hex, for its owner alone to read."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._next = place.with_name(f"{place.name}.next")
        self._memory = place.with_name(f"{place.name}.signed")

    def key(self, wanted: VerifierKey) -> SigningKey:
        """The secret half of this key. Raises `KeyMissing`, `OtherKey`.

        A change of keys that was interrupted after it was recorded is carried out here.
        """
        for place in (self.place, self._next):
            found = _read(wanted.name, place)
            if found and found.verifier == wanted:
                if place == self._next:
                    self.change()
                return found
        if self.place.exists():
            raise OtherKey(place=self.place, key=wanted)
        raise KeyMissing(place=self.place)

    def first(self, origin: str) -> SigningKey:
        """The key with which a log begins: the one that is there, else a new one."""
        if not self.place.exists():
            _write(self.place, secrets.token_hex(SEED_BYTES))
        found = _read(origin, self.place)
        if found is None:
            raise KeyMissing(place=self.place)
        return found

    def prepared(self, origin: str) -> SigningKey:
        """A new key, kept beside the present one until `change`."""
        self._next.unlink(missing_ok=True)
        _write(self._next, secrets.token_hex(SEED_BYTES))
        made = _read(origin, self._next)
        assert made is not None, "it was written just now"
        return made

    def change(self) -> None:
        """Let the prepared key take the place of the present one, which stays beside it."""
        with suppress(FileNotFoundError):
            self.place.replace(self.place.with_name(f"{self.place.name}.old"))
        self._next.replace(self.place)

    def last_signed(self, origin: str) -> Checkpoint | None:
        """The last checkpoint of this log that was signed here; None when there is none, or it was another log's."""
        with suppress(FileNotFoundError, Refusal):
            found = checkpoint_of(read_note(self._memory.read_bytes()))
            return found if found.origin == origin else None
        return None

    def remember(self, note: Note) -> None:
        """Keep the checkpoint beside the key, after it was committed; of two that are kept at once the larger."""
        new = checkpoint_of(note)
        kept = self.last_signed(new.origin)
        if kept is None or kept.size < new.size:
            _write(self._memory, str(note), instead=True)


def _read(name: str, place: Path) -> SigningKey | None:
    """The key in this file; None when there is no such file or it holds no key."""
    try:
        seed = bytes.fromhex(place.read_text().strip())
    except (FileNotFoundError, ValueError):
        return None
    return SigningKey(name, LOG, seed) if len(seed) == SEED_BYTES else None


def _write(place: Path, text: str, *, instead: bool = False) -> None:
    """Write the file whole or not at all; one that is there stays, so that of two who begin at once both have the first one's."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = tempfile.mkstemp(dir=place.parent, prefix=f".{place.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text if text.endswith("\n") else f"{text}\n")
            file.flush()
            os.fsync(handle)
        if instead:
            Path(aside).replace(place)
        else:
            with suppress(FileExistsError):
                os.link(aside, place)
    finally:
        Path(aside).unlink(missing_ok=True)
