"""What belongs to another office is not there: on no route, in no list, search, count, suggestion, export or error."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import Struct

from assets_service.access.policy import PUBLIC
from assets_service.access.routes import policy_of
from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewShipment
from assets_service.kernel.db import Database
from tests.architecture.routes import calls
from tests.build import a_device, a_person, a_token, an_imei, roster, system

SERIAL = "TERSEMBUNYI62"
NAME = "Zulkarnain Tersembunyi"
STOPS_BEFORE_SCOPE = re.compile(
    r"^/(static|schema|docs|bahasa)|/checklists/|^/api/v1/flags/"
)  # their names belong to nobody


class Hidden(Struct):
    """What a head of Maluku Tenggara must never learn of Palangkaraya, and how she would ask for it."""

    token: str
    device: str
    imei: str
    person: int
    shipment: int
    number: str

    def named(self, parameter: str, path: str) -> str:
        if parameter == "code":
            return self.device if re.search(r"/devices/|/perangkat/|/label/|/d/", path, re.IGNORECASE) else "62.71"
        return str({"person_id": self.person, "shipment_id": self.shipment}.get(parameter, 1))

    def tells(self, text: str) -> list[str]:
        """What of it the text discloses."""
        return [secret for secret in (self.device, self.imei, SERIAL, NAME, self.number) if secret in text]


@pytest.fixture
def hidden(db: Database) -> Hidden:
    with db.writing() as session:
        roster(session)
        head = a_person(session, "Yosefina", at="81.02", role=Role.HEAD)
        a_device(session, at="81.02")
        imei = an_imei()
        device = a_device(session, at="62", serial=SERIAL, imei1=imei)
        shipment = custody.create(
            session, NewShipment(to_office="62.71", devices=[device.code], send=True), stamp=system()
        )
        person = a_person(session, NAME, at="62.71", role=Role.LOGISTICS, username="zulkarnain")
        return Hidden(a_token(session, head), device.code, imei, person.id, shipment.id, shipment.number)


def test_a_foreign_thing_is_not_there_on_any_route(app: Litestar, client: TestClient[Litestar], hidden: Hidden) -> None:
    found = []
    for call, handler in calls(app):
        method, path = call.split(" ", 1)
        if method != "GET" or "{" not in path or policy_of(handler) == PUBLIC or STOPS_BEFORE_SCOPE.search(path):
            continue
        asked = re.sub(r"\{(\w+):\w+\}", lambda parameter, path=path: hidden.named(parameter[1], path), path)  # type: ignore[misc]  # a default binds the loop's path
        answer = client.get(asked, headers={"Authorization": f"Bearer {hidden.token}"}, follow_redirects=False)
        refused = answer.status_code in {403, 404}
        if not refused or hidden.tells(answer.text.replace(asked, "")):
            found.append(f"{asked}: {answer.status_code}")
    assert found == []


@pytest.mark.parametrize(
    "question", ["", f"?q={SERIAL}", "?office=62.71", "?parent=62", "?office=62", "?id=IMEI", "?q=Zulkarnain"]
)
def test_no_list_search_or_export_tells_of_it(
    app: Litestar, client: TestClient[Litestar], hidden: Hidden, question: str
) -> None:
    asked = question.replace("IMEI", hidden.imei)
    told = []
    for call, handler in calls(app):
        method, path = call.split(" ", 1)
        if method != "GET" or "{" in path or policy_of(handler) == PUBLIC:
            continue
        answer = client.get(path + asked, headers={"Authorization": f"Bearer {hidden.token}"}, follow_redirects=False)
        assert answer.status_code < 500, path + asked
        if secrets := hidden.tells(answer.text.replace(asked.partition("=")[2] or "\0", "")):
            told.append(f"{path}{asked}: {secrets}")
    assert told == []
