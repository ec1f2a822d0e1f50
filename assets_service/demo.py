"""A demonstration fleet: 1,067 devices in every state a real fleet shows, made through the same commands as a real one.

The same at every making but for its dates, which end today, and the random codes of its labels.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from random import Random
from secrets import choice

from msgspec import Struct, structs
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils import uuid7

from assets_service.custody import commands as custody
from assets_service.custody.commands import Outcome
from assets_service.custody.models import LineState, Shipment
from assets_service.devices import commands as devices
from assets_service.devices import queries as register
from assets_service.devices.models import Condition, Device, Kind
from assets_service.inspections import commands as inspections
from assets_service.kernel.db import Database
from assets_service.ledger.stamp import Right, Role, Stamp
from assets_service.offices import commands as offices
from assets_service.offices import queries as office_queries
from assets_service.offices.models import NATIONAL, Level, Office
from assets_service.people import commands as people
from assets_service.people import queries as person_queries
from assets_service.people.models import Person
from assets_service.programmes import commands as programmes
from assets_service.programmes.commands import Rule
from assets_service.settings import Settings

PROGRAMME = "PPID-2024"
UAKPB = "115010199414370000KP"  # believable, not real
REGENCY_OF_THE_HEAD = "81.02"  # Maluku Tenggara, honoured in 2024
PERSONS = (
    ("admin", "Rahmawati Lestari", "Kepala Bagian Perlengkapan", Role.ADMIN, NATIONAL),
    ("logistik", "Dedi Kurniawan", "Petugas Logistik", Role.LOGISTICS, NATIONAL),
    ("kepala", "Yosefina Renyaan", "Koordinator Sekretariat", Role.HEAD, REGENCY_OF_THE_HEAD),
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


class NotEmpty(Exception):  # noqa: N818 - a state, not a fault
    """There are offices, persons or devices already."""


class Fate(Struct, frozen=True):
    """What became of an office's share, and when."""

    name: str
    sent_days_ago: int


def build(
    db: Database, system: Stamp, *, password: str | None, progress: Callable[[int], None] = lambda _: None
) -> str:
    """Offices, programme, persons, fleet. Gives the password of the four who can sign in. Raises `NotEmpty`."""
    with db.reading() as session:
        if person_queries.count(session) or register.count(session):
            raise NotEmpty("The demonstration fleet only goes into an empty database.")
    password = password or "-".join(
        "".join(choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(4)) for _ in range(4)
    )
    return _Making(db, system, progress).whole(password)


def sign_in_hint(db: Database, settings: Settings, password: str | None) -> Iterator[str]:
    """Where it runs, who can sign in (the password only when it was made just now), and one label's page."""
    yield f"{settings.base_url}/masuk"
    with db.reading() as session:
        if person_queries.demo_can_sign_in(session):
            names = ", ".join(f"{username} ({role} at {office})" for username, _, _, role, office in PERSONS)
            yield f"Sign in as {names}."
            yield f"Password of all four: {password}" if password else "Their password was shown when they were made."
        code = session.scalar(select(Device.code).order_by(Device.id).limit(1))
    if code:
        yield f"A label's page: {settings.base_url}/d/{code}"


