"""Handing out a programme's devices: one act drafts a shipment for each office that is still entitled to something."""

from collections import Counter

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.custody import commands as custody
from assets_service.custody import queries as shipments
from assets_service.devices.models import Device, Kind
from assets_service.kernel.errors import Forbidden, Gathering
from assets_service.ledger.commands import record
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL, Office
from assets_service.people import queries as people
from assets_service.programmes import queries
from assets_service.programmes.asks import NewDistribution
from assets_service.programmes.errors import NothingToDistribute, Touched, Undone
from assets_service.programmes.events import Distributed, DistributionSent, DistributionUndone
from assets_service.programmes.models import Distribution


def distribute(session: Session, ask: NewDistribution, *, stamp: Stamp) -> Distribution:
    """Draft one shipment for each office of the area that is still entitled to something the sender has.

    Offices are served in the order of their codes as far as the devices go; what is wanting is counted. The sender keeps
    its own share, and what somebody holds. Raises `Forbidden`, `NothingToDistribute`, `Invalid`.
    """
    asked = Gathering()
    asked.ask(lambda: queries.named(session, ask.programme, "programme"))
    area = asked.ask(lambda: offices.named(session, ask.office, stamp, "office"))
    sender = asked.ask(lambda: offices.named(session, ask.from_office or NATIONAL, stamp, "from_office"))
    asked.ask(lambda: custody.refuse_accessories(session, ask.accessories or [], list(Kind)))
    asked.refuse()
    assert area, "it was not refused"
    assert sender, "it was not refused"
    if not stamp.may(sender.path, *REGISTRARS):
        raise Forbidden
    stock = queries.locked_stock(session, sender, ask.programme)
    wanted = queries.still_entitled(session, area, ask.programme, but=sender)
    packs, wanting = _packed(session, stock, wanted, ask.accessories)
    if not packs:
        raise NothingToDistribute(area=area.name, office=sender.name)
    made = Distribution(
        programme=ask.programme,
        from_id=sender.id,
        area_id=area.id,
        shipments=len(packs),
        devices=sum(len(devices) for _, devices in packs),
        wanting=wanting,
        made_at=stamp.at,
        made_by_id=stamp.actor_id,
    )
    session.add(made)
    session.flush()
    set_committed_value(made, "from_office", sender)
    set_committed_value(made, "area", area)
    custody.draft_each(session, made.id, sender, packs, purpose=ask.purpose, stamp=stamp)
    told = Distributed(
        programme=made.programme,
        from_office=sender.code,
        area=area.code,
        shipments=made.shipments,
        devices=made.devices,
        wanting=made.wanting,
    )
    record(session, told, subject=_subject(made), stamp=stamp)
    return made


def send(session: Session, found: Distribution, *, stamp: Stamp) -> None:
    """Put all its drafts on their way, or none of them. Raises `Forbidden`, `Undone`, `NothingToDistribute`, and what sending one does."""
    _must_send(session, found, stamp)
    drafts = [each for each in shipments.locked_drafts(session, found.id) if shipments.is_draft(each)]
    if not drafts:
        raise NothingToDistribute(area=found.area.name, office=found.from_office.name)
    custody.send_drafts(session, drafts, stamp=stamp)
    record(session, DistributionSent(shipments=len(drafts)), subject=_subject(found), stamp=stamp)


def undo(session: Session, found: Distribution, *, stamp: Stamp) -> None:
    """Cancel all its drafts, while nobody has touched any. Raises `Forbidden`, `Undone`, `Touched`."""
    _must_send(session, found, stamp)
    drafts = shipments.locked_drafts(session, found.id)
    if touched := sum(not shipments.is_untouched(each) for each in drafts):
        raise Touched(count=touched)
    custody.undo_drafts(session, drafts, stamp=stamp)
    found.undone_at, found.undone_by_id = stamp.at, stamp.actor_id
    session.flush()
    record(session, DistributionUndone(shipments=len(drafts)), subject=_subject(found), stamp=stamp)


def _subject(made: Distribution) -> str:
    return f"distribution/{made.id}"


def _must_send(session: Session, found: Distribution, stamp: Stamp) -> None:
    """Refuse who may not send for the office, and what was undone. Raises `Forbidden`, `Undone`."""
    if not stamp.may(found.from_office.path, *REGISTRARS):
        raise Forbidden
    if found.undone_at is not None:
        zone = found.from_office.timezone
        raise Undone(**people.who_and_when(session, found.undone_by_id, found.undone_at, zone))


def _packed(
    session: Session,
    stock: list[Device],
    wanted: list[tuple[Office, Counter[Kind]]],
    accessories: list[str] | None,
) -> tuple[list[custody.Pack], int]:
    """What each office gets, and how many devices are wanting."""
    left = {kind: [device for device in stock if device.kind is kind] for kind in Kind}
    offered = {kind: [row.code for row in rows] for kind, rows in shipments.accessories(session).items()}
    packs: list[custody.Pack] = []
    wanting = 0
    for office, kinds in wanted:
        pack: list[tuple[Device, list[str]]] = []
        for kind, number in kinds.items():
            given, left[kind] = left[kind][:number], left[kind][number:]
            wanting += number - len(given)
            with_it = [code for code in offered[kind] if accessories is None or code in accessories]
            pack += [(device, with_it) for device in given]
        if pack:
            packs.append((office, pack))
    return packs, wanting
