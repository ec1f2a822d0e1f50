"""A seal and a proof as they go out."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.kernel.errors import NotFound
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.seals import queries
from assets_service.seals.models import Seal
from assets_service.tlog.encoding import to_base64
from assets_service.tlog.proof import Proof


class SealView(Struct):
    """A checkpoint: how many entries it covers, the tree's root in base64, the signed note, and who signed it."""

    size: int
    root: str
    sealed_at: datetime
    checkpoint: str
    signed_by: list[str]


class SealedHead(Struct):
    """The newest entry of all, and the newest checkpoint, null until there is one; `cosigned` is the newest with a witness."""

    seq: int
    hash: str
    seal: SealView | None
    cosigned: SealView | None = None


class ProofView(Struct):
    """Where the newest entry of a chain is in the tree, and the path that proves it."""

    subject: str
    subject_seq: int
    hash: str
    leaf_index: int
    path: list[str]
    checkpoint: str


def seal_view(session: Session, seal: Seal) -> SealView:
    note = queries.cosigned(session, seal)
    root = to_base64(bytes.fromhex(seal.root))
    return SealView(seal.size, root, seal.sealed_at, str(note), [each.name for each in note.signatures])


def head_view(session: Session) -> SealedHead:
    head = ledger.head(session)
    try:
        log = queries.log(session)
        newest = queries.seal(session, log.id)
    except NotFound:
        return SealedHead(head.seq, head.hash, None)
    cosigned = queries.newest_cosigned(session, log.id)
    return SealedHead(
        head.seq, head.hash, seal_view(session, newest), seal_view(session, cosigned) if cosigned else None
    )


def proof_view(entry: Entry, proof: Proof) -> ProofView:
    path = [to_base64(each) for each in proof.path]
    return ProofView(entry.subject, entry.subject_seq, entry.hash, proof.index, path, proof.checkpoint)
