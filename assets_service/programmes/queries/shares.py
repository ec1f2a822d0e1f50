"""Whether a shipment brings an office more than its share: asked by custody, which knows nothing of programmes."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from assets_service.custody.queries import BeyondShare
from assets_service.devices.models import Device, Kind, Presence
from assets_service.devices.queries import IS_REGISTERED
from assets_service.offices.models import Office
from assets_service.programmes.models import Allocation, Programme


def beyond_share(session: Session, office: Office, devices: Sequence[Device], *, are_sent: bool) -> list[BeyondShare]:
    """For each programme and kind by how much these devices are more than the office is still entitled to.

    `are_sent`: they are on their way to it already, and so among what it was given.
    """
    sending = Counter((device.programme, device.kind) for device in devices if device.programme)
    if not sending:
        return []
    entitled, given = _entitled(session, office, sending), _given(session, office, sending)
    found = []
    for (programme, kind), number in sending.items():
        had = given[programme, kind] - (number if are_sent else 0)
        beyond = min(number, had + number - entitled[programme, kind])
        if beyond > 0:
            found.append(BeyondShare(programme, kind, entitled[programme, kind], number, beyond))
    return found


def _entitled(session: Session, office: Office, sending: Counter[tuple[str, Kind]]) -> Counter[tuple[str, Kind]]:
    codes = {programme for programme, _ in sending}
    rules = (
        select(Programme.code, Allocation.kind, Allocation.quantity)
        .join(Allocation, Allocation.programme_id == Programme.id)
        .join(Office, Office.level == Allocation.level)
        .where(Office.id == office.id, Programme.code.in_(codes))
    )
    return Counter({(code, kind): quantity for code, kind, quantity in session.execute(rules)})


def _given(session: Session, office: Office, sending: Counter[tuple[str, Kind]]) -> Counter[tuple[str, Kind]]:
    """What the office has received or is about to, as coverage counts it."""
    was_received = (Device.office_id == office.id) & Device.bound_for_id.is_(None) & Device.received_at.is_not(None)
    given = (
        select(Device.programme, Device.kind, func.count())
        .where(or_(Device.bound_for_id == office.id, was_received))
        .where(
            IS_REGISTERED,
            Device.presence != Presence.WRITTEN_OFF,
            Device.programme.in_({programme for programme, _ in sending}),
        )
        .group_by(Device.programme, Device.kind)
    )
    return Counter({(str(code), kind): number for code, kind, number in session.execute(given)})
