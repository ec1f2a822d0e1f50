"""A leaf is in a tree, a tree is the beginning of another; nothing else passes."""

import pytest

from assets_service.kernel.errors import Refusal
from assets_service.tlog.errors import CutOff, NotExtended, NotInTree, OtherSize, PastTheTree, WrongWidth
from assets_service.tlog.merkle import check_consistency, check_inclusion, leaf_hash
from assets_service.tlog.tiles import Tree
from tests.tlog.build_tlog import Log, data_of, root_of

SIZES = [*range(1, 19), 31, 32, 33, 255, 256, 257, 511, 513, 1000]
LARGE = (65535, 65536, 65537, 70000)


@pytest.mark.parametrize("size", [0, *SIZES])
def test_the_root_of_tiles_is_the_root_that_the_standard_defines(size: int) -> None:
    leaves = [leaf_hash(data_of(each)) for each in range(size)]
    assert Log(size).tree().root() == root_of(leaves)


def test_a_log_that_grew_bit_by_bit_has_the_tiles_of_one_that_was_made_at_once() -> None:
    log = Log()
    for number in (1, 1, 253, 1, 1, 600, 3, 255, 257):
        log.add(number)
    assert log.tiles == Log(log.size).tiles


@pytest.mark.parametrize("size", SIZES)
def test_every_leaf_is_proven_and_no_other(size: int) -> None:
    log = Log(size)
    tree = log.tree()
    for index in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        leaf, path = leaf_hash(data_of(index)), tree.inclusion(index)
        check_inclusion(leaf, index, size, tree.root(), path)
        for other in {index - 1, index + 1} & set(range(size)):
            with pytest.raises(Refusal):
                check_inclusion(leaf, other, size, tree.root(), path)


@pytest.mark.parametrize("size", SIZES)
def test_every_earlier_tree_is_the_beginning_of_a_later_one(size: int) -> None:
    log = Log(size)
    for before in {0, 1, 2, 3, size // 2, size - 1, size} & set(range(size + 1)):
        path = log.tree().consistency(before)
        check_consistency(before, log.tree(before).root(), size, log.tree().root(), path)
        if before not in {0, size}:
            with pytest.raises(NotExtended):
                check_consistency(before, data_of(0), size, log.tree().root(), path)
            with pytest.raises(NotExtended):
                check_consistency(before, log.tree(before).root(), size, data_of(0), path)


def test_a_large_tree_proves_its_first_and_last_leaf_and_its_beginnings() -> None:
    log = Log(LARGE[-1])
    for size in LARGE:
        tree = log.tree(size)
        for index in (0, 255, 256, 65534, size - 1):
            check_inclusion(leaf_hash(data_of(index)), index, size, tree.root(), tree.inclusion(index))
        for before in (1, 256, 65535):
            path = tree.consistency(before)
            check_consistency(before, log.tree(before).root(), size, tree.root(), path)


BAD_PROOFS = {
    "an index past the tree": (lambda path: (7, 7, path), PastTheTree),
    "an index before it": (lambda path: (-1, 7, path), PastTheTree),
    "a proof for a smaller tree": (lambda path: (3, 4, path), OtherSize),
    "a proof for a larger tree": (lambda path: (3, 70, path), OtherSize),
    "a path cut short": (lambda path: (3, 7, path[:-1]), OtherSize),
    "a path with one hash more": (lambda path: (3, 7, [*path, path[0]]), OtherSize),
    "two hashes exchanged": (lambda path: (3, 7, [path[1], path[0], *path[2:]]), NotInTree),
    "another leaf's place": (lambda path: (2, 7, path), NotInTree),
}  # fmt: skip


@pytest.mark.parametrize(("spoil", "refusal"), BAD_PROOFS.values(), ids=BAD_PROOFS)
def test_a_proof_is_refused_for(spoil: object, refusal: type[Refusal]) -> None:
    tree = Log(7).tree()
    assert callable(spoil)
    index, size, path = spoil(tree.inclusion(3))
    with pytest.raises(refusal):
        check_inclusion(leaf_hash(data_of(3)), index, size, tree.root(), path)


BAD_GROWTH = {
    "a log that is smaller now": (9, 7, [], CutOff),
    "a log of the same size with another root": (7, 7, [], NotExtended),
    "no path": (4, 7, [], NotExtended),
    "a path cut short": (5, 7, slice(0, -1), NotExtended),
    "the path of another size": (5, 7, Log(7).tree().consistency(6), NotExtended),
    "a path that is too long": (5, 7, [*Log(7).tree().consistency(5), b"\0" * 32], NotExtended),
    "a path from nothing": (0, 7, [b"\0" * 32], NotExtended),
}


@pytest.mark.parametrize(("before", "size", "path", "refusal"), BAD_GROWTH.values(), ids=BAD_GROWTH)
def test_growth_is_refused_for(before: int, size: int, path: object, refusal: type[Refusal]) -> None:
    log = Log(9)
    found = log.tree(size).consistency(before)[path] if isinstance(path, slice) else path
    old = data_of(1) if before == size else log.tree(before).root()
    with pytest.raises(refusal):
        check_consistency(before, old, size, log.tree(size).root(), found)  # type: ignore[arg-type]


def test_a_tile_that_is_too_narrow_gives_no_root() -> None:
    log = Log(300)
    with pytest.raises(WrongWidth):
        Tree(300, lambda *tile: log.tiles[tile][:-1]).root()


def test_no_path_is_made_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(PastTheTree):
        Log(7).tree().inclusion(7)
    with pytest.raises(PastTheTree):
        Log(7).tree().consistency(8)
