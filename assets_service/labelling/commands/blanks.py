"""Blank labels: printed before there is a device, claimed by one later."""

from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from assets_service.access.stamp import REGISTRARS, Stamp
from assets_service.actions.act import Tools
from assets_service.devices import commands as devices
from assets_service.devices.asks import CodeClaim
from assets_service.devices.identifiers import new_code
from assets_service.devices.models import Device, LabelCode
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden
from assets_service.labelling.asks import Attachment, NewBlanks
from assets_service.labelling.commands.attaching import attach
from assets_service.labelling.commands.choosing import Shop, agree_on_blanks, check_drawable, check_start
from assets_service.labelling.commands.runs import new_run, shop_of
from assets_service.labelling.models import PrintedLabel, PrintRun, RunSort
from assets_service.offices.models import Office


def prepare_blanks(ask: NewBlanks, stamp: Stamp, tools: Tools) -> Shop:
    """Refuse before the transaction what can be refused, by drawing a sample."""
    shop = shop_of(ask, stamp, tools)
    with tools[Database].reading() as session:
        agree_on_blanks(session, ask, shop, check_drawable, stamp=stamp)
    return shop


def order_blanks(session: Session, ask: NewBlanks, shop: Shop, *, stamp: Stamp) -> PrintRun:
    """Add a run of labels whose codes belong to no device yet. Raises `LocalAddress`, `Forbidden`, `Invalid`."""
    _, office = agree_on_blanks(session, ask, shop, check_start, stamp=stamp)
    if not stamp.may(office.path, *REGISTRARS):
        raise Forbidden
    run = new_run(session, RunSort.BLANKS, office, ask, ask.count, "", None, stamp)
    # A draft is thrown away: its codes lead nowhere and are not kept for a device.
    made = (
        {new_code() for _ in range(ask.count)} if ask.draft else _new_blanks(session, ask.count, run, office, stamp.at)
    )
    codes = sorted(made)
    run.labels = len(codes)
    session.execute(
        insert(PrintedLabel),
        [{"run_id": run.id, "position": place, "code": code, "version": 1} for place, code in enumerate(codes, 1)],
    )
    return run


def _new_blanks(session: Session, count: int, run: PrintRun, office: Office, at: datetime) -> set[str]:
    made: set[str] = set()
    while len(made) < count:
        codes = {new_code() for _ in range(count - len(made))}
        made |= codes - set(session.scalars(select(LabelCode.code).where(LabelCode.code.in_(codes))))
    rows = [{"code": code, "batch_id": run.id, "office_id": office.id, "made_at": at} for code in sorted(made)]
    session.execute(insert(LabelCode), rows)
    return made


def claim(session: Session, device: Device, ask: CodeClaim, *, stamp: Stamp) -> None:
    """Let a blank label, stuck on a registered device, lead to that device, and see the label attached.

    Raises `Forbidden`, `Retired`, `NoSuchBlank`, `BlankOfAnother`, `CodeTaken`.
    """
    devices.claim_code(session, device, ask, stamp=stamp)
    attach(session, device, Attachment(scanned=ask.code), stamp=stamp)
