"""Every write of programmes: the national office's alone."""

from collections.abc import Iterable

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.devices.models import Kind
from assets_service.kernel.errors import FieldProblem, Forbidden, Gathering, Invalid
from assets_service.ledger.commands import record
from assets_service.ledger.stamp import Role, Stamp
from assets_service.offices.models import Level
from assets_service.programmes.errors import ProgrammeExists
from assets_service.programmes.events import AllocationSet, ProgrammeAdded
from assets_service.programmes.models import Allocation, Programme

TOP = "/00/"


class Rule(Struct, frozen=True):
    """Each office of the level is entitled to so many of the kind."""

    kind: Kind
    level: Level
    quantity: int


def subject(code: str) -> str:
    return f"programme/{code}"


def add(session: Session, *, code: str, name: str, rules: Iterable[Rule] = (), stamp: Stamp) -> Programme:
    """A programme, with its allocation rule if there is one already.

    Raises `Forbidden`, `ProgrammeExists`, `Invalid`.
    """
    _must_be_national(stamp)
    rules = list(rules)
    asked = Gathering()
    if session.scalar(select(Programme.id).where(Programme.code == code)):
        asked.add(ProgrammeExists(code=code))
    asked.ask(lambda: _quantities(rules))
    asked.refuse()
    programme = Programme(code=code, name=name.strip(), added_at=stamp.at, allocations=[])
    session.add(programme)
    record(session, ProgrammeAdded(code=code, name=programme.name), subject=subject(code), stamp=stamp)
    if rules:
        set_allocation(session, programme, rules, stamp=stamp)
    return programme


def set_allocation(session: Session, programme: Programme, rules: Iterable[Rule], *, stamp: Stamp) -> None:
    """The whole rule anew: a kind and level that is not named entitles nobody. Raises `Forbidden` and `Invalid`."""
    _must_be_national(stamp)
    quantities = _quantities(rules)
    before = {(held.kind, held.level): held for held in programme.allocations}
    after = dict.fromkeys(before, 0) | quantities
    if after == {key: held.quantity for key, held in before.items()}:
        return
    for (kind, level), quantity in after.items():
        if held := before.get((kind, level)):
            held.quantity = quantity
        else:
            programme.allocations.append(Allocation(kind=kind, level=level, quantity=quantity))
    told: dict[str, dict[str, int]] = {}
    for (kind, level), quantity in quantities.items():
        told.setdefault(kind, {})[level] = quantity
    record(session, AllocationSet(allocation=told), subject=subject(programme.code), stamp=stamp)


def _quantities(rules: Iterable[Rule]) -> dict[tuple[Kind, Level], int]:
    rules = list(rules)
    if problems := twice([(rule.kind, rule.level) for rule in rules]):
        raise Invalid(*problems)
    return {(rule.kind, rule.level): rule.quantity for rule in rules}


def twice(named: list[tuple[Kind, Level]]) -> list[FieldProblem]:
    """The rules that say again what an earlier one says."""
    return [
        FieldProblem(f"/allocation/{place}", "This kind and level stand here twice.")
        for place, each in enumerate(named)
        if each in named[:place]
    ]


def _must_be_national(stamp: Stamp) -> None:
    if not stamp.may(TOP, Role.ADMIN):
        raise Forbidden
