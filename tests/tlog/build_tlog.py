"""Small logs, built by hand from hashes alone."""

from hashlib import sha256

from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.keys import LOG, WITNESS, SigningKey
from assets_service.tlog.merkle import EMPTY_ROOT, leaf_hash, node_hash
from assets_service.tlog.tiles import Tree, grown

ORIGIN = "aset.example.go.id/ledger"


def a_key(name: str = ORIGIN, sort: int = LOG, seed: int = 1) -> SigningKey:
    return SigningKey(name, sort, bytes([seed]) * 32)


def a_witness(name: str = "witness.example.go.id/81", seed: int = 2) -> SigningKey:
    return a_key(name, WITNESS, seed)


def data_of(number: int) -> bytes:
    """What leaf `number` stands for: 32 bytes, as an entry's hash."""
    return sha256(str(number).encode()).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """The root as RFC 6962 defines it, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


class Log:
    """A log in memory that grows as ours does."""

    def __init__(self, size: int = 0) -> None:
        self.size = 0
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.add(size)

    def add(self, number: int) -> None:
        leaves = [leaf_hash(data_of(each)) for each in range(self.size, self.size + number)]
        self.tiles |= grown(self.size, leaves, lambda *tile: self.tiles[tile])
        self.size += number

    def tree(self, size: int | None = None) -> Tree:
        return Tree(self.size if size is None else size, lambda *tile: self.tiles[tile])

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        tree = self.tree(size)
        return Checkpoint(ORIGIN, tree.size, tree.root())
