"""Every select of label stocks."""

import msgspec
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.kernel.db import lock_row
from assets_service.kernel.errors import invalid
from assets_service.labelling.errors import NoSuchStock
from assets_service.labelling.models import SavedStock
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope
from labels import STOCKS, Stock


def stock(session: Session, name: str, stamp: Stamp) -> Stock:
    """A shipped stock, or one saved for an office above or below the caller's. Raises `Invalid` for the field `stock`."""
    if name in STOCKS:
        return STOCKS[name]
    try:
        return geometry(saved_stock(session, name, stamp))
    except NoSuchStock:
        raise invalid("stock", "There is no label stock {name}.", name=name) from None


def saved_stock(session: Session, name: str, stamp: Stamp) -> SavedStock:
    """The visible saved stock with this number. Raises `NoSuchStock`."""
    found = session.scalar(_stocks_visible_to(stamp).where(SavedStock.name == name))
    if found is None:
        raise NoSuchStock(name=name)
    return found


def locked_stock(session: Session, name: str, stamp: Stamp) -> SavedStock:
    """The stock to be changed, its row locked. Raises `NoSuchStock`."""
    found = saved_stock(session, name, stamp)
    lock_row(session, found)
    return found


def saved_stocks(session: Session, stamp: Stamp) -> list[SavedStock]:
    return list(session.scalars(_stocks_visible_to(stamp).order_by(SavedStock.name)))


def stock_of_run(session: Session, name: str) -> Stock:
    """The stock that a run names, even if it was retired since."""
    if name in STOCKS:
        return STOCKS[name]
    return geometry(session.execute(select(SavedStock).where(SavedStock.name == name)).scalar_one())


def is_stock_name_taken(session: Session, name: str) -> bool:
    return name in STOCKS or session.scalar(select(SavedStock.id).where(SavedStock.name == name)) is not None


def geometry(saved: SavedStock) -> Stock:
    return msgspec.json.decode(saved.geometry, type=Stock)


def _stocks_visible_to(stamp: Stamp) -> Select[SavedStock]:
    """A select of the stocks of offices above and below: a province's serves its regencies, which it sees too."""
    above = {path[: place + 1] for path in stamp.scopes() for place, sign in enumerate(path) if sign == "/" and place}
    return (
        select(SavedStock)
        .join(Office, Office.id == SavedStock.office_id)
        .where(SavedStock.retired_at.is_(None), or_(in_scope(stamp), Office.path.in_(sorted(above))))
        .options(joinedload(SavedStock.office))
    )
