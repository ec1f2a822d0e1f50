"""What we write is read by a reader of other make (tlog-scales), and what it proves is believed by us."""

from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tiles import leaf_hash as their_leaf_hash
from tlog_scales.tlog import Checkpoint, InclusionProof

from assets_service.tlog.cosignature import cosign
from assets_service.tlog.merkle import check_consistency, check_inclusion, leaf_hash
from assets_service.tlog.tiles import addresses_of
from tests.build import NOON
from tests.tlog.build_tlog import Log, a_key, a_witness, data_of

SIZES = (1, 2, 7, 255, 256, 257, 1000, 66000)


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(SIZES[-1])


@pytest.fixture
def written(log: Log, tmp_path: Path, request: pytest.FixtureRequest) -> tuple[TilesReader, int]:
    """The log as files, when it had so many leaves, with a reader in front of them."""
    size: int = request.param
    for level in range(3):
        for address in addresses_of(size, level=level):
            file = tmp_path / "tile" / str(address)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(log.tiles[level, address.number][: 32 * address.width])
    (tmp_path / "checkpoint").write_text(str(log.checkpoint(size).signed(a_key())))
    return TilesReader(LocalBackend(tmp_path)), size


@pytest.mark.parametrize("written", SIZES, indirect=True)
def test_checkpoint_and_tiles_are_read_and_every_proof_is_the_same(written: tuple[TilesReader, int], log: Log) -> None:
    reader, size = written
    checkpoint = reader.get_checkpoint()
    checkpoint.verify(Vkey.from_string(str(a_key().verifier)))
    assert reader.calculate_root_hash() == checkpoint.root_hash
    tree = log.tree(size)
    for index in {0, size // 2, size - 1}:
        theirs = reader.get_inclusion_proof(index, size)
        assert theirs.node_hashes == tree.inclusion(index)
        check_inclusion(leaf_hash(data_of(index)), index, size, checkpoint.root_hash, theirs.node_hashes)
        InclusionProof(index, size, tree.inclusion(index)).check(their_leaf_hash(data_of(index)), checkpoint.root_hash)
    for before in {1, size // 2 or 1, size}:
        growth = reader.get_consistency_proof(before, size)
        assert growth.node_hashes == tree.consistency(before)
        growth.check(log.tree(before).root(), checkpoint.root_hash)
        check_consistency(before, log.tree(before).root(), size, checkpoint.root_hash, growth.node_hashes)


def test_a_cosignature_is_verified(log: Log) -> None:
    note = log.checkpoint().signed(a_key())
    cosigned = Checkpoint.from_text(str(note.plus([cosign(note, a_witness(), NOON)])))
    keys = [Vkey.from_string(str(key.verifier)) for key in (a_key(), a_witness())]
    assert len(VkeySet(*keys).verify(cosigned.signatures, cosigned)) == 2
