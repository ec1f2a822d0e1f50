"""The proofs beside an export: where each chain's head is in the sealed tree, and what leads from a row to that head.

The rows of an inventory are told by the facts of a device, its office, and the persons it names; each has a chain, and the
head's hash covers the facts after it. So a row is proven by heads alone (docs/ledger-seals.md).
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.exports.columns import Edition
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.errors import NotFound
from assets_service.ledger import facts
from assets_service.ledger import queries as ledger
from assets_service.ledger.chain import private_of, salt_of, told_of
from assets_service.ledger.models import Entry
from assets_service.seals.proofs import Prover, prover
from assets_service.seals.queries import entries_at
from assets_service.tlog.encoding import to_base64

FORMAT = "assets-proofs-1"
PART_BYTES = 1 << 16
BATCH = 500

Known = dict[str, Any]  # facts by their names


class Counted(Struct):
    """How many proofs were written, and how many heads have no leaf yet."""

    proofs: int = 0
    unsealed: int = 0


def opened(session: Session) -> Prover | None:
    """The prover under the newest checkpoint; None while nothing is sealed."""
    try:
        return prover(session)
    except NotFound:
        return None


def of_ledger(under: Prover, heads: Iterable[Any]) -> Iterator[bytes]:
    """The proofs of chains: `heads` are rows of subject, number, hash and leaf, in the order of the subjects."""
    counted = Counted()
    lines = (
        {"subject": each.subject, "subject_seq": each.subject_seq, "hash": each.hash}
        | _place(under, each.leaf, counted)
        for each in heads
    )
    return _joined(under, "ledger", lines, counted)


def of_inventory(
    session: Session, under: Prover, heads: Iterable[Any], edition: Edition, until: datetime | None
) -> Iterator[bytes]:
    """The proofs of an inventory's rows in their order, then those of the offices and persons that the rows name.

    `heads` are rows of subject, number and facts of each device's chain, as they end at `until`.
    """
    counted = Counted()
    return _joined(under, "inventory", _lines(session, under, heads, edition, until, counted), counted)


def _lines(
    session: Session, under: Prover, heads: Iterable[Any], edition: Edition, until: datetime | None, counted: Counted
) -> Iterator[Known]:
    named, rest = set[str](), iter(heads)
    while some := list(islice(rest, BATCH)):
        entries = entries_at(session, under.log.id, [(each.subject, each.subject_seq) for each in some])
        for head in some:
            known = msgspec.json.decode(head.facts)
            named |= _named_by(known, edition)
            entry, leaf = entries[head.subject]
            yield _told(entry, known, edition) | _place(under, leaf, counted)
    for subject in sorted(named):
        if end := ledger.end_of(session, subject, until):
            entry, leaf = entries_at(session, under.log.id, [(subject, end.subject_seq)])[subject]
            told = _told(entry, msgspec.json.decode(end.facts), Edition.INTERNAL)
            yield told | _name(session, subject, until) | _place(under, leaf, counted)


def _named_by(known: Known, edition: Edition) -> set[str]:
    persons = () if edition is Edition.PUBLIC else (known["holder"], known["received_by"])
    return {f"office/{known['office']}", *(f"person/{number}" for number in persons if number is not None)}


def _told(entry: Entry, known: Known, edition: Edition) -> Known:
    """What the hash is computed of: everything in the internal edition; in the public one the private facts' digest alone."""
    public, private = facts.texts(entry.subject, known)
    at = rfc3339(entry.at)
    shown = {"told": told_of(entry), "public_salt": salt_of(entry.salt, "public"), "public": public}
    private_salt = salt_of(entry.salt, "private")
    if edition is Edition.PUBLIC:
        digest = private_of(private_salt, entry.subject, entry.subject_seq, at, private)
        return shown | {"private_digest": digest}
    head = {"subject": entry.subject, "subject_seq": entry.subject_seq, "at": at}
    return head | shown | {"private_salt": private_salt, "private": private}


def _name(session: Session, subject: str, until: datetime | None) -> Known:
    """What opens the digest of a person's name; nothing for an office, or a name that is not kept any more."""
    kept = ledger.kept_name(session, subject, until) if subject.startswith("person/") else None
    return {"name_salt": salt_of(kept.salt, "name"), "name": kept.name} if kept and kept.salt else {}


def _place(under: Prover, leaf: int | None, counted: Counted) -> Known:
    if leaf is None or leaf >= under.seal.size:
        counted.unsealed += 1
        return {"leaf": None, "path": ""}
    counted.proofs += 1
    return {"leaf": leaf, "path": to_base64(b"".join(under.tree.inclusion(leaf)))}


def _joined(under: Prover, of: str, lines: Iterable[Known], counted: Counted) -> Iterator[bytes]:
    encode = msgspec.json.encode
    part = bytearray(encode({"type": "header", "format": FORMAT, "of": of, "checkpoint": under.checkpoint}) + b"\n")
    for line in lines:
        part += encode(line) + b"\n"
        if len(part) > PART_BYTES:
            yield bytes(part)
            part.clear()
    part += encode({"type": "trailer", "proofs": counted.proofs, "unsealed": counted.unsealed}) + b"\n"
    yield bytes(part)
