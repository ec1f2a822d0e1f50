"""What custody needs to know of entitlements, which are worked out in a room above it."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.custody.models import Shipment, ShipmentState
from assets_service.devices.models import Device, Kind
from assets_service.offices.models import Office


class BeyondShare(Struct, frozen=True):
    """Of the `sending` devices of a shipment `beyond` are more than the programme still entitles the receiver to."""

    programme: str
    kind: Kind
    entitled: int
    sending: int
    beyond: int


class Shares:
    """By how much devices are more than an office's share. Programmes, a room above, give the working out."""

    def __init__(self, beyond: Callable[..., list[BeyondShare]]) -> None:
        self._beyond = beyond

    def beyond(
        self, session: Session, office: Office, devices: Sequence[Device], *, are_sent: bool = False
    ) -> list[BeyondShare]:
        """For each programme and kind by how much these devices are more than the office is still entitled to."""
        return self._beyond(session, office, devices, are_sent=are_sent)

    def beyond_in(self, session: Session, shipment: Shipment) -> list[BeyondShare]:
        """The same of a shipment that is packed or on its way; one that has ended warns nobody."""
        if shipment.state not in {ShipmentState.DRAFT, ShipmentState.SENT}:
            return []
        waiting = [line.device for line in shipment.lines if line.is_open]
        return self.beyond(session, shipment.to_office, waiting, are_sent=shipment.state is ShipmentState.SENT)
