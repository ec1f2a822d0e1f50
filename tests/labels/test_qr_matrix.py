import string

import pytest
import qrcode
from hypothesis import given, settings
from hypothesis import strategies as st
from qrcode import constants, util

from labels import LabelError, Level, matrix

LEVELS: dict[Level, int] = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
ALPHABETS = {
    "digits": string.digits,
    "capitals": util.ALPHA_NUM.decode(),
    "bytes": string.ascii_letters + string.digits + "-._~/?#",
}


def of_qrcode(data: str, level: Level) -> tuple[int, ...]:
    code: qrcode.QRCode[qrcode.image.base.BaseImage] = qrcode.QRCode(error_correction=LEVELS[level], border=0)
    code.add_data(data)
    code.make(fit=True)
    return tuple(int("".join("1" if dark else "0" for dark in row), 2) for row in code.modules)


def capacity(alphabet: str, version: int, level: Level) -> int:
    """How many characters of this alphabet the version holds."""
    bits = util.BIT_LIMIT_TABLE[LEVELS[level]][version] - 4
    if alphabet == "digits":
        bits -= util.length_in_bits(util.MODE_NUMBER, version)
        return int(bits // 10 * 3 + (bits % 10 >= 4) + (bits % 10 >= 7))
    if alphabet == "capitals":
        bits -= util.length_in_bits(util.MODE_ALPHA_NUM, version)
        return int(bits // 11 * 2 + (bits % 11 >= 6))
    return int((bits - util.length_in_bits(util.MODE_8BIT_BYTE, version)) // 8)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("version", range(1, 11))
def test_every_module_is_qrcodes_when_a_version_is_full_and_when_it_is_nearly_empty(version: int, level: Level) -> None:
    for name, alphabet in ALPHABETS.items():
        full = capacity(name, version, level)
        least = capacity(name, version - 1, level) + 1 if version > 1 else 1
        for length in (full, least):
            data = "".join(alphabet[(index * 7 + length) % len(alphabet)] for index in range(length))
            drawn = matrix(data, level)
            assert drawn.size == 17 + 4 * version
            assert drawn.rows == of_qrcode(data, level)


@settings(max_examples=150, deadline=None)
@given(
    data=st.one_of(
        *(st.text(alphabet, min_size=1, max_size=120) for alphabet in ALPHABETS.values()), st.text(max_size=40)
    ),
    level=st.sampled_from(list(LEVELS)),
)
def test_every_module_is_qrcodes_for_any_data(data: str, level: Level) -> None:
    assert matrix(data, level).rows == of_qrcode(data, level)


@settings(max_examples=60, deadline=None)
@given(
    parts=st.lists(
        st.one_of(
            st.text(string.digits, min_size=18, max_size=30),
            st.text(util.ALPHA_NUM.decode(), min_size=18, max_size=30),
            st.text(string.ascii_lowercase, min_size=1, max_size=12),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_data_is_split_into_modes_as_qrcode_splits_it(parts: list[str]) -> None:
    assert matrix("".join(parts), "M").rows == of_qrcode("".join(parts), "M")


@pytest.mark.parametrize(
    ("data", "hangs_on"),
    [
        ("222", "the balance of dark and light at all"),
        ("2563", "the balance, in steps of 5 % from 50 %, rounded down"),
        ("11864", "a balance that weighs no less than 10"),
        ("5176", "a balance that weighs no more than 10"),
        ("39", "a finder's likeness that weighs no less than 40"),
        ("1058", "a finder's likeness that weighs no more than 40"),
        ("14", "a block of four that weighs no less than 3"),
        ("25", "a block of four that weighs no more than 3"),
    ],
)
def test_the_mask_is_qrcodes_where_it_hangs_on_one_penalty(data: str, hangs_on: str) -> None:
    assert matrix(data, "M").rows == of_qrcode(data, "M"), hangs_on


@pytest.mark.parametrize("length", [18, 19, 20, 21])
@pytest.mark.parametrize("alphabet", ["1234567890", "ABCDEFGHI$"])
def test_a_run_gets_a_mode_of_its_own_from_20_characters_on(alphabet: str, length: int) -> None:
    run = (alphabet * 3)[:length]
    for data in (run, f"abc{run}", f"{run}xyz", f"abc{run}xyz", f"a{run}b{run[:-1]}c"):
        for level in LEVELS:
            assert matrix(data, level).rows == of_qrcode(data, level)


def test_versions_beyond_the_fast_ones_are_qrcodes_too() -> None:
    assert matrix("A" * 400, "M").rows == of_qrcode("A" * 400, "M")


def test_data_too_long_for_any_version_is_refused() -> None:
    with pytest.raises(LabelError, match="5000 characters is too long"):
        matrix("a" * 5000, "L")


def test_a_short_address_in_capitals_takes_25_modules_and_in_small_letters_29() -> None:
    address = "HTTPS://ASSETS.BAWASLU.GO.ID/D/7K3M9QWX"[:38]
    assert matrix(address, "M").size == 25
    assert matrix(address.lower(), "M").size == 29


@given(data=st.text(string.ascii_uppercase, min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_runs_cover_exactly_the_dark_modules(data: str) -> None:
    drawn = matrix(data, "M")
    rows = [0] * drawn.size
    for column, row, length in drawn.runs():
        run = ((1 << length) - 1) << drawn.size - column - length
        assert not rows[row] & run
        rows[row] |= run
    assert tuple(rows) == drawn.rows
