"""A ledger that is sealed, and what an auditor needs to check it."""

from itertools import count

from sqlalchemy.orm import Session

from assets_service.kernel.db import Database
from assets_service.ledger.commands import record_each
from assets_service.ledger.events import Event
from assets_service.seals import queries
from assets_service.seals.models import Seal
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from assets_service.tlog.keys import VerifierKey
from tests import build

_numbers = count(1)


class Happened(Event, frozen=True, tag="tests.happened"):
    says = "Something happened."

    what: str = ""


def some_entries(session: Session, number: int, *, chains: int = 7, first: int = 100) -> None:
    """Entries of a few chains, in turns."""
    events = [(f"stock/{first + each % chains}", Happened(what=f"{next(_numbers)}")) for each in range(number)]
    record_each(session, events, stamp=build.system())


def sealed(db: Database, settings: Settings, *numbers: int) -> list[Seal]:
    """A seal after each so many entries."""
    seals = []
    for number in numbers:
        with db.writing() as session:
            some_entries(session, number)
        made = Sealer(db, settings).seal()
        assert made is not None
        seals.append(made)
    return seals


def key_of(db: Database) -> VerifierKey:
    with db.reading() as session:
        return queries.log(session).key
