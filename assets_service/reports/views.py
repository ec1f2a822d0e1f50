"""Coverage as a dashboard shows it: the country as a grid of tiles, one a province, under it the table."""

from collections.abc import Mapping

from msgspec import Struct

from assets_service.devices.models import Kind
from assets_service.offices.models import Level
from assets_service.openness.models import Grade
from assets_service.programmes.queries import Count, Coverage

# Column and row of each province on the tile grid, roughly as the islands lie, and what people call it for short. No free
# map has the six Papuan provinces.
PLACES = {
    "11": (0, 0, "Aceh"), "12": (1, 1, "Sumut"), "13": (1, 2, "Sumbar"), "14": (2, 2, "Riau"), "21": (3, 1, "Kepri"),
    "15": (2, 3, "Jambi"), "17": (1, 3, "Bengkulu"), "16": (2, 4, "Sumsel"), "19": (3, 3, "Babel"),
    "18": (3, 4, "Lampung"), "36": (3, 5, "Banten"), "31": (4, 5, "DKI"), "32": (5, 5, "Jabar"), "33": (6, 5, "Jateng"),
    "34": (6, 6, "DIY"), "35": (7, 5, "Jatim"), "51": (8, 5, "Bali"), "52": (9, 5, "NTB"), "53": (10, 5, "NTT"),
    "61": (5, 2, "Kalbar"), "62": (6, 2, "Kalteng"), "63": (6, 3, "Kalsel"), "64": (7, 2, "Kaltim"),
    "65": (7, 1, "Kaltara"), "71": (10, 1, "Sulut"), "75": (9, 1, "Gorontalo"), "72": (9, 2, "Sulteng"),
    "76": (8, 2, "Sulbar"), "73": (8, 3, "Sulsel"), "74": (9, 3, "Sultra"), "82": (11, 1, "Malut"),
    "81": (11, 3, "Maluku"), "96": (12, 2, "PBD"), "92": (13, 2, "Pabar"), "94": (13, 3, "Papteng"),
    "91": (14, 2, "Papua"), "95": (14, 3, "Papeg"), "93": (14, 4, "Papsel"),
}  # fmt: skip


class Tile(Struct):
    """A province on the grid. `percent` of what its offices are entitled to has been received; None: they are entitled to nothing.

    `short` is its name as people say it, for room's sake.
    """

    code: str
    name: str
    column: int
    row: int
    short: str
    percent: int | None
    count: Count


class Row(Struct):
    """A province in the table under the grid, with all its offices; `grade` is that of its own office."""

    code: str
    name: str
    kinds: dict[Kind, Count]
    grade: Grade | None


def tiles(covered: list[Coverage]) -> list[Tile]:
    return [
        Tile(office.code, office.name, *PLACES[office.code], _percent(office.total), office.total)
        for office in covered
        if office.code in PLACES
    ]


def rows(covered: list[Coverage], grades: Mapping[str, Grade]) -> list[Row]:
    """Every province; without any, the offices themselves. `grades`: the openness of each office of which it is known."""
    provinces = [office for office in covered if office.level is Level.PROVINCE]
    shown = provinces if len(provinces) > 1 else covered
    return [Row(office.code, office.name, office.subtree, grades.get(office.code)) for office in shown]


def _percent(count: Count) -> int | None:
    """The whole percent. A hundred is said only when nothing is missing, and 0 only when there is nothing."""
    if not count.entitled:
        return None
    return max(100 * count.received // count.entitled, min(count.received, 1))
