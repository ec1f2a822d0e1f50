"""Photos of parcels and of what came out of them: sent first, named by the act that they belong to."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody import queries
from assets_service.custody.models import Receipt, Shipment, ShipmentPhoto
from assets_service.devices.models import Device
from assets_service.kernel.errors import FieldProblem, Invalid
from assets_service.photos.models import Photo


def named_photos(session: Session, names: Sequence[str], at: str, stamp: Stamp) -> list[Photo]:
    """The photos of these hashes that the stamp has sent. Raises `Invalid` naming each that it has not, below the pointer `at`."""
    wanted = list(dict.fromkeys(names))
    found = queries.waiting_photos(session, wanted, stamp)
    problems = [
        FieldProblem(f"{at}/{place}", "There is no such photo that you can see.")
        for place, name in enumerate(wanted)
        if name not in found
    ]
    if problems:
        raise Invalid(*problems)
    return [found[name] for name in wanted]


def attach(
    session: Session,
    shipment: Shipment,
    photos: Sequence[Photo],
    *,
    stamp: Stamp,
    receipt: Receipt | None = None,
    device: Device | None = None,
) -> None:
    """Give photos to the parcel, or to one device of a receipt."""
    for position, photo in enumerate(photos):
        photo.attached_at = photo.attached_at or stamp.at
        session.add(
            ShipmentPhoto(
                shipment_id=shipment.id,
                receipt_id=receipt.id if receipt else None,
                device_id=device.id if device else None,
                position=position,
                photo_id=photo.id,
            )
        )
    session.flush()
