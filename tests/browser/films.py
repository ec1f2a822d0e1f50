"""What a phone's camera sees of our labels and of a maker's box, as a film that Chromium's fake camera plays."""

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from labels import STOCKS, LabelText, png

SEEN = (640, 480)  # pixels; phones see more
TABLE = "gray"
Picture = Image.Image


def label(base_url: str, code: str, stock: str = "tj-121", *, share: float = 0.6) -> Picture:
    """The label as it lies on a grey table, filling this share of the picture."""
    drawn = Image.open(
        BytesIO(png(LabelText(url=f"{base_url}/D/{code}.1".upper(), code=code, institution="Bawaslu"), STOCKS[stock]))
    )
    return on_table(drawn.convert("RGB"), share=share)


def on_table(drawn: Picture, *, share: float) -> Picture:
    scale = min(SEEN[0] * share / drawn.width, SEEN[1] * share / drawn.height)
    drawn = drawn.resize((round(drawn.width * scale), round(drawn.height * scale)), Image.Resampling.LANCZOS)
    seen = Image.new("RGB", SEEN, TABLE)
    seen.paste(drawn, ((SEEN[0] - drawn.width) // 2, (SEEN[1] - drawn.height) // 2))
    return seen


def tilted(seen: Picture, degrees: float = 25) -> Picture:
    return seen.rotate(degrees, fillcolor=TABLE, resample=Image.Resampling.BICUBIC)


def slanted(seen: Picture) -> Picture:
    """From the side: what is farther away is smaller."""
    width, height = seen.size
    near, far = (0, 0, 0, height, width, height * 0.88, width, height * 0.12), seen.size
    return seen.transform(
        far,
        Image.Transform.QUAD,
        (near[0], near[1], near[2], near[3], near[4], near[5], near[6], near[7]),
        Image.Resampling.BICUBIC,
    )


def blurred(seen: Picture) -> Picture:
    return seen.filter(ImageFilter.GaussianBlur(1.6))


def dark(seen: Picture) -> Picture:
    return ImageEnhance.Contrast(ImageEnhance.Brightness(seen).enhance(0.25)).enhance(0.8)


def glaring(seen: Picture) -> Picture:
    """A lamp is mirrored over a part of it."""
    light = Image.new("L", seen.size, 0)
    ImageDraw.Draw(light).ellipse((260, 120, 430, 220), fill=190)
    return Image.composite(Image.new("RGB", seen.size, "white"), seen, light.filter(ImageFilter.GaussianBlur(30)))


WAYS: dict[str, Callable[[Picture], Picture]] = {
    "straight": lambda seen: seen,
    "tilted": tilted,
    "slanted": slanted,
    "blurred": blurred,
    "dark": dark,
    "glaring": glaring,
}


def beside(*pictures: Picture) -> Picture:
    """Two or more in one frame, one under the other."""
    seen = Image.new("RGB", SEEN, TABLE)
    height = SEEN[1] // len(pictures)
    for place, picture in enumerate(pictures):
        small = picture.resize((round(picture.width * height / picture.height), height), Image.Resampling.LANCZOS)
        seen.paste(small, ((SEEN[0] - small.width) // 2 + (place * 2 - 1) * 60, place * height))
    return seen


def makers_box(codes: Sequence[tuple[str, zxingcpp.BarcodeFormat]]) -> Picture:
    """A box with several barcodes, one under the other, each with its text."""
    seen = Image.new("RGB", (1280, 960), "white")
    draw = ImageDraw.Draw(seen)
    for place, (text, kind) in enumerate(codes):
        drawn = Image.fromarray(zxingcpp.create_barcode(text, kind).to_image(scale=3))
        top = 60 + place * 220
        seen.paste(drawn.convert("RGB").crop((0, 0, drawn.width, min(drawn.height, 150))), (140, top))
        draw.text((140, top + 155), text, fill="black")
    return seen


def film(seen: Picture, path: Path) -> None:
    """A film of this one picture, as MJPEG."""
    frame = BytesIO()
    seen.save(frame, "JPEG", quality=85)
    path.write_bytes(frame.getvalue() * 4)
