"""Passwords as cheap as Argon2id allows: these tests are of the rules around them."""

import pytest
from argon2 import PasswordHasher
from msgspec import structs

from assets_service.people import passwords
from assets_service.settings import Settings


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", quick)
    monkeypatch.setattr(passwords, "_nobody", quick.hash("nobody has this password"))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As an operator finds them: a session nobody uses ends."""
    return structs.replace(settings, session_idle_days=14)
