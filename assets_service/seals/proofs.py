"""Proofs from the stored tree: that an entry is a leaf of it, under a checkpoint."""

import msgspec
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices import queries as devices
from assets_service.ledger.models import Entry
from assets_service.seals import queries
from assets_service.seals.errors import NotSealedYet
from assets_service.seals.models import Seal
from assets_service.seals.queries import Log
from assets_service.tlog.proof import Proof
from assets_service.tlog.tiles import Tree


class Prover:
    """Makes proofs under one checkpoint. Keep it for as many as there are: it remembers the tiles that it has read."""

    def __init__(self, session: Session, log: Log, seal: Seal) -> None:
        self.log = log
        self.seal = seal
        self.tree = Tree(seal.size, queries.reader(session, log.id))
        self.checkpoint = str(queries.cosigned(session, seal))
        self._session = session

    def proof(self, entry: Entry) -> Proof:
        """The proof of this entry. Raises `NotSealedYet`."""
        number = queries.leaf_of(self._session, self.log.id, entry.seq)
        if number is None or number >= self.seal.size:
            raise NotSealedYet(code=entry.subject)
        shown = {"subject": entry.subject, "subject_seq": entry.subject_seq, "hash": entry.hash}
        return Proof(number, tuple(self.tree.inclusion(number)), self.checkpoint, msgspec.json.encode(shown))


def proof_of_device(session: Session, code: str, stamp: Stamp, *, size: int | None = None) -> tuple[Entry, Proof]:
    """The newest entry of a device in scope, and its proof. Raises `NotFound`, `NotSealedYet`, and what `prover` raises."""
    entry = queries.head_of(session, devices.by_code(session, code, stamp).code)
    return entry, prover(session, size).proof(entry)


def prover(session: Session, size: int | None = None) -> Prover:
    """A prover under the newest checkpoint, or the one of this size. Raises `NoSealYet`, `NoSuchSeal`."""
    log = queries.log(session)
    return Prover(session, log, queries.seal(session, log.id, size))
