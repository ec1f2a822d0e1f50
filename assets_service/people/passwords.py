"""Argon2id, at most two at a time: each takes 64 MiB and a core."""

from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LENGTH_MIN = 10
LENGTH_MAX = 200

_hasher = PasswordHasher()
_at_once = BoundedSemaphore(2)
_nobody = _hasher.hash("nobody has this password")  # so that an unknown name takes as long as a known one


def hash_password(password: str) -> str:
    with _at_once:
        return _hasher.hash(password)


def matches(password: str, password_hash: str | None) -> bool:
    with _at_once:
        try:
            return _hasher.verify(password_hash or _nobody, password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False
