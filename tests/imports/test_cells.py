"""What a cell is taken for: a table of facts."""

from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assets_service.devices.identifiers import read_serial
from assets_service.devices.models import Condition, Kind
from assets_service.imports import cells
from assets_service.imports.cells import BadCellError
from assets_service.kernel.formulas import guarded, unguarded_inside


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("356938035643809", "356938035643809"),
        ("'356938035643809", "356938035643809"),
        (" ' 356938035643809 ", "356938035643809"),
        ("356938035643809.0", "356938035643809"),
        (356938035643809.0, "356938035643809"),
        (356938035643809, "356938035643809"),
        ("00123", "00123"),
        ("R52W7.0", "R52W7.0"),
        ("''x", "'x"),
        ("'", None),
        ("", None),
        ("   ", None),
        (None, None),
        (1.5, "1.5"),
        (True, "TRUE"),
    ],
)
def test_an_identifier_keeps_its_digits(cell: Any, read: str | None) -> None:
    assert cells.identifier(cell) == read


@pytest.mark.parametrize("start", ["'", "=", "-"])
def test_the_longest_note_comes_back_from_a_file(start: str) -> None:
    note = start + "x" * (cells.LENGTH_MAX - 1)
    assert cells.text(guarded(note)) == note
    with pytest.raises(BadCellError):
        cells.text(guarded(note + "x"))


NUMBERS = st.from_regex(r"[0-9]{1,6}([.,][0-9]{1,3})?([eE][+]?[0-9]{1,2})?", fullmatch=True)


@given(NUMBERS | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60))
def test_a_serial_that_the_register_takes_comes_back_from_a_file(serial: str) -> None:
    kept, _ = read_serial(serial)
    assume(kept)
    cell = cells.identifier(unguarded_inside(guarded(serial)))  # as a row of a CSV is read
    assert read_serial(cell or "") == (kept, None)


@pytest.mark.parametrize(
    "cell",
    [
        "3.56E+14",
        "3,56938E+14",
        "3E+14",
        "'3.56E+14",
        "3.56e14".replace("e", "E+"),
        1e15,
        3.56e17,
        10**18,
        date(2024, 3, 10),
        "x" * 2001,
    ],
)
def test_an_identifier_that_lost_digits_is_refused(cell: Any) -> None:
    with pytest.raises(BadCellError):
        cells.identifier(cell)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("81.02", "81.02"), (81.02, "81.02"), (62.1, "62.10"), ("62.1", "62.10"), ("8102", "81.02"), (8102.0, "81.02"), ("81", "81"),
        (81.0, "81"), (81, "81"), ("81.0", "81"), ("00", "00"), (0.0, "00"), (0, "00"), ("0", "00"), ("'81.02", "81.02"), ("81,02", "81.02"), ("-", None), (None, None),
    ],
)  # fmt: skip
def test_an_office_code_survives_being_taken_for_a_number(cell: Any, read: str | None) -> None:
    assert cells.office(cell) == read


def test_an_office_may_be_named() -> None:
    assert cells.office(" Kab. Maluku Tenggara ") == "Kab. Maluku Tenggara"


@pytest.mark.parametrize("cell", ["811", "81.021", "8", "81.02.01"])
def test_what_is_no_office_code_is_refused(cell: Any) -> None:
    with pytest.raises(BadCellError):
        cells.office(cell)


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Rp 1.234.567", 1_234_567), ("Rp1.234.567,00", 1_234_567), ("1,234,567.00", 1_234_567), ("1234567", 1_234_567), (1234567.0, 1_234_567),
        ("1.234", 1_234), ("4500000.0", 4_500_000), ("Rp. 4.500.000,-", 4_500_000), ("1234567,00", 1_234_567), ("1.234,0", 1_234), ("0", 0), ("IDR", None), ("-", None), (None, None), ("rp 5000", 5_000), ("1\u00a0234\u00a0567", 1_234_567),
    ],
)  # fmt: skip
def test_rupiah_are_read_as_people_write_them(cell: Any, read: int | None) -> None:
    if cell == "IDR":
        with pytest.raises(BadCellError):
            cells.rupiah(cell)
    else:
        assert cells.rupiah(cell) == read


