"""A device that comes to an office is to be checked by a day; until then nothing says that it is late."""

from datetime import UTC, date, datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.custody.models import LineState
from assets_service.devices import commands as devices
from assets_service.devices.asks import DeviceRow
from assets_service.devices.models import Condition, Device, Kind
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import SetPolicy
from assets_service.kernel.db import Database
from assets_service.schedules.models import CheckRule
from tests import build
from tests.clock import StillClock
from tests.custody.build_custody import RECEIVER, a_box, both, confirm, last_told


@pytest.mark.parametrize(
    ("place", "day"),
    [("31.71", date(2026, 12, 31)), ("73.71", date(2026, 12, 31)), ("81.02", date(2027, 6, 30))],
)
def test_a_new_device_is_to_be_checked_by_the_end_of_the_half_year_of_its_office(
    session: Session, place: str, day: date
) -> None:
    build.roster(session)
    at = datetime(2026, 12, 30, 15, 30, tzinfo=UTC)  # 22:30 in WIB, 23:30 in WITA, already the 31st in WIT
    device = build.a_device(session, at=place, when=at)
    assert device.check_due_on == day
    assert last_told(session, device.code)["check_due_on"] == day.isoformat()


def test_each_row_of_a_file_is_to_be_checked_as_its_office_says(session: Session) -> None:
    build.roster(session)
    inspections.set_policy(session, SetPolicy(office="81", rule=CheckRule.MONTHS, months=3), stamp=build.system())
    rows = [
        DeviceRow(row=row, kind=Kind.TABLET, condition=Condition.GOOD, office=at, **build.device_facts(Kind.TABLET))
        for row, at in enumerate(("81.02", "73", "81.72"), 2)
    ]
    made = devices.register_each(session, rows, stamp=build.system())
    assert [device.check_due_on for device in made] == [date(2027, 2, 20), date(2026, 12, 31), date(2027, 2, 20)]
    assert last_told(session, made[0].code)["check_due_on"] == "2027-02-20"


@pytest.mark.parametrize("outcome", [LineState.RECEIVED, LineState.RECEIVED_WITH_NOTES])
def test_what_arrives_is_to_be_checked_as_the_receiver_says_whatever_the_sender_had_missed(
    session: Session, outcome: LineState
) -> None:
    who = both(session)
    inspections.set_policy(session, SetPolicy(office=RECEIVER, rule=CheckRule.MONTHS, months=2), stamp=build.system())
    device = build.a_device(session, when=build.later(days=-400))
    assert device.check_due_on == date(2025, 12, 31)
    confirm(session, a_box(session, [device], who.sender), who.receiver, **{device.code: outcome})
    assert device.check_due_on == date(2027, 1, 20)
    assert last_told(session, device.code)["check_due_on"] == "2027-01-20"


@pytest.mark.parametrize("outcome", [LineState.SHORT, LineState.DECLINED])
def test_what_does_not_arrive_keeps_its_day(session: Session, outcome: LineState) -> None:
    who = both(session)
    device = build.a_device(session, when=build.later(days=-400))
    confirm(session, a_box(session, [device], who.sender), who.receiver, **{device.code: outcome})
    assert device.check_due_on == date(2025, 12, 31)


def received_now(session: Session) -> Device:
    """A device that lay in the store for a year, and came to Maluku Tenggara this very moment."""
    who = both(session)
    device = build.a_device(session, when=build.later(days=-400))
    confirm(session, a_box(session, [device], who.sender), who.receiver, **{device.code: LineState.RECEIVED})
    return device


def test_everywhere_a_device_just_received_was_never_checked_and_is_not_overdue(
    client: TestClient[Litestar], db: Database, clock: StillClock
) -> None:
    with db.writing() as session:
        code = received_now(session).code
        head = build.bearer(build.a_token(session, build.a_person(session, at=RECEIVER, role=Role.HEAD)))
    head |= {"Accept-Language": "en"}

    def said() -> dict[str, object]:
        flags = client.get(f"/api/v1/devices/{code}", headers=head).json()["flags"]
        counts = client.get("/api/v1/flags", headers=head).json()
        pages = {path: client.get(path, headers=head).text for path in ("/", "/pemeriksaan", "/tanda", "/publik")}
        lists = {flag: code in client.get(f"/tanda/{flag}", headers=head).text for flag in ("overdue", "never_checked")}
        return {
            "device": [flag for flag in flags if (flag in counts and "check" in flag) or flag == "overdue"],
            "counts": (counts["overdue"], counts["never_checked"]),
            "lists": lists,
            "tiles": {path: number_beside("Never checked", text) for path, text in pages.items()},
            "red": {
                path: number_beside("Check overdue", text) for path, text in pages.items() if path != "/pemeriksaan"
            },
        }

    assert said() == {
        "device": ["never_checked"],
        "counts": (0, 1),
        "lists": {"overdue": False, "never_checked": True},
        "tiles": dict.fromkeys(("/", "/pemeriksaan", "/tanda", "/publik"), 1),
        "red": {"/": 0, "/tanda": 0, "/publik": 0},
    }
    clock.at = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # midnight in Maluku: the day has passed
    assert said() == {
        "device": ["overdue", "never_checked"],
        "counts": (1, 1),
        "lists": {"overdue": True, "never_checked": True},
        "tiles": dict.fromkeys(("/", "/pemeriksaan", "/tanda", "/publik"), 1),
        "red": {"/": 1, "/tanda": 1, "/publik": 1},
    }


def number_beside(word: str, page: str) -> int:
    """The number on the tile with this word; 0 where there is no such tile."""
    before, found, _ = page.partition(f"</b><span>{word}</span>")
    return int(before.rpartition("<b>")[2]) if found else 0
