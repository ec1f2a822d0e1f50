"""The four who can sign in to look around, and two at every office who cannot."""

from datetime import datetime

from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.demo.making import Making
from assets_service.offices.models import NATIONAL, Office
from assets_service.people import commands as people
from assets_service.people.asks import NewPerson
from assets_service.people.models import Person

REGENCY_OF_THE_HEAD = "81.02"  # Maluku Tenggara, honoured in 2024
HEADS_TITLE = "Koordinator Sekretariat"
OFFICERS_TITLE = "Petugas PPID"
PERSONS = (
    ("admin", "Rahmawati Lestari", "Kepala Bagian Perlengkapan", Role.ADMIN, NATIONAL),
    ("logistik", "Dedi Kurniawan", "Petugas Logistik", Role.LOGISTICS, NATIONAL),
    ("kepala", "Yosefina Renyaan", HEADS_TITLE, Role.HEAD, REGENCY_OF_THE_HEAD),
    ("auditor", "Bambang Sutrisno", "Auditor Ahli Madya", Role.AUDITOR, NATIONAL),
)
_GIVEN = (
    "Siti Ahmad Maria Yohanes Dewi Budi Ratna Agus Nurul Hendra Fitri Rizal Sri Arif Lina Markus Indah Samuel Wati Faisal "
    "Ayu Bayu Citra Dimas Eka Fajar Gita Hasan Ika Joko Kartika Lukman"
).split()
_FAMILY = (
    "Rahman Siregar Latuconsina Wijaya Nasution Tuasikal Hidayat Saragih Renyaan Kusuma Lubis Mandacan Santoso Tambunan "
    "Pattiasina Yulianti Harahap Wenda Permana Sitorus Matulessy Anggraini Kogoya Setiawan"
).split()


def add_persons(making: Making, session: Session, password_hash: str, at: datetime) -> None:
    for username, name, title, role, code in PERSONS:
        asked = NewPerson(name=name, title=title, username=username, office=code, role=role)
        people.add(session, asked, password_hash, is_demo=True, stamp=making.stamp(at))


def staff(making: Making, session: Session, place: Office, at: datetime) -> tuple[Person, Person]:
    """Add an office's secretariat head, who confirms, and its PPID officer, who holds. Neither can sign in."""
    by = making.stamp(at)
    head = NewPerson(
        name=_name(making),
        title=HEADS_TITLE,
        username=f"kepala.{place.code.replace('.', '')}",
        office=place.code,
        role=Role.HEAD,
    )
    officer = NewPerson(name=_name(making), title=OFFICERS_TITLE, office=place.code)
    return people.add(session, head, stamp=by), people.add(session, officer, stamp=by)


def _name(making: Making) -> str:
    return f"{making.random.choice(_GIVEN)} {making.random.choice(_FAMILY)}"
