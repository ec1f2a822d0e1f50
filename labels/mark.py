"""An institution's mark: a picture printed beside the QR, never over it."""

from io import BytesIO

from PIL import Image

from labels.errors import LabelError

Mark = Image.Image | bytes

_PIXELS_MAX = 16_000_000
_SHAPE = (0.2, 5.0)
_FORMATS = ("PNG", "JPEG")


def ratio(mark: Mark | None) -> float | None:
    """Width over height, or None without a mark."""
    if mark is None:
        return None
    picture = _opened(mark)
    shape = picture.width / picture.height
    if not _SHAPE[0] <= shape <= _SHAPE[1]:
        raise LabelError("The institution's mark is too long and thin to print beside the QR.")
    return shape


def check_mark(mark: Mark) -> None:
    """Raise `LabelError`, with what is wrong, unless the picture can be printed."""
    ratio(mark)


def one_bit(mark: Mark, width: int, height: int) -> Image.Image:
    """The mark in black and white at this size; what is transparent stays white."""
    picture = _opened(mark).convert("RGBA")
    paper = Image.new("RGBA", picture.size, "white")
    paper.alpha_composite(picture)
    return paper.convert("L").resize((max(width, 1), max(height, 1)), Image.Resampling.LANCZOS).convert("1")


def _opened(mark: Mark) -> Image.Image:
    """The decoded picture; its size is checked before its pixels are."""
    unreadable = LabelError("The institution's mark is not a picture that can be read (PNG or JPEG).")
    try:
        picture = mark if isinstance(mark, Image.Image) else Image.open(BytesIO(mark), formats=_FORMATS)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise unreadable from None
    if picture.width * picture.height > _PIXELS_MAX:
        raise LabelError("The institution's mark has too many pixels.")
    try:
        picture.load()
    except (OSError, ValueError, SyntaxError):
        raise unreadable from None
    return picture
