"""What became of each office's share: the proportions and the stories of a real fleet after its first year."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.custody import commands as custody
from assets_service.custody.asks import Loss, NewHolder, NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import ARRIVED, Outcome, Shipment
from assets_service.demo.making import Making
from assets_service.demo.persons import REGENCY_OF_THE_HEAD, staff
from assets_service.devices import commands as devices
from assets_service.devices import queries as register
from assets_service.devices.asks import NewDevice
from assets_service.devices.models import Condition, Device, Kind
from assets_service.inspections import commands as inspections
from assets_service.inspections.asks import NewCheck
from assets_service.offices.models import NATIONAL, Level, Office
from assets_service.people.models import Person

PROGRAMME = "PPID-2024"
UAKPB = "115010199414370000KP"  # believable, not real


class Fate(Struct, frozen=True):
    """What became of an office's share, and when."""

    name: str
    sent_days_ago: int


def fates(making: Making, count: int) -> Iterator[Fate]:
    """What becomes of each office's share, in the proportions of a real fleet after its first year."""
    names = ["checked"] * 66 + ["overdue"] * 10 + ["no_holder"] * 8 + ["never_sent"] * 6 + ["unconfirmed"] * 4
    names += ["in_transit"] * 3 + ["unchecked"] * 3
    shuffled = [names[place * len(names) // count] for place in range(count)]
    making.random.shuffle(shuffled)
    for name in shuffled:
        days = {"in_transit": (1, 6), "unconfirmed": (20, 75)}.get(name, (300, 420))
        yield Fate(name, making.random.randint(*days))


def share(making: Making, session: Session, place: Office, fate: Fate) -> None:
    """Move one office's entitlement from the store to where it is today."""
    kinds = [Kind.TABLET, Kind.SMARTPHONE] if place.level in {Level.REGENCY, Level.CITY} else [Kind.TABLET]
    if place.code == REGENCY_OF_THE_HEAD:
        fate = Fate("in_transit", 3)  # so that the demonstration's head has something to confirm
    registered = making.ago(days=max(fate.sent_days_ago + 5, 425))
    codes = [_register(making, session, kind, registered) for kind in kinds]
    making.progress(making.registered)
    head, officer = staff(making, session, place, registered)
    if place.code == NATIONAL:
        _in_use(making, session, codes, head, officer, fate, making.ago(days=400))
        return
    if fate.name == "never_sent":
        return
    sent = making.ago(days=fate.sent_days_ago, hours=making.random.randint(0, 6))
    shipment = custody.create(
        session,
        NewShipment(
            to_office=place.code,
            from_office=NATIONAL,
            devices=codes,
            purpose="Distribusi alat penunjang kerja PPID",
            accessories=["charger", "cable", "box"],
            send=True,
        ),
        stamp=making.stamp(sent),
    )
    if fate.name in {"in_transit", "unconfirmed"}:
        return
    arrived = sent + timedelta(days=making.random.randint(2, 12), hours=making.random.randint(0, 5))
    kept = _receive(making, session, shipment, codes, head, arrived)
    _in_use(making, session, kept, head, officer, fate, arrived + timedelta(days=1))


def _register(making: Making, session: Session, kind: Kind, at: datetime) -> str:
    making.registered += 1
    number = making.registered
    is_phone = kind is Kind.SMARTPHONE
    device = devices.register(
        session,
        NewDevice(
            kind=kind,
            office=NATIONAL,
            brand="Samsung",
            model="Galaxy A15 5G" if is_phone else "Galaxy Tab A9+",
            serial=f"R{'5CX' if is_phone else '9TX'}{making.random.choice('123456789ABC')}0{number:05d}",
            imei1=_imei("35824611", number * 2) if is_phone else None,
            imei2=_imei("35824611", number * 2 + 1) if is_phone else None,
            kode_barang="3060201004" if is_phone else "3100102009",
            nup=number,
            uakpb=UAKPB,
            acquired_on=date(2024, 8, 19),
            value=3_499_000 if is_phone else 3_999_000,
            programme=PROGRAMME,
        ),
        stamp=making.stamp(at),
    )
    return device.code


def _imei(type_code: str, number: int) -> str:
    body = f"{type_code}{number:06d}"
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(body)]
    return f"{body}{-sum(digit // 10 + digit % 10 for digit in doubled) % 10}"


def _receive(
    making: Making, session: Session, shipment: Shipment, codes: list[str], head: Person, at: datetime
) -> list[str]:
    """The devices that are at the office after its receipt: one visit to the box, or two when the second parcel came later."""
    said = [_found(making, code) for code in codes]
    visits = [said] if making.random.random() < 0.9 else [[each] for each in said]  # noqa: PLR2004
    for day, lines in enumerate(visits):
        stamp = making.acting(head, shipment.to_office, at + timedelta(hours=20 * day))
        custody.receive(session, shipment, NewReceipt(lines=lines, delivered_by="Kurir"), stamp=stamp)
    return [each.device for each in said if each.outcome.state in ARRIVED]


def _found(making: Making, code: str) -> ReceiptLine:
    """What the receiver says of one device."""
    drawn = making.random.random()
    if drawn < 0.004:  # noqa: PLR2004
        return ReceiptLine(device=code, outcome=Outcome.SHORT, reason="not_packed", note="Tidak ada di dalam paket")
    if drawn < 0.007:  # noqa: PLR2004
        return ReceiptLine(device=code, outcome=Outcome.DECLINED, reason="damaged_on_the_way", note="Layar retak")
    if drawn < 0.03:  # noqa: PLR2004
        return ReceiptLine(
            device=code,
            outcome=Outcome.RECEIVED_WITH_NOTES,
            condition=Condition.LIGHT,
            reason="damaged_on_the_way",
            note="Sudut bodi tergores",
        )
    return ReceiptLine(device=code, outcome=Outcome.RECEIVED)


def _in_use(
    making: Making, session: Session, codes: list[str], head: Person, officer: Person, fate: Fate, at: datetime
) -> None:
    """Name a holder and check the condition each half-year, unless the fate says otherwise."""
    for code in codes:
        device = register.locked(session, code, making.system)
        if fate.name != "no_holder":
            custody.hold(session, device, NewHolder(person=officer.id), stamp=making.acting(head, device.office, at))
        last = at
        for last in _checks(making, fate, at):
            _check(making, session, device, head, last)
        if making.random.random() < 0.006:  # noqa: PLR2004
            lost = max(making.ago(days=making.random.randint(10, 60)), last + timedelta(days=1))
            stamp = making.acting(head, device.office, lost)
            custody.report_loss(session, device, Loss(reason="Hilang saat tugas luar kantor"), stamp=stamp)


def _checks(making: Making, fate: Fate, since: datetime) -> Iterator[datetime]:
    if fate.name == "unchecked":
        return
    yield since + timedelta(days=2)
    recent = making.ago(days=making.random.randint(4, 110))
    if fate.name != "overdue" and recent > since + timedelta(days=30):
        yield recent


def _check(making: Making, session: Session, device: Device, head: Person, at: datetime) -> None:
    drawn = making.random.random()
    condition, note = Condition.GOOD, None
    if drawn < 0.03:  # noqa: PLR2004
        condition, note = Condition.LIGHT, "Baterai cepat habis"
    elif drawn < 0.038:  # noqa: PLR2004
        condition, note = Condition.HEAVY, "Layar mati total"
    inspections.check(
        session,
        device,
        NewCheck(condition=condition, note=note, label_present=True, identity_matches=True),
        stamp=making.acting(head, device.office, at),
    )
