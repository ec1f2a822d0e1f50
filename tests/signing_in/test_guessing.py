"""Who guesses shuts out strangers only: known devices, one's own proof, and who tries many accounts, are counted apart."""

from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs
from sqlalchemy import func, select

from assets_service.access.stamp import Role
from assets_service.actions.act import Tools
from assets_service.actions.once import Once
from assets_service.kernel.db import Database
from assets_service.kernel.errors import TooMany
from assets_service.kernel.security import network_of
from assets_service.settings import Settings
from assets_service.signing_in import acts
from assets_service.signing_in.asks import Attempt, Browser, Credentials
from assets_service.signing_in.commands import FORGOTTEN_AT_ONCE, TRIES_MAX, TRIES_WINDOW, count_try
from assets_service.signing_in.errors import WrongPassword
from assets_service.signing_in.models import SignIn, Throttle
from assets_service.signing_in.opening import SLOWED_MAX, SPRAYED_MAX
from tests.build import DEVICE_COOKIE, NOON, a_password, a_person, bearer, later, roster, system

PASSWORD = "a long pass phrase"
Client = TestClient[Litestar]


@pytest.fixture
def siti(db: Database) -> str:
    with db.writing() as session:
        roster(session)
        for name in ("siti", "ani"):
            a_password(session, a_person(session, name.title(), at="81.02", role=Role.HEAD, username=name), PASSWORD)
    return "siti"


class Signing:
    """Signs in below HTTP, where the network can be chosen."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self.db, self.settings = db, settings
        self.at = NOON

    def __call__(
        self, username: str, password: str = PASSWORD, *, device: str | None = None, network: str = "a"
    ) -> str:
        """The device's cookie, or what refused."""
        attempt = Attempt(Credentials(username=username, password=password), Browser("test", device, network))
        stamp = structs.replace(system(self.at), actor_id=None, rights=())
        try:
            return Once(self.db, stamp, tools=Tools(self.settings)).do(acts.SIGN_IN, attempt).device
        except WrongPassword:
            return "wrong"
        except TooMany as refusal:
            return f"wait {refusal.facts['seconds']}"


@pytest.fixture
def signing(db: Database, settings: Settings, siti: str) -> Signing:
    del siti
    return Signing(db, settings)


def test_a_device_of_ones_own_is_let_in_while_strangers_are_shut_out(signing: Signing) -> None:
    phone = signing("siti")
    assert [signing("siti", "wrong wrong") for _ in range(TRIES_MAX + 1)] == ["wrong"] * TRIES_MAX + ["wait 300"]
    assert signing("siti") == "wait 300"
    assert signing("siti", device="never seen") == "wait 300"
    assert signing("siti", device=phone) == phone


def test_a_device_is_known_for_its_person_alone(signing: Signing) -> None:
    phone = signing("ani")
    for _ in range(TRIES_MAX):
        signing("siti", "wrong wrong")
    assert signing("siti", device=phone) == "wait 300"


def test_guessing_at_a_known_device_is_limited_too_and_shuts_out_no_other(signing: Signing) -> None:
    phone, desk = signing("siti"), signing("siti")
    said = [signing("siti", "wrong wrong", device=phone) for _ in range(TRIES_MAX + 1)]
    assert said == ["wrong"] * TRIES_MAX + ["wait 300"]
    assert signing("siti", device=phone) == "wait 300"
    assert signing("siti", device=desk) == desk
    assert signing("siti") not in {"wrong", "wait 300"}


def test_two_who_share_a_device_are_both_known_there(signing: Signing) -> None:
    shared = signing("siti")
    assert signing("ani", device=shared) == shared
    for name in ("siti", "ani"):
        for _ in range(TRIES_MAX):
            signing(name, "wrong wrong")
        assert signing(name, device=shared) == shared


def test_a_device_that_nobody_signed_in_from_is_given_a_new_name(signing: Signing) -> None:
    assert signing("siti", device="chosen by somebody else") != "chosen by somebody else"


def spray(signing: Signing, network: str, accounts: int = SPRAYED_MAX) -> list[str]:
    return [signing(f"name{number}", "wrong wrong", network=network) for number in range(accounts)]


def test_who_tries_many_accounts_from_one_network_goes_slowly(signing: Signing) -> None:
    phone = signing("ani", network="mobile")
    assert spray(signing, "mobile") == ["wrong"] * SPRAYED_MAX
    said = [signing(f"other{number}", "wrong wrong", network="mobile") for number in range(SLOWED_MAX + 1)]
    assert said == ["wrong"] * SLOWED_MAX + ["wait 60"]
    assert signing("siti", network="mobile") == "wait 60"
    assert signing("ani", network="mobile", device=phone) == phone, "who is known there is not slowed"
    assert signing("siti", network="elsewhere") not in {"wrong", "wait 60"}
    signing.at = later(minutes=1)
    assert signing("siti", network="mobile") not in {"wrong", "wait 60"}, "an honest newcomer waits a minute at most"
    signing.at = later(hours=1, minutes=1)
    assert spray(signing, "mobile", SLOWED_MAX + 1) == ["wrong"] * (SLOWED_MAX + 1)


