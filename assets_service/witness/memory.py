"""What a witness keeps: the log's key, its last checkpoint, and every tile, laid out as c2sp.org/tlog-tiles serves them.

So any reader of such logs can read the folder as if it were the log.
"""

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from assets_service.tlog.checkpoint import Checkpoint, checkpoint_of
from assets_service.tlog.keys import SEED_BYTES, WITNESS, SigningKey, VerifierKey, read_key
from assets_service.tlog.merkle import HASH_BYTES
from assets_service.tlog.note import Note, read_note
from assets_service.tlog.tiles import HEIGHT, WIDTH, Address, Tree, addresses_of, grown, width_of
from assets_service.witness.errors import MemoryDamaged, NoMemory

_LEVELS_MAX = 8


class Memory:
    """A folder that belongs to one log. Every file is written whole or not at all, the checkpoint last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._checkpoint = folder / "checkpoint"
        self._key = folder / "log.vkey"

    @property
    def note(self) -> Note | None:
        """The last checkpoint that was believed."""
        with suppress(FileNotFoundError):
            return read_note(self._checkpoint.read_bytes())
        return None

    @property
    def key(self) -> VerifierKey | None:
        with suppress(FileNotFoundError):
            return read_key(self._key.read_text().strip())
        return None

    def checkpoint(self) -> Checkpoint:
        """What the last checkpoint says. Raises `NoMemory`."""
        if self.note is None:
            raise NoMemory(folder=self.folder)
        return checkpoint_of(self.note)

    def read(self, level: int, number: int) -> bytes:
        """The tile as it is kept, as wide as it was when the checkpoint was; empty where there is none."""
        width = width_of(level, number, checkpoint_of(self.note).size if self.note else 0)
        if not width:
            return b""
        try:
            return self._place(Address(level, number, width)).read_bytes()
        except FileNotFoundError:
            raise MemoryDamaged(folder=self.folder) from None

    def tree(self) -> Tree:
        """The tree as it is kept. Raises `NoMemory`."""
        return Tree(self.checkpoint().size, self.read)

    def leaves(self) -> Iterator[bytes]:
        """The hash of every leaf that is kept, in order. Raises `MemoryDamaged` unless they have the checkpoint's root."""
        found = self.checkpoint()
        self.check()
        for address in addresses_of(found.size):
            tile = self.read(0, address.number)
            yield from (tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES))

    def check(self) -> Checkpoint:
        """The checkpoint, if the leaves that are kept have its root. Raises `NoMemory`, `MemoryDamaged`."""
        found = self.checkpoint()
        if _root_of_leaves(found.size, self) != found.root:
            raise MemoryDamaged(folder=self.folder)
        return found

    def keep(self, note: Note, key: VerifierKey, tiles: dict[tuple[int, int], bytes]) -> None:
        """Keep the tiles that changed, then the checkpoint that they belong to."""
        size = checkpoint_of(note).size
        for (level, number), hashes in tiles.items():
            place = self._place(Address(level, number, width_of(level, number, size)))
            _write(place, hashes)
        _write(self._key, f"{key}\n".encode())
        before = self.note
        _write(self._checkpoint, str(note).encode())
        if before:
            self._forget_narrower(checkpoint_of(before).size, size)

    def keep_note(self, note: Note, key: VerifierKey) -> None:
        """Keep the same checkpoint with more signatures, or another key's."""
        _write(self._key, f"{key}\n".encode())
        _write(self._checkpoint, str(note).encode())

    def own_key(self, name: str | None) -> SigningKey:
        """The witness's own key, made when it is first asked for under a name. Raises `NoKey` for a name that none can bear."""
        seed, public = self.folder / "witness_key", self.folder / "witness.vkey"
        if not seed.exists():
            made = SigningKey(name or "", WITNESS, bytes(SEED_BYTES))  # refuses the name before anything is kept
            _write(seed, f"{secrets.token_hex(SEED_BYTES)} {made.name}\n".encode())
        text, _, known = seed.read_text().strip().partition(" ")
        key = SigningKey(known, WITNESS, bytes.fromhex(text))
        _write(public, f"{key.verifier}\n".encode())
        return key

    def _forget_narrower(self, before: int, size: int) -> None:
        """Remove the partial tiles that a wider one has taken the place of."""
        for level in range(_LEVELS_MAX):
            number, width = divmod(before >> (HEIGHT * level), WIDTH)
            if width and width_of(level, number, size) != width:
                self._place(Address(level, number, width)).unlink(missing_ok=True)

    def _place(self, address: Address) -> Path:
        return self.folder / "tile" / str(address)


def _root_of_leaves(size: int, memory: Memory) -> bytes:
    """The root by the leaves alone, whatever the kept levels above them say."""
    tiles: dict[tuple[int, int], bytes] = {}
    done = 0
    for address in addresses_of(size):
        tile = memory.read(0, address.number)
        leaves = [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]
        tiles |= grown(done, leaves, lambda *at: tiles[at])  # noqa: B023 - it is called at once
        tiles.pop((0, address.number - 1), None)
        done += len(leaves)
    return Tree(size, lambda *at: tiles[at]).root() if done == size else b""


def _write(place: Path, data: bytes) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = tempfile.mkstemp(dir=place.parent, prefix=".unfinished-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(aside).replace(place)
    finally:
        Path(aside).unlink(missing_ok=True)
