"""What an inventory says, now and of any past moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets_service.exports.columns import FLAGS, Edition
from assets_service.exports.inventory import read_as_of
from assets_service.flags.queries import Flag
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.ledger.stamp import Role
from tests import build
from tests.exports.build_exports import a_lived_in_fleet, facts_of, rows_of, somebody


@pytest.mark.parametrize("days", [9, 18, 400])
@pytest.mark.parametrize("place", [("00", Role.AUDITOR), ("81", Role.AUDITOR), ("81.02", Role.HEAD), ("31", Role.HEAD)])
def test_the_ledger_alone_tells_what_the_register_says(db: Database, place: tuple[str, Role], days: int) -> None:
    at = build.later(days=days)
    with db.writing() as session:
        a_lived_in_fleet(session)
        stamp = somebody(session, place[1], place[0], when=max(at, build.later(days=9)))

    assert rows_of(db, stamp, as_of=stamp.at) == rows_of(db, stamp)


def test_a_device_is_where_it_was_then(db: Database) -> None:
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        stamp = build.system(build.later(days=40))
    held, booked = fleet["held"].code, fleet["booked"].code

    def then(code: str, days: float, *names: str) -> tuple[Any, ...]:
        row = facts_of(db, stamp, as_of=build.later(days=days))[code]
        return tuple(row[name] for name in names)

    handed = ("handover", "received_by")
    assert then(held, 2, *handed) == (None, None)
    assert then(held, 4, *handed) == ("PK-2026-000001", "Siti")
    custody = ("office", "bound_for", "presence", "holder", "condition", "sent_on", "received_on")
    assert then(held, 0, *custody) == ("00", None, "present", None, "good", None, None)
    assert then(held, 2, *custody) == ("00", "81.02", "in_transit", None, "good", "2026-11-21", None)
    assert then(held, 4, *custody) == ("81.02", None, "present", None, "good", None, "2026-11-23")
    assert then(held, 5, *custody) == ("81.02", None, "present", "Siti", "good", None, "2026-11-23")
    assert then(held, 6, *custody) == ("81.02", None, "present", "Siti", "light", None, "2026-11-23")
    assert then(booked, 7, "note", "nup") == ("=1+1", 7)
    assert then(booked, 8, "note", "nup") == ("Layar baru", 8)
    assert then(fleet["retired"].code, 8, "presence") == ("present",)
    assert then(fleet["retired"].code, 9, "presence") == ("written_off",)
    assert facts_of(db, stamp, as_of=build.later(seconds=-1)) == {}


def test_what_was_in_scope_then_is_shown_not_what_is_now(db: Database) -> None:
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        regency = somebody(session, Role.HEAD, "81.02")
        capital = somebody(session, Role.AUDITOR, "31")
    here = fleet["here"].code

    assert here not in facts_of(db, regency, as_of=build.later(hours=1))
    assert here in facts_of(db, regency, as_of=build.later(days=1))  # on its way to them
    assert here in facts_of(db, regency)
    assert facts_of(db, capital, as_of=build.later(days=1)) == {} == facts_of(db, capital)


def test_an_office_means_its_whole_subtree_then_as_now(db: Database) -> None:
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "00")
    in_maluku = {fleet[name].code for name in ("here", "held", "retired")}

    assert set(facts_of(db, stamp, under="81")) == in_maluku == set(facts_of(db, stamp, under="81", as_of=stamp.at))
    assert set(facts_of(db, stamp, under="81", as_of=build.NOON)) == {fleet["retired"].code}


@pytest.mark.parametrize("as_of", [None, build.NOON])
def test_an_office_outside_the_scope_is_not_told_from_one_that_does_not_exist(
    db: Database, as_of: datetime | None
) -> None:
    with db.writing() as session:
        build.roster(session)
        stamp = somebody(session, Role.HEAD, "81.02")
    for code in ("31", "99", "81"):
        with pytest.raises(Invalid) as refused:
            rows_of(db, stamp, under=code, as_of=as_of)
        assert refused.value.problems[0].message == "There is no office {code} that you can see."


def test_the_public_edition_holds_nothing_that_leads_to_a_device_or_a_person(db: Database) -> None:
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "00")

    whole = str(rows_of(db, stamp, edition=Edition.PUBLIC)) + str(
        rows_of(db, stamp, edition=Edition.PUBLIC, as_of=stamp.at)
    )

    secrets = {"Siti", "Layar baru", "3100102009", "115010199412345000KD"}
    secrets |= {str(getattr(device, name)) for device in fleet.values() for name in ("code", "serial", "imei1")} - {
        "None"
    }
    assert not [secret for secret in secrets if secret in whole]
    assert "Bawaslu Kabupaten Maluku Tenggara" in whole


def test_devices_stand_office_by_office_in_the_order_of_the_tree(db: Database) -> None:
    with db.writing() as session:
        build.roster(session)
        for place in ("81.02", "00", "31.71", "81", "31", "00"):
            build.a_device(session, at=place)
    stamp = build.system()
    codes = [row[13] for row in rows_of(db, stamp)]
    assert codes == ["00", "00", "31", "31.71", "81", "81.02"]


def test_every_flag_has_a_word_in_files() -> None:
    assert list(FLAGS) == [flag.value for flag in Flag]


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        (None, None),
        ("", None),
        ("2026-11-19", datetime(2026, 11, 19, 16, 59, 59, 999999, tzinfo=UTC)),  # midnight in WIB
        ("2026-11-20", build.NOON),  # today has not ended: up to now
        ("2026-11-20T04:00:00Z", datetime(2026, 11, 20, 4, tzinfo=UTC)),
        ("2026-11-20T11:00:00+07:00", datetime(2026, 11, 20, 4, tzinfo=UTC)),
    ],
)
def test_a_day_ends_at_midnight_in_wib(text: str | None, instant: datetime | None) -> None:
    assert read_as_of(text, build.NOON) == instant


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-21",
        "2026-11-20T05:00:01Z",
        "2026-11-20T05:00:00",
        "yesterday",
        "2026-13-01",
        "9999-12-31",
        "0001-01-01T00:00:00+23:00x",
        "20261120",
    ],
)
def test_what_is_no_past_moment_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        read_as_of(text, build.NOON)


def test_a_day_in_wib_includes_its_last_second_and_not_the_next(db: Database) -> None:
    last = datetime(2026, 11, 20, 16, 59, 59, tzinfo=UTC)
    with db.writing() as session:
        build.roster(session)
        inside = build.a_device(session, when=last)
        build.a_device(session, when=last + timedelta(seconds=1))
    stamp = build.system(build.later(days=3))
    assert set(facts_of(db, stamp, as_of=read_as_of("2026-11-20", stamp.at))) == {inside.code}
