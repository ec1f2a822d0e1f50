"""What is left to be handed out of a programme, and what was handed out in one act."""

from collections import Counter, defaultdict

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.custody.models import LineState, ShipmentLine
from assets_service.custody.queries import packed_for
from assets_service.devices.models import Device, Kind, Presence
from assets_service.devices.queries import IS_REGISTERED
from assets_service.kernel.db import lock_each
from assets_service.offices.models import Office
from assets_service.offices.queries import scoped, within
from assets_service.programmes.errors import NoSuchDistribution
from assets_service.programmes.models import Allocation, Distribution, Programme

_BOTH = joinedload(Distribution.from_office), joinedload(Distribution.area)


def locked_stock(session: Session, sender: Office, programme: str) -> list[Device]:
    """The programme's devices that the sender can give away, locked: present, held by nobody, on no shipment, beyond its own share."""
    is_packed = select(ShipmentLine.id).where(ShipmentLine.device_id == Device.id, ShipmentLine.state == LineState.OPEN)
    here = (Device.office_id == sender.id) & (Device.presence == Presence.PRESENT) & (Device.programme == programme)
    free = here & Device.holder_id.is_(None) & ~is_packed.exists() & IS_REGISTERED
    lock_each(session, Device, here)
    found = list(
        session.scalars(select(Device).where(free).order_by(Device.id).execution_options(populate_existing=True))
    )
    for kind, number in _kept(session, sender, programme).items():
        own = [device for device in found if device.kind is kind][:number]
        found = [device for device in found if device not in own]
    return found


def _kept(session: Session, sender: Office, programme: str) -> Counter[Kind]:
    """How many of each kind the sender's own share still needs of what nobody holds."""
    held = (
        select(Device.kind, func.count())
        .where(
            Device.office_id == sender.id, Device.programme == programme, Device.holder_id.is_not(None), IS_REGISTERED
        )
        .group_by(Device.kind)
    )
    return _entitled(session, programme)[sender.level] - Counter(dict(session.execute(held).all()))


def _entitled(session: Session, programme: str) -> dict[str, Counter[Kind]]:
    """What each office of a level is entitled to."""
    rules = select(Allocation.level, Allocation.kind, Allocation.quantity).join(Allocation.programme)
    by_level: dict[str, Counter[Kind]] = defaultdict(Counter)
    for level, kind, quantity in session.execute(rules.where(Programme.code == programme)):
        by_level[level][kind] += quantity
    return by_level


def still_entitled(
    session: Session, area: Office, programme: str, *, but: Office
) -> list[tuple[Office, Counter[Kind]]]:
    """The offices of the area but one, in the order of their codes, and how many of each kind they have not been given or promised."""
    entitled, drafted = _entitled(session, programme), packed_for(session, programme)
    place = func.coalesce(Device.bound_for_id, Device.office_id)
    there = (
        select(place, Device.kind, func.count())
        .where(Device.programme == programme, Device.presence != Presence.WRITTEN_OFF, IS_REGISTERED)
        .group_by(place, Device.kind)
    )
    had: Counter[tuple[int, Kind]] = Counter(
        {(office, kind): number for office, kind, number in session.execute(there)}
    )
    had.update(drafted)  # type: ignore[arg-type]  # a kind is its word
    found = []
    for office in session.scalars(select(Office).where(within(area.path), Office.id != but.id).order_by(Office.code)):
        left = Counter({kind: number - had[office.id, kind] for kind, number in entitled[office.level].items()})
        if wanted := +left:
            found.append((office, wanted))
    return found


def distributions(stamp: Stamp) -> Select[Distribution]:
    """A select of the distributions from the offices in scope."""
    return select(Distribution).where(scoped(Distribution.from_id, stamp))


def listed_distributions(
    session: Session, stamp: Stamp, *, beyond: int | None = None, limit: int
) -> tuple[list[Distribution], int]:
    """The newest first, one more than `limit` when there are more, and how many there are in all."""
    found = distributions(stamp)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if beyond is not None:
        found = found.where(Distribution.id < beyond)
    return list(session.scalars(found.options(*_BOTH).order_by(Distribution.id.desc()).limit(limit + 1))), total


def distribution(session: Session, distribution_id: int, stamp: Stamp) -> Distribution:
    """The distribution with its offices. Raises `NoSuchDistribution`."""
    found = session.scalar(distributions(stamp).where(Distribution.id == distribution_id).options(*_BOTH))
    if found is None:
        raise NoSuchDistribution
    return found


def locked_distribution(session: Session, distribution_id: int, stamp: Stamp) -> Distribution:
    """The same, its row locked. Raises `NoSuchDistribution`."""
    lock_each(session, Distribution, Distribution.id == distribution_id)
    return distribution(session, distribution_id, stamp)
