"""From what a phone sent to a stored photo: judged by its size and its first bytes, decoded in the sandbox, kept by content."""

from msgspec import Struct

from assets_service.inspections.errors import NoPhoto, PhotoTooLarge, PhotoTooManyPixels
from assets_service.kernel.files import Files
from assets_service.kernel.sandbox import run_limited

BYTES_MAX = 10 << 20
MEGAPIXELS_MAX = 40
_MEMORY_MIB = 512
_SECONDS = 10


class Picture(Struct, frozen=True):
    """A stored JPEG of ours. `hash` is its SHA-256 and its name."""

    hash: str
    width: int
    height: int
    bytes: int


def keep(files: Files, sent: bytes) -> Picture:
    """Store what was sent as a plain JPEG; call it before the transaction, since decoding takes its time.

    Raises `PhotoTooLarge`, `NoPhoto`, `PhotoTooManyPixels`, and the sandbox's `Unreadable` and `TooDemanding`.
    """
    if len(sent) > BYTES_MAX:
        raise PhotoTooLarge(megabytes=BYTES_MAX >> 20)
    if not _looks_like_a_photo(sent):
        raise NoPhoto
    answer = run_limited("assets_service.kernel.pictures:reencode", sent, memory_mib=_MEMORY_MIB, seconds=_SECONDS)
    size, _, jpeg = answer.partition(b"\n")
    width, height = (int(side) for side in size.split())
    if not jpeg:
        raise PhotoTooManyPixels(megapixels=MEGAPIXELS_MAX, width=width, height=height)
    return Picture(files.keep(jpeg), width, height, len(jpeg))


def _looks_like_a_photo(sent: bytes) -> bool:
    return sent.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (sent[:4] == b"RIFF" and sent[8:12] == b"WEBP")
