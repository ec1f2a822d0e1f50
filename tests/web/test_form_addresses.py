"""The address of a form leads to its page when it is only asked for: a refused form's page may be opened again."""

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.architecture.routes import calls
from tests.build import roster
from tests.people.build_people import browser


def test_no_pages_address_answers_that_it_does_not_know_the_method(app: Litestar) -> None:
    with TestClient(app, base_url="https://aset.example.go.id") as client:
        for path in sorted(
            {
                path
                for call, handler in calls(app)
                for path in [call.split()[1]]
                if not path.startswith("/api") and handler.opt.get("is_form", True)
            }
        ):
            asked = re.sub(r"\{\w+:\w+\}", "1", path)
            assert client.get(asked, follow_redirects=False).status_code != 405, path


@pytest.mark.parametrize(
    ("path", "page"), [("/orang/1/sandi", "/orang/1"), ("/akun/sandi", "/akun"), ("/impor/daftar", "/impor")]
)
def test_it_leads_one_step_up(client: TestClient[Litestar], db: Database, path: str, page: str) -> None:
    with db.writing() as session:
        roster(session)
    answer = client.get(path, headers=browser(db, Role.ADMIN, "00"), follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, page)
    assert client.post("/impor/templat.csv", headers=browser(db, Role.ADMIN, "00")).status_code == 405
