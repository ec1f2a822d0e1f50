"""Stored files held against the rows that name them: a row without its file is a loss that somebody has to hear of."""

from collections.abc import Iterator

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from assets_service.kernel.store import Store
from assets_service.photos.models import Photo
from assets_service.photos.reading import PHOTOS
from assets_service.settings import Settings

NAMED: dict[str, Select[str]] = {PHOTOS: select(Photo.hash).distinct().order_by(Photo.hash)}  # kind -> names


def named(session: Session) -> Iterator[tuple[str, str]]:
    """Every file that a row names, as (kind, name), with flat memory."""
    for kind, names in NAMED.items():
        for name in session.scalars(names.execution_options(yield_per=1000)):
            yield kind, name


def missing(session: Session, settings: Settings) -> Iterator[tuple[str, str]]:
    """Those of them that are not here."""
    stores = {kind: Store(settings.files_dir, kind) for kind in NAMED}
    yield from ((kind, name) for kind, name in named(session) if not stores[kind].holds(name))


def damaged(session: Session, settings: Settings) -> Iterator[tuple[str, str]]:
    """Those of them that are not here, or are no longer what was stored; every byte is read."""
    stores = {kind: Store(settings.files_dir, kind) for kind in NAMED}
    yield from ((kind, name) for kind, name in named(session) if not stores[kind].is_whole(name))
