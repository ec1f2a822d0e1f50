"""Every write of photos."""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import structs
from sqlalchemy import delete
from sqlalchemy.orm import Session

from assets_service.access.stamp import WRITERS, Stamp
from assets_service.kernel.errors import Forbidden
from assets_service.ledger.commands import record
from assets_service.photos import queries
from assets_service.photos.asks import NewPhoto
from assets_service.photos.events import PhotoUploaded
from assets_service.photos.models import Photo
from assets_service.photos.reading import Picture

WAITING_MAX = timedelta(days=7)  # for a photo whose act never comes
WAITING_OF_PHONES_MAX = timedelta(days=90)  # whose act may lie on a phone that is long without network


class Sent(NamedTuple):
    """A photo that a phone has named, and whether it did so only now."""

    photo: Photo
    is_new: bool


def add(session: Session, ask: NewPhoto, picture: Picture, *, stamp: Stamp) -> Photo:
    """Keep a photo until an act names it; sent again while it waits, it waits anew. Raises `Forbidden`."""
    if not stamp.has(*WRITERS):
        raise Forbidden
    if earlier := queries.waiting(session, picture.hash, stamp):
        earlier.uploaded_at = stamp.at
        return earlier
    return _kept(session, ask, picture, stamp)


def name(session: Session, ask: NewPhoto, picture: Picture | None, *, stamp: Stamp) -> Sent:
    """Keep a photo under the hash of its bytes as they were sent. Raises `Forbidden`.

    `picture` is None where its sender has sent it before: then nothing had to be decoded.
    """
    if not stamp.has(*WRITERS):
        raise Forbidden
    earlier = queries.sent_by(session, [ask.sha256], stamp).get(ask.sha256)
    if earlier:
        earlier.uploaded_at = stamp.at
        return Sent(earlier, is_new=False)
    assert picture, "what was not sent before was decoded"
    return Sent(_kept(session, ask, picture, stamp), is_new=True)


def _kept(session: Session, ask: NewPhoto, picture: Picture, stamp: Stamp) -> Photo:
    photo = Photo(
        **structs.asdict(picture),
        person_id=stamp.actor_id,
        uploaded_at=stamp.at,
        sent_sha256=ask.sha256 if ask.is_named_by_sender else None,
    )
    session.add(photo)
    session.flush()
    if not ask.comes_with_act:
        record(session, PhotoUploaded(photo=picture.hash), subject=f"person/{stamp.actor_id or 0}", stamp=stamp)
    return photo


def sweep(session: Session, *, at: datetime) -> list[str]:
    """Forget photos that no act ever named; returns the names of the stored files that no row needs any more."""
    gone = queries.unattached(session, before=at - WAITING_MAX, of_phones_before=at - WAITING_OF_PHONES_MAX)
    session.execute(delete(Photo).where(Photo.id.in_([photo.id for photo in gone])))
    names = {photo.hash for photo in gone}
    return sorted(names - queries.still_used(session, sorted(names)))
