"""The ledger as JSON lines, for somebody who verifies without our database and without our code (docs/ledger-format.md)."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.exports import proof_lines, queries
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.chain import FORMAT
from assets_service.ledger.queries import Head

PART_BYTES = 1 << 16


class LedgerCopy(Struct):
    """The entries in scope, from one snapshot. `entries` and `subjects` are counted while the entries are written."""

    session: Session
    stamp: Stamp
    head: Head
    count: int
    entries: int = 0
    subjects: int = 0

    def lines(self) -> Iterator[bytes]:
        encode = msgspec.json.encode
        part = bytearray(
            encode(
                {
                    "type": "header",
                    "format": FORMAT,
                    "taken_at": rfc3339(self.stamp.at),
                    "taken_by": self.stamp.actor,
                    "scope": [path.strip("/").rpartition("/")[2] or "00" for path in self.stamp.scopes()],
                }
            )
            + b"\n"
        )
        digest = sha256()
        last = ""
        with closing(queries.ledger(self.session, self.stamp)) as rows:
            for row in rows:
                part += encode(_line(row)) + b"\n"
                digest.update(row.hash.encode() + b"\n")
                self.entries += 1
                self.subjects += row.subject != last
                last = row.subject
                if len(part) > PART_BYTES:
                    yield bytes(part)
                    part.clear()
        trailer = {
            "type": "trailer",
            "entries": self.entries,
            "subjects": self.subjects,
            "sha256": digest.hexdigest(),
            "ledger_seq": self.head.seq,
            "ledger_head": self.head.hash,
        }
        part += encode(trailer) + b"\n"
        yield bytes(part)

    def proofs(self) -> Iterator[bytes]:
        """The file beside it: where the head of each chain is in the sealed tree. Nothing while nothing is sealed."""
        under = proof_lines.opened(self.session)
        if under is None:
            return
        with closing(queries.ledger_heads(self.session, self.stamp, under.log.id)) as heads:
            yield from proof_lines.of_ledger(under, heads)


@contextmanager
def opened(db: Database, stamp: Stamp) -> Iterator[LedgerCopy]:
    with db.reading() as session:
        yield LedgerCopy(session, stamp, ledger.head(session), queries.ledger_count(session, stamp))


def _line(row: Any) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "subject": row.subject,
        "subject_seq": row.subject_seq,
        "kind": row.kind,
        "at": rfc3339(row.at),
        "claimed_at": rfc3339(row.claimed_at) if row.claimed_at else None,
        "actor": row.actor,
        "door": row.door.value,
        "action_id": row.action_id,
        "body": row.body,
        "salt": row.salt,
        "facts": row.facts,
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }
