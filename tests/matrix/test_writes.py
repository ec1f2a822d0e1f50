"""Every write × role × relation: what is foreign is not there and nothing is written; what is one's own can be done."""

from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.contract.routes import calls
from tests.matrix.scene import FOREIGN, MINE, WHO, Headers, Scene, addressed, digest, policies
from tests.matrix.writes import NATIONAL, OF_ONESELF, OF_STRANGERS, REPORTED, SMUGGLED, WRITES, Write
from tests.replay.world import NOWHERE, caller

Api = TestClient[Litestar]
DONE = {200, 201, 202, 204, 303}
REFUSED = {400, 403, 404}  # a body that names what is foreign may be told so at its field
# A stock of an office above may be used, so it is there; it is not theirs to retire.
LENT = {"PUT /api/v1/label-stocks/{name:str}/retirement", "POST /label/stok/{name:str}/pensiun"}


A_PROGRAMME = Scene(structs.replace(NOWHERE, office="PPID"))


class Told(NamedTuple):
    """How a request was answered, and which of the scene's names the answer tells that were not in the question."""

    status: int
    done: bool
    names: list[str]


def send(client: Api, call: str, write: Write, scene: Scene, headers: dict[str, str], of: Scene | None = None) -> Told:
    """Ask for the write at the scene; `of` whom names would be told, if not of the same."""
    method, path = call.split(" ", 1)
    at, body = addressed(path, scene, write.swaps), write.body(scene)
    how: dict[str, Any] = {}
    if write.files:
        how["files"] = write.files(scene)
    elif not path.startswith("/api/"):
        how["data"] = {"action_id": str(uuid4())} | body
    elif method != "DELETE":
        how["json"] = body
    named = headers | {"Idempotency-Key": str(uuid4())}
    answer = client.request(method, at, headers=named, follow_redirects=False, **how)
    done = answer.status_code in DONE and write.taken in answer.text
    asked = f"{at} {body}"
    names = [name for name in (of or scene).names if name in answer.text and name not in asked]
    return Told(answer.status_code, done, names)


def test_every_write_stands_in_the_matrix(app: Litestar) -> None:
    writes = {call for call, _ in calls(app) if call.split()[0] not in {"GET", "HEAD"}}
    assert writes == {*WRITES, *NATIONAL, *OF_ONESELF, *OF_STRANGERS}


def test_what_is_foreign_is_not_there_and_nothing_is_written(
    app: Litestar, client: Api, db: Database, world: dict[str, Scene], headers: Headers
) -> None:
    policy, before, wrong = policies(app), digest(db), []
    for who in WHO:
        for call, write in WRITES.items():
            answers = {relation: send(client, call, write, world[relation], headers[who]) for relation in FOREIGN}
            for relation, (status, done, told) in answers.items():
                if who == "stranger":
                    fits = status == 401
                elif who not in policy[call].roles:
                    fits = status == 403
                elif "{" in call:
                    fits = status == (403 if call in LENT and relation == "parent" else 404)
                else:
                    fits = not done and status in REFUSED | {200} and status == answers["none"].status
                if told or not fits:
                    wrong.append(f"{who}: {call} {relation}: {status} {told}")
    assert not wrong, "\n".join(wrong)
    assert digest(db) == before


@pytest.mark.usefixtures("rehearsed")
def test_what_is_ones_own_can_be_done_by_whoever_may(
    app: Litestar, client: Api, world: dict[str, Scene], headers: Headers
) -> None:
    policy, wrong = policies(app), []
    for who in WHO:
        for call, write in WRITES.items():
            may = who in policy[call].roles
            for relation in MINE:
                if may and write.draws:
                    continue
                may_here = may and not (write.only_there and relation == "child")
                told = send(client, call, write, world[relation], headers[who])
                if not (told.done if may_here else told.status == (401 if who == "stranger" else 403)):
                    wrong.append(f"{who}: {call} {relation}: {told.status}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("call", [call for call, write in WRITES.items() if write.draws or write.only_there])
@pytest.mark.parametrize("relation", MINE)
def test_the_office_itself_can_do_what_nobody_above_it_may_and_what_cannot_be_taken_back(
    call: str, relation: str, app: Litestar, client: Api, db: Database, world: dict[str, Scene]
) -> None:
    for who in sorted(policies(app)[call].roles)[:1]:
        there = caller(db, who, world[relation].place.office)
        assert send(client, call, WRITES[call], world[relation], there).done


def test_a_body_that_names_what_is_foreign_is_refused_as_if_it_were_nowhere(
    app: Litestar, client: Api, db: Database, world: dict[str, Scene], headers: Headers
) -> None:
    policy, before, wrong, own = policies(app), digest(db), [], world["own"]
    for call, body in SMUGGLED.items():
        for who in sorted(policy[call].roles):
            answers = {}
            for relation in FOREIGN:
                named = body(own, world[relation])
                smuggling = structs.replace(WRITES[call], body=lambda _, named=named: named)
                answers[relation] = send(client, call, smuggling, own, headers[who], world[relation])
            for relation, (status, done, names) in answers.items():
                if done or names or status not in REFUSED or status != answers["none"].status:
                    wrong.append(f"{who}: {call} {relation}: {status} {names}")
    assert not wrong, "\n".join(wrong)
    assert digest(db) == before


@pytest.mark.usefixtures("rehearsed")
@pytest.mark.parametrize("call", REPORTED)
def test_a_foreign_device_in_the_box_is_a_finding_and_tells_nothing(
    call: str, client: Api, world: dict[str, Scene], headers: Headers
) -> None:
    for relation in FOREIGN:
        body = REPORTED[call](world[relation])
        write = structs.replace(WRITES[call], body=lambda _, body=body: body)
        told = send(client, call, write, world["own"], headers["head"], world[relation])
        assert (told.done, told.names) == (True, []), relation


@pytest.mark.usefixtures("rehearsed")
def test_a_role_counts_where_it_is_held(
    app: Litestar, client: Api, world: dict[str, Scene], double: dict[str, str]
) -> None:
    """Head of a province and admin of one of its regencies: what only an admin may is seen in both, and done in one."""
    policy, wrong = policies(app), []
    for call, write in WRITES.items():
        if Role.HEAD in policy[call].roles or write.draws or write.only_there or write.of_two:
            continue
        own, child = (send(client, call, write, world[relation], double) for relation in MINE)
        refused = {403} if "{" in call else REFUSED | {200}
        if own.done or own.status not in refused or not child.done:
            wrong.append(f"{call}: {own.status} above, {child.status} there")
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("rehearsed")
def test_what_is_of_the_whole_country_is_written_at_the_national_office(
    app: Litestar, client: Api, headers: Headers, national: Headers
) -> None:
    policy, wrong = policies(app), []
    for who in WHO:
        for call, write in NATIONAL.items():
            there, here = (send(client, call, write, A_PROGRAMME, each[who]) for each in (national, headers))
            if here.status != (401 if who == "stranger" else 403) or there.done != (who in policy[call].roles):
                wrong.append(f"{who}: {call}: {there.status} there, {here.status} here")
    assert not wrong, "\n".join(wrong)
