"""What whoever verifies believes of a log, and what follows for a checkpoint."""

from msgspec import Struct

from assets_service.exports.verify.said import BrokenError
from assets_service.tlog.checkpoint import Checkpoint, read_checkpoint
from assets_service.tlog.cosignature import need_witnesses
from assets_service.tlog.errors import NotExtended
from assets_service.tlog.keys import VerifierKey
from assets_service.tlog.tiles import Tree
from assets_service.witness.memory import Memory


class Trust(Struct, frozen=True):
    """The log's key, what a witness kept of the log, and whose cosignatures count, of whom so many are needed."""

    key: VerifierKey | None = None
    memory: Memory | None = None
    witnesses: tuple[VerifierKey, ...] = ()
    needed: int = 0

    def checkpoint(self, text: str) -> Checkpoint:
        """The checkpoint, if its signatures hold and what is kept begins with it. Raises `BrokenError` and refusals of `tlog`."""
        key = self.key or (self.memory.key if self.memory else None)
        if key is None:
            raise BrokenError(
                "nobody said which key to believe: give it with --key, as you got it from the log's operator."
            )
        found, note = read_checkpoint(text, key)
        need_witnesses(note, self.witnesses, self.needed)
        if self.memory:
            self._must_begin(found)
        return found

    def _must_begin(self, found: Checkpoint) -> None:
        assert self.memory is not None
        kept = self.memory.check()
        if found.size > kept.size:
            raise BrokenError(
                f"the checkpoint of {found.size} leaves is newer than what is kept ({kept.size} leaves): let the witness visit first."
            )
        if Tree(found.size, self.memory.read).root() != found.root:
            raise NotExtended(before=found.size, size=kept.size)


NOBODY = Trust()
