"""A witness's word for a checkpoint (c2sp.org/tlog-cosignature): at that time it was the largest consistent one it knew."""

from collections.abc import Iterable
from datetime import UTC, datetime

from assets_service.tlog.encoding import NUMBER_MAX
from assets_service.tlog.errors import FewWitnesses, NotSigned, UnknownWitness, WrongSignature
from assets_service.tlog.keys import WITNESS, SigningKey, VerifierKey
from assets_service.tlog.note import Note, Signature

_TIME_BYTES = 8


def cosign(note: Note, key: SigningKey, at: datetime) -> Signature:
    """The witness's signature under the checkpoint, to be added to the note's."""
    seconds = int(at.timestamp())
    made = seconds.to_bytes(_TIME_BYTES) + key.sign(_said(note, seconds))
    return Signature(key.name, key.verifier.id, made)


def cosigned_at(note: Note, witness: VerifierKey) -> datetime:
    """When the witness cosigned the checkpoint. Raises `NotSigned`, `WrongSignature`."""
    signature = note.by(witness)
    if signature is None or witness.sort != WITNESS:
        raise NotSigned(name=witness.name)
    seconds = int.from_bytes(signature.made[:_TIME_BYTES])
    if seconds > NUMBER_MAX or not witness.fits(signature.made[_TIME_BYTES:], _said(note, seconds)):
        raise WrongSignature(name=witness.name)
    return datetime.fromtimestamp(min(seconds, _LATEST), UTC)


def witnesses_of(note: Note, known: Iterable[VerifierKey]) -> list[VerifierKey]:
    """Who of those known has cosigned. A signature that does not fit is raised, not counted out: `WrongSignature`."""
    found = [witness for witness in known if note.by(witness)]
    for witness in found:
        cosigned_at(note, witness)
    return found


def need_witnesses(note: Note, known: Iterable[VerifierKey], needed: int) -> list[VerifierKey]:
    """The same, of whom `needed` must be there. Raises `UnknownWitness`, `FewWitnesses`, `WrongSignature`."""
    known = list(known)
    found = witnesses_of(note, known)
    if needed and not found:
        raise UnknownWitness
    if len(found) < needed:
        raise FewWitnesses(of=len(known), found=len(found), needed=needed)
    return found


_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def _said(note: Note, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{note.text}".encode()
