"""A programme as the country has one: a tablet for every office, a smartphone for every regency and city."""

from datetime import datetime

from sqlalchemy.orm import Session

from assets_service.devices.models import Kind
from assets_service.offices.models import Level
from assets_service.programmes import commands
from assets_service.programmes.asks import Entitlement, NewProgramme
from assets_service.programmes.models import Programme
from tests.build import NOON, system


def entitled(kind: Kind, *levels: Level) -> list[Entitlement]:
    """One of the kind for every office of these levels."""
    return [Entitlement(kind=kind, level=level, quantity=1) for level in levels]


ALLOCATION = entitled(Kind.TABLET, *Level) + entitled(Kind.SMARTPHONE, Level.REGENCY, Level.CITY)


def a_programme(
    session: Session, code: str = "PPID-2024", *, allocation: list[Entitlement] = ALLOCATION, when: datetime = NOON
) -> Programme:
    asked = NewProgramme(code=code, name="Alat Penunjang Kerja PPID 2024", allocation=allocation)
    return commands.add(session, asked, stamp=system(when))
