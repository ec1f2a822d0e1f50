"""A ledger held against what lies beside it: the leaves that a witness kept, the proofs that were taken with it."""

from assets_service.exports.verify.said import BrokenError
from assets_service.tlog.merkle import leaf_hash
from assets_service.witness.memory import Memory


class KeptLeaves:
    """Every leaf that is kept must be an entry of the file; entries that are no leaf came later."""

    def __init__(self, memory: Memory) -> None:
        self.size = memory.checkpoint().size
        self._missing = {leaf: number for number, leaf in enumerate(memory.leaves())}
        self._later = 0

    def take(self, hash_: str) -> None:
        if self._missing.pop(leaf_hash(bytes.fromhex(hash_)), None) is None:
            self._later += 1

    def held(self, *, is_whole: bool) -> str:
        """What to say of it. Raises `BrokenError` naming the first leaf that a ledger of the whole country does not have."""
        if is_whole and self._missing:
            first = min(self._missing.values())
            raise BrokenError(f"leaf {first} is no entry of this file: that entry was changed or taken away.")
        found = self.size - len(self._missing)
        return (
            f" {found} of the {self.size} leaves that are kept are here; {self._later} entries came later, and nothing that is "
            "kept protects them."
        )
