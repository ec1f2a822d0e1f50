"""Every write of offices."""

import csv
from collections.abc import Iterable
from importlib.resources import files

from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.kernel.errors import Forbidden
from assets_service.kernel.fields import changes
from assets_service.kernel.spelling import searchable
from assets_service.ledger.commands import digest_of, keep_name, record, record_each
from assets_service.offices.asks import AmendOffice
from assets_service.offices.events import OfficeAdded, OfficeAmended
from assets_service.offices.models import Level, Office


def subject(code: str) -> str:
    return f"office/{code}"


def add_roster(session: Session, *, stamp: Stamp) -> int:
    """Add the 553 offices of the roster that comes with the code; parents stand before children."""
    with files("assets_service.offices").joinpath("roster.csv").open(encoding="utf-8") as roster:
        return add_each(session, csv.DictReader(roster), stamp=stamp)


def add_each(session: Session, rows: Iterable[dict[str, str]], *, stamp: Stamp) -> int:
    offices: dict[str, Office] = {}
    events = []
    for row in rows:
        parent = offices.get(row["parent_code"])
        offices[row["code"]] = office = Office(
            code=row["code"],
            level=Level(row["level"]),
            name=row["name"],
            office_name=row["office_name"],
            search=searchable(row["name"] + row["office_name"]),
            parent=parent,
            path=f"{parent.path if parent else '/'}{row['code']}/",
            timezone=row["timezone"],
            added_at=stamp.at,
        )
        session.add(office)
        events.append((subject(office.code), _added(office, parent)))
    record_each(session, events, stamp=stamp)
    return len(offices)


def amend(session: Session, office: Office, ask: AmendOffice, *, stamp: Stamp) -> None:
    """Change what an office is called and who heads it; its code and place in the tree stay. Raises `Forbidden`."""
    if not stamp.may(office.path, Role.ADMIN):
        raise Forbidden
    changed = {field: value for field, value in changes(ask).items() if getattr(office, field) != value}
    if not changed:
        return
    for field, value in changed.items():
        setattr(office, field, value)
    office.search = searchable(office.name + office.office_name)
    office.version += 1
    if "head_name" in changed:
        kept = keep_name(session, subject(office.code), changed.pop("head_name"), at=stamp.at)
        changed["head_name_sha256"] = digest_of(kept) if kept else None
    record(session, OfficeAmended(**changed), subject=subject(office.code), stamp=stamp)


def _added(office: Office, parent: Office | None) -> OfficeAdded:
    return OfficeAdded(
        code=office.code,
        level=office.level,
        name=office.name,
        office_name=office.office_name,
        parent=parent.code if parent else None,
        timezone=office.timezone,
    )
