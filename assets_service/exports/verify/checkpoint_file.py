"""A checkpoint that somebody wrote down, and a proof that stands alone."""

from pathlib import Path

import msgspec
from msgspec import Struct

from assets_service.exports.verify.said import BrokenError, Said
from assets_service.exports.verify.trust import Trust
from assets_service.tlog.checkpoint import Checkpoint
from assets_service.tlog.merkle import check_inclusion, leaf_hash
from assets_service.tlog.note import NOTE_MAX
from assets_service.tlog.proof import read_proof

_DASH = "\u2014 ".encode()


class Shown(Struct):
    """What a proof of ours says of its leaf: the entry's place in its chain, and its hash."""

    subject: str
    subject_seq: int
    hash: str


def is_note(path: Path) -> bool:
    """Whether the file looks like a signed note."""
    if path.stat().st_size > NOTE_MAX:
        return False
    lines = path.read_bytes().splitlines()
    return bool(lines) and lines[-1].startswith(_DASH)


def verify_checkpoint(path: Path, trust: Trust) -> Said:
    """Verify a checkpoint against the key, the witnesses, and what is kept."""
    found = trust.checkpoint(path.read_text(encoding="utf-8"))
    return Said(holds=True, sentence=f"The checkpoint holds: {_told(found, trust)}.")


def verify_proof(path: Path, trust: Trust) -> Said:
    """Verify that the entry that the proof shows is a leaf of the log. Raises `BrokenError`."""
    proof = read_proof(path.read_text(encoding="utf-8"))
    if proof.extra is None:
        raise BrokenError("the proof does not say of which entry it is.")
    shown = msgspec.json.decode(proof.extra, type=Shown)
    found = trust.checkpoint(proof.checkpoint)
    check_inclusion(leaf_hash(bytes.fromhex(shown.hash)), proof.index, found.size, found.root, proof.path)
    place = f"{shown.subject}, entry {shown.subject_seq}, with the hash {shown.hash}"
    return Said(holds=True, sentence=f"{place}, is leaf {proof.index}: {_told(found, trust)}.")


def _told(found: Checkpoint, trust: Trust) -> str:
    kept = ", with which the log that is kept begins" if trust.memory else ""
    needed = f", cosigned by at least {trust.needed} of {len(trust.witnesses)} witnesses" if trust.needed else ""
    return f"{found.origin} signed a tree of {found.size} leaves{kept}{needed}"
