"""What happened to photos before they belong to an act."""

from assets_service.ledger.events import Event
from assets_service.web.language import phrase


class PhotoUploaded(Event, frozen=True, tag="photos.uploaded"):
    """A photo waits for its check. Its subject is the person who sent it."""

    says = phrase("A photo was sent for a check.")
    lists = ("photo",)

    photo: str
