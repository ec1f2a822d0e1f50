"""The code on a label, as it is scanned and as people type it."""

import re
import secrets
from typing import NamedTuple
from urllib.parse import unquote

from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.spelling import plain

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U: nothing to misread, no rude words
CODE_LENGTH = 8
VERSION_LENGTH_MAX = 6
_MISREAD = str.maketrans("OIL", "011", " -_\u2010\u2011\u2012\u2013\u2014\u2212")
_AIM = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # the kind of symbol, said by a scanner before what it read: ]Q1, ]C0
_SAID_CODE = re.compile(r"^(?:kode|code|label)(?: label)? ?[:=] ?", re.IGNORECASE)
_AROUND = " '\"`#()<>[]"
ADDRESS = re.compile(r"/(?:d|perangkat|devices)/([^/?#\s]+)", re.IGNORECASE)


def new_code() -> str:
    """A new label code: 40 random bits, which cannot be guessed from another label and are not the database's id."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))


class LabelRef(NamedTuple):
    """What a label says: the code, and its version when it is not the first."""

    code: str
    version: int | None


def bare(text: str) -> str:
    """What was typed or scanned, without signs that nobody sees, quotation marks, and the scanner's own prefix."""
    return unprefixed(plain(text).strip("\t '\"")).strip(_AROUND)


def unprefixed(text: str) -> str:
    """The text without the scanner's prefix."""
    return _AIM.sub("", text)


def read_code(text: str) -> LabelRef | None:
    """The label code in a typed code or a scanned URL of any host; None for anything else."""
    said = _SAID_CODE.sub("", bare(text))
    found = ADDRESS.search(said)
    if found is None and ("/" in said or ":" in said):
        return None
    raw, _, version = (unquote(found[1]).strip(_AROUND + ".,;") if found else said).partition(".")
    code = raw.upper().translate(_MISREAD)
    if len(code) != CODE_LENGTH or any(sign not in CROCKFORD for sign in code):
        return None
    if version and not (version.isascii() and version.isdigit() and len(version) <= VERSION_LENGTH_MAX):
        return None
    return LabelRef(code, int(version) if version else None)


NO_LABEL_CODE = FieldProblem("/code", "This is not a label code.")


def grouped(code: str) -> str:
    """The code as it stands on the label: `7K3M9QWX` -> `7K3M 9QWX`."""
    return f"{code[:4]} {code[4:]}"
