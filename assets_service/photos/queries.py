"""Every select of photos. Who may see one that belongs to an act is said by the room of that act."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.photos.models import Photo

SWEPT_AT_ONCE = 1000


def is_own_and_waiting(stamp: Stamp) -> ColumnElement[bool]:
    """A clause for one's own photos that no act has named yet."""
    return Photo.attached_at.is_(None) & (Photo.person_id == (stamp.actor_id or 0))


def waiting(session: Session, name: str, stamp: Stamp) -> Photo | None:
    """The same picture, sent by the same person before, that still waits."""
    same = (Photo.hash == name) & (Photo.person_id == stamp.actor_id) & Photo.attached_at.is_(None)
    return session.scalar(select(Photo).where(same).limit(1))


def sent_by(session: Session, names: Sequence[str], stamp: Stamp) -> dict[str, Photo]:
    """The stamp's own photos among those that a phone named by these hashes, whether an act has them already or not."""
    if not names:
        return {}
    own = (Photo.person_id == (stamp.actor_id or 0)) & Photo.sent_sha256.in_(names)
    return {photo.sent_sha256 or "": photo for photo in session.scalars(select(Photo).where(own))}


def unattached(session: Session, *, before: datetime, of_phones_before: datetime) -> list[Photo]:
    """Photos sent before these moments that no act has named."""
    too_old = case((Photo.sent_sha256.is_(None), before), else_=of_phones_before)
    late = Photo.attached_at.is_(None) & (Photo.uploaded_at < before) & (Photo.uploaded_at < too_old)
    return list(session.scalars(select(Photo).where(late).limit(SWEPT_AT_ONCE)))


def still_used(session: Session, names: Sequence[str]) -> set[str]:
    """Those of the names that some row still bears."""
    return set(session.scalars(select(Photo.hash).where(Photo.hash.in_(names))))
