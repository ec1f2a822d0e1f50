"""What happened at the offline door that no act tells by itself."""

from typing import Annotated

from assets_service.ledger.events import Event, PersonId, Remark, Words
from assets_service.web.language import phrase


class PhoneAdded(Event, frozen=True, tag="outbox.phone_added"):
    """A phone handed something in for the first time. Its subject is the person whose phone it is."""

    says = phrase("A phone was used without network for the first time.")
    lists = ("phone",)

    phone: str


class PhoneSignedOut(Event, frozen=True, tag="outbox.phone_signed_out"):
    """A phone empties itself at its next contact. Its subject is the person whose phone it is."""

    says = phrase("A phone was signed out.")
    lists = ("phone",)
    is_watched = True

    phone: str


class FileHandedIn(Event, frozen=True, tag="outbox.file_handed_in"):
    """Somebody handed in a phone's queue as a file. Its subject is the person whose phone it is, as whom it was judged."""

    says = phrase("What a phone did without network was handed in as a file.")
    lists = ("phone", "acts", "file_sha256")

    phone: str
    acts: int
    file_sha256: str


class Settled(Event, frozen=True, tag="outbox.settled"):
    """Somebody decided about an act done without network that could not be carried out as it came in."""

    says = phrase("What {person} did without network was settled.")
    lists = ("ruling", "act")

    act: Annotated[str, Words(("offline_act",))]
    action: str
    person: PersonId
    ruling: Annotated[str, Words(("ruling",))]
    reason: Remark