class _Making:
    """One making of the fleet. Time runs forward through it, as it did for a real one."""

    def __init__(self, db: Database, system: Stamp, progress: Callable[[int], None]) -> None:
        self.db = db
        self.system = system
        self.progress = progress
        self.random = Random(2024)  # noqa: S311 - believable, not secret
        self.now = system.at
        self.delivered = 0

    def whole(self, password: str) -> str:
        begun = self._ago(days=440)
        with self.db.writing() as session:
            if not office_queries.count(session):
                offices.add_roster(session, stamp=self._stamp(begun))
            allocation = [Rule(Kind.TABLET, level, 1) for level in Level]
            allocation += [Rule(Kind.SMARTPHONE, level, 1) for level in (Level.REGENCY, Level.CITY)]
            programmes.add(
                session,
                code=PROGRAMME,
                name="Alat Penunjang Kerja PPID 2024",
                rules=allocation,
                stamp=self._stamp(begun),
            )
            self._add_persons(session, password, begun)
            places = list(session.scalars(select(Office).order_by(Office.code)))
        for place, fate in zip(places, self._fates(len(places)), strict=True):
            with self.db.writing() as session:
                self._share(session, session.merge(place, load=False), fate)
        self.progress(self.delivered)
        return password

    # Persons ---------------------------------------------------------------------------------------------------

    def _add_persons(self, session: Session, password: str, at: datetime) -> None:
        by = self._stamp(at)
        for username, name, title, role, code in PERSONS:
            place = session.scalars(select(Office).where(Office.code == code)).one()
            person = people.add(
                session, name=name, title=title, username=username, office=place, is_demo=True, stamp=by
            )
            people.grant(session, person, role, place, stamp=by)
            people.set_password(session, person, password, stamp=by)

    def _staff(self, session: Session, place: Office, at: datetime) -> tuple[Person, Person]:
        """The secretariat's head, who confirms, and the PPID officer, who holds. Neither can sign in."""
        by = self._stamp(at)
        username = f"kepala.{place.code.replace('.', '')}"
        head = people.add(
            session, name=self._name(), title="Koordinator Sekretariat", username=username, office=place, stamp=by
        )
        people.grant(session, head, Role.HEAD, place, stamp=by)
        officer = people.add(session, name=self._name(), title="Petugas PPID", office=place, stamp=by)
        return head, officer

    def _name(self) -> str:
        return f"{self.random.choice(_GIVEN)} {self.random.choice(_FAMILY)}"

    # Devices ---------------------------------------------------------------------------------------------------

    def _fates(self, count: int) -> Iterator[Fate]:
        """In the proportions of a real fleet after its first year."""
        names = ["checked"] * 66 + ["overdue"] * 10 + ["no_holder"] * 8 + ["never_sent"] * 6 + ["unconfirmed"] * 4
        names += ["in_transit"] * 3 + ["unchecked"] * 3
        shuffled = [names[place * len(names) // count] for place in range(count)]
        self.random.shuffle(shuffled)
        for name in shuffled:
            days = {"in_transit": (1, 6), "unconfirmed": (20, 75)}.get(name, (300, 420))
            yield Fate(name, self.random.randint(*days))

    def _share(self, session: Session, place: Office, fate: Fate) -> None:
        """One office's entitlement, from the store to where it is today."""
        kinds = [Kind.TABLET, Kind.SMARTPHONE] if place.level in {Level.REGENCY, Level.CITY} else [Kind.TABLET]
        if place.code == REGENCY_OF_THE_HEAD:
            fate = Fate("in_transit", 3)  # so that the demonstration's head has something to confirm
        registered = self._ago(days=max(fate.sent_days_ago + 5, 425))
        codes = [self._register(session, kind, registered) for kind in kinds]
        self.progress(self.delivered)
        head, officer = self._staff(session, place, registered)
        if place.code == NATIONAL:
            self._in_use(session, codes, head, officer, fate, self._ago(days=400))
            return
        if fate.name == "never_sent":
            return
        sent = self._ago(days=fate.sent_days_ago, hours=self.random.randint(0, 6))
        shipment = custody.create(
            session,
            to_office=place.code,
            from_office=NATIONAL,
            devices=codes,
            purpose="Distribusi alat penunjang kerja PPID",
            accessories="Pengisi daya, kabel, kotak",
            send=True,
            stamp=self._stamp(sent),
        )
        if fate.name in {"in_transit", "unconfirmed"}:
            return
        arrived = sent + timedelta(days=self.random.randint(2, 12), hours=self.random.randint(0, 5))
        kept = [code for code in codes if self._receive(session, shipment, code, head, arrived)]
        self._in_use(session, kept, head, officer, fate, arrived + timedelta(days=1))

    def _register(self, session: Session, kind: Kind, at: datetime) -> str:
        self.delivered += 1
        number = self.delivered
        is_phone = kind is Kind.SMARTPHONE
        device = devices.register(
            session,
            {
                "brand": "Samsung",
                "model": "Galaxy A15 5G" if is_phone else "Galaxy Tab A9+",
                "serial": f"R{'5CX' if is_phone else '9TX'}{self.random.choice('123456789ABC')}0{number:05d}",
                "imei1": self._imei("35824611", number * 2) if is_phone else None,
                "imei2": self._imei("35824611", number * 2 + 1) if is_phone else None,
                "kode_barang": "3060201004" if is_phone else "3100102009",
                "nup": number,
                "uakpb": UAKPB,
                "acquired_on": date(2024, 8, 19),
                "value": 3_499_000 if is_phone else 3_999_000,
                "programme": PROGRAMME,
            },
            kind=kind,
            office=NATIONAL,
            stamp=self._stamp(at),
        )
        return device.code

    def _imei(self, type_code: str, number: int) -> str:
        body = f"{type_code}{number:06d}"
        doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
        return f"{body}{-sum(digit // 10 + digit % 10 for digit in doubled) % 10}"

    def _receive(self, session: Session, shipment: Shipment, code: str, head: Person, at: datetime) -> bool:
        """Whether the device is at the office after its receipt."""
        drawn = self.random.random()
        said = Outcome(device=code, outcome=LineState.RECEIVED)
        if drawn < 0.004:  # noqa: PLR2004
            said = Outcome(device=code, outcome=LineState.SHORT, note="Tidak ada di dalam paket")
        elif drawn < 0.007:  # noqa: PLR2004
            said = Outcome(device=code, outcome=LineState.DECLINED, note="Layar retak saat diterima")
        elif drawn < 0.03:  # noqa: PLR2004
            said = Outcome(
                device=code,
                outcome=LineState.RECEIVED_WITH_NOTES,
                condition=Condition.LIGHT,
                note="Sudut bodi tergores",
            )
        custody.receive(session, shipment, [said], stamp=self._acting(head, shipment.to_office, at))
        return said.outcome in {LineState.RECEIVED, LineState.RECEIVED_WITH_NOTES}

    def _in_use(
        self, session: Session, codes: list[str], head: Person, officer: Person, fate: Fate, at: datetime
    ) -> None:
        """A holder is named and the condition checked, each half-year, unless the fate says otherwise."""
        for code in codes:
            device = register.locked(session, code, self.system)
            if fate.name != "no_holder":
                custody.hold(session, device, officer.id, stamp=self._acting(head, device.office, at))
            for checked_at in self._checks(fate, at):
                self._check(session, device, head, checked_at)
            if self.random.random() < 0.006:  # noqa: PLR2004
                stamp = self._acting(head, device.office, self._ago(days=self.random.randint(10, 60)))
                custody.report_loss(session, device, reason="Hilang saat tugas luar kantor", stamp=stamp)

    def _checks(self, fate: Fate, since: datetime) -> Iterator[datetime]:
        if fate.name == "unchecked":
            return
        yield since + timedelta(days=2)
        recent = self._ago(days=self.random.randint(4, 110))
        if fate.name != "overdue" and recent > since + timedelta(days=30):
            yield recent

    def _check(self, session: Session, device: Device, head: Person, at: datetime) -> None:
        drawn = self.random.random()
        condition, note = Condition.GOOD, None
        if drawn < 0.03:  # noqa: PLR2004
            condition, note = Condition.LIGHT, "Baterai cepat habis"
        elif drawn < 0.038:  # noqa: PLR2004
            condition, note = Condition.HEAVY, "Layar mati total"
        inspections.check(
            session,
            device,
            condition=condition,
            note=note,
            label_present=True,
            identity_matches=True,
            stamp=self._acting(head, device.office, at),
        )

    # Who and when ----------------------------------------------------------------------------------------------

    def _ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    def _stamp(self, at: datetime) -> Stamp:
        return structs.replace(self.system, at=at, action_id=str(uuid7()))

    def _acting(self, person: Person, place: Office, at: datetime) -> Stamp:
        return structs.replace(
            self._stamp(min(at, self.now)),
            actor_id=person.id,
            actor=person.username or "-",
            rights=(Right(Role.HEAD, place.path),),
        )
