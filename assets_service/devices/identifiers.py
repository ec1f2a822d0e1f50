"""The numbers a device goes by: label codes, IMEIs, item codes. Reading them as people type and spreadsheets mangle them."""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import unquote

from stdnum import imei as imei_number
from stdnum.exceptions import ValidationError

from assets_service.devices.models import ACQUIRED_YEARS
from assets_service.kernel.errors import FieldProblem

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing to misread, nothing to blush at
CODE_LENGTH = 8
_MISREAD = str.maketrans("OIL", "011", "- \u2011")
_LABEL_PATH = re.compile(r"/d/([^/?#]+)", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"^\d+([.,]\d+)?e\+?\d+$", re.IGNORECASE)
_ROUNDED = re.compile(r"^\d+([.,]\d+)?e\+\d+$", re.IGNORECASE)  # with its sign only: 12E5 may well be a serial
_WITH_ZEROS = re.compile(r"^\d+\.0+$")
_UAKPB = re.compile(r"^\d{18}[A-Z]{2}$")


_CURRENCY = re.compile(r"(?i)^rp\.?|[\s\u00a0]|,-$")
_GROUPED = re.compile(r"^\d{1,3}([.,]\d{3})+$")
_CENTS = re.compile(r"[.,]0{1,2}$")
_DIGITS_MAX = 20


def read_rupiah(text: str) -> int | None:
    """`Rp 1.234.567`, `1,234,567.00`, `1234567`: whole rupiah. None for what is none, such as 4.5."""
    bare = _CURRENCY.sub("", text.strip())
    if not _GROUPED.match(bare):
        bare = _CENTS.sub("", bare)
    digits = re.sub(r"[.,]", "", bare) if _GROUPED.match(bare) else bare
    return int(digits[:_DIGITS_MAX]) if digits.isascii() and digits.isdigit() else None


def new_code() -> str:
    """40 random bits: opaque, not the database id, not guessable from another label."""
    return "".join(secrets.choice(CROCKFORD) for _ in range(CODE_LENGTH))


class LabelRef(NamedTuple):
    """What a label says: the code, and its version when it is not the first."""

    code: str
    version: int | None


def read_code(text: str) -> LabelRef | None:
    """A label code from a typed code or a scanned URL of whatever host; None for anything else."""
    found = _LABEL_PATH.search(text)
    if found is None and ("/" in text or ":" in text):
        return None
    raw, _, version = unquote(found[1] if found else text).strip().partition(".")
    code = raw.upper().translate(_MISREAD)
    if len(code) != CODE_LENGTH or any(sign not in CROCKFORD for sign in code):
        return None
    if version and not version.isascii():
        return None
    if version and not version.isdigit():
        return None
    return LabelRef(code, int(version[:6]) if version else None)


NO_LABEL_CODE = FieldProblem("/code", "This is not a label code.")


def unreadable(codes: Sequence[str]) -> Iterator[FieldProblem]:
    """Of the label codes a body names as `devices`, those that are none, and those that are there already."""
    seen: set[str] = set()
    for place, text in enumerate(codes):
        label = read_code(text)
        if label is None:
            yield no_such_device(codes, place)
        elif label.code in seen:
            yield named_twice(codes, place)
        else:
            seen.add(label.code)


def no_such_device(codes: Sequence[str], place: int) -> FieldProblem:
    return FieldProblem(f"/devices/{place}", "There is no device {code} that you can see.", {"code": codes[place]})


def named_twice(codes: Sequence[str], place: int) -> FieldProblem:
    return FieldProblem(f"/devices/{place}", "{code} stands here twice.", {"code": codes[place]})


def grouped(code: str) -> str:
    """`7K3M9QWX` as it stands on the label: `7K3M 9QWX`."""
    return f"{code[:4]} {code[4:]}"


Read = tuple[str | None, FieldProblem | None]


def read_description(facts: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The descriptive fields as they are kept (blank text is none), and what is wrong with them by themselves."""
    kept: dict[str, Any] = {name: _tidy(value) if isinstance(value, str) else value for name, value in facts.items()}
    problems: list[FieldProblem] = []
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


def _tidy(text: str) -> str | None:
    """Without blanks around it, its lines ended as a file brings them back; nothing but blanks is nothing."""
    return re.sub(r"\r\n?", "\n", text).strip() or None


def read_imei(text: str, field: str) -> Read:
    """15 digits with a right check digit (Luhn), or why not."""
    cleaned = re.sub(r"[\s\-./']", "", text)
    if _SCIENTIFIC.match(text.strip()):
        return None, _rounded(text, field)
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) == 15):  # noqa: PLR2004 - 3GPP TS 23.003
        return None, FieldProblem(f"/{field}", "An IMEI has 15 digits; this has {it}.", {"it": len(cleaned)})
    try:
        return str(imei_number.validate(cleaned)), None
    except ValidationError:
        return None, FieldProblem(f"/{field}", "The last digit does not fit the others: check the IMEI again.")


def read_serial(text: str) -> Read:
    """As it stands on the device. What only spreadsheets write is refused: it would not come back from a file."""
    if _ROUNDED.match(text):
        return None, _rounded(text, "serial")
    if _WITH_ZEROS.match(text):
        sentence = "{it} is a number as a spreadsheet writes it. Write the serial number as it stands on the device."
        return None, FieldProblem("/serial", sentence, {"it": text})
    return text, None


def _rounded(text: str, field: str) -> FieldProblem:
    sentence = "{it} is a rounded number: the spreadsheet has lost digits. Format the cell as text."
    return FieldProblem(f"/{field}", sentence, {"it": text})


def read_item_code(text: str) -> str | None:
    """Kode barang: 10 digits, with or without dots."""
    digits = text.replace(".", "").replace(" ", "")
    return digits if digits.isascii() and digits.isdigit() and len(digits) == 10 else None  # noqa: PLR2004 - X.XX.XX.XX.XXX


def dotted(kode_barang: str) -> str:
    """`3100102009` as the law writes it: `3.10.01.02.009`."""
    return ".".join((kode_barang[0], kode_barang[1:3], kode_barang[3:5], kode_barang[5:7], kode_barang[7:]))


def read_item(text: str) -> tuple[str, int] | None:
    """`kode_barang.nup`, dotted or not: (kode barang, NUP)."""
    head, dot, nup = text.strip().rpartition(".")
    item = read_item_code(head) if dot else None
    if item and nup.isascii() and nup.isdigit() and len(nup) <= 7:  # noqa: PLR2004 - bound of the column
        return item, int(nup)
    return None


def read_uakpb(text: str) -> str | None:
    """Kode UAKPB: 18 digits and 2 letters, with or without dots."""
    cleaned = text.replace(".", "").replace(" ", "").upper()
    return cleaned if _UAKPB.match(cleaned) else None


def _or_else(problem: FieldProblem, reader: Callable[[str], str | None], text: str) -> Read:
    found = reader(text)
    return found, None if found else problem


_READERS: dict[str, Callable[[str], Read]] = {
    "serial": read_serial,
    "imei1": partial(read_imei, field="imei1"),
    "imei2": partial(read_imei, field="imei2"),
    "kode_barang": partial(_or_else, FieldProblem("/kode_barang", "An item code has 10 digits."), read_item_code),
    "uakpb": partial(_or_else, FieldProblem("/uakpb", "A UAKPB code has 18 digits and 2 letters."), read_uakpb),
}
