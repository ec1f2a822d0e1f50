"""Every flag is said twice, as SQL and in Python; both must always say the same."""

import re
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import msgspec
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from assets_service.access.stamp import Right, Role, Stamp
from assets_service.devices.models import Condition, Device, Presence
from assets_service.devices.queries import visible_to, whole
from assets_service.flags.errors import NoSuchFlag
from assets_service.flags.queries import Flag, Flags, flag_named
from assets_service.kernel.clock import ZONES
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Invalid
from assets_service.offices.queries import Area
from tests import build
from tests.build import NOON, a_device, a_person, office, stamp

FLAGS = Flags(unconfirmed_after_days=14)
PLACES = ("31.71", "62.71", "73.71", "81.02", "00")


def the_country(at: datetime = NOON) -> Stamp:
    return msgspec.structs.replace(build.system(at), rights=(Right(Role.AUDITOR, "/00/"),))


def a_mixed_fleet(session: Session, number: int, seed: int = 1) -> list[Device]:
    """Devices in every combination of facts that flags look at, some due right at the edge of today."""
    build.roster(session)
    holder = a_person(session)
    chance = Random(seed)
    today = NOON.date()
    offices = [office(session, place) for place in PLACES]
    made = [a_device(session, at=chance.choice(PLACES)) for _ in range(number)]
    for device in made:
        device.presence = chance.choice(list(Presence))
        if device.presence is Presence.IN_TRANSIT:
            device.bound_for = chance.choice(offices)
            device.sent_at = NOON - timedelta(days=chance.randint(12, 16), seconds=chance.randint(-1, 1))
            device.expected_on = chance.choice([None, *(today + timedelta(days=day) for day in (-2, -1, 0, 1))])
            opened = timedelta(days=3, seconds=chance.randint(-1, 1))
            device.arrived_at = chance.choice([None, NOON - opened])
        device.return_due_on = chance.choice([None, *(today + timedelta(days=day) for day in (-2, -1, 0, 1))])
        device.condition = chance.choice(list(Condition))
        device.holder = chance.choice([holder, None])
        device.received_at = chance.choice([NOON, None])
        device.check_due_on = chance.choice([None, *(today + timedelta(days=day) for day in (-2, -1, 0, 1, 2))])
        device.last_checked_on = chance.choice([None, today - timedelta(days=100)])
        device.label_attached_at = chance.choice([NOON, None])
        device.one_sided = chance.choice([True, False])
        device.kode_barang, device.nup = "3100102009", chance.choice([device.id, None])
    session.flush()
    return made


def flagged_by_sql(session: Session, flag: Flag, at: datetime) -> set[int]:
    return set(session.scalars(select(Device.id).where(FLAGS.clause(flag, at))))


def instants() -> list[datetime]:
    """Around local midnight in each zone, around the end of a shipment's patience, and in between."""
    edges = [
        datetime.combine(NOON.date() + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC) for zone in ZONES
    ]
    near = [at + timedelta(seconds=second) for at in [*edges, NOON] for second in (-1, 0, 1)]
    chance = Random(2)
    return near + [NOON + timedelta(seconds=chance.randint(-200_000, 200_000)) for _ in range(10)]


def test_sql_and_python_flag_the_same_devices_at_every_instant(session: Session) -> None:
    devices = a_mixed_fleet(session, 150)
    seen = dict.fromkeys(Flag, 0)
    for at in instants():
        in_python = FLAGS.of(session, devices, at)
        for flag in Flag:
            by_sql = flagged_by_sql(session, flag, at)
            assert by_sql == {device_id for device_id, flags in in_python.items() if flag in flags}, (flag, at)
            seen[flag] += 0 < len(by_sql) < len(devices)
    assert all(seen.values()), "each flag was on some devices and not on others"


def test_counts_lists_and_places_say_the_same(session: Session) -> None:
    a_mixed_fleet(session, 80)
    for at in instants()[:9]:
        country = the_country(at)
        counts = FLAGS.counts(session, country)
        assert counts == {flag: len(flagged_by_sql(session, flag, at)) for flag in Flag}
        for places in (FLAGS.counts_by_office(session, country), FLAGS.counts_by_province(session, country)):
            assert {flag: sum(place.counts[flag] for place in places) for flag in Flag} == counts
            assert [sum(place.counts.values()) for place in places] == sorted(
                (sum(place.counts.values()) for place in places), reverse=True
            )
        only = FLAGS.counts_by_office(session, country, Flag.OVERDUE)
        assert sum(place.counts[Flag.OVERDUE] for place in only) == counts[Flag.OVERDUE]
        assert all(place.counts.keys() == {Flag.OVERDUE} for place in only)


def test_provinces_gather_their_offices(session: Session) -> None:
    build.roster(session)
    for place in ("81", "81.02", "81.72", "73.71", "00"):
        a_device(session, at=place)
    places = FLAGS.counts_by_province(session, the_country(), Flag.UNASSIGNED)
    assert [(place.code, place.counts[Flag.UNASSIGNED]) for place in places] == [("81", 3), ("00", 1), ("73", 1)]
    below = FLAGS.counts_by_office(session, the_country(), Flag.UNASSIGNED, area=Area("/00/81/81.02/"))
    assert [place.code for place in below] == ["81.02"]


