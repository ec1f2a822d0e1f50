"""What a person asks to be printed becomes a run: the one way in for the API, the pages and the command line."""

from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from assets_service.devices import queries as devices
from assets_service.devices.queries import Flagging
from assets_service.kernel.errors import Gathering, Invalid, invalid
from assets_service.labelling import commands, queries
from assets_service.labelling.commands import LABELS_MAX
from assets_service.labelling.models import PrintRun
from assets_service.labelling.printing import Press, Progress, copy_of
from assets_service.labelling.queries import Wanted
from assets_service.labelling.schemas import WAYS, NewBlanks, NewSheet, not_one_way, sheet_of
from assets_service.ledger.stamp import Stamp
from assets_service.offices import queries as offices
from assets_service.settings import Settings


def order(session: Session, data: NewSheet, *, flagging: Flagging, settings: Settings, stamp: Stamp) -> PrintRun:
    """Raises `LocalAddress`, `NotYours`, `Invalid`."""
    commands.check_address(settings, draft=data.draft)
    asked = Gathering()
    sheet = asked.ask(lambda: sheet_of(data, queries.stock(session, data.stock, stamp)))
    choice = asked.ask(lambda: choose(session, data, flagging=flagging, stamp=stamp))
    if sheet and asked.refusals:
        asked.ask(lambda: commands.check_drawable(sheet, longest=1, settings=settings))
    asked.refuse()
    assert sheet, "it was not refused"
    assert choice, "it was not refused"
    chosen, selection = choice
    return commands.ask(session, chosen, sheet, selection=selection, reason=data.reason, settings=settings, stamp=stamp)


def order_blanks(session: Session, data: NewBlanks, *, settings: Settings, stamp: Stamp) -> PrintRun:
    """Raises `LocalAddress`, `Forbidden`, `Invalid`."""
    commands.check_address(settings, draft=data.draft)
    asked = Gathering()
    sheet = asked.ask(lambda: sheet_of(data, queries.stock(session, data.stock, stamp)))
    office = asked.ask(lambda: offices.named(session, data.office, stamp, "office"))
    if sheet and asked.refusals:
        asked.ask(lambda: commands.check_drawable(sheet, longest=1, settings=settings))
    asked.refuse()
    assert sheet, "it was not refused"
    assert office, "it was not refused"
    return commands.ask_blanks(session, data.count, sheet, office, settings=settings, stamp=stamp)


def choose(session: Session, data: NewSheet, *, flagging: Flagging, stamp: Stamp) -> tuple[list[Wanted], str]:
    """The devices meant, and how they were meant in a few words. Raises `Invalid` naming each that cannot be printed."""
    given = [name for name in WAYS if getattr(data, name) is not None]
    if problems := not_one_way(given):
        raise Invalid(*problems)
    if data.devices is not None:
        return queries.wanted_by_codes(session, data.devices, stamp), "list"

    (way,) = given
    asked = Gathering()
    office = asked.ask(partial(offices.named, session, data.office, stamp, "office")) if data.office else None
    flag = asked.ask(partial(flagging.clause, data.flag, stamp.at)) if data.flag else None
    asked.refuse()
    found = devices.matching(stamp, office=office, flag=flag)
    if data.shipment is not None:
        found = found.where(queries.in_shipment(session, data.shipment, stamp))
    if data.imported is not None:
        found = found.where(queries.registered_in(data.imported))
    chosen, total = queries.wanted_matching(session, found, unprinted=data.unprinted, limit=LABELS_MAX)
    if total > LABELS_MAX:
        raise invalid(way, "{it} labels are too many for one run.", it=total)
    if not chosen:
        raise invalid(way, "There is no device here to print a label for.")
    words = [f"{way} {getattr(data, way)}", data.flag or "", "unprinted" if data.unprinted else ""]
    return chosen, " ".join(filter(None, words))


def draw_sheet_file(
    press: Press, path: Path, data: NewSheet, *, flagging: Flagging, stamp: Stamp, progress: Progress | None = None
) -> int:
    """Order, draw and write the file, for the command line. How many labels it has. Raises any refusal of the room."""
    with press.db.writing() as session:
        run = order(session, data, flagging=flagging, settings=press.settings, stamp=stamp)
        run_id, labels = run.id, run.labels
    copy_of(press.draw(run_id, progress), path)
    return labels
