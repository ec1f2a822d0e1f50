"""A log that a test can rewrite, and a witness that visits it without a network."""

from datetime import datetime
from pathlib import Path

from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.keys import SigningKey, VerifierKey
from assets_service.tlog.merkle import HASH_BYTES, leaf_hash
from assets_service.tlog.note import read_note, signed
from assets_service.tlog.tiles import Tree, grown, read_address
from assets_service.witness.errors import LogAway
from assets_service.witness.memory import Memory
from assets_service.witness.remote import Remote
from assets_service.witness.visiting import Seen, visit
from tests.build import NOON
from tests.tlog.build_tlog import ORIGIN, a_key, data_of

URL = "https://aset.example.go.id"


class Served:
    """A log behind the addresses at which it is served; its leaves are a plain list."""

    def __init__(self, size: int = 0) -> None:
        self.leaves = [leaf_hash(data_of(number)) for number in range(size)]
        self.origin = ORIGIN
        self.key = a_key()
        self.first_key = self.key
        self.statements: list[str] = []
        self.shown: list[bytes] | None = None  # other leaves than those it signed
        self.handed_in: list[str] = []
        self.is_away = False

    def add(self, number: int) -> "Served":
        first = len(self.leaves)
        self.leaves += [leaf_hash(data_of(each)) for each in range(first, first + number)]
        return self

    def change_key(self, new: SigningKey) -> None:
        text = f"assets-seal-key-1\n{self.origin}\n{len(self.leaves)}\n{new.verifier}\n"
        self.statements.append(str(signed(text, self.key)))
        self.key = new

    def checkpoint(self) -> str:
        root = tree_of(self.leaves).root()
        return str(Checkpoint(self.origin, len(self.leaves), root).signed(self.key))

    def fetch(self, url: str, sent: bytes | None, _most: int) -> bytes:
        path = url.removeprefix(f"{URL}/ledger/")
        if self.is_away:
            raise LogAway(url=url, why="nobody is there")
        if sent is not None:
            self.handed_in.append(sent.decode())
            return b""
        if path == "checkpoint":
            return self.checkpoint().encode()
        if path == "key":
            return f"{self.key.verifier}\n".encode()
        if path == "keys":
            return "\n".join([f"{self.first_key.verifier}\n", *self.statements]).encode()
        address = read_address(path.removeprefix("tile/"))
        first = address.number * 256
        return b"".join((self.shown or self.leaves)[first : first + address.width])


def tree_of(leaves: list[bytes]) -> Tree:
    tiles = grown(0, leaves, lambda *_: b"")
    return Tree(len(leaves), lambda *at: tiles[at])


def visited(log: Served, memory: Path, *, at: datetime = NOON, key: VerifierKey | None = None) -> Seen:
    kept = Memory(memory)
    return visit(Remote(URL, log.fetch), kept, own=kept.own_key("witness.example.go.id/81"), at=at, key=key)


def kept_size(memory: Path) -> int:
    note = Memory(memory).note
    return int(note.text.splitlines()[1]) if note else 0


def is_cosigned(text: str) -> bool:
    return len(read_note(text).signatures) == 2


__all__ = ["HASH_BYTES", "Served", "is_cosigned", "kept_size", "tree_of", "visited"]
