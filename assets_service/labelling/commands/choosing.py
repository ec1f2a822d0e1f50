"""Which devices an ask means, whether they may be printed, and whether their labels can be drawn: everything but the writing."""

from collections.abc import Callable
from functools import partial

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.devices import queries as devices
from assets_service.devices.models import Presence
from assets_service.devices.queries import Flagging
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid, invalid
from assets_service.kernel.store import Store
from assets_service.labelling import queries
from assets_service.labelling.asks import LABELS_MAX, WAYS, NewBlanks, NewSheet, OnPaper, not_one_way
from assets_service.labelling.errors import LocalAddress, NotYours, unreadable
from assets_service.labelling.queries import Printable
from assets_service.labelling.texts import Prefix, next_version
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.offices.models import Office
from assets_service.settings import Settings
from labels import LabelError, LabelText, Stock, StockError, sheet_pdf


class Shop(Struct, frozen=True):
    """The parts of an installation that printing needs: its address and mark, the flags, the files that were drawn."""

    settings: Settings
    flagging: Flagging
    files: Store


class Choice(Struct, frozen=True):
    """What is to be printed: the stock, the devices, the version of each label, and the choice in a few words."""

    stock: Stock
    devices: list[Printable]
    versions: list[int]
    selection: str


Check = Callable[[OnPaper, Stock, int, Settings], None]  # (ask, stock, the longest version)


def agree(session: Session, ask: NewSheet, shop: Shop, check: Check, *, stamp: Stamp) -> Choice:
    """The choice that `ask` makes. Raises `LocalAddress`, `NotYours`, `Invalid`."""
    _must_lead_somewhere(ask, shop.settings)
    asked = Gathering()
    stock = asked.ask(lambda: queries.stock(session, ask.stock, stamp))
    found = asked.ask(lambda: chosen(session, ask, flagging=shop.flagging, stamp=stamp))
    if stock and asked.refusals:
        asked.ask(lambda: check(ask, stock, 1, shop.settings))
    asked.refuse()
    assert stock, "it was not refused"
    assert found, "it was not refused"
    printable, selection = found
    for device in printable:
        if not stamp.may(device.office_path, *REGISTRARS):
            raise NotYours(code=device.code)
    versions = [next_version(each.label_version, is_printed=each.is_printed, draft=ask.draft) for each in printable]
    asked.ask(lambda: _refuse_retired(printable))
    asked.ask(lambda: _refuse_again_without_reason(ask, printable))
    asked.ask(lambda: check(ask, stock, max(versions), shop.settings))
    asked.refuse()
    return Choice(stock, printable, versions, selection)


def agree_on_blanks(
    session: Session, ask: NewBlanks, shop: Shop, check: Check, *, stamp: Stamp
) -> tuple[Stock, Office]:
    """The stock and the office of new blanks. Raises `LocalAddress`, `Invalid`."""
    _must_lead_somewhere(ask, shop.settings)
    asked = Gathering()
    stock = asked.ask(lambda: queries.stock(session, ask.stock, stamp))
    office = asked.ask(lambda: offices.named(session, ask.office, stamp, "office"))
    if stock:
        asked.ask(lambda: check(ask, stock, 1, shop.settings))
    asked.refuse()
    assert stock, "it was not refused"
    assert office, "it was not refused"
    return stock, office


def chosen(session: Session, ask: NewSheet, *, flagging: Flagging, stamp: Stamp) -> tuple[list[Printable], str]:
    """The devices that are meant, and the choice in a few words. Raises `Invalid` naming each that cannot be printed."""
    given = [name for name in WAYS if getattr(ask, name) is not None]
    if problems := not_one_way(given):
        raise Invalid(*problems)
    if ask.devices is not None:
        return queries.printable_by_codes(session, ask.devices, stamp), "list"

    (way,) = given
    asked = Gathering()
    area = asked.ask(partial(Where(ask.office, ask.office_only).area, session, stamp))
    flag = asked.ask(partial(flagging.clause, ask.flag, stamp.at)) if ask.flag else None
    asked.refuse()
    found = devices.matching(stamp, area=area, flag=flag, imported=ask.imported)
    if ask.shipment is not None:
        found = found.where(queries.in_shipment(session, ask.shipment, stamp))
    printable, total = queries.printable_matching(session, found, unprinted=ask.unprinted, limit=LABELS_MAX)
    if total > LABELS_MAX:
        raise invalid(way, "{it} labels are too many for one run.", it=total)
    if not printable:
        raise invalid(way, "There is no device here to print a label for.")
    words = [
        f"{way} {area.path.split('/')[-2] if area else getattr(ask, way)}",
        "only" if area and area.is_alone else "",
        ask.flag or "",
        "unprinted" if ask.unprinted else "",
    ]
    return printable, " ".join(filter(None, words))


def check_start(ask: OnPaper, stock: Stock, _longest: int, _settings: Settings) -> None:
    """Refuse a first free label that the sheet does not have. Raises `Invalid`."""
    if not 1 <= ask.start <= stock.per_sheet:
        raise invalid("start", "A sheet of this stock has {it} labels; start at one of them.", it=stock.per_sheet)


def check_drawable(ask: OnPaper, stock: Stock, longest: int, settings: Settings) -> None:
    """Draw one label as long as any of the run, so that a run never fails half-way. Raises `Invalid`.

    It takes long: call it before the transaction, or where nothing is written.
    """
    check_start(ask, stock, longest, settings)
    code = "0" * 8
    url = Prefix(settings.base_url).url(code, longest)
    sample = LabelText(url=url, code=code, draft=ask.draft, version=longest)
    try:
        sheet_pdf(
            [sample],
            stock,
            start=ask.start,
            offset_x_mm=ask.offset_x_mm,
            offset_y_mm=ask.offset_y_mm,
            scale=ask.scale,
            mark=settings.label_mark,
        )
    except StockError:
        raise Invalid(
            *(
                FieldProblem(f"/{field}", "With this offset and scale, labels leave the page.")
                for field, standard in (("offset_x_mm", 0.0), ("offset_y_mm", 0.0), ("scale", 1.0))
                if getattr(ask, field) != standard
            )
        ) from None
    except LabelError:
        raise unreadable(stock, url) from None


def _must_lead_somewhere(ask: OnPaper, settings: Settings) -> None:
    """Refuse labels that would name this machine only. Raises `LocalAddress`."""
    if settings.is_local and not ask.draft:
        raise LocalAddress(address=settings.base_url)


def _refuse_retired(printable: list[Printable]) -> None:
    """Refuse devices that are written off. Raises `Invalid` naming each."""
    problems = [
        FieldProblem(f"/devices/{place}", "{code} is written off.", {"code": device.code})
        for place, device in enumerate(printable)
        if device.presence is Presence.WRITTEN_OFF
    ]
    if problems:
        raise Invalid(*problems)


def _refuse_again_without_reason(ask: NewSheet, printable: list[Printable]) -> None:
    again = sum(device.is_printed for device in printable)
    if again and not ask.reason and not ask.draft:
        raise invalid(
            "reason",
            "{it} of these devices already have a printed label. Say why it is printed again, or leave them out.",
            it=again,
        )
