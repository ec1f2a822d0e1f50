"""How an entry is hashed. `docs/ledger-format.md` says the same for strangers; change neither without the other."""

from datetime import datetime
from hashlib import sha256
from typing import Protocol

from assets_service.kernel.clock import rfc3339

FORMAT = "assets-ledger-1"


class Hashed(Protocol):
    """What of an entry is hashed: all of it but the national `seq`, which a seal fixes."""

    subject: str
    subject_seq: int
    kind: str
    at: datetime
    claimed_at: datetime | None
    actor: str
    action_id: str
    body: str
    prev_hash: str

    @property
    def door(self) -> str: ...


def hash_of(entry: Hashed) -> str:
    """SHA-256, in hex, of eleven lines joined by a newline; an absent claimed time is a hyphen."""
    lines = (
        FORMAT,
        entry.prev_hash,
        entry.subject,
        str(entry.subject_seq),
        entry.kind,
        rfc3339(entry.at),
        rfc3339(entry.claimed_at) if entry.claimed_at else "-",
        entry.actor,
        str(entry.door),
        entry.action_id,
        entry.body,
    )
    return sha256("\n".join(lines).encode()).hexdigest()
