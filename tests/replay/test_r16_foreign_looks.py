"""A GET changes nothing that a page of another site can make a browser ask for, and neither does a HEAD."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select, update

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database, Record
from assets_service.settings import Settings
from assets_service.signing_in.models import SignIn
from tests import build
from tests.build import COOKIE
from tests.contract.routes import calls, filled
from tests.replay.world import Place, head_of, places

Api = TestClient[Litestar]

LOOKS = {
    "a link on another site": ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"}),
    "a link on a sibling": ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Dest": "document"}),
    "a HEAD": ("HEAD", {}),
    "a HEAD of ours": ("HEAD", {"Sec-Fetch-Site": "same-origin"}),
}


@pytest.fixture
def place(db: Database, settings: Settings) -> Place:
    return places(db, settings)["own"]


@pytest.fixture
def cookie(db: Database, place: Place) -> dict[str, str]:
    """Of somebody who may do anything here, and was seen long enough ago that being seen again would be written."""
    with db.writing() as session:
        person = build.a_person(session, at="00", role=Role.ADMIN)
        build.a_role(session, person, Role.HEAD, at=place.office)
        token = build.a_token(session, person)
        session.flush()
        session.execute(update(SignIn).values(seen_at=SignIn.seen_at, created_at=build.NOON))
        session.execute(update(SignIn).values(seen_at=build.NOON - timedelta(hours=1)))
    return {"Cookie": f"{COOKIE}={token}"}


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    with db.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Record.metadata.sorted_tables
        }


def looks(app: Litestar, place: Place) -> Iterator[str]:
    """Every address that a GET of ours answers, once for each thing that may stand in it."""
    files = ("inventaris.csv", "inventaris.pdf", "ledger.jsonl")
    numbers = {"shipment_id": place.shipment, "person_id": place.person, "check_id": place.check, "run_id": place.run}
    for call, _ in calls(app):
        method, path = call.split(" ", 1)
        if method == "GET" and "file_path" not in path:
            for code in (place.device, place.office):
                for name in files if path.startswith("/ekspor/") else (place.stock,):
                    yield filled(path, code=code, name=name, **numbers)


@pytest.mark.parametrize("look", LOOKS)
def test_nothing_changes_by(
    look: str, app: Litestar, client: Api, db: Database, place: Place, cookie: dict[str, str]
) -> None:
    method, headers = LOOKS[look]
    before = everything(db)
    for path in sorted(set(looks(app, place))):
        client.request(method, path, headers=cookie | headers, follow_redirects=False)
        client.cookies.clear()
    after = everything(db)
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize("site", ["none", "same-origin", None])
def test_ones_own_look_is_recorded(
    site: str | None, client: Api, db: Database, place: Place, cookie: dict[str, str]
) -> None:
    own = cookie | ({"Sec-Fetch-Site": site} if site else {})
    for path in (f"/D/{place.device}", "/ekspor/inventaris.csv", "/ekspor/ledger.jsonl"):
        before = head_of(db)
        assert client.get(path, headers=own).status_code == 200
        assert head_of(db) != before, path
    with db.reading() as session:
        assert build.NOON in session.scalars(select(SignIn.seen_at)).all()


def test_a_label_is_shown_and_a_file_refused_to_who_comes_from_another_site(
    client: Api, place: Place, cookie: dict[str, str]
) -> None:
    foreign = cookie | {"Sec-Fetch-Site": "cross-site"}
    assert client.get(f"/D/{place.device}", headers=foreign).status_code == 200
    refused = client.get("/ekspor/inventaris.csv", headers=foreign)
    assert refused.status_code == 403
    assert place.device not in refused.text
