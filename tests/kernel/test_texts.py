"""Signs that nobody sees are taken out of every text, through whatever door it comes; passwords are taken as they are typed."""

import sys
import unicodedata

import pytest

from assets_service.kernel import fields
from assets_service.kernel.http import Form
from assets_service.kernel.texts import seen
from assets_service.people.asks import NewPassword
from assets_service.signing_in.asks import Credentials


class Sent(fields.Wire):
    name: fields.Name
    notes: list[fields.Note] = []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Samsung\u200b", "Samsung"), ("\ufeffSamsung", "Samsung"), ("Sam\u00adsung", "Samsung"), ("Sam\u2060su\u200dng", "Samsung"),
        ("\u202eSamsung\u202c", "Samsung"), ("Galaxy\u00a0Tab", "Galaxy Tab"), ("Galaxy\u3000Tab", "Galaxy Tab"),
        ("e\u0301", "é"), ("Jalan  baru", "Jalan  baru"), ("Ünï 😀", "Ünï 😀"), ("\U000e0041x", "x"),
    ],
)  # fmt: skip
def test_a_text_is_what_people_see(text: str, kept: str) -> None:
    assert seen(text) == kept
    assert fields.read({"name": f"x{text}", "notes": [text]}, Sent) == Sent(name=f"x{kept}", notes=[kept])
    assert Form({"name": [f"x{text}"]}).text("name") == f"x{kept}"
    assert Form({"name": [f"x{text}"]}).read(Sent).name == f"x{kept}"


def test_no_sign_without_a_width_and_no_odd_blank_is_left() -> None:
    """But for those that stand for something: a mark of Arabic numbers, the joints of hieroglyphs."""
    signs = map(chr, range(sys.maxunicode + 1))
    left = [sign for sign in signs if unicodedata.category(sign) in {"Cf", "Zs"} and seen(sign) not in {"", " "}]
    assert {unicodedata.name(sign).split()[0] for sign in left} == {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}


def test_a_password_is_taken_as_it_was_typed() -> None:
    secret = "kuda\u200b baterai\u00a0stapler benar"
    assert fields.read({"password": secret}, NewPassword).password == secret
    assert fields.read({"username": "a\u200bni", "password": secret}, Credentials) == Credentials("ani", secret)
