"""The national distribution from end to end: `python tests/bench/bench_distribution.py [database url]`.

1,067 devices of the national office go to 552 offices by the programme: drafted in one act, sent in one act, nine tenths
received over two visits by each office's head, what was not there said so on the second, its difference settled by a
person of neither side. Everything through the commands a page or a program calls, each office's visit in a transaction
of its own; then the ledger is verified and the tables are held against it. Prints seconds of each part.
"""

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

sys.path.insert(0, str(Path(__file__).parents[2]))

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands, queries
from assets_service.custody.asks import NewReceipt, NewSettlement, ReceiptLine
from assets_service.custody.models import Difference, Outcome, Receipt, Settlement, Shipment, ShipmentLine
from assets_service.devices.models import Device, Kind
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.offices import commands as offices
from assets_service.offices.models import Level, Office
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import NewDistribution
from assets_service.upkeep.tables import compare
from migrations import upgrade
from tests import build
from tests.programmes.build_programmes import a_programme

MISSING_ONE_IN = 10
PROGRAMME = "PPID-2024"


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what:<58} {time.perf_counter() - began:7.2f} s", flush=True)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sys.argv[1] if len(sys.argv) > 1 else f"sqlite:///{folder}/bench.db"
        upgrade(url)
        db = Database(url)
        with timed("a country, its 1,067 devices and a head for each office"):
            sender, officer, heads = a_country(db)
        with timed("drafts for 552 offices, one act"), db.writing() as session:
            asked = NewDistribution(programme=PROGRAMME, office="00")
            made = programmes.distribute(session, asked, stamp=sender)
        print(f"{made.shipments} drafts, {made.devices} devices, {made.wanting} wanting")
        with timed("sent, one act"), db.writing() as session:
            programmes.send(session, session.merge(made), stamp=sender)
        with timed("received over two visits"):
            received(db, heads)
        with timed("differences settled"):
            settled(db, officer)
        with timed("ledger verified, tables held against it"):
            told(db)
        db.close()


def a_country(db: Database) -> tuple[Stamp, Stamp, dict[int, Stamp]]:
    """Who sends, who settles, and the head of each office by its number."""
    with db.writing() as session:
        offices.add_roster(session, stamp=build.system())
        a_programme(session, PROGRAMME)
        kinds = [Kind.TABLET] * session.scalars(select(func.count()).select_from(Office)).one()
        regencies = select(func.count()).where(Office.level.in_((Level.REGENCY, Level.CITY)))
        kinds += [Kind.SMARTPHONE] * session.scalars(regencies).one()
        for kind in kinds:
            build.a_device(session, kind=kind, programme=PROGRAMME)
        sender = build.stamp(session, build.a_person(session, "Dewi", role=Role.LOGISTICS))
        officer = build.stamp(session, build.a_person(session, "Oka", role=Role.ADMIN))
        heads = {
            office.id: build.stamp(
                session, build.a_person(session, f"Kepala {office.id}", at=office.code, role=Role.HEAD)
            )
            for office in session.scalars(select(Office).where(Office.code != "00"))
        }
    return sender, officer, heads


def received(db: Database, heads: dict[int, Stamp]) -> None:
    """The first device of each box on a first visit, the rest on a second; every tenth device was not in its box."""
    with db.reading() as session:
        boxes = session.execute(select(Shipment.id, Shipment.to_id).order_by(Shipment.id)).all()
    seen = 0
    for box_id, office_id in boxes:
        by = heads[office_id]
        for _ in range(2):
            with db.writing() as session:
                box = queries.locked(session, box_id, by)
                lines = []
                for line in [line for line in box.lines if line.is_open][:1]:
                    seen += 1
                    lines.append(what_was_found(line, seen))
                if lines:
                    commands.receive(session, box, NewReceipt(lines=lines), stamp=by)


def what_was_found(line: ShipmentLine, number: int) -> ReceiptLine:
    if number % MISSING_ONE_IN == 0:
        return ReceiptLine(device=line.device.code, outcome=Outcome.SHORT, reason="not_packed")
    return ReceiptLine(device=line.device.code, outcome=Outcome.RECEIVED, accessories=line.packed)


def settled(db: Database, officer: Stamp) -> None:
    with db.reading() as session:
        waiting = list(session.scalars(select(Difference.id).where(Difference.settled_at.is_(None))))
    for number in waiting:
        with db.writing() as session:
            found = queries.locked_difference(session, number, officer)
            asked = NewSettlement(outcome=Settlement.FOUND, reason="not_packed")
            commands.settle(session, found, asked, stamp=officer)


def told(db: Database) -> None:
    wrong: list[str] = []
    with db.reading() as session:
        checked = ledger.verify(session)
        assert checked.broken is None
        compare(session, say=wrong.append)
        print(f"{count(session, Receipt)} receipts, {count(session, Difference)} differences, {where(session)}")
    assert wrong == []


def count(session: Session, model: type[Receipt] | type[Difference]) -> int:
    return session.scalars(select(func.count()).select_from(model)).one()


def where(session: Session) -> Counter[str]:
    """Devices by whether the national office still answers for them."""
    codes = session.scalars(select(Office.code).join(Device, Device.office_id == Office.id))
    return Counter("at the national office" if code == "00" else "received" for code in codes)


if __name__ == "__main__":
    main()
