"""A stranger's picture becomes a plain JPEG of ours. Runs only inside the sandbox: it decodes what nobody has vouched for."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps

SIDE_MAX = 2000  # pixels; a serial number on a label photographed at arm's length can still be read
PIXELS_MAX = 40_000_000
QUALITY = 82

Image.MAX_IMAGE_PIXELS = None  # ours below refuses sooner, and says how large the picture is
warnings.simplefilter("ignore")


def reencode(data: bytes) -> bytes:  # pragma: no cover - runs in the child
    """One line, `width height`, and the picture again: at most `SIDE_MAX` a side, turned upright, without metadata or transparency.

    A picture of more than `PIXELS_MAX` is not decoded: only the line is answered. Raises OSError and others of Pillow's
    for what is no whole JPEG, PNG or WebP; of several frames it takes the first.
    """
    picture: Image.Image = Image.open(BytesIO(data), formats=("JPEG", "PNG", "WEBP"))
    if picture.width * picture.height > PIXELS_MAX:
        return _line(picture)
    picture.draft("RGB", (SIDE_MAX, SIDE_MAX))  # a large JPEG is decoded smaller at once
    picture.load()
    if picture.mode in {"P", "LA", "PA"}:
        picture = picture.convert("RGBA")
    picture.thumbnail((SIDE_MAX, SIDE_MAX), reducing_gap=2.0)
    picture = _on_white(ImageOps.exif_transpose(picture))
    out = BytesIO()
    # A new image: nothing that came with the old one (position, serial numbers, profiles, comments) is carried over.
    Image.frombytes("RGB", picture.size, picture.tobytes()).save(out, "JPEG", quality=QUALITY)
    return _line(picture) + out.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:  # pragma: no cover - runs in the child
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    white = Image.new("RGB", picture.size, "white")
    white.paste(picture, mask=picture.getchannel("A"))
    return white


def _line(picture: Image.Image) -> bytes:  # pragma: no cover - runs in the child
    return f"{picture.width} {picture.height}\n".encode()
