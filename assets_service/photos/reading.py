"""Turning what a phone sent into a stored photo: size and first bytes are judged, and the sandbox decodes it."""

from msgspec import Struct

from assets_service.kernel.errors import Refusal
from assets_service.kernel.sandbox import run_limited
from assets_service.kernel.store import Derived, Store
from assets_service.photos.errors import NoPhoto, PhotoTooLarge, PhotoTooManyPixels, TooManyPixelsButForJpeg

PHOTOS = "photos"  # their kind in the store
SMALL = "small-photos"
BYTES_MAX = 32 << 20  # what a phone of 108 megapixels writes
MEGAPIXELS_MAX = 40
JPEG_MEGAPIXELS_MAX = 210
_MEMORY_MIB = 512
_SECONDS = 10


class Picture(Struct, frozen=True):
    """A stored JPEG of ours. `hash` is its SHA-256 and its name."""

    hash: str
    width: int
    height: int
    bytes: int


def keep(files: Store, sent: bytes) -> Picture:
    """Store what was sent as a plain JPEG. Call it before the transaction, since decoding takes long.

    Raises `PhotoTooLarge`, `NoPhoto`, `PhotoTooManyPixels`, and the sandbox's `Unreadable` and `TooDemanding`.
    """
    if len(sent) > BYTES_MAX:
        raise PhotoTooLarge(megabytes=BYTES_MAX >> 20)
    if not _looks_like_a_photo(sent):
        raise NoPhoto
    answer = run_limited("assets_service.kernel.pictures:reencode", sent, memory_mib=_MEMORY_MIB, seconds=_SECONDS)
    size, _, jpeg = answer.partition(b"\n")
    form, width, height = size.decode().split()
    if not jpeg:
        raise _too_many_pixels(form, int(width), int(height))
    return Picture(files.put(jpeg), int(width), int(height), len(jpeg))


def _too_many_pixels(form: str, width: int, height: int) -> Refusal:
    if form == "JPEG":
        return PhotoTooManyPixels(megapixels=JPEG_MEGAPIXELS_MAX, width=width, height=height)
    return TooManyPixelsButForJpeg(
        form=form, megapixels=MEGAPIXELS_MAX, width=width, height=height, jpeg=JPEG_MEGAPIXELS_MAX
    )


def small(files: Store, smaller: Derived, name: str) -> bytes:
    """The stored photo as a JPEG for a row of thumbnails, made when it is first looked at.

    Raises `NotFound`, `DamagedFileError`, and the sandbox's `Unreadable` and `TooDemanding`.
    """

    def shrunk() -> bytes:
        content = files.read(name)
        return run_limited("assets_service.kernel.pictures:shrink", content, memory_mib=_MEMORY_MIB, seconds=_SECONDS)

    return smaller.of(name, shrunk)


def _looks_like_a_photo(sent: bytes) -> bool:
    return sent.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (sent[:4] == b"RIFF" and sent[8:12] == b"WEBP")
