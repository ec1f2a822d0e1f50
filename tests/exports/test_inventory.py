"""What an inventory says, now and of any past moment."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text, update
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody.models import ShipmentLine
from assets_service.devices import commands as devices
from assets_service.devices.asks import AmendDevice
from assets_service.exports.asks import read_as_of
from assets_service.exports.columns import FLAGS, Edition
from assets_service.exports.verify import verify_file
from assets_service.flags.queries import Flag
from assets_service.kernel.clock import rfc3339
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.ledger.chain import hash_of
from assets_service.ledger.models import Chain, Entry
from assets_service.ledger.queries import history
from tests import build
from tests.exports.build_exports import a_file, a_lived_in_fleet, facts_of, rows_of, somebody
from tests.tampering import behind_its_back


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
    codes = [row[14] for row in rows_of(db, stamp)]
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


def test_the_ledger_is_asked_for_the_chains_of_a_province_alone(db: Database) -> None:
    with db.writing() as session:
        a_lived_in_fleet(session)
        stamp = somebody(session, Role.AUDITOR, "81")
    plan = the_plan_of_an_inventory_as_of(db, stamp, stamp.at)
    assert "ix_entries_office" in plan
    assert "ix_entries_bound_for" in plan
    assert "SCAN entries" not in plan  # SQLite's words for reading all of it
    assert "Seq Scan on entries" not in plan  # PostgreSQL's
    assert "ORDER BY" not in plan  # SQLite would keep all of it in memory to put it in order


def the_plan_of_an_inventory_as_of(db: Database, stamp: Stamp, as_of: datetime) -> str:
    """How the database reads the ledger for it, by its own word."""
    asked: list[tuple[str, Any]] = []

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "FROM chains" in statement:
            asked.append((statement, parameters))

    event.listen(db.engine, "before_cursor_execute", keep)
    rows_of(db, stamp, as_of=as_of)
    event.remove(db.engine, "before_cursor_execute", keep)
    [(statement, parameters)] = asked
    with db.reading() as session:
        connection = session.connection()
        if not db.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # so few rows are quicker read whole
            connection.execute(text("SET LOCAL enable_hashjoin = off"))
        explain = "EXPLAIN QUERY PLAN" if db.is_sqlite else "EXPLAIN"
        lines = connection.exec_driver_sql(f"{explain} {statement}", parameters)
        return "\n".join(str(line[-1]) for line in lines)


def test_a_receipt_is_by_whom_its_entry_was_hashed_for(db: Database) -> None:
    with db.writing() as session:
        fleet = a_lived_in_fleet(session)
        stranger = build.a_person(session, "Orang Lain")
    stamp = build.system(build.later(days=40))
    with behind_its_back(db) as session:
        session.execute(update(Entry).values(actor=f"person/{stranger.id}"))
        session.execute(update(ShipmentLine).values(closed_by_id=stranger.id))
    assert facts_of(db, stamp, as_of=stamp.at)[fleet["held"].code]["received_by"] == "Siti"


def test_what_a_clock_that_was_set_back_told_is_ordered_by_its_number(db: Database, tmp_path: Path) -> None:
    """Registered at one by a clock that then fell to noon: at half past twelve there is no such device yet."""
    with db.writing() as session:
        build.roster(session)
        device = build.a_device(session, when=build.later(hours=1))
        devices.amend(session, device, AmendDevice(note="Layar baru"), stamp=build.system(build.later(hours=2)))
    with behind_its_back(db) as session:
        run_backwards(session, device.code, build.NOON)
    stamp = build.system(build.later(days=40))

    def notes(**since: float) -> list[str]:
        return [facts["note"] for facts in facts_of(db, stamp, as_of=build.later(**since)).values()]

    assert notes(minutes=30) == []
    assert notes(hours=1) == ["Layar baru"]
    a_file(db, tmp_path / "a.csv", as_of=rfc3339(build.later(minutes=30)))
    assert verify_file(tmp_path / "a.csv").holds


def run_backwards(session: Session, code: str, at: datetime) -> None:
    """The chain's last entry bears an earlier time than the one before it, and is hashed for it."""
    last = history(session, code)[-1]
    last.at = at
    last.hash = hash_of(last)
    session.execute(update(Chain).where(Chain.subject == code).values(hash=last.hash))
