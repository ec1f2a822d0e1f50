"""Hashing and proofs of RFC 6962: a leaf is in a tree, a tree is the beginning of another.

The two checks follow RFC 9162, sections 2.1.3.2 and 2.1.4.2, which says for RFC 6962's trees what that leaves to the reader.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from assets_service.tlog.errors import CutOff, NotExtended, NotInTree, OtherSize, PastTheTree

HASH_BYTES = 32
EMPTY_ROOT = sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


def path_length(index: int, size: int) -> int:
    """How many hashes prove leaf `index` in a tree of `size` leaves."""
    inner = (index ^ (size - 1)).bit_length()
    return inner + (index >> inner).bit_count()


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Raise `PastTheTree`, `OtherSize` or `NotInTree` unless the path leads from the leaf's hash to the root."""
    if not 0 <= index < size:
        raise PastTheTree(index=index, size=size)
    if len(path) != (wanted := path_length(index, size)):
        raise OtherSize(found=len(path), wanted=wanted)
    place, last, found = index, size - 1, leaf
    for each in path:
        if place & 1 or place == last:
            found = node_hash(each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, each)
        place, last = place >> 1, last >> 1
    if found != root:
        raise NotInTree


def check_consistency(before: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> None:
    """Raise `CutOff` or `NotExtended` unless the tree of `size` leaves begins with that of `before`."""
    if size < before:
        raise CutOff(before=before, size=size)
    refusal = NotExtended(before=before, size=size)
    if before in {0, size}:
        if path or old_root != (EMPTY_ROOT if before == 0 else root):
            raise refusal
        return
    if not path or _both_roots(before, size, [old_root, *path] if before & (before - 1) == 0 else list(path)) != (
        old_root,
        root,
    ):
        raise refusal


def _both_roots(before: int, size: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    place, last = before - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, each)
        place, last = place >> 1, last >> 1
    return (old, new) if last == 0 else None


def levels_over(hashes: bytes) -> list[bytes]:
    """The levels of the tree above these hashes, the hashes themselves first; of a pair that is not whole yet nothing."""
    levels = [hashes]
    while len(levels[-1]) > HASH_BYTES:
        below = levels[-1]
        pairs = range(0, len(below) - HASH_BYTES, 2 * HASH_BYTES)
        levels.append(b"".join(sha256(b"\1" + below[at : at + 2 * HASH_BYTES]).digest() for at in pairs))
    return levels


def folded(hashes: Iterable[bytes]) -> bytes:
    """The root over whole subtrees that stand side by side, the largest first."""
    found = EMPTY_ROOT
    for count, each in enumerate(reversed(list(hashes))):
        found = node_hash(each, found) if count else each
    return found
