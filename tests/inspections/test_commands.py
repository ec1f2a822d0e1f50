"""What a check changes, and what it refuses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.devices import commands as devices
from assets_service.devices import queries as device_queries
from assets_service.devices.asks import AmendDevice
from assets_service.devices.errors import InTransit, Retired
from assets_service.devices.models import Condition, Device, Kind, Presence
from assets_service.inspections import commands, queries
from assets_service.inspections.asks import SetPolicy
from assets_service.inspections.errors import NoSuchCheck, ReportedMissing
from assets_service.inspections.models import Check, CheckPhoto, Verdict
from assets_service.kernel.errors import Forbidden, Invalid
from assets_service.ledger import facts as ledger_facts
from assets_service.ledger import queries as ledger
from assets_service.ledger.models import Entry
from assets_service.offices.queries import Area
from assets_service.photos import commands as photos
from assets_service.photos.models import Photo
from assets_service.photos.reading import Picture
from assets_service.schedules import queries as schedules
from assets_service.schedules.models import CheckRule, next_due
from tests import build
from tests.build import NOON, a_device, a_person, later, office, stamp
from tests.inspections.build_inspections import a_check, a_photo


@pytest.fixture
def head(session: Session) -> Stamp:
    """The head of Maluku Tenggara, a day after everything was built."""
    build.roster(session)
    return stamp(session, a_person(session, at="81.02", role=Role.HEAD), at=later(days=1))


def problems(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.pointer for problem in refusal.value.problems]


def told(session: Session, device: Device) -> dict[str, Any]:
    """The facts that the device's whole history states."""
    facts = ledger_facts.begun(device.code)
    for entry in ledger.history(session, device.code):
        ledger_facts.fold_body(facts, entry.body)
    return facts


