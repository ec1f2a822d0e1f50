"""Which passwords are taken, and that the same one in another Unicode form is the same."""

import unicodedata
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.people.passwords import hash_password, matches, weaknesses
from tests.build import a_password, a_person, roster
from tests.people.build_people import browser, caller

WEAK = [
    *("1234567890", "0987654321", "1212121212", "aaaaaaaaaa", "          ", "abcdefghij", "qwertyuiop", "qwerty12345"),
    *("password123", "P@ssw0rd2024!", "ADMINadmin12", "indonesia1945", "Bawaslu-Jaya-2024", "rahasia-bawaslu"),
    *("ｐａｓｓｗｏｒｄ１２３", "１２３４５６７８９０", "sayangku2026"),
]
GOOD = [
    *("a long pass phrase", "panjang sekali 2026", "sangat rahasia 2026", "hujan-turun-di-tual-81", "x9!kQ2pLm7"),
    *("correct horse battery staple", "rahasia negara di laci kiri", "kōpi hitam pahit"),
]


@pytest.mark.parametrize("password", WEAK)
def test_what_is_guessed_first_is_no_password(password: str) -> None:
    assert [problem.pointer for problem in weaknesses(password)] == ["/password"]


@pytest.mark.parametrize("password", GOOD)
def test_what_is_not_guessed_first_is_one(password: str) -> None:
    assert not list(weaknesses(password))


@pytest.mark.parametrize(
    ("password", "username", "is_weak"),
    [
        ("di kamar siti hujan", "siti", True),
        ("Kepala.8102 di Tual", "kepala.8102", True),
        ("di kamar hani hujan", "siti", False),
        ("ringan kaki tangan", "ani", False),
    ],
)
def test_the_username_is_no_part_of_it(password: str, username: str, *, is_weak: bool) -> None:
    assert bool(list(weaknesses(password, username))) is is_weak


def test_one_typed_on_another_keyboard_is_the_same() -> None:
    composed, apart = (unicodedata.normalize(form, "kafé ﬁx naïveté") for form in ("NFC", "NFKD"))
    assert composed != apart
    assert matches(apart, hash_password(composed))
    assert matches(composed, hash_password(apart))
    assert not matches("kafe fix naivete", hash_password(composed))


def test_its_length_is_that_of_the_form_that_is_kept() -> None:
    assert [problem.message for problem in weaknesses("e\u0301o\u0301u\u0301a\u0301i\u0301")] == [
        "At least {it} characters."
    ]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_longest_one_signs_in_in_any_form(client: TestClient[Litestar], db: Database, form: Any) -> None:
    password = ("élan vîtal çà là " * 20)[:200].strip()
    with db.writing() as session:
        roster(session)
        a_password(session, a_person(session, username="siti.r"), password)
    typed = {"username": "siti.r", "password": unicodedata.normalize(form, password)}
    assert client.post("/api/v1/session", json=typed).status_code == 201
    assert client.post("/masuk", data=typed, follow_redirects=False).status_code == 303


def test_one_too_long_in_the_form_that_is_kept_is_refused() -> None:
    assert [problem.message for problem in weaknesses("kopi séduh " * 19)] == ["At most {it} characters."]


def test_an_administrator_gives_no_weak_one(session: Session) -> None:
    roster(session)
    person = a_person(session, username="siti.r")
    for password in ("1234567890", "Siti.R punya sandi"):
        with pytest.raises(Invalid) as refused:
            a_password(session, person, password)
        assert [problem.pointer for problem in refused.value.problems] == ["/password"]


@pytest.mark.parametrize("password", ["1234567890", "          ", "budi.r di kantor ini"])
def test_nobody_is_added_with_a_weak_one(client: TestClient[Litestar], db: Database, password: str) -> None:
    with db.writing() as session:
        roster(session)
    new = {"name": "Budi", "office": "81.02", "username": "budi.r", "password": password}
    reply = client.post("/api/v1/persons", json=new, headers=caller(db, Role.ADMIN, "81"))
    assert (reply.status_code, [error["pointer"] for error in reply.json()["errors"]]) == (400, ["/password"])
    page = client.post("/orang/baru", data=new, headers=browser(db, Role.ADMIN, "81"))
    assert (page.status_code, 'id="f-password-problem"' in page.text) == (400, True)
