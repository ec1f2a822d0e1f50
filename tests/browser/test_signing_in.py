"""A person signs in with a real browser, on a phone."""

import re

from playwright.sync_api import Page, expect

from assets_service.kernel.db import Database
from assets_service.ledger.stamp import Role
from assets_service.people import commands as people
from tests.build import a_person, roster, system

PASSWORD = "hujan-turun-di-tual-81"


def test_a_head_signs_in_and_comes_back_to_the_page_asked_for(page: Page, db: Database) -> None:
    with db.writing() as session:
        roster(session)
        ani = a_person(session, "Ani", at="81.02", role=Role.HEAD, username="ani")
        people.set_password(session, ani, PASSWORD, stamp=system())

    page.goto("/akun")
    expect(page).to_have_url(re.compile(r"/masuk\?next="))
    page.fill("input[name=username]", "ani")
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    expect(page).to_have_url(re.compile("/akun$"))
