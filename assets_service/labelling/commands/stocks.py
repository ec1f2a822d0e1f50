"""Label stocks that users measured themselves."""

import msgspec
from msgspec import structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid, invalid
from assets_service.labelling import queries
from assets_service.labelling.asks import NewStock
from assets_service.labelling.errors import StockNameTaken, saying
from assets_service.labelling.events import StockRetired, StockSaved
from assets_service.labelling.models import SavedStock
from assets_service.ledger.commands import record
from assets_service.offices import queries as offices
from labels import Stock, StockError, check_stock


def save_stock(session: Session, ask: NewStock, *, stamp: Stamp) -> SavedStock:
    """Save a label stock. It never changes, for runs name it: retire it and save another.

    Raises `Forbidden`, `Invalid`, `StockNameTaken`.
    """
    stock = _stock(ask)
    asked = Gathering()
    office = asked.ask(lambda: offices.named(session, ask.office, stamp, "office"))
    if office and not stamp.may(office.path, *REGISTRARS):
        raise Forbidden
    asked.ask(lambda: _check_geometry(stock))
    if office and queries.is_stock_name_taken(session, stock.name):
        asked.add(StockNameTaken(name=stock.name))
    asked.refuse()
    assert office, "it was not refused"
    geometry = msgspec.json.encode(stock).decode()
    saved = SavedStock(name=stock.name, geometry=geometry, office_id=office.id, office=office, saved_at=stamp.at)
    session.add(saved)
    session.flush()
    event = StockSaved(stock=stock.name, office=office.code, geometry=geometry)
    record(session, event, subject=f"stock/{saved.id}", stamp=stamp)
    return saved


def retire_stock(session: Session, saved: SavedStock, *, stamp: Stamp) -> None:
    """Take a stock out of use; runs that used it can still be drawn again. Raises `Forbidden`."""
    if not stamp.may(saved.office.path, *REGISTRARS):
        raise Forbidden
    if saved.retired_at:
        return
    saved.retired_at = stamp.at
    record(session, StockRetired(stock=saved.name), subject=f"stock/{saved.id}", stamp=stamp)


def _stock(ask: NewStock) -> Stock:
    measures = {name: value for name, value in structs.asdict(ask).items() if name not in {"office", "title"}}
    return Stock(title=ask.title.strip(), **measures)


def _check_geometry(stock: Stock) -> None:
    """Refuse a stock whose labels overlap, leave the page or cannot hold a QR. Raises `Invalid` naming the fields."""
    if problems := [*_too_small(stock), *_off_the_page(stock)]:
        raise Invalid(*problems)
    try:
        check_stock(stock)
    except StockError as error:
        raise invalid(
            "label_height_mm", "No label can be printed with these measures: {why}", **saying(error)
        ) from None


def _too_small(stock: Stock) -> list[FieldProblem]:
    sides = sorted(("label_width_mm", "label_height_mm"), key=lambda name: float(getattr(stock, name)))
    return [
        FieldProblem(
            f"/{name}", "A QR that scans and the code beside it need {least} mm here.", {"least": round(least, 1)}
        )
        for name, least in zip(sides, stock.least_mm, strict=True)
        if getattr(stock, name) < least - 1e-9
    ]


def _off_the_page(stock: Stock) -> list[FieldProblem]:
    if (stock.page_width_mm is None) != (stock.page_height_mm is None):
        field = "page_width_mm" if stock.page_width_mm is None else "page_height_mm"
        return [FieldProblem(f"/{field}", "Give both the page's width and its height, or neither for a roll.")]
    if stock.is_roll:
        return []
    problems = []
    for grid, pitch, side, margin, page in (
        ("columns", "pitch_x_mm", "label_width_mm", "margin_left_mm", "page_width_mm"),
        ("rows", "pitch_y_mm", "label_height_mm", "margin_top_mm", "page_height_mm"),
    ):
        count, step, length = getattr(stock, grid), getattr(stock, pitch), getattr(stock, side)
        if count > 1 and step < length:
            problems.append(FieldProblem(f"/{pitch}", "The labels overlap: this is less than one label's side."))
        elif getattr(stock, margin) + (count - 1) * step + length > getattr(stock, page):
            problems.append(FieldProblem(f"/{grid}", "The labels do not all lie on the page."))
    return problems
