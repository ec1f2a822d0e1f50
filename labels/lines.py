"""The lines of text on a label: what fits into the room beside the QR decides what is said.

The code is always there; then, as room allows, kode barang and NUP, the institution, the item's name, its office, UAKPB
and year. A line is shrunk, then wrapped to two, then dropped or cut with an ellipsis.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from labels.errors import LabelError
from labels.fonts import ASCENT, DESCENT, face, printable
from labels.text import LabelText, grouped

_SIZE_MAX_MM, _SIZE_MIN_MM, _SIZE_STEP_MM = 3.2, 1.6, 0.1
_CODE_SCALE = 1.35
_LINES_MAX = 2


class Line(NamedTuple):
    """One line of text: its left end on the baseline and its size, in millimetres from the label's top left."""

    x: float
    y: float
    size: float
    bold: bool
    text: str


class Box(NamedTuple):
    """A rectangle by its top left corner, in millimetres from the label's."""

    x: float
    y: float
    width: float
    height: float


class _Field(NamedTuple):
    """One fact; `whole` where an ellipsis would make it another number."""

    text: str
    bold: bool = False
    scale: float = 1.0
    whole: bool = False


class _Manner(NamedTuple):
    """How far the text may be squeezed: lines for a number, and whether names may end in an ellipsis."""

    number_lines: int
    ellipsis: bool


_MANNERS = (_Manner(1, ellipsis=False), _Manner(_LINES_MAX, ellipsis=False), _Manner(_LINES_MAX, ellipsis=True))


def fitting_lines(text: LabelText, room: Box) -> list[Line]:
    """As many fields as fit, in reading order, each as large as the room allows.

    Raises `LabelError`: there is no room for the code.
    """
    fields, order = _fields(text)
    for count in range(len(order), 0, -1):
        shown = [fields[index] for index in sorted(order[:count])]
        for manner in _MANNERS:
            size = _largest_size(shown, room, manner)
            if size:
                return _placed(shown, room, size, manner)
    return _code_in_groups(text, fields[-1], room)


def _code_in_groups(text: LabelText, code: _Field, room: Box) -> list[Line]:
    """The code alone, each of its groups on a line of its own: what a narrow room still holds.

    Raises `LabelError`: not even that fits.
    """
    groups = [code._replace(text=group) for group in code.text.split()]
    if size := _largest_size(groups, room, _MANNERS[0]):
        return _placed(groups, room, size, _MANNERS[0])
    width, height = (round(max(side, 0.0), 1) for side in (room.width, room.height))
    raise LabelError(
        "The code {code} does not fit beside the QR: {width} × {height} mm are left.",
        code=text.code, width=width, height=height,
    )  # fmt: skip


def _fields(text: LabelText) -> tuple[list[_Field], list[int]]:
    """The fields in reading order, and their places in that list by importance."""
    code = grouped(text.code) + (f" v{text.version}" if text.version > 1 else "")
    if text.draft:
        code = f"DRAF {code}"
    named = {
        "institution": _Field(printable(text.institution), bold=True),
        "uakpb_year": _Field(printable(text.uakpb_year), whole=True),
        "item_code": _Field(printable(text.item_code), whole=True),
        "name": _Field(printable(text.name)),
        "office": _Field(printable(text.office)),
        "code": _Field(code, bold=True, scale=_CODE_SCALE),
    }
    shown = [key for key, field in named.items() if field.text.strip("? ")]
    importance = ("code", "item_code", "institution", "name", "office", "uakpb_year")
    return [named[key] for key in shown], [shown.index(key) for key in importance if key in shown]


def _largest_size(fields: Sequence[_Field], room: Box, manner: _Manner) -> float | None:
    """The largest size at which all fields fit in this manner, by bisection over the steps."""
    if not _fits(fields, room, _SIZE_MIN_MM, manner):
        return None
    low, high = 0, 0 if manner.ellipsis else round((_SIZE_MAX_MM - _SIZE_MIN_MM) / _SIZE_STEP_MM)
    while low < high:
        middle = (low + high + 1) // 2
        if _fits(fields, room, _SIZE_MIN_MM + middle * _SIZE_STEP_MM, manner):
            low = middle
        else:
            high = middle - 1
    return _SIZE_MIN_MM + low * _SIZE_STEP_MM


def _fits(fields: Sequence[_Field], room: Box, size: float, manner: _Manner) -> bool:
    """Whether all fields, one below the other, stay within the room at this size."""
    height = 0.0
    for field in fields:
        lines = _set(field, room, size, manner)
        if not lines:
            return False
        height += len(lines) * size * field.scale * (ASCENT + DESCENT)
    return height <= room.height


def _placed(fields: Sequence[_Field], room: Box, size: float, manner: _Manner) -> list[Line]:
    """The lines, as a block in the middle of the room's height."""
    ems = [(field, size * field.scale, _set(field, room, size, manner)) for field in fields]
    height = sum(len(lines) * em for _, em, lines in ems) * (ASCENT + DESCENT)
    y = room.y + (room.height - height) / 2
    placed = []
    for field, em, lines in ems:
        for line in lines:
            placed.append(Line(room.x, y + ASCENT * em, em, field.bold, line))
            y += (ASCENT + DESCENT) * em
    return placed


def _set(field: _Field, room: Box, size: float, manner: _Manner) -> list[str]:
    """The field's lines at this size; empty when it does not fit."""
    lines_max = manner.number_lines if field.whole else _LINES_MAX
    return _wrapped(field, room.width / (size * field.scale), lines_max, ellipsis=manner.ellipsis)


def _wrapped(field: _Field, width_em: float, lines_max: int, *, ellipsis: bool) -> list[str]:
    """The field on one line or two of about equal length, none wider than `width_em`; empty when it does not fit."""
    ends = _word_ends(field.text, field.bold)
    if ends[-1][1] <= width_em:
        return [field.text]
    if lines_max == 1:
        return []
    total, space = ends[-1][1], _space(field.bold)
    width, end = min(((max(used, total - used - space), end) for end, used in ends[:-1]), default=(total, 0))
    if width <= width_em:
        return [field.text[:end], field.text[end + 1 :]]
    return _cut(field, width_em) if ellipsis and field.scale == 1.0 else []


def _cut(field: _Field, width_em: float) -> list[str]:
    """The field over two lines, broken anywhere, the second ended by an ellipsis."""
    advances = face(bold=field.bold).advances
    lines, rest = [], field.text
    for last in (False, True):
        room = width_em - (advances["…"] if last else 0.0)
        kept, used = 0, 0.0
        while kept < len(rest) and used + advances[rest[kept]] <= room:
            used += advances[rest[kept]]
            kept += 1
        if not kept:
            return []
        if not last and kept < len(rest):
            kept = max((rest.rfind(sign, 0, kept) + 1 for sign in " .-/"), default=0) or kept
        lines.append(rest[:kept].strip())
        rest = rest[kept:]
        if not rest:
            return lines
    return [] if field.whole else [lines[0], lines[1] + "…"]


@lru_cache(maxsize=8192)
def _word_ends(text: str, bold: bool) -> tuple[tuple[int, float], ...]:
    """Where each word ends, in characters and in em from the start of the text."""
    font = face(bold=bold)
    ends = [index for index, character in enumerate(text) if character == " "]
    return tuple((end, font.width(text[:end])) for end in (*ends, len(text)))


@lru_cache(maxsize=2)
def _space(bold: bool) -> float:
    return face(bold=bold).advances[" "]
