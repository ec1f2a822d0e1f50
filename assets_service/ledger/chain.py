"""How an entry is hashed. `docs/ledger-format.md` says the same for strangers; change neither without the other.

    hash    <-  told, facts
    told    <-  what happened: the entry before, the subject, kind, times, actor, door, act and body
    facts   <-  public, private
    public  <-  the facts after the entry that anybody may know
    private <-  the other facts, with the entry's subject, number and time

Each part has a salt of its own, made of the entry's. So a row of facts can be shown and proven with the hashes of the
other parts alone, and nobody can try out guesses of what was not shown.
"""

from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from typing import Protocol

from assets_service.kernel.clock import rfc3339

FORMAT = "assets-ledger-2"
_SALT_BYTES = 16


class Hashed(Protocol):
    """An entry, all but its national `seq`: when an entry is numbered in the country is not known before its commit."""

    subject: str
    subject_seq: int
    kind: str
    at: datetime
    claimed_at: datetime | None
    actor: str
    action_id: str
    body: str
    salt: str
    facts: str
    prev_hash: str

    @property
    def door(self) -> str: ...


def new_salt() -> str:
    return token_hex(_SALT_BYTES)


def hash_of(entry: Hashed) -> str:
    """The entry's hash, in hex."""
    return joined("", told_of(entry), entry.facts)


def told_of(entry: Hashed) -> str:
    """The digest of what happened; an absent claimed time is a hyphen."""
    return told_of_lines(
        entry.salt,
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


def told_of_lines(salt: str, *lines: str) -> str:
    return joined("told", salt_of(salt, "told"), *lines)


def facts_of(salt: str, subject: str, subject_seq: int, at: str, texts: tuple[str, str]) -> str:
    """The digest of the facts after an entry, of their public and their private text (`ledger.facts`)."""
    public = public_of(salt_of(salt, "public"), texts[0])
    return joined("facts", public, private_of(salt_of(salt, "private"), subject, subject_seq, at, texts[1]))


def public_of(own_salt: str, text: str) -> str:
    return joined("public", own_salt, text)


def private_of(own_salt: str, subject: str, subject_seq: int, at: str, text: str) -> str:
    return joined("private", own_salt, subject, str(subject_seq), at, text)


def name_of(own_salt: str, name: str, part: str = "name") -> str:
    """The digest under which the ledger knows a name; `part` is `username` for a username."""
    return joined(part, own_salt, name)


def salt_of(salt: str, part: str) -> str:
    """The salt of one part, which tells nothing of the other parts' salts."""
    return joined("salt", salt, part)[: 2 * _SALT_BYTES]


def joined(part: str, *lines: str) -> str:
    """SHA-256, in hex, of the format and the part's name, and these lines, joined by a newline."""
    return sha256("\n".join((f"{FORMAT}/{part}" if part else FORMAT, *lines)).encode()).hexdigest()
