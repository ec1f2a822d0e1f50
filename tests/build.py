"""A valid world, built by hand: each test names only what matters to it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Door, Right, Role, Stamp
from assets_service.devices import commands as devices
from assets_service.devices.asks import NewDevice
from assets_service.devices.models import Device, Kind
from assets_service.offices import commands as offices
from assets_service.offices.models import Office
from assets_service.people import commands as people
from assets_service.people import queries as people_queries
from assets_service.people.asks import NewGrant, NewPassword, NewPerson
from assets_service.people.models import Person
from assets_service.people.passwords import hash_password
from assets_service.signing_in import commands as signing_in

COOKIE = "__Host-assets_session"  # over https, as in `settings`
DEVICE_COOKIE = "__Host-assets_device"
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)  # 12:00 in WIB, 13:00 in WITA, 14:00 in WIT

_numbers = count(1)


def system(at: datetime = NOON) -> Stamp:
    """Who builds the world: admin everywhere."""
    return Stamp(
        actor_id=None,
        account="system",
        rights=(Right(Role.ADMIN, "/"), Right(Role.LOGISTICS, "/")),
        at=at,
        door=Door.CLI,
        action_id=str(uuid4()),
    )


def roster(session: Session, *, at: datetime = NOON) -> None:
    """A small country: the national office, two provinces, three regencies in three time zones."""
    rows = [
        ("00", "ri", "Bawaslu RI", "", "Asia/Jakarta"),
        ("31", "provinsi", "DKI Jakarta", "00", "Asia/Jakarta"),
        ("31.71", "kota", "Kota Jakarta Pusat", "31", "Asia/Jakarta"),
        ("62", "provinsi", "Kalimantan Tengah", "00", "Asia/Jakarta"),
        ("62.71", "kota", "Kota Palangkaraya", "62", "Asia/Jakarta"),
        ("73", "provinsi", "Sulawesi Selatan", "00", "Asia/Makassar"),
        ("73.71", "kota", "Kota Makassar", "73", "Asia/Makassar"),
        ("81", "provinsi", "Maluku", "00", "Asia/Jayapura"),
        ("81.02", "kabupaten", "Kabupaten Maluku Tenggara", "81", "Asia/Jayapura"),
        ("81.72", "kota", "Kota Tual", "81", "Asia/Jayapura"),
    ]
    names = ("code", "level", "name", "parent_code", "timezone")
    each = [dict(zip(names, row, strict=True)) for row in rows]
    called = {row["code"]: f"Bawaslu {row['name']}" for row in each} | {"00": "Bawaslu Republik Indonesia"}
    offices.add_each(session, [row | {"office_name": called[row["code"]]} for row in each], stamp=system(at))


def office(session: Session, code: str) -> Office:
    return session.scalars(select(Office).where(Office.code == code)).one()


def a_person(
    session: Session,
    name: str = "Ani",
    *,
    at: str = "00",
    role: Role | None = None,
    username: str | None = None,
    when: datetime = NOON,
) -> Person:
    """Somebody of the office `at`, with the role there (if any)."""
    username = username or f"{name.lower()}{next(_numbers)}"
    asked = NewPerson(name=name, office=at, username=username, role=role)
    return people.add(session, asked, stamp=system(when))


def a_role(session: Session, person: Person, role: Role, *, at: str, by: Stamp | None = None) -> None:
    """One more role for somebody."""
    people.grant(session, person, NewGrant(role=role, office=at), stamp=by or system())


def a_password(session: Session, person: Person, password: str, *, by: Stamp | None = None) -> None:
    """What the person signs in with from now on."""
    people.set_password(session, person, NewPassword(password=password), hash_password(password), stamp=by or system())


def stamp(
    session: Session,
    person: Person,
    *,
    at: datetime = NOON,
    door: Door = Door.API,
    claimed_at: datetime | None = None,
) -> Stamp:
    """The person acting now."""
    return Stamp(
        actor_id=person.id,
        account=person.username or "-",
        rights=people_queries.rights_of(session, person.id),
        at=at,
        door=door,
        action_id=str(uuid4()),
        claimed_at=claimed_at,
    )


def a_token(session: Session, person: Person, *, at: datetime = NOON) -> str:
    """A bearer token without the cost of a password."""
    token, _ = signing_in.sign_in(session, person, device_label="test", at=at, days=365)
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def an_imei(number: int | None = None) -> str:
    """A valid IMEI that no other call gave."""
    body = f"35{next(_numbers) if number is None else number:012d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    total = sum(digit // 10 + digit % 10 for digit in doubled)
    return f"{body}{-total % 10}"


def device_facts(kind: Kind = Kind.SMARTPHONE, **facts: Any) -> dict[str, Any]:
    """What describes a valid device."""
    number = next(_numbers)
    described: dict[str, Any] = {"brand": "Samsung", "model": "Galaxy A15", "serial": f"R9{number:08d}"}
    if kind is Kind.SMARTPHONE:
        described["imei1"] = an_imei()
    return described | facts


def a_device(
    session: Session,
    *,
    at: str = "00",
    kind: Kind = Kind.SMARTPHONE,
    by: Stamp | None = None,
    when: datetime = NOON,
    **facts: Any,
) -> Device:
    """A registered device for which the office `at` answers."""
    return devices.register(
        session, NewDevice(kind=kind, office=at, **device_facts(kind, **facts)), stamp=by or system(when)
    )


def later(**span: float) -> datetime:
    return NOON + timedelta(**span)
