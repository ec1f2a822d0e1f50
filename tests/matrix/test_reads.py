"""Every read × role × relation: what is foreign is not there, in no list, count or search; what is one's own is."""

from itertools import product
from urllib.parse import unquote_plus

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.policy import Policy
from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.contract.routes import calls, filled
from tests.matrix.reads import (
    ASKED_NOTHING,
    LABEL_PAGES,
    LENT_DOWNWARDS,
    LISTS,
    OF_NOBODY,
    OF_ONESELF,
    ONLY_THERE,
    OPEN,
    QUESTIONS,
    SWAPS,
    VALUES,
    named,
)
from tests.matrix.scene import FOREIGN, MINE, WHO, Headers, Scene, addressed, digest, policies
from tests.replay.world import caller

Api = TestClient[Litestar]


def gets(app: Litestar) -> set[str]:
    return {call for call, _ in calls(app) if call.startswith("GET ")}


def addresses(app: Litestar) -> list[str]:
    """The routes whose path names somebody's thing."""
    return sorted(gets(app) - {*LISTS, *OF_NOBODY, *OF_ONESELF, *LABEL_PAGES, *OPEN})


def look(client: Api, call: str, scene: Scene, headers: dict[str, str]) -> Response:
    path = addressed(call.removeprefix("GET "), scene, SWAPS.get(call, {}))
    return client.get(path, headers=headers, follow_redirects=False)


def told(answer: Response, scene: Scene) -> list[str]:
    """The names of the scene that the answer tells and the question did not."""
    return [name for name in scene.names if name in answer.text and name not in unquote_plus(str(answer.request.url))]


def refusal(who: str, policy: Policy, call: str) -> set[int] | None:
    """What whoever may not call the route at all is answered."""
    if who == "stranger":
        return {401} if call.startswith("GET /api/") or call == "GET /metrics" else {303}
    return {403} if policy.roles and who not in policy.roles else None


def test_every_read_stands_in_the_matrix(app: Litestar) -> None:
    assert {*LISTS, *OF_NOBODY, *OF_ONESELF, *LABEL_PAGES, *OPEN} <= gets(app)
    nowhere = [call for call in addresses(app) if "{" not in call]
    assert nowhere == [], "say in reads.py what these tell, and to whom"


def test_what_an_address_names_is_there_for_whoever_may_and_for_nobody_else(
    app: Litestar, client: Api, db: Database, world: dict[str, Scene], headers: Headers
) -> None:
    policy, before, wrong = policies(app), digest(db), []
    for who in WHO:
        for call in addresses(app):
            refused = refusal(who, policy[call], call)
            for relation, scene in world.items():
                foreign = relation in FOREIGN or who == "none"
                there = {403} if call in ONLY_THERE and relation == "child" else {200}
                answer = look(client, call, scene, headers[who])
                fits = answer.status_code in (refused or ({404} if foreign else there))
                if not fits or ((foreign or refused) and told(answer, scene)):
                    wrong.append(f"{who}: {call} {relation}: {answer.status_code} {told(answer, scene)}")
    assert not wrong, "\n".join(wrong)
    assert digest(db) == before


@pytest.mark.parametrize("call", sorted(ONLY_THERE))
def test_the_office_itself_sees_what_nobody_above_it_may(
    call: str, client: Api, db: Database, world: dict[str, Scene]
) -> None:
    for relation in MINE:
        there = caller(db, Role.HEAD, world[relation].place.office)
        assert look(client, call, world[relation], there).status_code == 200


def test_a_list_tells_what_is_ones_own_and_nothing_else(
    app: Litestar, client: Api, world: dict[str, Scene], headers: Headers
) -> None:
    policy, wrong = policies(app), []
    for who, (call, shown) in product(WHO, LISTS.items()):
        refused = refusal(who, policy[call], call)
        asked = shown.asks.format(serial=named(world["own"], "serial"), device=named(world["own"], "device"))
        path = filled(call.removeprefix("GET "), **VALUES) + asked
        answer = client.get(path, headers=headers[who], follow_redirects=False)
        if answer.status_code not in (refused or {404 if "{" in shown.asks and who == "none" else 200}):
            wrong.append(f"{who}: {call} {answer.status_code}")
        for relation, scene in world.items():
            if relation in FOREIGN or refused or who == "none":
                wrong += [f"{who}: {call} tells of {relation}: {name}" for name in told(answer, scene)]
            elif named(scene, shown.tells) not in answer.text and not (shown.asks and relation == "child"):
                wrong.append(f"{who}: {call} does not tell of {relation}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("rehearsed")
def test_a_question_that_names_what_is_foreign_is_answered_as_if_it_were_nowhere(
    client: Api, world: dict[str, Scene], headers: Headers
) -> None:
    """Asked by an admin, whom no list is closed to. The ledger would keep the questions of an export as the admin's own words."""
    wrong = []
    questions = [(parameter, thing) for parameter, things in QUESTIONS.items() for thing in things]
    for call, (parameter, thing) in product(sorted(LISTS.keys() - ASKED_NOTHING), questions):
        path = filled(call.removeprefix("GET "), **VALUES)
        nowhere = client.get(path, params={parameter: named(world["none"], thing)}, headers=headers["admin"])
        for relation in ("sibling", "parent"):
            if thing in LENT_DOWNWARDS and relation == "parent":
                continue
            answer = client.get(path, params={parameter: named(world[relation], thing)}, headers=headers["admin"])
            names = told(answer, world[relation])
            if names or answer.status_code != nowhere.status_code:
                wrong.append(f"{call} ?{parameter}={thing} of {relation}: {answer.status_code} {names}")
    assert not wrong, "\n".join(wrong)


def test_a_foreign_label_tells_nobody_whose_it_is(client: Api, world: dict[str, Scene], headers: Headers) -> None:
    for who in WHO:
        for call in sorted(LABEL_PAGES):
            for relation in FOREIGN:
                answer = look(client, call, world[relation], headers[who])
                assert not [name for name in told(answer, world[relation]) if "RAHASIA" in name.upper()], (
                    call,
                    relation,
                )


def test_what_is_nobodys_is_the_same_for_everybody_signed_in(
    app: Litestar, client: Api, headers: Headers, national: Headers
) -> None:
    for who in WHO:
        assert national
        for call, value in OF_NOBODY.items():
            path = filled(call.removeprefix("GET "), code=value, kind=value)
            answer = client.get(path, headers=headers[who])
            assert answer.status_code in (refusal(who, policies(app)[call], call) or {200}), call
