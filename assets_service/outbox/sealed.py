"""A phone's queue as a file: sealed with a key that the server gave that phone, so that it opens whole or not at all.

The key is made of the installation's secret and the phone's id; it is kept nowhere, and an installation with another secret
opens none of these files. AES-GCM with the phone's id as additional data: what was edited, cut or put under another phone fails.
"""

import hmac
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Meta, Struct

from assets_service.kernel import fields
from assets_service.kernel.errors import Refusal
from assets_service.kernel.fields import OneLine, Wire
from assets_service.outbox.asks import PhotoName
from assets_service.outbox.errors import NotAQueue

FORMAT = "phone-queue-1"
FILE_BYTES_MAX = 48 << 20
ACTS_MAX = 500
PHOTOS_MAX = 100
NONCE_BYTES = 12


class SealedQueue(Struct):
    """The file as JSON; `nonce` and `sealed` in base64."""

    format: str
    phone: Annotated[str, Meta(max_length=36)]
    nonce: bytes
    sealed: bytes


class Queue(Wire):
    """What is in it: whose phone it is, its acts in their order, and the photos that they name, by the hash of their bytes."""

    person: int
    schema: Annotated[int, Meta(ge=0, le=1_000_000)]
    actions: Annotated[list[Any], Meta(max_length=ACTS_MAX)]
    photos: Annotated[dict[PhotoName, bytes], Meta(max_length=PHOTOS_MAX)] = {}
    name: OneLine | None = None


def key_of(secret: str, phone: str) -> bytes:
    """The key of 32 bytes that this phone seals its file with."""
    return hmac.digest(secret.encode(), f"{FORMAT}/{phone}".encode(), "sha256")


def opened(content: bytes, secret: str) -> tuple[str, Queue]:
    """The phone's id and its queue. Raises `NotAQueue` for anything but a whole file that this phone sealed."""
    try:
        file = msgspec.json.decode(content, type=SealedQueue)
        if file.format != FORMAT or len(file.nonce) != NONCE_BYTES:
            raise NotAQueue
        plain = AESGCM(key_of(secret, file.phone)).decrypt(file.nonce, file.sealed, _about(file.phone))
        return file.phone, fields.read(msgspec.json.decode(plain), Queue, strict=False)
    except (InvalidTag, msgspec.DecodeError, UnicodeError, Refusal):
        raise NotAQueue from None


def _about(phone: str) -> bytes:
    return f"{FORMAT}/{phone}".encode()