def test_a_check_changes_the_device_and_its_history_tells_the_same(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    made = a_check(session, device, head, condition=Condition.HEAVY, note="Layar pecah", label_present=True)

    assert device.condition is Condition.HEAVY
    assert device.last_checked_on == made.checked_on == date(2026, 11, 21)
    assert device.check_due_on == made.next_due_on == date(2026, 12, 31)
    assert device.label_attached_at == head.at
    assert device.version == 2
    facts = told(session, device)
    assert (facts["condition"], facts["last_checked_on"], facts["check_due_on"]) == (
        "heavy",
        "2026-11-21",
        "2026-12-31",
    )
    assert facts["label_attached_at"] is not None
    assert facts["note"] is None, "the check's note is not the device's"


@pytest.mark.parametrize("role", [Role.ADMIN, Role.LOGISTICS, Role.HEAD])
@pytest.mark.parametrize("place", ["81.02", "81", "00"])
def test_who_writes_in_the_offices_subtree_may_check(session: Session, role: Role, place: str) -> None:
    build.roster(session)
    by = stamp(session, a_person(session, at=place, role=role))
    assert a_check(session, a_device(session, at="81.02"), by).person_id == by.actor_id


@pytest.mark.parametrize(
    ("role", "place"),
    [(Role.AUDITOR, "81.02"), (Role.AUDITOR, "00"), (Role.HEAD, "81.72"), (Role.LOGISTICS, "73"), (None, "81.02")],
)
def test_others_may_not_check(session: Session, role: Role | None, place: str) -> None:
    build.roster(session)
    by = stamp(session, a_person(session, at=place, role=role))
    device = a_device(session, at="81.02")
    with pytest.raises(Forbidden):
        a_check(session, device, by)
    assert session.scalars(select(Entry.kind).where(Entry.subject == device.code)).all() == ["devices.registered"]


def test_the_receiving_office_waits_until_it_has_received(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81")
    device.presence, device.bound_for, device.sent_at = Presence.IN_TRANSIT, office(session, "81.02"), NOON
    with pytest.raises(InTransit):
        a_check(session, device, head)


@pytest.mark.parametrize(
    ("presence", "refusal"),
    [(Presence.LOST, ReportedMissing), (Presence.NOT_FOUND, ReportedMissing), (Presence.WRITTEN_OFF, Retired)],
)
def test_what_is_not_present_cannot_be_checked(
    session: Session, head: Stamp, presence: Presence, refusal: type[Exception]
) -> None:
    device = a_device(session, at="81.02")
    device.presence = presence
    with pytest.raises(refusal):
        a_check(session, device, head)
    assert session.scalars(select(Check)).all() == []


@pytest.mark.parametrize("condition", [Condition.LIGHT, Condition.HEAVY])
@pytest.mark.parametrize("note", [None, "", "  \n "])
def test_damage_needs_a_note(session: Session, head: Stamp, condition: Condition, note: str | None) -> None:
    with pytest.raises(Invalid) as refused:
        a_check(session, a_device(session, at="81.02"), head, condition=condition, note=note)
    assert problems(refused) == ["/note"]


def test_the_database_keeps_that_rule_too(session: Session, head: Stamp) -> None:
    made = a_check(session, a_device(session, at="81.02"), head)
    made.condition = Condition.HEAVY
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_every_bad_field_is_named_at_once(session: Session, head: Stamp) -> None:
    with pytest.raises(Invalid) as refused:
        a_check(
            session,
            a_device(session, at="81.02", kind=Kind.TABLET),
            head,
            condition=Condition.LIGHT,
            checklist={"sim": Verdict.OK, "screen": Verdict.OK, "wings": Verdict.PROBLEM},
            photos=["0" * 64],
            observed_at=later(days=2),
        )
    assert problems(refused) == ["/note", "/observed_at", "/checklist/sim", "/checklist/wings", "/photos/0"]


def test_a_sim_is_looked_at_only_where_there_is_a_modem(session: Session, head: Stamp) -> None:
    assert head
    tablet, phone = queries.checklist(session, Kind.TABLET), queries.checklist(session, Kind.SMARTPHONE)
    assert [item for item in phone if item != "sim"] == tablet
    assert len(phone) == len(tablet) + 1 == 9


# The phone's clock -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claimed", "accepted"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (timedelta(), True),
        (timedelta(days=-1), True),  # the moment of registration
        (timedelta(days=-1, minutes=-5), True),  # a phone's clock may be five minutes behind
        (timedelta(days=-1, minutes=-5, seconds=-1), False),
    ],
)
def test_a_check_was_seen_after_registration_and_not_in_the_future(
    session: Session, head: Stamp, claimed: timedelta, accepted: bool
) -> None:
    device = a_device(session, at="81.02")
    if not accepted:
        with pytest.raises(Invalid) as refused:
            a_check(session, device, head, observed_at=head.at + claimed)
        assert problems(refused) == ["/observed_at"]
        return
    made = a_check(session, device, head, observed_at=head.at + claimed)
    entry = session.scalars(select(Entry).where(Entry.kind == "inspections.checked")).one()
    assert entry.claimed_at == head.at + claimed, "kept as claimed"
    assert entry.at == made.at == head.at, "the server's own clock"
    assert device.registered_at <= made.observed_at <= head.at


