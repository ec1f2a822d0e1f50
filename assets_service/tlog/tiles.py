"""Tiles (c2sp.org/tlog-tiles): a tree cut into pieces of 256 hashes, of which a reader takes the few that it needs.

Level 0 holds the hashes of the leaves; each hash of the level above stands for a full tile below. A tile only grows until it
is full, so that a narrower one is its beginning.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from assets_service.tlog.encoding import read_number
from assets_service.tlog.errors import NoTile, PastTheTree, WrongWidth
from assets_service.tlog.merkle import EMPTY_ROOT, HASH_BYTES, folded, levels_over

HEIGHT = 8
WIDTH = 1 << HEIGHT
LEVEL_MAX = 63
ENTRIES = "entries"
_KEPT = 1024  # tiles with the levels above them, 16 kB each
_ADDRESS = re.compile(r"(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")

ReadTile = Callable[[int, int], bytes]  # (level, number) -> at least as many hashes as the tree needs of it


class Address(Struct, frozen=True):
    """Which tile, or bundle of entries, is meant, and how many hashes or entries of it."""

    level: int
    number: int
    width: int = WIDTH
    is_entries: bool = False

    def __str__(self) -> str:
        thousands = [f"{self.number % 1000:03d}"]
        rest = self.number // 1000
        while rest:
            thousands.insert(0, f"x{rest % 1000:03d}")
            rest //= 1000
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"{ENTRIES if self.is_entries else self.level}/{'/'.join(thousands)}{partial}"


def read_address(text: str) -> Address:
    """The address below `/tile/`. Raises `NoTile` for one that is written in another way than `Address` writes it."""
    found = _ADDRESS.fullmatch(text)
    if not found:
        raise NoTile
    level, digits, width = found.groups()
    number = read_number(digits.replace("x", "").replace("/", "").lstrip("0") or "0")
    if number is None:
        raise NoTile
    address = Address(0 if level == ENTRIES else int(level), number, int(width or WIDTH), level == ENTRIES)
    if str(address) != text or address.level > LEVEL_MAX:
        raise NoTile
    return address


def width_of(level: int, number: int, size: int) -> int:
    """How many hashes this tile has in a tree of `size` leaves; 0 when it is not there."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def addresses_of(size: int, *, level: int = 0) -> Iterator[Address]:
    """The tiles of one level of a tree of `size` leaves."""
    for number in range(-(-(size >> (HEIGHT * level)) // WIDTH)):
        yield Address(level, number, width_of(level, number, size))


def check_width(tile: bytes, width: int) -> bytes:
    """The same bytes, if they are `width` hashes. Raises `WrongWidth`."""
    if len(tile) != width * HASH_BYTES:
        raise WrongWidth(wanted=width, found=len(tile))
    return tile


class Tree:
    """A tree of `size` leaves, of which `read` gives the tiles. Raises `WrongWidth` for a tile that is too narrow."""

    def __init__(self, size: int, read: ReadTile) -> None:
        self.size = size
        self._read = read
        self._levels = lru_cache(_KEPT)(self._levels_of)
        self._range = lru_cache(_KEPT)(self._root_of)

    def root(self) -> bytes:
        return self._range(0, self.size)

    def inclusion(self, index: int) -> list[bytes]:
        """The path that proves this leaf: its sibling first, the root's child last. Raises `PastTheTree`."""
        if not 0 <= index < self.size:
            raise PastTheTree(index=index, size=self.size)
        path, start, end = list[bytes](), 0, self.size
        while end - start > 1:
            middle = start + _split(end - start)
            beside, (start, end) = (
                ((middle, end), (start, middle)) if index < middle else ((start, middle), (middle, end))
            )
            path.append(self._range(*beside))
        return path[::-1]

    def consistency(self, before: int) -> list[bytes]:
        """The path that proves that the tree begins with its first `before` leaves. Raises `PastTheTree`."""
        if not 0 <= before <= self.size:
            raise PastTheTree(index=before, size=self.size)
        path, start, end, is_known = list[bytes](), 0, self.size, True
        while before not in {0, end}:
            middle = start + _split(end - start)
            if before <= middle:
                path.append(self._range(middle, end))
                end = middle
            else:
                path.append(self._range(start, middle))
                start, is_known = middle, False
        return path[::-1] if is_known else [self._range(start, end), *path[::-1]]

    def leaf(self, index: int) -> bytes:
        return self._node(0, index)

    def _root_of(self, start: int, end: int) -> bytes:
        """The hash over these leaves; `start` is where a subtree of the whole begins."""
        if start == end:
            return EMPTY_ROOT
        nodes = []
        while start < end:
            height = (end - start).bit_length() - 1
            nodes.append(self._node(height, start >> height))
            start += 1 << height
        return folded(nodes)

    def _node(self, height: int, index: int) -> bytes:
        """The hash over the full subtree of 2**height leaves, the `index`-th of that height."""
        level, above = divmod(height, HEIGHT)
        number, place = divmod(index, WIDTH >> above)
        hashes = self._levels(level, number)[above]
        return hashes[place * HASH_BYTES : (place + 1) * HASH_BYTES]

    def _levels_of(self, level: int, number: int) -> Sequence[bytes]:
        width = width_of(level, number, self.size)
        tile = self._read(level, number)
        if len(tile) < width * HASH_BYTES:
            raise WrongWidth(wanted=width, found=len(tile))
        return levels_over(tile[: width * HASH_BYTES])


def grown(size: int, leaves: Sequence[bytes], read: ReadTile) -> dict[tuple[int, int], bytes]:
    """The tiles that change when these hashes are added to a tree of `size` leaves: (level, number) -> the whole tile."""
    changed: dict[tuple[int, int], bytes] = {}
    level, added = 0, b"".join(leaves)
    while added:
        number, width = divmod(size >> (HEIGHT * level), WIDTH)
        row = (read(level, number)[: width * HASH_BYTES] if width else b"") + added
        added = b""
        for at in range(0, len(row), WIDTH * HASH_BYTES):
            tile = changed[level, number] = row[at : at + WIDTH * HASH_BYTES]
            if len(tile) == WIDTH * HASH_BYTES:
                added += levels_over(tile)[HEIGHT]
            number += 1
        level += 1
    return changed


def _split(width: int) -> int:
    """The largest power of two that is less than `width`: so many leaves stand on the left."""
    return 1 << ((width - 1).bit_length() - 1)
