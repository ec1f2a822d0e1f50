"""What describes a device, in the form it is kept: serials, IMEIs, item codes as people type and spreadsheets spoil them."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from msgspec import structs
from stdnum import luhn

from assets_service.devices.identifiers.labels import ADDRESS, unprefixed
from assets_service.devices.identifiers.words import is_error_value, says_nothing
from assets_service.devices.models import ACQUIRED_YEARS
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.spelling import plain
from assets_service.kernel.texts import seen

_SCIENTIFIC = re.compile(r"^\d+([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_ROUNDED = re.compile(r"^\d+([.,]\d+)?e\+\d+$", re.IGNORECASE)  # with its sign only: 12E5 may well be a serial
_WITH_ZEROS = re.compile(r"^\d+[.,]0+$")
_SEVERAL = re.compile(r"[\w\-./ ]+(\s*[,;|\t\n]\s*[\w\-./ ]+)+")  # divided by what stands between two reads
_UAKPB = re.compile(r"^\d{18}[A-Z]{2}$")
_REGISTER = re.compile(r"^[0-9A-Z]{6,64}$")
_SLOTS = ("imei1", "imei2")
_NEEDED = ("brand", "model", "serial")
_IMEI_WORDS = re.compile(r"(?i)\b(?:nomor|no|imei(?:sv)?(?:/meid)?|sim|slot)\.?\s*(?:[12](?!\d))?\s*\)?\s*[:=#]?")
_BETWEEN_IMEIS = re.compile(r"[,;|&+\\]|/(?! ?\d$)|\b(?:dan|and)\b", re.IGNORECASE)
_IMEI_SIGNS = re.compile(r"[\s\-.'/()_:]")
# Digits (3GPP TS 23.003): alone, with the software version (SVN) behind it, with the SVN in place of the check digit (IMEISV).
_IMEI_LENGTHS = {15: 15, 17: 15, 16: 14}
_BODY_LENGTH = 14  # without a check digit, as some systems list it
_SVN_LENGTH = 2
_WORDS = re.compile(
    r"^(?:s ?[/.]? ?n|serial(?: ?(?:no|num|number))?|(?:no|nomor|nomer)\.? ?(?:seri|serial))\b\.? ?[:=#]? ?",
    re.IGNORECASE,
)
_SAYS_SO = re.compile(_WORDS.pattern.replace("[:=#]?", "[:=#]"), re.IGNORECASE)  # certainly no part of the number
_ITEM = re.compile(
    r"^(?:[0-9.]{18,30}[A-Za-z]{2}[ .\-/*]+)?(\d\.?\d{2}\.?\d{2}\.?\d{2}\.?\d{3})(?: ?[.\-/*] ?| | ?nup ?[:.]? ?)0*(\d{1,7})$",
    re.IGNORECASE,
)
_NO_SERIAL = re.compile(
    r"n[ad]|nan|none|nil|null|nihil|unknown|rusak|hilang|sn|serial(no|number)?|(no|nomor)?seri|imei|not?(available|applicable|known|serial(number)?|number)|0+|x{2,}|tb[ad]|kosong"
    r"|(tidak|tdk|tak|belum|blm)(ada|diketahui|terbaca|jelas|tersedia|diisi)((no|nomor)?(seri|sn))?|tanpa(no|nomor)?(seri|sn)?"
)


_CURRENCY = re.compile(r"(?i)^rp\.?|[\s\u00a0]|,-$")
_AMOUNT = re.compile(r"(\d+|\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,]0{1,2})?", re.ASCII)
_IN_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+")
_DIGITS_MAX = 20


def read_rupiah(text: str) -> int | None:
    """The whole rupiah in `Rp 1.234.567`, `1,234,567.00` or `1234567`; None for anything else, such as 4.5."""
    amount = _AMOUNT.fullmatch(_CURRENCY.sub("", text.strip()))
    return int(re.sub("[.,]", "", amount[1])[:_DIGITS_MAX]) if amount else None


Read = tuple[str | None, FieldProblem | None]


def read_description(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The descriptive fields in the form they are kept (blank text becomes null), and what is wrong with each by itself."""
    kept, problems = _read_texts(facts)
    problems += _read_slots(kept)
    for name, reader in _READERS.items():
        if kept.get(name):
            kept[name], problem = reader(kept[name])
            problems += [problem] if problem else []
    if kept.get("imei1") and kept["imei1"] == kept.get("imei2"):
        problems.append(FieldProblem("/imei2", "Both slots cannot have the same IMEI."))
    if kept.get("acquired_on") and kept["acquired_on"].year not in ACQUIRED_YEARS:
        first, last = ACQUIRED_YEARS[0], ACQUIRED_YEARS[-1]
        problems.append(
            FieldProblem("/acquired_on", "Write a year from {first} to {last}.", {"first": first, "last": last})
        )
    return kept, problems