def test_an_older_check_that_comes_late_is_recorded_but_moves_nothing_backwards(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    a_check(session, device, head, condition=Condition.LIGHT, note="Retak", label_present=True)
    before = (device.condition, device.last_checked_on, device.check_due_on, device.label_attached_at)
    facts = told(session, device)

    late = a_check(session, device, head, observed_at=head.at - timedelta(hours=2), label_present=False)
    assert late.condition is Condition.GOOD
    assert late.next_due_on == device.check_due_on
    assert (device.condition, device.last_checked_on, device.check_due_on, device.label_attached_at) == before
    assert told(session, device) == facts
    assert [check.id for check in queries.of_device(session, device, after=None, limit=10)][-1] == late.id


def test_a_check_before_the_day_that_an_import_brought_moves_nothing(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    device.last_checked_on, device.check_due_on = date(2026, 12, 1), date(2026, 12, 31)
    a_check(session, device, head, condition=Condition.HEAVY, note="Mati")
    assert (device.last_checked_on, device.condition) == (date(2026, 12, 1), Condition.GOOD)


@pytest.mark.parametrize(
    ("place", "day"), [("31.71", date(2026, 11, 21)), ("73.71", date(2026, 11, 21)), ("81.02", date(2026, 11, 22))]
)
def test_the_day_of_a_check_is_the_local_day_of_the_office(session: Session, place: str, day: date) -> None:
    build.roster(session)
    at = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)  # 22:30 in WIB, 23:30 in WITA, 00:30 in WIT
    by = stamp(session, a_person(session, at="00", role=Role.LOGISTICS), at=at)
    assert a_check(session, a_device(session, at=place), by).checked_on == day


def test_a_missing_label_is_missed_and_a_found_one_keeps_its_first_day(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    a_check(session, device, head, label_present=True)
    first = device.label_attached_at
    a_check(session, device, msgspec.structs.replace(head, at=head.at + timedelta(hours=1)), label_present=True)
    assert device.label_attached_at == first
    a_check(session, device, msgspec.structs.replace(head, at=head.at + timedelta(hours=2)))
    assert device.label_attached_at == first
    a_check(session, device, msgspec.structs.replace(head, at=head.at + timedelta(hours=3)), label_present=False)
    assert device.label_attached_at is None
    assert told(session, device)["label_attached_at"] is None


# When the next one is due ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("checked_on", "rule", "months", "due_on"),
    [
        ("2026-01-01", CheckRule.HALF_YEAR, None, "2026-06-30"),
        ("2026-06-29", CheckRule.HALF_YEAR, None, "2026-06-30"),
        ("2026-06-30", CheckRule.HALF_YEAR, None, "2026-12-31"),
        ("2026-07-01", CheckRule.HALF_YEAR, None, "2026-12-31"),
        ("2026-12-30", CheckRule.HALF_YEAR, None, "2026-12-31"),
        ("2026-12-31", CheckRule.HALF_YEAR, None, "2027-06-30"),
        ("2026-01-31", CheckRule.MONTHS, 1, "2026-02-28"),
        ("2028-01-31", CheckRule.MONTHS, 1, "2028-02-29"),
        ("2026-11-22", CheckRule.MONTHS, 1, "2026-12-22"),
        ("2026-12-31", CheckRule.MONTHS, 2, "2027-02-28"),
        ("2026-11-30", CheckRule.MONTHS, 24, "2028-11-30"),
        ("2026-08-31", CheckRule.MONTHS, 3, "2026-11-30"),
    ],
)
def test_the_next_check_is_due(checked_on: str, rule: CheckRule, months: int | None, due_on: str) -> None:
    assert next_due(date.fromisoformat(checked_on), rule, months) == date.fromisoformat(due_on)


def test_the_nearest_office_that_says_so_decides_how_often(session: Session, head: Stamp) -> None:
    admin = build.system()
    device = a_device(session, at="81.02")

    def due_now() -> date:
        return a_check(session, device, head).next_due_on

    assert due_now() == date(2026, 12, 31)
    commands.set_policy(session, SetPolicy(office="00", rule=CheckRule.MONTHS, months=12), stamp=admin)
    assert due_now() == date(2027, 11, 21)
    commands.set_policy(session, SetPolicy(office="81", rule=CheckRule.MONTHS, months=3), stamp=admin)
    assert due_now() == date(2027, 2, 21)
    commands.set_policy(session, SetPolicy(office="81.02", rule=CheckRule.HALF_YEAR), stamp=admin)
    assert due_now() == date(2026, 12, 31)
    commands.set_policy(session, SetPolicy(office="81.02", rule=CheckRule.INHERIT), stamp=admin)
    assert due_now() == date(2027, 2, 21)
    commands.set_policy(session, SetPolicy(office="73", rule=CheckRule.MONTHS, months=1), stamp=admin)
    assert due_now() == date(2027, 2, 21), "another province's rule is not ours"
    assert ledger.count(session, "office/81.02") == 3
    assert [policy.office.code for policy in schedules.policies(session, admin)] == ["00", "73", "81"]
    assert [policy.office.code for policy in schedules.policies(session, head)] == []


@pytest.mark.parametrize("role", [Role.HEAD, Role.LOGISTICS, Role.AUDITOR])
def test_only_an_administrator_sets_the_policy(session: Session, role: Role) -> None:
    build.roster(session)
    by = stamp(session, a_person(session, at="81", role=role))
    with pytest.raises(Forbidden):
        commands.set_policy(session, SetPolicy(office="81", rule=CheckRule.MONTHS, months=3), stamp=by)


def test_a_provinces_administrator_does_not_set_the_countrys(session: Session) -> None:
    build.roster(session)
    by = stamp(session, a_person(session, at="81", role=Role.ADMIN))
    commands.set_policy(session, SetPolicy(office="81.72", rule=CheckRule.MONTHS, months=3), stamp=by)
    with pytest.raises(Invalid):
        commands.set_policy(session, SetPolicy(office="00", rule=CheckRule.MONTHS, months=3), stamp=by)


@pytest.mark.parametrize(
    ("rule", "months"), [(CheckRule.MONTHS, None), (CheckRule.HALF_YEAR, 6), (CheckRule.INHERIT, 1)]
)
def test_months_go_with_their_rule_only(session: Session, rule: CheckRule, months: int | None) -> None:
    build.roster(session)
    with pytest.raises(Invalid) as refused:
        commands.set_policy(session, SetPolicy(office="81", rule=rule, months=months), stamp=build.system())
    assert problems(refused) == ["/months"]


# What is due -----------------------------------------------------------------------------------------------------


def test_the_longest_overdue_stand_first_and_some_were_never_checked(session: Session, head: Stamp) -> None:
    today = date(2026, 11, 21)
    last = date(2026, 5, 4)
    days = [  # due by, last checked on
        (None, None),
        (today, last),
        (today - timedelta(days=1), last),
        (today + timedelta(days=30), None),
        (today + timedelta(days=31), last),
        (date(2026, 6, 30), None),
        (today + timedelta(days=90), None),
    ]
    made = [a_device(session, at="81.02") for _ in days]
    for device, (day, checked_on) in zip(made, days, strict=True):
        device.check_due_on, device.last_checked_on = day, checked_on
    gone = a_device(session, at="81.02")
    gone.presence = Presence.LOST
    a_device(session, at="81.72")
    session.flush()

    found = queries.due(session, head, limit=10)
    assert [made.index(device) for device in found] == [5, 2, 1, 3, 6, 0]
    first = queries.due(session, head, limit=1)
    assert len(first) == 2, "one too many says that there is more"
    rest = queries.due(session, head, after=queries.due_key(first[0]), limit=10)
    assert [first[0], *rest] == found
    for state in queries.Due:
        alike = [device for device in found if state in queries.due_states(device, head.at)]
        assert queries.due(session, head, state=state, limit=10) == alike
    assert queries.due_states(made[5], head.at) == [queries.Due.OVERDUE, queries.Due.NEVER]
    assert queries.standing(session, head) == queries.Standing(overdue=2, soon=2, never=4, total=6)
    assert queries.standing(session, head, area=Area(office(session, "81.72").path)) == queries.Standing(0, 0, 0, 0)
    country = queries.standing(session, build.system(head.at), area=Area(office(session, "81").path))
    assert country == queries.Standing(overdue=2, soon=2, never=5, total=7)
    assert queries.due_states(gone, head.at) == []
    assert queries.due_states(made[4], head.at) == []


# Photos ----------------------------------------------------------------------------------------------------------


def picture(letter: str) -> Picture:
    return Picture(hash=letter * 64, width=10, height=20, bytes=300)


def test_photos_move_to_their_check_in_the_order_given(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    for letter in "abc":
        a_photo(session, picture(letter), head)
    made = a_check(session, device, head, photos=["c" * 64, "a" * 64, "c" * 64])
    whole = queries.of_device_by_id(session, device, made.id)
    session.refresh(whole, ["photos"])
    assert [photo.hash[0] for photo in whole.photos] == ["c", "a"]
    assert session.scalars(select(Photo.hash).where(Photo.attached_at.is_(None))).all() == ["b" * 64]


def test_one_picture_may_show_several_devices(session: Session, head: Stamp) -> None:
    a_photo(session, picture("a"), head)
    for _ in range(2):
        a_check(session, a_device(session, at="81.02"), head, photos=["a" * 64])
    assert len(set(session.scalars(select(CheckPhoto.check_id)))) == 2


def test_a_picture_that_comes_with_its_check_may_have_waited_already(session: Session, head: Stamp) -> None:
    for letter in "abba":
        a_photo(session, picture(letter), head)
    a_check(session, a_device(session, at="81.02"), head, photos=[letter * 64 for letter in "abb"])
    rows = session.execute(select(Photo.hash, CheckPhoto.position).join(CheckPhoto).order_by(CheckPhoto.position))
    assert [(name[0], position) for name, position in rows] == [("a", 0), ("b", 1)]


def test_the_same_upload_twice_waits_once(session: Session, head: Stamp) -> None:
    first = a_photo(session, picture("a"), head)
    again = a_photo(session, picture("a"), msgspec.structs.replace(head, at=later(days=2)))
    assert again is first
    assert first.uploaded_at == later(days=2)


@pytest.mark.parametrize("number", [6, 7])
def test_a_check_shows_at_most_six_photos(session: Session, head: Stamp, number: int) -> None:
    for letter in "abcdef0"[:number]:
        a_photo(session, picture(letter), head)
    names = [letter * 64 for letter in "abcdef0"[:number]]
    device = a_device(session, at="81.02")
    if number == 6:
        assert a_check(session, device, head, photos=names)
        return
    with pytest.raises(Invalid) as refused:
        a_check(session, device, head, photos=names)
    assert problems(refused) == ["/photos"]


def test_anothers_upload_cannot_be_named(session: Session, head: Stamp) -> None:
    other = stamp(session, a_person(session, at="81.02", role=Role.HEAD))
    a_photo(session, picture("a"), other)
    with pytest.raises(Invalid) as refused:
        a_check(session, a_device(session, at="81.02"), head, photos=["a" * 64])
    assert problems(refused) == ["/photos/0"]


def test_an_auditor_uploads_nothing(session: Session) -> None:
    build.roster(session)
    with pytest.raises(Forbidden):
        a_photo(session, picture("a"), stamp(session, a_person(session, role=Role.AUDITOR)))


def test_uploads_whose_check_never_came_are_forgotten_after_a_week(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    for letter in "ab":
        a_photo(session, picture(letter), head)
    a_check(session, device, head, photos=["a" * 64])
    a_photo(session, picture("a"), head)
    session.flush()
    assert photos.sweep(session, at=head.at + timedelta(days=7)) == []
    assert photos.sweep(session, at=head.at + timedelta(days=7, seconds=1)) == ["b" * 64]
    assert session.scalars(select(Photo.hash)).all() == ["a" * 64]


def test_a_check_is_found_only_on_its_own_device(session: Session, head: Stamp) -> None:
    made = a_check(session, a_device(session, at="81.02"), head)
    with pytest.raises(NoSuchCheck):
        queries.of_device_by_id(session, a_device(session, at="81.02"), made.id)


def test_a_check_by_the_system_has_no_person(session: Session, head: Stamp) -> None:
    assert head
    assert a_check(session, a_device(session, at="81.02"), build.system()).person_id is None


def test_the_ledger_still_verifies(session: Session, head: Stamp) -> None:
    device = a_device(session, at="81.02")
    a_check(session, device, head, note="Baik", photos=[], checklist={"screen": Verdict.OK})
    devices.amend(session, device, AmendDevice(note="Dengan sarung"), stamp=build.system(later(days=2)))
    assert ledger.verify(session).broken is None
    assert device_queries.by_code(session, device.code, head).note == "Dengan sarung"
