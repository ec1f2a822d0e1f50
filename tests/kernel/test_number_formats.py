"""What a sheet shows of a number: a table of facts, as Excel and LibreOffice show them."""

import pytest

from assets_service.kernel.number_formats import BUILT_IN, Day, Number, Shown, Unshown, shown, shown_text

ACCOUNTING = '_-"Rp"* #,##0_-;-"Rp"* #,##0_-;_-"Rp"* "-"_-;_-@_-'


@pytest.mark.parametrize(
    ("value", "code", "seen"),
    [
        # the number itself, whatever its dress
        (81, "General", 81), (81.02, "General", 81.02), (81.0200000001, "General", 81.02), (3250000, "0", 3250000),
        (3250000, "#,##0", 3250000), (3250000, '"Rp"#,##0', 3250000), (3250000, "[$Rp-421]#,##0", 3250000),
        (3250000, ACCOUNTING, 3250000), (0, ACCOUNTING, 0), (3250000, '"Rp" #,##0",-"', 3250000), (-5, "0", -5), (-5, "(0)", -5),
        (-5, "0;-0", -5), (-5, "0;(0)", -5), (12, "[Red]0", 12), (356938035643809, "0", 356938035643809), (1e15, "0", 1e15), (3, "??0", 3),
        (123456, "0,000", 123456), (0, "0", 0), (7, "@", 7),
        # rounded as it is shown
        (3250000.4, "#,##0", 3250000), (1234.5, "0", 1235), (0.4, "0", 0), (-0.4, "0", 0), (81.02, "0.00", "81.02"),
        (3250000, "#,##0.00", "3250000.00"), (7, "0.0", "7.0"), (-1.25, "0.0", "-1.3"),
        # text: zeros, signs around and between the digits, other notations
        (4049864, "0000000000", "0004049864"), (5831082, '"R9"00000000', "R905831082"), (5.1, "00.00", "05.10"), (5, "00", "05"),
        (8102, r"00\.00", "81.02"), (1234567, "000-000-0000", "000-123-4567"), (7, '0" unit"', "7 unit"), (5, 'General" unit"', "5 unit"),
        (-7, '0" unit"', "-7 unit"), (0.5, "0%", "50%"), (0.125, "0.0%", "12.5%"), (1234, '"Ada"', "Ada"), (1.5, '0.0" kg"', "1.5 kg"),
        (356938035643809, "0.00E+00", "3.57E+14"), (3499000, "##0.0E+0", "3.5E+06"), (12345, "0000 000", "0012 345"), (5, '"ke-"0', "ke-5"),
        # nothing
        (0, "#", None), (0, "#,##0;-#,##0;", None), (0, ";;;", None), (0, "0;0;", None),
        # days and times
        (45657, "dd/mm/yyyy", Day("2024-12-31")), (45657.75, "dd/mm/yyyy hh:mm", Day("2024-12-31")), (45657, "mmm-yy", Day("2024-12-31")),
        (45657, "[$-421]dd mmmm yyyy;@", Day("2024-12-31")), (45657, "[$-F800]dddd, mmmm dd, yyyy", Day("2024-12-31")),
        (2958465, "yyyy-mm-dd", Day("9999-12-31")), (0.461805555555556, "hh.mm", "11.05"), (3.37638888888889, "[h]:mm:ss", "81:02:00"),
        (0.75, "h:mm AM/PM", "6:00 PM"), (0.01, "h:mm AM/PM", "12:14 AM"), (0.5, "mm:ss", "00:00"), (1.5, '[hh]" jam "mm', "36 jam 00"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_sheet_shows_it(value: Number, code: str, seen: Shown) -> None:
    found = shown(value, code)
    assert (found, type(found)) == (seen, type(seen))


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (3499000, "#,##0,"),  # in thousands
        (3499000, '#,##0.0,,"jt"'),
        (3.5, "# ?/?"),  # a fraction
        (5, ";;;"),  # hidden
        (5, '"";0'),
        (-5, "0;0"),  # its sign is hidden
        (1, '[=1]"Ya";"Tidak"'),  # a choice by the number
        (5, "[<100]0;General"),
        (5, "[DBNum1]0"),  # digits of another script
        (12, "0,000"),
        (-1, "dd/mm/yyyy"),  # no calendar has it
        (9e9, "dd/mm/yyyy"),
    ],
)
def test_what_nobody_can_say_of_a_number_is_not_guessed(value: Number, code: str) -> None:
    assert shown(value, code) == Unshown(code)


def test_days_are_counted_from_another_day_in_some_workbooks() -> None:
    assert shown(44195, "dd/mm/yyyy", is_1904=True) == Day("2024-12-31")
    assert shown(2957003, "yyyy", is_1904=True) == Day("9999-12-31")
    assert shown(2957005, "yyyy", is_1904=True) == Unshown("yyyy")


@pytest.mark.parametrize("number", BUILT_IN)
@pytest.mark.parametrize("value", [0, 1, -1, 0.5, 45657.25, 1e20, -1e20, 1e300])
def test_no_number_breaks_a_format_that_every_workbook_has(value: Number, number: int) -> None:
    shown(value, BUILT_IN[number])


@pytest.mark.parametrize(
    ("text", "code", "seen"),
    [
        ("A1", "General", "A1"),
        ("A1", "@", "A1"),
        ("A1", "dd/mm/yyyy", "A1"),
        ("A1", ACCOUNTING, "A1"),
        ("A1", '"SN-"@', "SN-A1"),
        ("A1", '0;0;0;"SN-"@', "SN-A1"),
        ("A1", "0;0;0;", Unshown("0;0;0;")),
        ("A1", '0;0;0;"ada"', Unshown('0;0;0;"ada"')),
    ],
)
def test_a_text_is_read_as_the_sheet_shows_it(text: str, code: str, seen: str | Unshown) -> None:
    assert shown_text(text, code) == seen