def _read_texts(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The fields with each text tidied, null where it says nothing; and what is wrong with a text whatever its field is."""
    kept: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, value in facts.items():
        kept[name] = _tidy(value) if isinstance(value, str) else value
        if not isinstance(value, str):
            continue
        if is_error_value(value):
            kept[name] = None
            sentence = "{it} is an error value of the spreadsheet and not a value. Write what belongs here."
            problems.append(FieldProblem(f"/{name}", sentence, {"it": value}))
        elif name in _NEEDED and not kept[name]:
            problems.append(FieldProblem(f"/{name}", "This field is needed."))
    return kept, problems


def _tidy(text: str) -> str | None:
    """The text as people see it, without blanks around it and with plain line ends; None when it says nothing."""
    found = seen(re.sub(r"\r\n?", "\n", text)).strip()
    return None if says_nothing(found) else found


def _read_slots(kept: dict[str, Any]) -> list[FieldProblem]:
    """Put the IMEIs into their slots, in order: one field may hold both. Returns what is wrong with them."""
    problems: list[FieldProblem] = []
    found: dict[str, list[str]] = {}
    for slot in _SLOTS:
        if kept.get(slot):
            found[slot], problem = read_imeis(kept[slot], slot)
            problems += [problem] if problem else []
            kept[slot] = found[slot][0] if found[slot] else None
    if pasted := next((slot for slot, imeis in found.items() if len(imeis) > 1), None):
        both = list(dict.fromkeys(found[pasted] + [imei for imeis in found.values() for imei in imeis]))
        if len(both) > len(_SLOTS):
            sentence = "Two IMEI stand here and another one in the other slot: a device has at most two."
            problems.append(FieldProblem(f"/{pasted}", sentence))
        kept.update(zip(_SLOTS, both, strict=False))
    return problems


def read_imeis(text: str, field: str) -> tuple[list[str], FieldProblem | None]:
    """The IMEIs in a text, each of 15 digits with a right check digit (Luhn), or why they are refused.

    They are read as phones, boxes and people write them: `352780550406459 / 01`, `IMEI 1: …`, as IMEISV, in groups, two in one text.
    """
    if _SCIENTIFIC.match(text.strip()):
        return [], _rounded(text, field)
    found = imeis_in(text)
    if not found:
        length = len(_IMEI_SIGNS.sub("", _IMEI_WORDS.sub("", plain(text))))
        return [], FieldProblem(f"/{field}", "An IMEI has 15 digits; this has {it}.", {"it": length})
    if not all(luhn.is_valid(imei) and len(set(imei)) > 1 for imei in found):
        return [], FieldProblem(f"/{field}", "The last digit does not fit the others: check the IMEI again.")
    return found, None


def imeis_in(text: str, *, is_lookup: bool = False) -> list[str]:
    """The IMEIs in a text that holds nothing else, their check digits not yet judged; none for any other text.

    A look-up also takes the 14 digits before the check digit; in what is kept they would hide a digit that was left out.
    """
    found: list[str] = []
    said = _IMEI_WORDS.sub("|", plain(text))
    if _IN_THOUSANDS.fullmatch(said):  # a spreadsheet took it for an amount
        said = said.replace(",", "")
    for part in _BETWEEN_IMEIS.split(said):
        digits = _IMEI_SIGNS.sub("", part)
        if not digits or (found and len(digits) == _SVN_LENGTH and digits.isdigit()):
            continue
        if not (digits.isascii() and digits.isdigit()):
            return []
        half = len(digits) // 2
        for each in [digits] if len(digits) <= max(_IMEI_LENGTHS) else [digits[:half], digits[half:]]:
            if (imei := _whole_imei(each, is_lookup=is_lookup)) is None:
                return []
            found.append(imei)
    return list(dict.fromkeys(found))


def _whole_imei(digits: str, *, is_lookup: bool) -> str | None:
    length = _BODY_LENGTH if is_lookup and len(digits) == _BODY_LENGTH else _IMEI_LENGTHS.get(len(digits))
    if length is None:
        return None
    return digits[:length] if length > _BODY_LENGTH else digits[:length] + luhn.calc_check_digit(digits[:length])


def read_imei(text: str, field: str) -> Read:
    """The one IMEI in a text, or why it is refused."""
    found, problem = read_imeis(text, field)
    if len(found) > 1:
        digits = sum(map(len, found))
        return None, FieldProblem(f"/{field}", "An IMEI has 15 digits; this has {it}.", {"it": digits})
    return (found[0] if found else None), problem


def read_serial(text: str) -> Read:
    """The serial number as it stands on the device, or why it is refused.

    What only spreadsheets write (`3,56E+14`) is refused: the true number could not be had back from it. So is a label's address.
    """
    text = _SAYS_SO.sub("", unprefixed(text)).strip()
    wrong = next((problem for is_wrong, problem in _NO_SERIALS if is_wrong(text)), None)
    return (None, structs.replace(wrong, facts={"it": text})) if wrong else (text, None)


def _is_address(text: str) -> bool:
    return "://" in text or ADDRESS.search(text) is not None


def _says_there_is_none(text: str) -> bool:
    return _NO_SERIAL.fullmatch(re.sub(r"[\W_]+", "", text).lower()) is not None


_NO_SERIALS: tuple[tuple[Callable[[str], object], FieldProblem], ...] = (
    (_is_address, FieldProblem("/serial", "This is the address of a label, not a serial number.")),
    (lambda text: not text, FieldProblem("/serial", "This field is needed.")),
    (
        _ROUNDED.match,
        FieldProblem("/serial", "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text."),
    ),
    (
        _WITH_ZEROS.match,
        FieldProblem(
            "/serial",
            "{it} is a number as a spreadsheet writes it. Write the serial number as it stands on the device.",
        ),
    ),
    (_SEVERAL.fullmatch, FieldProblem("/serial", "Only one serial number stands on a device. Write that one here.")),
    (
        _says_there_is_none,
        FieldProblem("/serial", "{it} is no serial number. Write the one that stands on the device."),
    ),
)


def _rounded(text: str, field: str) -> FieldProblem:
    sentence = "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text."
    return FieldProblem(f"/{field}", sentence, {"it": text})


def read_item_code(text: str) -> str | None:
    """The 10 digits of an item code (kode barang), typed with or without dots; None for anything else."""
    digits = text.replace(".", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) == 10 else None  # noqa: PLR2004 - X.XX.XX.XX.XXX


def dotted(kode_barang: str) -> str:
    """The item code with its dots: `3100102009` -> `3.10.01.02.009`."""
    return ".".join((kode_barang[0], kode_barang[1:3], kode_barang[3:5], kode_barang[5:7], kode_barang[7:]))


def read_item(text: str) -> tuple[str, int] | None:
    """Item code and NUP in `kode_barang.nup`, dotted or not, behind the UAKPB's code or alone; None for anything else."""
    found = _ITEM.match(plain(text))
    return (found[1].replace(".", ""), int(found[2])) if found else None


def without_word(text: str) -> str:
    """The text without a word before it that says what it is, such as `S/N:`."""
    return _WORDS.sub("", text)


def read_uakpb(text: str) -> str | None:
    """A UAKPB code, 18 digits and 2 letters, typed with or without dots; None for anything else."""
    cleaned = text.replace(".", "").replace(" ", "").upper()
    return cleaned if _UAKPB.match(cleaned) else None


def read_register(text: str) -> str | None:
    """A register code as SIMAN gives it (32 letters and digits), in capitals and without what divides it; None for anything else."""
    cleaned = re.sub(r"[\s.\-]", "", text).upper()
    return cleaned if _REGISTER.match(cleaned) else None


def _or_else(problem: FieldProblem, reader: Callable[[str], str | None], text: str) -> Read:
    found = reader(text)
    return found, None if found else problem


_READERS: dict[str, Callable[[str], Read]] = {
    "serial": read_serial,
    "kode_barang": partial(_or_else, FieldProblem("/kode_barang", "An item code has 10 digits."), read_item_code),
    "uakpb": partial(_or_else, FieldProblem("/uakpb", "A UAKPB code has 18 digits and 2 letters."), read_uakpb),
    "kode_register": partial(
        _or_else,
        FieldProblem("/kode_register", "A register code has 6 to 64 letters and digits, as SIMAN shows it."),
        read_register,
    ),
}
