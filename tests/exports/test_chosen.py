"""A file holds what was chosen: what a list shows, and what stands in the form when its button is pressed."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from assets_service.access.stamp import Role
from assets_service.devices.models import Device
from assets_service.exports.asks import Chosen, ToCheck
from assets_service.exports.verify import verify_file
from assets_service.flags.queries import Flag
from assets_service.inspections import queries as inspections
from assets_service.inspections.queries import Due
from assets_service.kernel.db import Database
from assets_service.ledger.models import Entry
from tests import build
from tests.exports.build_exports import a_file, a_lived_in_fleet, facts_of
from tests.exports.test_command_line import cli
from tests.flags.test_queries import the_country

Client = TestClient[Litestar]
LATE = build.later(days=40)
FILTERS: list[dict[str, str]] = [
    {},
    {"kind": "tablet"},
    {"kind": "smartphone", "condition": "light"},
    *({"presence": presence} for presence in ("present", "in_transit", "not_found", "lost", "written_off")),
    *({"flag": flag.value} for flag in Flag),
    {"q": "galaxy"},
    {"q": "A15  samsung"},
    {"q": "nothing like it"},
    {"office": "81"},
    {"office": "00", "office_only": "true", "flag": "unassigned", "kind": "smartphone", "q": "galaxy"},
]


@pytest.fixture
def fleet(db: Database, clock: Callable[[], object]) -> dict[str, str]:
    """The label code of each device of a fleet to which everything has happened."""
    clock.at = LATE  # type: ignore[attr-defined]  # the still clock
    with db.writing() as session:
        return {name: device.code for name, device in a_lived_in_fleet(session).items()}


@pytest.fixture
def auditor(db: Database, fleet: dict[str, str]) -> dict[str, str]:
    assert fleet
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, role=Role.AUDITOR)))


def codes_in(file: str) -> set[str]:
    lines = [json.loads(line) for line in file.splitlines()]
    return {line["code"] for line in lines if "code" in line}


@pytest.mark.parametrize("filters", FILTERS, ids=str)
def test_a_file_holds_the_devices_that_the_list_shows(
    client: Client, auditor: dict[str, str], filters: dict[str, str]
) -> None:
    listed = client.get("/api/v1/devices", params=filters, headers=auditor).json()["items"]
    file = client.get("/api/v1/exports/inventory.jsonl", params=filters, headers=auditor)
    assert codes_in(file.text) == {device["code"] for device in listed}


@pytest.mark.parametrize("due", ToCheck)
def test_a_file_holds_the_devices_that_are_to_be_checked(db: Database, fleet: dict[str, str], due: ToCheck) -> None:
    with db.writing() as session:
        for days, name in enumerate(("here", "kept", "booked")):
            device = session.scalars(select(Device).where(Device.code == fleet[name])).one()
            device.check_due_on = LATE.date() + timedelta(days=(days - 1) * 20)
        country = the_country(LATE)
        state = None if due is ToCheck.ANY else Due(due.value)
        expected = {device.code for device in inspections.due(session, country, state=state, limit=50)}
    assert expected
    assert facts_of(db, country, chosen=Chosen(due=due)).keys() == expected


@pytest.mark.parametrize(
    "filters", [each for each in FILTERS if "office" not in each] + [{"due": due} for due in ToCheck], ids=str
)
def test_the_same_filters_mean_the_same_of_the_past(
    db: Database, fleet: dict[str, str], filters: dict[str, Any]
) -> None:
    """Up to this moment the ledger tells what the register says."""
    assert fleet
    country, chosen = the_country(LATE), Chosen(**_typed(filters))
    assert facts_of(db, country, chosen=chosen, as_of=LATE) == facts_of(db, country, chosen=chosen)


def _typed(filters: dict[str, Any]) -> dict[str, Any]:
    kinds = {name: annotation for name, annotation in Chosen.__annotations__.items() if name != "q"}
    return {name: kinds[name].__args__[0](value) if name in kinds else value for name, value in filters.items()}


def test_a_filter_of_a_past_day_asks_what_was_true_then(db: Database, fleet: dict[str, str]) -> None:
    wanted = Chosen(presence="lost")  # type: ignore[arg-type]  # an enumeration of strings
    before, after = (facts_of(db, the_country(LATE), chosen=wanted, as_of=build.later(days=day)) for day in (6, 8))
    assert (set(before), set(after)) == (set(), {fleet["lost"]})


def test_a_button_takes_what_stands_in_the_form_though_nobody_pressed_show(
    client: Client, auditor: dict[str, str], fleet: dict[str, str]
) -> None:
    """The browser sends every field of the form, blank ones too."""
    form = {"office": "81", "as_of": "2026-11-22", "edition": "internal", "q": ""} | dict.fromkeys(
        ("kind", "condition", "presence", "flag", "due"), ""
    )
    file = client.get("/ekspor/inventaris.jsonl", params=form, headers=auditor)
    assert codes_in(file.text) == {fleet["retired"]}, "nothing had arrived there on the second day"
    assert json.loads(file.text.splitlines()[0])["as_of"] == "2026-11-22T16:59:59.999999Z"
    later = client.get("/ekspor/inventaris.jsonl", params=form | {"as_of": "", "presence": "present"}, headers=auditor)
    assert codes_in(later.text) == {fleet["here"], fleet["held"]}


def test_the_page_has_one_form_whose_buttons_are_its_formats(client: Client, auditor: dict[str, str]) -> None:
    page = client.get("/ekspor?office=81&as_of=2026-12-01&flag=lost", headers=auditor).text
    form = page[page.index('<form class="card form" method="get" action="/ekspor"') :]
    form = form[: form.index("</form>")]
    for name in ("inventaris.xlsx", "inventaris-excel.csv", "inventaris.csv", "inventaris.jsonl", "inventaris.pdf"):
        assert f'formaction="/ekspor/{name}"' in form
    assert 'href="/ekspor/inventaris' not in page, "an address would be of what was chosen earlier"
    assert ('value="2026-12-01"' in form, '<option value="lost" selected>' in form) == (True, True)
    assert "hari ini" not in form


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("/perangkat?flag=lost&q=galaxy&cursor=", "/ekspor?q=galaxy&amp;flag=lost"),
        ("/perangkat", "/ekspor"),
        ("/tanda/lost?office=81&office_only=true", "/ekspor?flag=lost&amp;office=81&amp;office_only=true"),
        ("/pemeriksaan?state=never&office=81", "/ekspor?due=never&amp;office=81"),
        ("/pemeriksaan", "/ekspor?due=any"),
    ],
)
def test_a_list_leads_to_its_file(client: Client, auditor: dict[str, str], path: str, to: str) -> None:
    assert f'href="{to}"' in client.get(path.removesuffix("&cursor="), headers=auditor).text


def test_a_refused_file_shows_the_form_again_and_is_not_recorded(
    client: Client, auditor: dict[str, str], db: Database
) -> None:
    answer = client.get("/ekspor/inventaris.csv?as_of=2099-01-01&office=81&edition=public", headers=auditor)
    assert (answer.status_code, 'id="f-as_of-problem"' in answer.text) == (400, True)
    assert '<option value="public" selected>' in answer.text
    with db.reading() as session:
        assert not session.scalar(select(Entry.seq).where(Entry.kind == "exports.inventory_taken"))


@pytest.mark.parametrize("form", ["csv", "xlsx", "jsonl"])
def test_a_narrowed_file_says_how_and_holds(db: Database, fleet: dict[str, str], tmp_path: Path, form: str) -> None:
    assert fleet
    path = tmp_path / f"a.{form}"
    content = a_file(db, path, chosen=Chosen(flag=Flag.LOST, q="galaxy"))
    assert verify_file(path).holds
    if form == "csv":
        assert "# Saringan,Perlu Tindakan: Hilang; Pencarian: galaxy," in content.decode()
    if form == "jsonl":
        assert json.loads(content.splitlines()[0])["filters"] == {"flag": "lost", "q": "galaxy"}


def test_the_ledger_tells_what_was_chosen(client: Client, auditor: dict[str, str], db: Database) -> None:
    client.get("/api/v1/exports/inventory.csv?flag=lost&kind=smartphone", headers=auditor)
    with db.reading() as session:
        body = session.scalars(select(Entry.body).where(Entry.kind == "exports.inventory_taken")).one()
    assert json.loads(body)["chosen"] == {"kind": "smartphone", "flag": "lost"}
    page = client.get("/ledger", headers=auditor | {"Accept-Language": "en", "Cookie": "lang=en"}).text
    assert "Narrowed by: Flag: Lost; Kind: Smartphone" in page


def test_the_command_line_takes_the_same_filters(fleet: dict[str, str], database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    done = cli(database_url, tmp_path, "export", "inventory", file, "--presence", "lost", "--q", "galaxy")
    assert done.exit_code == 0, done.output
    assert codes_in(file.read_text()) == {fleet["lost"]}
    refused = cli(database_url, tmp_path, "export", "inventory", tmp_path / "b.csv", "--flag", "sleepy")
    assert (refused.exit_code, "/flag" in refused.output, (tmp_path / "b.csv").exists()) == (1, True, False)
