"""From characters to the data codewords of a QR symbol: chunks of one mode each, the version that holds them, their bits."""

from collections.abc import Sequence

from qrcode import exceptions, util

_CHUNK_MIN = 20  # characters of one kind in a row before a mode of their own is worth its header, as `qrcode` has it
_VERSIONS = range(1, 41)
_ALPHANUMERIC = {byte: value for value, byte in enumerate(util.ALPHA_NUM)}


def chunks_of(data: str) -> list[util.QRData]:
    """The text cut into runs of digits, of capitals, and of anything else."""
    return list(util.optimal_data_chunks(data, minimum=_CHUNK_MIN))


def version_for(chunks: Sequence[util.QRData], correction: int) -> int:
    """The smallest version that holds the chunks; length fields grow at versions 10 and 27, hence the loop.

    Raises `qrcode.exceptions.DataOverflowError`: no version holds them.
    """
    limits = util.BIT_LIMIT_TABLE[correction]
    for version in _VERSIONS:
        if _bit_length(chunks, version) <= limits[version]:
            return version
    raise exceptions.DataOverflowError


def codewords_of(chunks: Sequence[util.QRData], version: int, count: int) -> bytes:
    """`count` data codewords: mode, length and characters of each chunk, a terminator, then the padding pattern."""
    bits, length = 0, 0
    for chunk in chunks:
        payload, payload_length = _payload(chunk)
        count_length = util.length_in_bits(chunk.mode, version)
        bits = ((bits << 4 | chunk.mode) << count_length | len(chunk)) << payload_length | payload
        length += 4 + count_length + payload_length
    terminator = min(8 * count - length, 4)
    terminator += -(length + terminator) % 8
    used = (bits << terminator).to_bytes((length + terminator) // 8, "big")
    padding = bytes((util.PAD0, util.PAD1)) * (count // 2 + 1)
    codewords: bytes = used + padding[: count - len(used)]
    return codewords


def _bit_length(chunks: Sequence[util.QRData], version: int) -> int:
    return sum(4 + util.length_in_bits(chunk.mode, version) + _payload(chunk)[1] for chunk in chunks)


def _payload(chunk: util.QRData) -> tuple[int, int]:
    """The chunk's characters as (integer, number of bits)."""
    if chunk.mode == util.MODE_ALPHA_NUM:
        return _capitals(chunk.data)
    if chunk.mode == util.MODE_NUMBER:
        return _digits(chunk.data)
    return int.from_bytes(chunk.data, "big"), 8 * len(chunk.data)


def _capitals(data: bytes) -> tuple[int, int]:
    """Two characters to 11 bits; a last single one takes 6."""
    bits, length = 0, 0
    values = [_ALPHANUMERIC[byte] for byte in data]
    for first, second in zip(values[::2], values[1::2], strict=False):
        bits = bits << 11 | first * 45 + second
        length += 11
    return (bits << 6 | values[-1], length + 6) if len(values) % 2 else (bits, length)


def _digits(data: bytes) -> tuple[int, int]:
    """Three digits to 10 bits; two last ones take 7, a single one 4."""
    bits, length = 0, 0
    for start in range(0, len(data), 3):
        group = data[start : start + 3]
        bits = bits << util.NUMBER_LENGTH[len(group)] | int(group)
        length += util.NUMBER_LENGTH[len(group)]
    return bits, length
