"""The one reader of what names a device: a text becomes every reading that it allows, and the register says which is true."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from stdnum import luhn

from assets_service.devices.identifiers.describing import imeis_in, read_item, read_register, without_word
from assets_service.devices.identifiers.labels import ADDRESS, CODE_LENGTH, bare, read_code
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.spelling import searchable

TAIL_LENGTH = 6  # of a serial number; fewer signs fit too many devices
_IMEI_LENGTH = 15
_SAID_REGISTER = re.compile(r"^kode register ?[:=]? ?", re.IGNORECASE)
_GLUED_MAX = 120  # characters: longer than any serial number, and short enough to try every cut
_CUTS_MAX = 8
_BETWEEN_READS = re.compile(r"[\n\r,;|\t\x1c-\x1f\x85\u2028\u2029]+")
_STARTS = re.compile(r"(?<!\][A-Za-z][0-9A-Za-z])(?=https?://)|(?=\][A-Za-z][0-9A-Za-z])", re.IGNORECASE)
_CODE_IN_ADDRESS = re.compile(rf"^.*?/d/[^/?#\s]{{{CODE_LENGTH}}}", re.IGNORECASE)
_VERSION_LENGTH_MAX = 3
_SERIAL_LENGTH_MIN = 4  # of one that is glued to an address

CODE, SERIAL, IMEI, ITEM, REGISTER = "code", "serial", "imei", "item", "register"
Key = tuple[str, str]  # (which of a device's numbers, the number in the form by which the register finds it)


class Reading(NamedTuple):
    """All that a text may name: an address names a label and nothing else, any other text may be several things."""

    code: str | None = None
    serials: tuple[str, ...] = ()
    imeis: tuple[str, ...] = ()
    item: tuple[str, int] | None = None
    register: str | None = None

    @property
    def keys(self) -> list[Key]:
        """The readings as the register looks for them."""
        found: list[Key] = [(CODE, self.code)] if self.code else []
        found += [(SERIAL, serial) for serial in self.serials]
        found += [(IMEI, imei) for imei in self.imeis]
        found += [(ITEM, f"{self.item[0]}.{self.item[1]}")] if self.item else []
        return found + ([(REGISTER, self.register)] if self.register else [])


def read_name(text: str) -> Reading:
    """Every reading of a text that a person typed, a scanner read or a spreadsheet holds."""
    said = bare(text)
    label = read_code(said)
    code = label.code if label else None
    if "://" in said or ADDRESS.search(said):
        return Reading(code)
    serials = dict.fromkeys(searchable(each) for each in (said, without_word(said)))
    imeis = tuple(imeis_in(said, is_lookup=True))
    return Reading(code, tuple(filter(None, serials)), imeis, read_item(said), _register(said))


def _register(said: str) -> str | None:
    return read_register(_SAID_REGISTER.sub("", said))


def tail_of(text: str) -> str | None:
    """The text as the end of a serial number, if it is long enough to be one."""
    tail = searchable(without_word(bare(text)))
    return tail if len(tail) >= TAIL_LENGTH else None


def typed_in(text: str) -> list[str]:
    """The reads in a field of many: on lines, or between commas; between blanks if each word is a code, for a printed code holds one."""
    found: list[str] = []
    for piece in filter(str.strip, _BETWEEN_READS.split(text)):
        words = piece.split()
        found += words if all(map(read_code, words)) else [piece.strip()]
    return found


def words_of(text: str) -> list[str]:
    """The words of a text that may be a read each."""
    words = bare(text).split()
    return words if len(words) > 1 else []


def reads_in(text: str) -> list[str]:
    """What a gun read into one text without a sign between, taken apart where the next address or prefix begins."""
    return [part for part in _STARTS.split(text) if part.strip()]


def cuts_of(text: str) -> list[tuple[str, ...]]:
    """The ways in which the text may be several reads that a gun glued together: an address, codes of 8 signs, IMEIs."""
    said = bare(text)
    if address := _CODE_IN_ADDRESS.match(said):
        return [(address[0], *rest) for rest in _after_address(said[address.end() :]) if rest]
    signs = re.sub(r"[\s-]", "", said)
    if len(signs) > _GLUED_MAX:
        return []
    return list(islice((cut for cut in _cuts(signs) if len(cut) > 1), _CUTS_MAX))


def _after_address(rest: str) -> Iterator[tuple[str, ...]]:
    """The reads behind an address's code: of the digits after a point some are the label's version."""
    if not rest.startswith("."):
        if len(searchable(rest)) >= _SERIAL_LENGTH_MIN and rest[0] not in "/?#":
            yield from cuts_of(rest) or [(rest,)]
        return
    for length in range(1, _VERSION_LENGTH_MAX + 1):
        if rest[1 : length + 1].isdigit():
            yield from _cuts(rest[length + 1 :])


def _cuts(signs: str) -> Iterator[tuple[str, ...]]:
    """Every way to cut the signs into pieces of which each has a shape of its own."""
    if not signs:
        yield ()
    for length in (CODE_LENGTH, _IMEI_LENGTH):
        if _is_of_a_shape(signs[:length], length):
            yield from ((signs[:length], *rest) for rest in _cuts(signs[length:]))


def _is_of_a_shape(piece: str, length: int) -> bool:
    if len(piece) != length:
        return False
    if length == _IMEI_LENGTH:
        return piece.isascii() and piece.isdigit() and bool(luhn.is_valid(piece))
    return read_code(piece) is not None


def unreadable(names: Sequence[str]) -> Iterator[FieldProblem]:
    """The problems of what a body names as `devices`: texts that can name nothing, and the same one twice."""
    seen: set[Reading] = set()
    for place, text in enumerate(names):
        reading = read_name(text)
        if not reading.keys:
            yield no_such_device(names, place)
        elif reading in seen:
            yield named_twice(names, place)
        seen.add(reading)


def no_such_device(names: Sequence[str], place: int) -> FieldProblem:
    return FieldProblem(f"/devices/{place}", "There is no device {code} that you can see.", {"code": names[place]})


def named_twice(names: Sequence[str], place: int) -> FieldProblem:
    return FieldProblem(f"/devices/{place}", "{code} is listed twice.", {"code": names[place]})
