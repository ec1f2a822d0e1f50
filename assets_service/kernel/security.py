"""The security log: who came in or was turned away, who got rights, what left the house.

Its lines are those of the logger "security". Addresses, and names that belong to no account (perhaps a password in the
wrong field), are written as keyed hashes of the day: tries can be counted within a day, and not linked to the next.
"""

from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import UTC, datetime
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any

import structlog
from sqlalchemy import event
from sqlalchemy.orm import Session

log = structlog.get_logger("security")

NOWHERE = "-"
_IPV4 = 4
_DIGEST_BYTES = 8
_KEY_BYTES_MAX = 64  # what BLAKE2b takes
_caller: ContextVar[tuple[str, str] | None] = ContextVar(
    "caller", default=None
)  # an address, and the key that hides it


def note(what: str, **facts: object) -> None:
    """Write one line, with the address of the request that is being answered. Give it no secret.

    Nothing is written outside a request: who works on the machine itself is in the ledger, by the door `cli`.
    """
    if caller := _caller.get():
        address, secret = caller
        log.info(what, address=pseudonym(address, secret=secret), **facts)


def note_once_committed(session: Session, what: str, **facts: object) -> None:
    """Write the line once the transaction is committed, and not at all if it is rolled back."""
    event.listen(session, "after_commit", lambda _session: note(what, **facts), once=True)


def came_from(scope: MutableMapping[str, Any], *, secret: str) -> None:
    """Remember where the request comes from that is answered from here on."""
    _caller.set((address_of(scope), secret))


def address_of(scope: MutableMapping[str, Any]) -> str:
    """The client's address; behind a proxy on this machine, the last one that the proxy names."""
    peer = str((scope.get("client") or (NOWHERE,))[0])
    named = [value for name, value in scope.get("headers", []) if name == b"x-forwarded-for"]
    if not named or not _is_local(peer):
        return peer
    return str(named[-1].decode("latin-1").rpartition(",")[2].strip()[:100])


def network_of(address: str) -> str:
    """The part of an address that neighbours share: of IPv4 the first 24 bits, of IPv6 the first 48."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 24 if found.version == _IPV4 else 48), strict=False))


def pseudonym(text: str, *, secret: str) -> str:
    """A short name for `text` that means nothing without the key, and nothing on another day."""
    key = blake2b(secret.encode(), digest_size=_KEY_BYTES_MAX).digest()
    return blake2b(f"{datetime.now(UTC):%Y-%m-%d}\n{text}".encode(), key=key, digest_size=_DIGEST_BYTES).hexdigest()


def _is_local(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return peer in {NOWHERE, ""}  # a Unix socket
