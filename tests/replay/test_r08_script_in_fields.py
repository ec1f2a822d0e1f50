"""R8: scripts in every text field, on every page, in a real browser: none runs."""

import re

import pytest
from litestar import Litestar
from playwright.sync_api import Page

from assets_service.access.routes import policy_of
from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewHolder, NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Outcome
from assets_service.devices.models import Condition
from assets_service.kernel.clock import utc_now
from assets_service.kernel.db import Database
from assets_service.labelling import commands as labelling
from assets_service.labelling.asks import FinderNote
from assets_service.offices import commands as offices
from assets_service.offices.asks import AmendOffice
from assets_service.people import commands as people
from assets_service.people.asks import AmendPerson
from assets_service.signing_in.door import COOKIE
from tests import build
from tests.contract.routes import calls
from tests.inspections.build_inspections import a_check

pytestmark = pytest.mark.browser

RUN = "window.ran=(window.ran||0)+1"
PAYLOADS = (
    f"<script>{RUN}</script>",
    f"\"'><img src=x onerror={RUN}>",
    f"</textarea></title></option><svg onload={RUN}>",
    f"' autofocus onfocus={RUN} x='",
    f"javascript:{RUN}",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
)
ALL = " ".join(PAYLOADS)
# Not pages: files, and where reading changes something.
SKIPPED = re.compile(r"^/(static|schema|api|health|metrics|berkas|bahasa|ekspor/\{|label/pratinjau|impor/templat|docs)")


def everywhere(db: Database) -> tuple[str, dict[str, str]]:
    """A world whose every text is a payload; the token of an administrator, and what stands in addresses."""
    with db.writing() as session:
        build.roster(session)
        by = build.system()
        admin = build.a_person(session, PAYLOADS[1][:100], at="00", role=Role.ADMIN)
        build.a_role(session, admin, Role.HEAD, at="81.02", by=by)
        people.amend(session, admin, AmendPerson(title=PAYLOADS[0]), stamp=by)
        his = build.stamp(session, admin)
        there = build.office(session, "81.02")
        names = AmendOffice(name=PAYLOADS[0], office_name=PAYLOADS[1], head_name=PAYLOADS[3], address=ALL[:300])
        offices.amend(session, there, names, stamp=by)
        brand, model, serial = PAYLOADS[0][:60], PAYLOADS[1][:80], PAYLOADS[3][:60]
        device = build.a_device(session, brand=brand, model=model, serial=serial, note=ALL)
        box = custody.create(
            session,
            NewShipment(
                to_office="81.02",
                devices=[device.code],
                purpose=PAYLOADS[1],
                note=ALL,
                courier=PAYLOADS[0],
                waybill=PAYLOADS[1][:80],
                send=True,
            ),
            stamp=by,
        )
        seen = [
            ReceiptLine(device=device.code, outcome=Outcome.RECEIVED, condition=Condition.LIGHT, note=ALL),
            ReceiptLine(device=PAYLOADS[0], outcome=Outcome.RECEIVED, condition=None, note=ALL),
        ]
        custody.receive(session, box, NewReceipt(lines=seen), stamp=his)
        a_check(session, device, his, condition=Condition.HEAVY, note=ALL)
        custody.hold(session, device, NewHolder(person=None), stamp=his)
        labelling.write_finder(session, device.code, FinderNote(message=ALL, contact=PAYLOADS[1]), stamp=by)
        session.flush()
        token = build.a_token(session, admin, at=utc_now())
        return token, {"code": device.code, "office": "81.02", "shipment_id": str(box.id), "person_id": str(admin.id)}


def addresses(app: Litestar, known: dict[str, str]) -> list[str]:
    """Every page that can be looked at, and each list with a payload in its search."""
    found = []
    for call, handler in calls(app):
        method, path = call.split(" ", 1)
        if method != "GET" or SKIPPED.match(path) or policy_of(handler) is None:
            continue
        values = known | ({"code": known["office"]} if path.startswith("/kantor") else {})
        at = re.sub(r"\{(\w+):\w+\}", lambda name, values=values: values.get(name[1], "1"), path)  # type: ignore[misc]  # a default binds the loop's
        found.append(at.replace("/tanda/1", "/tanda/overdue"))
    searches = [
        f"{at}?q=%22%3E%3Cimg%20src=x%20onerror={RUN}%3E&office=%3Csvg%20onload={RUN}%3E"
        for at in found
        if at.count("/") == 1
    ]
    return [*found, *searches, f"/pindai?kode=%3Cimg%20src=x%20onerror={RUN}%3E", f"/masuk?next=javascript:{RUN}"]


def test_no_script_of_a_users_runs_on_any_page(page: Page, app: Litestar, db: Database, served: str) -> None:
    token, known = everywhere(db)
    page.context.add_cookies([{"name": COOKIE, "value": token, "url": served}])
    ran, refused, shown = [], [], 0
    for address in addresses(app, known):
        answer = page.goto(address, wait_until="load")
        if answer is None or answer.status >= 500:
            refused.append((address, answer and answer.status))
        if answer and "script-src" not in (policy := answer.headers.get("content-security-policy", "")):
            assert "default-src 'self'" in policy, address
        shown += "onerror=" in page.inner_text("body")
        if page.evaluate("window.ran || 0"):
            ran.append(address)
        if page.locator("script:not([src]):not([type='application/json'])").count():
            ran.append(f"inline script at {address}")
    assert ran == []
    assert refused == []
    assert shown > 10  # as the text that they are
