"""QR matrices: module for module those of `qrcode`, in a fraction of its time.

A QR symbol is linear over GF(2): a fixed pattern, XOR one contribution per data bit (the bit itself and the error
correction it causes). The fixed patterns, the place of every codeword bit and the error correction are read out of
`qrcode`'s own encoder, once per version and level. After that a symbol is a few dozen XORs of big integers, and the
eight masks are judged by counting bits in those integers instead of walking modules.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal

import qrcode
from msgspec import Struct
from qrcode import base, constants, exceptions, util

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
_MASKS = range(8)


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

    Raises:
        LabelError: the data is longer than any QR code holds.
    """
    correction = _LEVELS[level]
    chunks = list(util.optimal_data_chunks(data, minimum=20))
    try:
        version = _version_for(chunks, correction)
    except exceptions.DataOverflowError:
        raise LabelError(f"A text of {len(data)} characters is too long for a QR code.") from None
    if version > _FAST_VERSION_MAX:
        return _slow_matrix(data, correction)
    return _encoder(version, correction).draw(chunks)


def _slow_matrix(data: str, correction: int) -> Matrix:
    code = qrcode.QRCode(error_correction=correction, border=0)
    code.add_data(data)
    code.make(fit=True)
    rows = tuple(int("".join("1" if dark else "0" for dark in row), 2) for row in code.modules)
    return Matrix(rows=rows, size=len(rows))


def _version_for(chunks: Sequence[util.QRData], correction: int) -> int:
    """The smallest version that holds the chunks; length fields grow at versions 10 and 27, hence the loop."""
    limits = util.BIT_LIMIT_TABLE[correction]
    for version in range(1, 41):
        if _bit_length(chunks, version) <= limits[version]:
            return version
    raise exceptions.DataOverflowError


def _bit_length(chunks: Sequence[util.QRData], version: int) -> int:
    return sum(4 + util.length_in_bits(chunk.mode, version) + _payload(chunk)[1] for chunk in chunks)


def _payload(chunk: util.QRData) -> tuple[int, int]:
    """The chunk's characters as (integer, number of bits)."""
    data = chunk.data
    if chunk.mode == util.MODE_ALPHA_NUM:
        bits, length = 0, 0
        digits = [_ALPHANUMERIC[byte] for byte in data]
        for first, second in zip(digits[::2], digits[1::2], strict=False):
            bits = bits << 11 | first * 45 + second
            length += 11
        return (bits << 6 | digits[-1], length + 6) if len(digits) % 2 else (bits, length)
    if chunk.mode == util.MODE_NUMBER:
        bits, length = 0, 0
        for start in range(0, len(data), 3):
            digit_group = data[start : start + 3]
            bits = bits << util.NUMBER_LENGTH[len(digit_group)] | int(digit_group)
            length += util.NUMBER_LENGTH[len(digit_group)]
        return bits, length
    return int.from_bytes(data, "big"), 8 * len(data)


_ALPHANUMERIC = {byte: value for value, byte in enumerate(util.ALPHA_NUM)}


