"""Who may do what with a shipment or a device, and whether a receipt comes from one side alone."""

from datetime import timedelta

from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody.errors import NotTheReceiver
from assets_service.custody.models import Shipment
from assets_service.devices.models import Device
from assets_service.offices.models import Office
from assets_service.people import queries as people

FRESH_RIGHT = timedelta(days=7)  # a role given so shortly before was given for this receipt


def may_send(stamp: Stamp, sender: Office) -> bool:
    return stamp.may(sender.path, *WRITERS)


def may_receive(stamp: Stamp, receiver: Office) -> bool:
    """Whether the stamp may confirm here. A right above the receiving office is not enough: nobody confirms on its behalf."""
    return stamp.belongs_to(receiver.path)


def must_receive(stamp: Stamp, receiver: Office) -> None:
    """Refuse who may not confirm here. Raises `NotTheReceiver`."""
    if not may_receive(stamp, receiver):
        raise NotTheReceiver(office=receiver.name)


def senders(shipment: Shipment) -> set[int]:
    """Who packed or sent the shipment."""
    return {each for each in (shipment.created_by_id, shipment.sent_by_id) if each is not None}


def is_one_sided(session: Session, shipment: Shipment, stamp: Stamp) -> bool:
    """Whether who confirms the arrival stands on the sender's side, so that nobody of the receiver has vouched for it.

    They packed or sent it themselves, or every right they have here was given to them within a week by who did, or by
    somebody of the sending office.
    """
    by = senders(shipment)
    if stamp.actor_id in by:
        return True
    given = people.writing_grants(session, stamp.actor_id or 0, shipment.to_id)
    return bool(given) and all(
        each.at > stamp.at - FRESH_RIGHT and (each.by_id in by or each.by_office_id == shipment.from_id)
        for each in given
    )


def may_answer(stamp: Stamp, device: Device) -> bool:
    """Whether the stamp may name a holder and report loss and recovery."""
    return stamp.may(device.office.path, *WRITERS)
