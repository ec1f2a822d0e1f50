"""What is asked around seals: keeping what witnesses signed."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta, Struct

from assets_service.kernel.fields import Wire
from assets_service.tlog.cosignature import need_witnesses
from assets_service.tlog.keys import VerifierKey
from assets_service.tlog.note import NOTE_MAX, Note, read_note


class Cosigned(Wire):
    """A checkpoint of ours with the signatures of witnesses under it."""

    note: Annotated[str, Meta(max_length=NOTE_MAX)]


class Witnessed(Struct, frozen=True):
    """The same, read: the note, and the witnesses known here whose signatures fit."""

    note: Note
    witnesses: list[VerifierKey]


def witnessed(asked: Cosigned, known: Iterable[VerifierKey]) -> Witnessed:
    """The note with the witnesses who signed it. Raises `UnknownWitness` when none is known, and what `read_note` raises."""
    note = read_note(asked.note)
    return Witnessed(note, need_witnesses(note, known, 1))
