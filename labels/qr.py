"""QR symbols: module for module those that the package `qrcode` draws, in a fraction of its time."""

from collections.abc import Iterator
from typing import Literal

import qrcode
from msgspec import Struct
from qrcode import constants, exceptions

from labels.codewords import chunks_of, version_for
from labels.encoder import encoder
from labels.errors import LabelError

Level = Literal["L", "M", "Q", "H"]

_LEVELS: dict[str, int] = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
# Above this the tables outgrow their use: no label is large enough for such a symbol, so `qrcode` itself draws it.
_FAST_VERSION_MAX = 10


class Matrix(Struct, frozen=True):
    """A QR symbol without its quiet zone: `rows` from the top, the leftmost module in the highest of `size` bits."""

    rows: tuple[int, ...]
    size: int

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Dark modules merged into horizontal runs: (column, row, length), from the top left."""
        for y, row in enumerate(self.rows):
            x, rest = 0, row
            while rest:
                # Left-aligned arithmetic: skip the light modules, then measure the dark ones.
                light = self.size - x - rest.bit_length()
                x += light
                width = self.size - x
                dark = width - (rest ^ ((1 << width) - 1)).bit_length()
                yield x, y, dark
                x += dark
                rest &= (1 << (width - dark)) - 1


def matrix(data: str, level: Level = "M") -> Matrix:
    """The symbol `qrcode.QRCode(error_correction=level)` makes of `add_data(data)`, smallest version, best mask.

    Raises `LabelError`: the data is longer than any QR code holds.
    """
    correction = _LEVELS[level]
    chunks = chunks_of(data)
    try:
        version = version_for(chunks, correction)
    except exceptions.DataOverflowError:
        raise LabelError("A text of {characters} characters is too long for a QR code.", characters=len(data)) from None
    if version > _FAST_VERSION_MAX:
        return _slow_matrix(data, correction)
    drawer = encoder(version, correction)
    return Matrix(rows=drawer.draw(chunks), size=drawer.size)


def _slow_matrix(data: str, correction: int) -> Matrix:
    code = qrcode.QRCode(error_correction=correction, border=0)
    code.add_data(data)
    code.make(fit=True)
    rows = tuple(int("".join("1" if dark else "0" for dark in row), 2) for row in code.modules)
    return Matrix(rows=rows, size=len(rows))
