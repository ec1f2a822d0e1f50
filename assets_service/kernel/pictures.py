"""Turns a stranger's picture into a plain JPEG of ours. Runs only inside the sandbox, since it decodes untrusted bytes."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

SIDE_MAX = 2000  # pixels; a serial number on a label photographed at arm's length can still be read
PIXELS_MAX = 40_000_000
JPEG_PIXELS_MAX = 210_000_000  # a JPEG is decoded at an eighth of its size: the largest phone's has 200 megapixels
QUALITY = 82
SMALL_SIDE_MAX = 320  # pixels: three of a phone's for each of a row of thumbnails
SMALL_QUALITY = 68
_BYTE = 256  # how much brighter a step of 8 bits is than one of 16

Image.MAX_IMAGE_PIXELS = None  # our own limits below refuse sooner, and say how large the picture is
warnings.simplefilter("ignore")


def reencode(data: bytes) -> bytes:  # pragma: no cover - runs in the child
    """The picture as a line `format width height` and a JPEG: at most `SIDE_MAX` pixels a side, upright, without metadata.

    A picture with more pixels than its format may have is not decoded: only the line is given. Raises OSError and others of
    Pillow's for what is not a whole JPEG, PNG or WebP; of several frames it takes the first.
    """
    picture: Image.Image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    form = picture.format or ""
    whole = picture.width * picture.height
    if whole > (JPEG_PIXELS_MAX if form == "JPEG" else PIXELS_MAX):
        return _line(form, picture)
    longest = max(picture.size)
    small = SIDE_MAX / longest
    # A large JPEG is decoded at a smaller size, which takes less memory and is faster.
    picture.draft("RGB", (max(1, int(picture.width * small)), max(1, int(picture.height * small))))
    try:
        picture.load()
    except OSError:
        if form == "JPEG" and picture.info.get("progressive") and whole > PIXELS_MAX:
            raise MemoryError from None  # its decoder holds a progressive JPEG as a whole, and says so like this
        raise
    picture = _of_bytes(picture)
    picture.thumbnail((SIDE_MAX, SIDE_MAX), reducing_gap=2.0)
    picture = _on_white(ImageOps.exif_transpose(picture))
    out = BytesIO()
    # A new image: nothing that came with the old one (position, serial numbers, profiles, comments) is carried over.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=QUALITY)
    return _line(form, picture) + out.getvalue()


def _of_bytes(picture: Image.Image) -> Image.Image:  # pragma: no cover - runs in the child
    """The picture with 8 bits a channel, which is all that a JPEG holds, and with its colours instead of a palette."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / _BYTE)).convert("L")
    if picture.mode in {"P", "LA", "PA"}:
        return picture.convert("RGBA")
    return picture


def shrink(data: bytes) -> bytes:  # pragma: no cover - runs in the child
    """A stored JPEG of ours as one of at most `SMALL_SIDE_MAX` pixels a side."""
    picture: Image.Image = Image.open(BytesIO(data), formats=("JPEG",))
    picture.draft("RGB", (SMALL_SIDE_MAX, SMALL_SIDE_MAX))
    picture.thumbnail((SMALL_SIDE_MAX, SMALL_SIDE_MAX))
    out = BytesIO()
    picture.save(out, "JPEG", quality=SMALL_QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:  # pragma: no cover - runs in the child
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _line(form: str, picture: Image.Image) -> bytes:  # pragma: no cover - runs in the child
    return f"{form} {picture.width} {picture.height}\n".encode()