class _Encoder:
    """One version at one level: the tables read out of `qrcode`, and the drawing with them.

    A symbol is one integer: its rows, each `size` bits and one light separator, then its columns in the same way, so
    that a penalty counted along lines is counted both ways at once.
    """

    def __init__(self, version: int, correction: int) -> None:
        self.version, self.correction = version, correction
        self.size = 17 + 4 * version
        self.stride = self.size + 1
        self.blocks = base.rs_blocks(version, correction)
        self.data_count = sum(block.data_count for block in self.blocks)

        line = (1 << self.size) - 1
        lines = sum(line << self.stride * index for index in range(self.size))
        pairs = sum((line >> 1) << self.stride * index for index in range(self.size))
        self.area = self.stride * self.size
        self.inside = lines | lines << self.area
        self.pairs = pairs | pairs << self.area
        self.blocks_of_four = pairs & ((1 << self.area - self.stride) - 1)

        # As judged (format and version bits light, as `qrcode` judges) and as printed.
        nothing = bytes(sum(block.total_count for block in self.blocks))
        self.judged = [self._symbol(nothing, mask, test=True) for mask in _MASKS]
        self.printed = [self._symbol(nothing, mask, test=False) for mask in _MASKS]
        self.table = self._table()

    def draw(self, chunks: Sequence[util.QRData]) -> Matrix:
        data = self._data(chunks)
        symbol = 0
        for (high, low), byte in zip(self.table, data, strict=True):
            symbol ^= high[byte >> 4] ^ low[byte & 15]
        mask = min(_MASKS, key=lambda mask: self._penalty(symbol ^ self.judged[mask]))
        return self._matrix(symbol ^ self.printed[mask])

    def _data(self, chunks: Sequence[util.QRData]) -> bytes:
        """The data codewords: mode, length and characters of each chunk, a terminator, then the padding pattern."""
        bits, length = 0, 0
        for chunk in chunks:
            payload, payload_length = _payload(chunk)
            count_length = util.length_in_bits(chunk.mode, self.version)
            bits = ((bits << 4 | chunk.mode) << count_length | len(chunk)) << payload_length | payload
            length += 4 + count_length + payload_length
        room = 8 * self.data_count - length
        terminator = min(room, 4)
        terminator += -(length + terminator) % 8
        used = (bits << terminator).to_bytes((length + terminator) // 8, "big")
        padding = bytes((util.PAD0, util.PAD1)) * (self.data_count // 2 + 1)
        codewords: bytes = used + padding[: self.data_count - len(used)]
        return codewords

    def _penalty(self, symbol: int) -> int:
        """ISO/IEC 18004's four penalties, counted as `qrcode` counts them."""
        same = ~(symbol ^ symbol >> 1) & self.pairs
        five = same & same >> 1
        five &= five >> 2
        runs = five.bit_count() + 2 * (five & ~(five << 1)).bit_count()

        rows_same = ~(symbol ^ symbol >> self.stride) & same
        blocks = (rows_same & same >> self.stride & self.blocks_of_four).bit_count()

        light = ~symbol & self.inside
        finder = symbol & symbol >> 2 & symbol >> 3 & symbol >> 4 & symbol >> 6 & light >> 1 & light >> 5
        four_light = light & light >> 1
        four_light &= four_light >> 2
        finders = (finder & four_light >> 7).bit_count() + (finder & four_light << 4).bit_count()

        dark = (symbol & ((1 << self.area) - 1)).bit_count()
        balance = int(abs(dark / self.size**2 * 100 - 50) / 5)
        return runs + 3 * blocks + 40 * finders + 10 * balance

    def _matrix(self, symbol: int) -> Matrix:
        line = (1 << self.size) - 1
        rows = tuple(symbol >> self.stride * index & line for index in range(self.size))
        return Matrix(rows=rows, size=self.size)

    def _symbol(self, codewords: Sequence[int], mask: int, *, test: bool) -> int:
        """What `qrcode` draws of these codewords, as one integer."""
        code = qrcode.QRCode(version=self.version, error_correction=self.correction, mask_pattern=mask)
        code.data_cache = codewords
        code.makeImpl(test, mask)
        rows = [list(map(bool, row)) for row in code.modules]
        return self._lines(rows) | self._lines(list(zip(*rows, strict=True))) << self.area

    def _lines(self, lines: Sequence[Sequence[bool]]) -> int:
        bits = 0
        for line in reversed(lines):
            bits = bits << self.stride | int("".join("1" if dark else "0" for dark in line), 2)
        return bits

    def _table(self) -> list[tuple[list[int], list[int]]]:
        """For each data byte, the contributions of its 16 high and its 16 low halves."""
        places = self._places()
        table = []
        for words in self._unit_codewords():
            bits = []
            for power in range(8):
                contribution = 0
                for index, word in words:
                    scaled = base.gexp(base.glog(word) + power)  # the code is linear over GF(256) too
                    for bit in range(8):
                        if scaled >> bit & 1:
                            contribution ^= places[8 * index + 7 - bit]
                bits.append(contribution)
            table.append((_combinations(bits[4:]), _combinations(bits[:4])))
        return table

    def _places(self) -> list[int]:
        """For each codeword bit, the module it becomes: its row bit and its column bit.

        Codeword bits are numbered; drawing bit k of every number at once tells each module its number.
        """
        total = 8 * sum(block.total_count for block in self.blocks)
        blank = self.judged[0]
        in_use = self._symbol(bytes([255]) * (total // 8), 0, test=True) ^ blank
        numbers = dict.fromkeys((bit for bit in range(2 * self.area) if in_use >> bit & 1), 0)
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
        buffer = util.BitBuffer()
        buffer.buffer = data
        codewords: list[int] = util.create_bytes(buffer, self.blocks)
        return codewords


def _combinations(bits: Sequence[int]) -> list[int]:
    """The XOR of every subset of four contributions, indexed by the half byte that chooses it."""
    sums = [0]
    for bit in bits:
        sums += [before ^ bit for before in sums]
    return sums


@lru_cache(maxsize=40)  # every version and level that is drawn here
def _encoder(version: int, correction: int) -> _Encoder:
    return _Encoder(version, correction)
