"""A demonstration fleet: 1,067 devices in every state that a real fleet shows, made through the same commands as a real one.

Each making is the same but for its dates, which end today, and the random codes of its labels.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from secrets import choice

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.demo.fleet import PROGRAMME, fates, share
from assets_service.demo.making import Making
from assets_service.demo.persons import PERSONS, add_persons
from assets_service.demo.stories import tell
from assets_service.devices import queries as register
from assets_service.devices.models import Device, Kind
from assets_service.offices import commands as offices
from assets_service.offices import queries as office_queries
from assets_service.offices.models import Level, Office
from assets_service.openness import commands as openness
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import Grade
from assets_service.people import queries as person_queries
from assets_service.people.passwords import hash_password
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import Entitlement, NewProgramme
from assets_service.settings import Settings

AWARD = "Anugerah Keterbukaan Informasi Publik Bawaslu, 5 September 2024"
GRADES = (("81", Grade.INFORMATIVE), ("81.02", Grade.NEARLY))  # all that is known; the others are left open


class NotEmpty(Exception):  # noqa: N818 - a state, not a fault
    """The database holds offices, persons or devices already."""


def build(session: Session, system: Stamp, *, password: str, progress: Callable[[int], None] = lambda _: None) -> None:
    """Make offices, programme and fleet, and four persons who sign in with `password`, in the caller's one transaction.

    Raises `NotEmpty`.
    """
    if person_queries.count(session) or register.count(session):
        raise NotEmpty("The demonstration fleet only goes into an empty database.")
    making = Making(system, progress)
    begun = making.ago(days=440)
    _begin(making, session, begun)
    add_persons(making, session, hash_password(password), begun)
    places = list(session.scalars(select(Office).order_by(Office.code)))
    for place, fate in zip(places, fates(making, len(places)), strict=True):
        share(making, session, place, fate)
    tell(making, session)
    progress(making.registered)


def new_password() -> str:
    return "-".join("".join(choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4))


def sign_in_hint(session: Session, settings: Settings, password: str | None) -> Iterator[str]:
    """The lines that say where it runs, who can sign in (with a password made just now), and one label's page."""
    yield f"{settings.base_url}/masuk"
    if person_queries.demo_can_sign_in(session):
        names = ", ".join(f"{username} ({role} at {office})" for username, _, _, role, office in PERSONS)
        yield f"Sign in as {names}."
        yield f"Password of all four: {password}" if password else "Their password was shown when they were made."
    code = session.scalar(select(Device.code).order_by(Device.id).limit(1))
    if code:
        yield f"A label's page: {settings.base_url}/d/{code}"


def _begin(making: Making, session: Session, at: datetime) -> None:
    """The roster, what every office is entitled to, and what is known of their openness."""
    if not office_queries.count(session):
        offices.add_roster(session, stamp=making.stamp(at))
    allocation = [Entitlement(kind=Kind.TABLET, level=level, quantity=1) for level in Level]
    allocation += [Entitlement(kind=Kind.SMARTPHONE, level=level, quantity=1) for level in (Level.REGENCY, Level.CITY)]
    asked = NewProgramme(code=PROGRAMME, name="Alat Penunjang Kerja PPID 2024", allocation=allocation)
    programmes.add(session, asked, stamp=making.stamp(at))
    for code, grade in GRADES:
        place = session.scalars(select(Office).where(Office.code == code)).one()
        openness.grade(session, place, NewGrade(year=2024, grade=grade, source=AWARD), stamp=making.stamp(at))
