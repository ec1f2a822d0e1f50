"""The result of verifying a file, and what both kinds of files of lines share."""

from typing import TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")


class Said(Struct, frozen=True):
    """Whether the file is unchanged, and the sentence to print."""

    holds: bool
    sentence: str


class BrokenError(Exception):
    """The file was changed; the text says where."""


class NotedHead(Struct, frozen=True):
    """A ledger's head as somebody wrote it down: the national number of its newest entry then, and that entry's hash."""

    seq: int
    hash: str


def read_head(text: str) -> NotedHead:
    """The head in a text `SEQ:HASH`. Raises `ValueError`."""
    seq, _, hash_ = text.strip().partition(":")
    if not (seq.isascii() and seq.isdigit() and len(hash_) == 64 and set(hash_.lower()) <= set("0123456789abcdef")):  # noqa: PLR2004 - a SHA-256 in hex
        raise ValueError(text)
    return NotedHead(int(seq), hash_.lower())


def exactly(line: bytes, number: int, kind: type[T]) -> T:
    """The line as a `kind`, if it is written byte for byte as our export writes it. Raises `BrokenError`.

    So there is one way to read it: no field twice, no unknown field, no other mark, space or line end.
    """
    try:
        read = msgspec.json.decode(line, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BrokenError(f"line {number} cannot be read ({error}).") from None
    if msgspec.json.encode(read) + b"\n" != line:
        raise BrokenError(f"line {number} is not written as our export writes it.")
    return read
