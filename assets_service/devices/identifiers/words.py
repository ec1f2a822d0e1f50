"""What people and SIMAN write where there is nothing to say, and what a spreadsheet writes where it could not work something out."""

import re

from assets_service.kernel.spelling import narrow

_NOTHING = re.compile(
    r"[-‐-―−]*|9999[-/]12[-/]31([ T][0:.]*)?|31[-/.]12[-/.]9999([ T][0:.]*)?"
    r"|belum\s+berlokasi|tidak\s+ada\s+inputan|belum\s+psp",
    re.IGNORECASE,
)
_ERROR_VALUE = re.compile(
    r"#[¡¿]?[^\W\d_]+(/0)?[!?]|#n/[a-z]+|#nv|#{2,}|(err|error|galat|kesalahan):\s?\d+|#(getting|mengambil)_data",
    re.IGNORECASE,
)


def says_nothing(text: str) -> bool:
    """Whether the text stands for an empty field, in any column: a dash, or one of SIMAN's words."""
    return _NOTHING.fullmatch(narrow(text.strip())) is not None


def is_error_value(text: str) -> bool:
    """Whether a spreadsheet wrote this instead of a value: `#N/A`, `#REF!`, `#NILAI!`, `Err:502`, `####`, also behind a `'`."""
    return _ERROR_VALUE.fullmatch(narrow(text.strip()).removeprefix("'")) is not None
