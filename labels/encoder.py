"""The drawing of one QR version at one level, from tables read out of the package `qrcode`.

A QR symbol is linear over GF(2): a fixed pattern, XOR one contribution per data bit (the bit itself and the error
correction it causes). The fixed patterns, the place of every codeword bit and the error correction are read out of
`qrcode`'s own encoder, once per version and level. After that a symbol is a few dozen XORs of big integers, and the
eight masks are judged by counting bits in those integers instead of walking modules.

That is why `qrcode` is pinned to one version: what is read here are its inner parts.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import qrcode
from qrcode import base, util

from labels.codewords import codewords_of
from labels.penalty import Square

_MASKS = range(8)


class Encoder:
    """One version at one level. Symbols are integers shaped as `labels.penalty` says."""

    def __init__(self, version: int, correction: int) -> None:
        self.version, self.correction = version, correction
        self.size = 17 + 4 * version
        self.square = Square(self.size)
        self.blocks = base.rs_blocks(version, correction)
        self.data_count = sum(block.data_count for block in self.blocks)

        # As judged (format and version bits light, as `qrcode` judges) and as printed.
        nothing = bytes(sum(block.total_count for block in self.blocks))
        self.judged = [self._symbol(nothing, mask, test=True) for mask in _MASKS]
        self.printed = [self._symbol(nothing, mask, test=False) for mask in _MASKS]
        self.table = self._table()

    def draw(self, chunks: Sequence[util.QRData]) -> tuple[int, ...]:
        """The symbol's rows from the top, under the mask of least penalty."""
        symbol = 0
        for (high, low), byte in zip(self.table, codewords_of(chunks, self.version, self.data_count), strict=True):
            symbol ^= high[byte >> 4] ^ low[byte & 15]
        mask = min(_MASKS, key=lambda mask: self.square.penalty(symbol ^ self.judged[mask]))
        return self.square.rows(symbol ^ self.printed[mask])

    def _symbol(self, codewords: Sequence[int], mask: int, *, test: bool) -> int:
        """What `qrcode` draws of these codewords."""
        code = qrcode.QRCode(version=self.version, error_correction=self.correction, mask_pattern=mask)
        code.data_cache = codewords
        code.makeImpl(test, mask)
        return self.square.symbol([list(map(bool, row)) for row in code.modules])

    def _table(self) -> list[tuple[list[int], list[int]]]:
        """For each data byte, the contributions of its 16 high and its 16 low halves."""
        places = self._places()
        table = []
        for words in self._unit_codewords():
            bits = [_contribution(words, power, places) for power in range(8)]
            table.append((_combinations(bits[4:]), _combinations(bits[:4])))
        return table

    def _places(self) -> list[int]:
        """For each codeword bit, the module it becomes: its row bit and its column bit.

        Codeword bits are numbered; drawing bit k of every number at once tells each module its number.
        """
        total = 8 * sum(block.total_count for block in self.blocks)
        blank = self.judged[0]
        in_use = self._symbol(bytes([255]) * (total // 8), 0, test=True) ^ blank
        numbers = dict.fromkeys((bit for bit in range(in_use.bit_length()) if in_use >> bit & 1), 0)
        for k in range(total.bit_length()):
            flags = int("".join(str(number >> k & 1) for number in range(total)), 2)
            drawn = self._symbol(flags.to_bytes(total // 8, "big"), 0, test=True) ^ blank
            for module in numbers:
                numbers[module] |= (drawn >> module & 1) << k
        places = [0] * total
        for module, number in numbers.items():
            places[number] |= 1 << module
        return places

    def _unit_codewords(self) -> Iterator[list[tuple[int, int]]]:
        """For each data byte, the codewords that a 1 in it sets: (index, value), itself and its error correction."""
        # `qrcode` cannot divide an all-zero block, so the unit is added to a block of ones and taken off again.
        ones = self._codewords([1] * self.data_count)
        for position in range(self.data_count):
            data = [1] * self.data_count
            data[position] = 0
            words = [one ^ word for one, word in zip(ones, self._codewords(data), strict=True)]
            yield [(index, word) for index, word in enumerate(words) if word]

    def _codewords(self, data: list[int]) -> list[int]:
        """The data with its error correction, in the order it is drawn."""
        buffer = util.BitBuffer()
        buffer.buffer = data
        codewords: list[int] = util.create_bytes(buffer, self.blocks)
        return codewords


@lru_cache(maxsize=40)  # every version and level that is drawn here
def encoder(version: int, correction: int) -> Encoder:
    return Encoder(version, correction)


def _contribution(words: Sequence[tuple[int, int]], power: int, places: Sequence[int]) -> int:
    """The modules that bit `power` of a data byte turns over, given the codewords its lowest bit sets."""
    modules = 0
    for index, word in words:
        scaled = base.gexp(base.glog(word) + power)  # the code is linear over GF(256) too
        for bit in range(8):
            if scaled >> bit & 1:
                modules ^= places[8 * index + 7 - bit]
    return modules


def _combinations(bits: Sequence[int]) -> list[int]:
    """The XOR of every subset of four contributions, indexed by the half byte that chooses it."""
    sums = [0]
    for bit in bits:
        sums += [before ^ bit for before in sums]
    return sums