def test_nobody_counts_what_they_cannot_see(session: Session) -> None:
    build.roster(session)
    for place in ("81", "81.02", "81.72", "73.71"):
        a_device(session, at=place)
    head = stamp(session, a_person(session, at="81.02", role=Role.HEAD))
    assert FLAGS.counts(session, head)[Flag.UNASSIGNED] == 1
    for places in (FLAGS.counts_by_office(session, head), FLAGS.counts_by_province(session, head)):
        assert [place.name for place in places] == ["Kabupaten Maluku Tenggara"], "not even its province's name"
    assert FLAGS.counts(session, head, area=Area("/00/73/"))[Flag.UNASSIGNED] == 0
    stranger = stamp(session, a_person(session))
    assert set(FLAGS.counts(session, stranger).values()) == {0}


@pytest.mark.parametrize("place", ["31.71", "73.71", "81.02"])
@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2028, 2, 29)])
def test_a_due_day_ends_with_the_local_day_of_the_office_that_holds_the_device(
    session: Session, place: str, day: date
) -> None:
    build.roster(session)
    device = a_device(session, at=place)
    device.check_due_on = day
    session.flush()
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(device.office.timezone)).astimezone(UTC)
    for at, is_overdue in (
        (midnight - timedelta(seconds=1), False),
        (midnight, True),
        (midnight + timedelta(seconds=1), True),
    ):
        assert (device.id in flagged_by_sql(session, Flag.OVERDUE, at)) is is_overdue
        assert ("overdue" in FLAGS.of(session, [device], at)[device.id]) is is_overdue
        assert FLAGS.counts(session, the_country(at))[Flag.OVERDUE] == is_overdue


def test_the_east_is_overdue_first(session: Session) -> None:
    build.roster(session)
    for place in ("31.71", "73.71", "81.02"):
        a_device(session, at=place).check_due_on = date(2026, 12, 31)
    session.flush()
    counted = [
        FLAGS.counts(session, the_country(datetime(2026, 12, 31, hour, 30, tzinfo=UTC)))[Flag.OVERDUE]
        for hour in (14, 15, 16, 17)
    ]
    assert counted == [0, 1, 2, 3]


@pytest.mark.parametrize(("waited", "is_flagged"), [(-1, False), (0, True), (1, True)])
def test_a_shipment_is_unconfirmed_after_its_days_to_the_second(
    session: Session, waited: int, is_flagged: bool
) -> None:
    build.roster(session)
    device = a_device(session, at="00")
    device.presence, device.bound_for, device.sent_at = Presence.IN_TRANSIT, office(session, "81"), NOON
    session.flush()
    at = NOON + timedelta(days=14, seconds=waited)
    assert bool(flagged_by_sql(session, Flag.UNCONFIRMED, at)) is is_flagged


def test_a_new_device_awaits_everything_and_a_written_off_one_nothing(session: Session) -> None:
    build.roster(session)
    device = a_device(session, at="81.02")
    assert FLAGS.of(session, [device], NOON)[device.id] == [
        "never_checked", "unassigned", "undelivered", "unlabelled", "unbooked",
    ]  # fmt: skip
    device.presence, device.condition = Presence.WRITTEN_OFF, Condition.HEAVY
    assert FLAGS.of(session, [device], NOON)[device.id] == []


def test_flags_of_devices_already_read_ask_the_database_nothing(session: Session) -> None:
    a_mixed_fleet(session, 5)
    session.expunge_all()
    devices = list(session.scalars(whole(visible_to(the_country()))))
    asked: list[str] = []

    def listen(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    FLAGS.of(session, devices, NOON)
    assert asked == []
    assert FLAGS.of(session, [], NOON) == {}
    FLAGS.counts(session, the_country())
    event.remove(engine, "before_cursor_execute", listen)
    assert len(asked) == 1, "all counts are one statement"


def test_an_unknown_flag_is_refused_with_those_there_are() -> None:
    with pytest.raises(NoSuchFlag) as refused:
        flag_named("sleepy")
    assert "overdue" in str(refused.value)
    with pytest.raises(Invalid):
        FLAGS.clause("sleepy", NOON)
    assert flag_named("overdue") is Flag.OVERDUE


def test_counting_reads_the_devices_once(session: Session, db: Database) -> None:
    """One bounded pass: whatever is asked, the plan names the table of devices a single time."""
    a_mixed_fleet(session, 3)
    plans: list[str] = []

    def explain(connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith("SELECT") and "FROM devices" in statement:
            prefix = "EXPLAIN QUERY PLAN " if db.is_sqlite else "EXPLAIN "
            rows = connection.exec_driver_sql(prefix + statement, parameters).all()  # type: ignore[attr-defined]
            plans.append("\n".join(" ".join(str(part) for part in row) for row in rows))

    event.listen(session.get_bind(), "before_cursor_execute", explain)
    FLAGS.counts(session, the_country())
    FLAGS.counts_by_office(session, the_country())
    FLAGS.counts_by_province(session, the_country(), Flag.OVERDUE)
    event.remove(session.get_bind(), "before_cursor_execute", explain)
    session.execute(text("SELECT 1"))
    assert len(plans) == 3
    for plan in plans:
        assert len(re.findall(r"(?:SCAN|SEARCH| on) devices\b", plan)) == 1, plan


@pytest.mark.parametrize(("length", "repeated"), [(39, 39), (40, 40), (41, 40), (3_000, 40)])
def test_forty_characters_of_a_wrong_flag_are_repeated(length: int, repeated: int) -> None:
    with pytest.raises(NoSuchFlag) as refused:
        flag_named("z" * length)
    assert refused.value.facts["kind"] == "z" * repeated
