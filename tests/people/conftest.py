"""Passwords as cheap as Argon2id allows: these tests are of the rules around them."""

import pytest
from argon2 import PasswordHasher

from assets_service.people import passwords


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_nobody", quick.hash("nobody has this password"))
