"""A programme as the country has one: a tablet for every office, a smartphone for every regency and city."""

from datetime import datetime

from sqlalchemy.orm import Session

from assets_service.devices.models import Kind
from assets_service.offices.models import Level
from assets_service.programmes import commands
from assets_service.programmes.commands import Rule
from assets_service.programmes.models import Programme
from tests.build import NOON, system

RULES = [Rule(Kind.TABLET, level, 1) for level in Level] + [
    Rule(Kind.SMARTPHONE, level, 1) for level in (Level.REGENCY, Level.CITY)
]


def a_programme(
    session: Session, code: str = "PPID-2024", *, rules: list[Rule] = RULES, when: datetime = NOON
) -> Programme:
    name = "Alat Penunjang Kerja PPID 2024"
    return commands.add(session, code=code, name=name, rules=rules, stamp=system(when))
