"""Base64 and numbers, each written in one way only, so that no two readers read one text differently."""

import binascii
import re
from base64 import b64decode, b64encode

from assets_service.tlog.errors import NotBase64

SHOWN_MAX = 40
NUMBER_MAX = 2**63 - 1
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


def to_base64(data: bytes) -> str:
    return b64encode(data).decode()


def from_base64(text: str) -> bytes:
    """The bytes of a text in standard base64 with padding. Raises `NotBase64`, also for bits that a reader would drop."""
    try:
        data = b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NotBase64(text=text[:SHOWN_MAX]) from None
    if to_base64(data) != text:
        raise NotBase64(text=text[:SHOWN_MAX])
    return data


def read_number(text: str) -> int | None:
    """The number in decimal digits without leading zeros; None for anything else."""
    number = int(text) if _NUMBER.fullmatch(text) else None
    return number if number is not None and number <= NUMBER_MAX else None