def test_many_tries_at_one_account_are_no_spraying(signing: Signing, db: Database) -> None:
    for _ in range(3 * TRIES_MAX):
        signing("siti", "wrong wrong", network="mobile")
    with db.reading() as session:
        counts = session.scalars(select(Throttle.tries).order_by(Throttle.tries)).all()
    assert counts == [1, TRIES_MAX]


def test_a_name_that_nobody_has_is_counted_like_one_that_somebody_has(signing: Signing, db: Database) -> None:
    seen = {}
    for name in ("siti", "nobody"):
        with db.writing() as session:
            session.query(Throttle).delete()
        said = [signing(name, "wrong wrong", device="never seen") for _ in range(TRIES_MAX + 1)]
        with db.reading() as session:
            seen[name] = said, session.scalars(select(Throttle.tries).order_by(Throttle.tries)).all()
    assert seen["siti"] == seen["nobody"]


def test_a_proof_of_ones_own_password_is_counted_by_itself(client: Client, siti: str) -> None:
    credentials = {"username": siti, "password": PASSWORD}
    mine = bearer(client.post("/api/v1/session", json=credentials).json()["token"])
    client.cookies.clear()
    for _ in range(TRIES_MAX + 1):
        client.post("/api/v1/session", json=credentials | {"password": "wrong wrong"})
    changed = {"current_password": PASSWORD, "password": "another pass phrase"}
    assert client.put("/api/v1/me/password", json=changed, headers=mine).status_code == 204


def test_the_devices_cookie_is_out_of_reach_and_only_its_hash_is_kept(client: Client, siti: str, db: Database) -> None:
    reply = client.post("/api/v1/session", json={"username": siti, "password": PASSWORD})
    cookie = next(one for one in reply.headers.get_list("set-cookie") if one.startswith(f"{DEVICE_COOKIE}="))
    assert {"HttpOnly", "SameSite=lax", "Secure", "Max-Age=34560000", "Path=/"} <= set(cookie.split("; "))
    value = cookie.partition("=")[2].partition(";")[0]
    assert value not in reply.text
    with db.reading() as session:
        kept = session.scalars(select(SignIn.device_hash)).one()
    assert kept
    assert kept != value
    client.cookies.clear()
    again = client.post(
        "/masuk",
        data={"username": siti, "password": PASSWORD},
        headers={"Cookie": f"{DEVICE_COOKIE}={value}", "Sec-Fetch-Site": "same-origin"},
        follow_redirects=False,
    )
    assert any(one.startswith(f"{DEVICE_COOKIE}={value};") for one in again.headers.get_list("set-cookie"))


def test_old_counts_go_with_new_tries(db: Database) -> None:
    with db.writing() as session:
        for number in range(3 * FORGOTTEN_AT_ONCE):
            count_try(session, f"sign-in:{number}", at=NOON)
    for tries in range(4):
        with db.writing() as session:
            count_try(session, f"sign-in:new {tries}", at=later(hours=1, seconds=1))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Throttle)) == 4


def test_a_count_from_a_clock_set_back_since_is_over(db: Database) -> None:
    with db.writing() as session:
        for _ in range(TRIES_MAX):
            count_try(session, "sign-in:siti", at=later(hours=2))
        assert count_try(session, "sign-in:siti", at=NOON) == 1


def test_a_wait_is_never_longer_than_its_window(db: Database) -> None:
    with db.writing() as session:
        for second in range(TRIES_MAX):
            count_try(session, "sign-in:siti", at=NOON + timedelta(seconds=second))
        with pytest.raises(TooMany) as refused:
            count_try(session, "sign-in:siti", at=NOON)
    assert refused.value.facts == {"seconds": TRIES_WINDOW.total_seconds()}


@pytest.mark.parametrize(
    ("one", "other", "are_neighbours"),
    [
        ("36.68.1.7", "36.68.1.200", True),
        ("36.68.1.7", "36.68.2.7", False),
        ("2001:db8:1:2::3", "2001:db8:1:ffff::1", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("-", "", False),
    ],
)
def test_a_network_is_what_neighbours_share(one: str, other: str, *, are_neighbours: bool) -> None:
    assert (network_of(one) == network_of(other)) is are_neighbours
