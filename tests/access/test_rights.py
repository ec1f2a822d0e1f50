"""How far a right reaches."""

import pytest

from assets_service.access.stamp import Door, Right, Role, Stamp
from tests.build import NOON


def held(*rights: tuple[Role, str]) -> Stamp:
    return Stamp(actor_id=1, account="a", rights=tuple(Right(*r) for r in rights), at=NOON, door=Door.API, action_id="")


@pytest.mark.parametrize(
    ("path", "may"),
    [
        ("/00/81/", True),
        ("/00/81/81.02/", True),
        ("/00/", False),
        ("/00/8/", False),
        ("/00/82/", False),
        ("/00/811/", False),
    ],
)
def test_a_right_reaches_its_office_and_all_below(path: str, may: bool) -> None:
    assert held((Role.HEAD, "/00/81/")).may(path, Role.HEAD) is may
    assert not held((Role.HEAD, "/00/81/")).may(path, Role.ADMIN, Role.LOGISTICS)


def test_scopes_are_the_topmost_paths() -> None:
    stamp = held(
        (Role.HEAD, "/00/81/81.02/"), (Role.AUDITOR, "/00/81/"), (Role.HEAD, "/00/31/"), (Role.HEAD, "/00/31/")
    )
    assert stamp.scopes() == ("/00/31/", "/00/81/")
    assert stamp.scopes(Role.HEAD) == ("/00/31/", "/00/81/81.02/")
    assert stamp.scopes(Role.ADMIN) == ()
    assert (stamp.has(Role.AUDITOR), stamp.has(Role.ADMIN)) == (True, False)