@pytest.mark.parametrize(
    "cell",
    [
        "murah",
        "1.5",
        "12.34",
        "-5",
        "1.23E+10",
        1234.5,
        "1.234.56",
        "Rp",
        "3.499.000.0",
        "1.234.00",
        "1.234,567",
        "1,234,00",
    ],
)
def test_what_are_no_whole_rupiah_is_refused(cell: Any) -> None:
    with pytest.raises(BadCellError):
        cells.rupiah(cell)


DAY = date(2024, 12, 31)


@pytest.mark.parametrize(
    "cell",
    [
        "31/12/2024",
        "31-12-2024",
        "31.12.2024",
        "2024-12-31",
        "2024-12-31 00:00:00",
        "2024-12-31T00:00:00",
        "31/12/24",
        "45657",
        "45657.0",
        45657.0,
        45657,
        DAY,
        "'31/12/2024",
    ],
)
def test_a_day_is_read_in_every_form_spreadsheets_give_it(cell: Any) -> None:
    assert cells.day(cell) == DAY


@pytest.mark.parametrize(
    "cell",
    ["31/31/2024", "12/31/2024", "besok", "2024", "2024-13-01", 1.0, date(1900, 1, 1), "01/01/0024", "99999", True],
)
def test_what_is_no_day_of_our_time_is_refused(cell: Any) -> None:
    with pytest.raises(BadCellError):
        cells.day(cell)


def test_no_day_is_no_day() -> None:
    assert cells.day("-") is None
    assert cells.day(None) is None


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Baik", Condition.GOOD),
        ("B", Condition.GOOD),
        ("rusak_ringan", Condition.LIGHT),
        ("RR", Condition.LIGHT),
        ("Rusak Berat", Condition.HEAVY),
        ("heavy", Condition.HEAVY),
        ("-", None),
        (None, None),
    ],
)
def test_a_condition_is_one_of_three(cell: Any, read: Condition | None) -> None:
    assert cells.condition(cell) == read


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("Tablet", Kind.TABLET),
        ("TABLET PC", Kind.TABLET),
        ("smartphone", Kind.SMARTPHONE),
        ("Ponsel Pintar", Kind.SMARTPHONE),
        ("Telephone Mobile", Kind.SMARTPHONE),
        ("-", None),
        (None, None),
    ],
)
def test_a_kind_is_named_in_both_languages_and_by_the_item_table(cell: Any, read: Kind | None) -> None:
    assert cells.kind(cell) == read
    assert cells.hinted_kind(cell) == read


def test_other_words_are_refused_but_other_items_only_say_nothing() -> None:
    for reader, cell in ((cells.condition, "Hilang"), (cells.kind, "Mobil")):
        with pytest.raises(BadCellError):
            reader(cell)
    assert cells.hinted_kind("Mobil") is None
    assert cells.hinted_kind(5.0) is None


def test_sixty_characters_of_a_wrong_word_are_repeated() -> None:
    """Enough to find the cell by; no more, for a cell may hold a whole page."""
    for reader in (cells.condition, cells.kind):
        for length, repeated in ((59, 59), (60, 60), (61, 60), (500, 60)):
            with pytest.raises(BadCellError) as refused:
                reader("z" * length)
            assert refused.value.facts == {"it": "z" * repeated}


@pytest.mark.parametrize(("cell", "read"), [("7", 7), ("7.0", 7), (7.0, 7), ("'7", 7), ("-", None), (None, None)])
def test_a_running_number_is_whole(cell: Any, read: int | None) -> None:
    assert cells.count(cell) == read


@pytest.mark.parametrize("cell", ["tujuh", "-7", "7.5", 7.5, "٧"])
def test_what_is_no_running_number_is_refused(cell: Any) -> None:
    with pytest.raises(BadCellError):
        cells.count(cell)


def test_of_a_running_number_twenty_digits_are_read() -> None:
    """More than any number we take has, and few enough to be read at once."""
    assert cells.count("1" * 20) == int("1" * 20)
    assert cells.count("1" * 20 + "2" * 300) == int("1" * 20)
