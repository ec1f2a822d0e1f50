"""What is asked: acts that were done without network, and how those end that wait for an officer."""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from msgspec import Meta, Struct

from assets_service.devices.asks import Reason
from assets_service.kernel.fields import Code, Moment, OneLine, Wire
from assets_service.outbox.models import ActType, Ruling

SCHEMA = 1  # the shape of what a phone hands in, as the app of this release writes it
SCHEMAS_BEHIND = 2  # so many releases behind are still understood
BATCH_MAX = 25
SEQUENCE_MAX = 2**53
KEPT_DAYS = 400  # as long as action ids are kept: what is older could be done twice
_ELAPSED_MAX_MS = KEPT_DAYS * 24 * 60 * 60 * 1000

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]
PhotoName = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="The SHA-256 of the bytes as they were sent.")
]


class Batch(Wire):
    """What a phone hands in: at most 25 acts, in the order in which they were done.

    Each is `{id, type, device?, shipment?, visit?, payload, photos?, observed_at, elapsed_ms?, sequence, base_version?}` and is
    read by itself, so that a bad one costs no other. `sent_at` is the phone's clock now, `holds` how many acts it still has,
    these included.
    """

    apart: ClassVar[tuple[str, ...]] = ("actions",)

    phone: UUID
    schema: Annotated[int, Meta(ge=0, le=1_000_000)]
    actions: Annotated[list[Any], Meta(max_length=BATCH_MAX)]
    name: OneLine | None = None
    sent_at: Moment | None = None
    holds: Annotated[int, Meta(ge=0, le=100_000)] | None = None


class Place(Struct):
    """Which act it is, and its place in the phone's order."""

    id: UUID
    sequence: Annotated[int, Meta(ge=1, le=SEQUENCE_MAX)]


class QueuedAct(Wire):
    """One act. `payload` is the body of the call that does the same at once; `base_version` the version the phone had.

    `observed_at` is the phone's clock when it was done, `elapsed_ms` how long ago that was by a clock that nobody sets.
    """

    id: UUID
    type: ActType
    payload: dict[str, Any]
    observed_at: Moment
    sequence: Annotated[int, Meta(ge=1, le=SEQUENCE_MAX)]
    device: Code | None = None
    shipment: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    visit: UUID | None = None
    photos: Annotated[list[PhotoName], Meta(max_length=40)] = []
    elapsed_ms: Annotated[int, Meta(ge=0, le=_ELAPSED_MAX_MS)] | None = None
    base_version: Version | None = None


class Contact(Struct):
    """A phone speaks to us. `skew_s` is by how much its clock is ahead; `holds` is None where it does not say."""

    phone: str
    schema: int
    name: str | None
    skew_s: int | None
    holds: int | None


class HandedFile(Struct):
    """A file that held a phone's queue: how many acts, and the SHA-256 of its bytes."""

    acts: int
    sha256: str


class NewRuling(Wire):
    """How an act ends that waits: done now, by the rights of whoever decides, or not at all; and why."""

    outcome: Ruling
    reason: Reason
