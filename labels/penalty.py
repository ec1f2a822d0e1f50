"""How well a scanner would read a QR symbol: the penalties by which its mask is chosen, on a symbol held as one integer.

The integer holds the symbol's rows, each `size` bits and one light separator, then its columns in the same way, so that
a penalty counted along lines is counted both ways at once.
"""

from collections.abc import Sequence


class Square:
    """Symbols of one size, and the masks of bits that their penalties are counted with."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.stride = size + 1
        self.area = self.stride * size

        line = (1 << size) - 1
        lines = sum(line << self.stride * index for index in range(size))
        pairs = sum((line >> 1) << self.stride * index for index in range(size))
        self.inside = lines | lines << self.area
        self.pairs = pairs | pairs << self.area
        self.blocks_of_four = pairs & ((1 << self.area - self.stride) - 1)

    def symbol(self, rows: Sequence[Sequence[bool]]) -> int:
        """The integer for these modules, dark ones True."""
        return self._lines(rows) | self._lines(list(zip(*rows, strict=True))) << self.area

    def rows(self, symbol: int) -> tuple[int, ...]:
        """The symbol's rows from the top, the leftmost module in the highest bit."""
        line = (1 << self.size) - 1
        return tuple(symbol >> self.stride * index & line for index in range(self.size))

    def penalty(self, symbol: int) -> int:
        """ISO/IEC 18004's four penalties, counted as `qrcode` counts them."""
        same = ~(symbol ^ symbol >> 1) & self.pairs
        return (
            _runs(same)
            + 3 * self._blocks(symbol, same)
            + 40 * _finders(symbol, ~symbol & self.inside)
            + 10 * self._balance(symbol)
        )

    def _blocks(self, symbol: int, same: int) -> int:
        """Squares of two by two modules of one colour."""
        rows_same = ~(symbol ^ symbol >> self.stride) & same
        return (rows_same & same >> self.stride & self.blocks_of_four).bit_count()

    def _balance(self, symbol: int) -> int:
        """How many whole steps of 5 % the share of dark modules lies away from a half."""
        dark = (symbol & ((1 << self.area) - 1)).bit_count()
        return int(abs(dark / self.size**2 * 100 - 50) / 5)

    def _lines(self, lines: Sequence[Sequence[bool]]) -> int:
        bits = 0
        for line in reversed(lines):
            bits = bits << self.stride | int("".join("1" if dark else "0" for dark in line), 2)
        return bits


def _runs(same: int) -> int:
    """Runs of five or more modules of one colour: three points, and one for each module more."""
    five = same & same >> 1
    five &= five >> 2
    return five.bit_count() + 2 * (five & ~(five << 1)).bit_count()


def _finders(symbol: int, light: int) -> int:
    """Patterns that look like a finder, dark light dark dark dark light dark, with four light modules at one side."""
    finder = symbol & symbol >> 2 & symbol >> 3 & symbol >> 4 & symbol >> 6 & light >> 1 & light >> 5
    four_light = light & light >> 1
    four_light &= four_light >> 2
    return (finder & four_light >> 7).bit_count() + (finder & four_light << 4).bit_count()
