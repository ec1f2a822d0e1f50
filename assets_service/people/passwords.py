"""Passwords: hashing them, and which are guessed first.

Argon2id hashes one at a time, for each takes 64 MiB and a core, and gives way to who asks for a page: two passes over
the memory on one lane, more than OWASP asks for, and 0.1 s. A password typed on another keyboard is the same password: it
is hashed in its Unicode form NFKC.
"""

import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib.resources import files
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from assets_service.kernel.aside import give_way
from assets_service.kernel.errors import FieldProblem

LENGTH_MIN = 10
LENGTH_MAX = 200
TYPED_MAX = 4 * LENGTH_MAX  # signs of the longest Unicode form of as many
DIFFERENT_MIN = 5  # characters that neither repeat nor run on from the one before
USERNAME_COUNTS_FROM = 4  # a shorter one stands in many honest words
_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_AROUND = " 0123456789!?.,*#+-_"
_WRITTEN_FOR = str.maketrans("0134578@$!", "oleastbasi")

_hasher = PasswordHasher(time_cost=2, parallelism=1)
_NICENESS = 5  # after pages and receipts, before papers: somebody waits to come in
_hashing = ThreadPoolExecutor(1, thread_name_prefix="hashing", initializer=give_way, initargs=(_NICENESS,))
_nobody = _hasher.hash("nobody has this password")  # so that an unknown name takes as long as a known one


def hash_password(password: str) -> str:
    return _hashing.submit(_hasher.hash, _normal(password)).result()


def matches(password: str, password_hash: str | None) -> bool:
    try:
        is_right = _hashing.submit(_hasher.verify, password_hash or _nobody, _normal(password)).result()
    except (VerificationError, InvalidHashError):
        return False
    return is_right and bool(password_hash)


def weaknesses(password: str, username: str | None = None) -> Iterator[FieldProblem]:
    """The problem of a password that would be among the first to be guessed; none for a good one."""
    text = _normal(password).casefold()
    if len(text) < LENGTH_MIN:
        yield FieldProblem("/password", "At least {it} characters.", {"it": LENGTH_MIN})
    elif len(text) > LENGTH_MAX:
        yield FieldProblem("/password", "At most {it} characters.", {"it": LENGTH_MAX})
    elif _different(text) < DIFFERENT_MIN or _is_common(text):
        yield FieldProblem("/password", "This is among the first passwords that are guessed. Choose another.")
    elif username and len(username) >= USERNAME_COUNTS_FROM and username.strip().casefold() in text:
        yield FieldProblem("/password", "The username stands in it. Choose another.")


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _different(text: str) -> int:
    """How many of the characters neither repeat nor run on from the one before (`abc`, `321`, `qwe`)."""
    fresh = {text[0]}
    fresh |= {sign for before, sign in pairwise(text) if not _runs_on(before, sign)}
    return len(fresh)


def _runs_on(before: str, sign: str) -> bool:
    pair = before + sign
    return abs(ord(before) - ord(sign)) <= 1 or any(pair in row or pair[::-1] in row for row in _ROWS)


def _is_common(text: str) -> bool:
    """Whether it is only one or two of the worst words, with whatever digits and signs around them."""
    core = text.strip(_AROUND)
    return any(_is_made_of_worst(re.sub(r"[^a-z]", "", written)) for written in (core, core.translate(_WRITTEN_FOR)))


def _is_made_of_worst(letters: str) -> bool:
    worst = _worst_words()
    return letters in worst or any(letters[:at] in worst and letters[at:] in worst for at in range(1, len(letters)))


@cache
def _worst_words() -> frozenset[str]:
    """The words with which guessing begins, in Indonesian and English, and those of this office's own world."""
    return frozenset(files("assets_service.people").joinpath("worst_words.txt").read_text(encoding="ascii").split())
