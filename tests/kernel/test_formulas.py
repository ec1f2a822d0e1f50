"""A guard stands wherever a formula could begin, and comes off as it went on."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_service.kernel.formulas import guarded, unguarded

ODD = "=+-@＝＋－＠'\",;\t\r\n \u200b\ufeff\u00a0\u2060\u3000ab1"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("baik", "baik"),
        ("Lihat catatan - rusak", "Lihat catatan - rusak"),
        ("a=b", "a=b"),
        ("=1+1", "'=1+1"),
        ("＝1+1", "'＝1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),
        ("\ufeff\u00a0＠SUM(A1)", "'\ufeff\u00a0＠SUM(A1)"),
        ("'=1+1", "''=1+1"),
        ('"=1+1', "'\"=1+1"),
        ("x;=1+1", "x;'=1+1"),
        ("x,=1+1", "x,'=1+1"),
        ("x\t=1+1", "x\t'=1+1"),
        ("x\n=1+1", "x\n'=1+1"),
        ('x; "\u200b-1', "x;' \"\u200b-1"),
        ("x;'=1+1", "x;''=1+1"),
        ("a;b,c", "a;b,c"),
    ],
)
def test_a_guard_stands_wherever_a_formula_could_begin(text: str, safe: str) -> None:
    assert guarded(text) == safe
    assert unguarded(safe) == text


@given(st.text(st.sampled_from(ODD), max_size=12))
def test_a_guard_comes_off_as_it_went_on(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_every_letter_that_looks_like_a_sign_or_like_nothing_is_known() -> None:
    every = [chr(number) for number in range(0x110000) if not 0xD800 <= number < 0xE000]
    signs = [letter for letter in every if unicodedata.normalize("NFKC", letter) in {"=", "+", "-", "@"}]
    unseen = [letter for letter in every if unicodedata.category(letter) in {"Cf", "Zs", "Zl", "Zp"}]
    assert [letter for letter in signs if not guarded(f"{letter}1").startswith("'")] == []
    assert [letter for letter in unseen if not guarded(f"{letter}=1").startswith("'")] == []
