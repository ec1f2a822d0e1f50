"""The chains of offices, persons, programmes, stocks, label runs, shipments and strangers' messages replayed."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import UNSET, structs

from assets_service.custody.events import Cleared, RouteSet
from assets_service.imports.events import FileRegistered, FileUndone
from assets_service.inspections.events import PolicySet
from assets_service.kernel.spelling import searchable
from assets_service.labelling.events import (
    FinderAnswered,
    FinderWrote,
    RunAsked,
    RunCancelled,
    RunDrawn,
    RunRestarted,
    StockRetired,
    StockSaved,
)
from assets_service.offices.events import OfficeAdded, OfficeAmended
from assets_service.openness.events import OfficeGraded
from assets_service.people.events import (
    PasswordChanged,
    PersonAdded,
    PersonAmended,
    PersonDeactivated,
    PersonMoved,
    PersonReactivated,
    RoleEnded,
    RoleGranted,
    SignInGiven,
)
from assets_service.programmes.events import (
    AllocationSet,
    Distributed,
    DistributionUndone,
    ProgrammeAdded,
)
from assets_service.upkeep.tables.custody import hear as hear_custody
from assets_service.upkeep.tables.devices import hear_finder
from assets_service.upkeep.tables.told import Blankable, Digested, Likeness, OneOf, Said, Something, Told

_NOT_NAMED = dict.fromkeys(("address", "head_name", "head_title", "letter_code", "uakpb"))


def replay_office(code: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    graded: Counter[int] = Counter()
    for said in chain:
        match said.event:
            case OfficeGraded(year=year, grade=grade, source=source):
                row = {"office_id": code, "year": year, "grade": grade, "source": source, "set_at": said.moment}
                told["openness_grades", (year, graded[year])] = row
                graded[year] += 1
            case OfficeAdded() as added:
                told["offices", code] = _NOT_NAMED | {
                    "code": code,
                    "level": added.level,
                    "name": added.name,
                    "office_name": added.office_name,
                    "parent_id": added.parent,
                    "path": _path(code, added.parent),
                    "timezone": added.timezone,
                    "version": 1,
                    "added_at": said.moment,
                }
            case OfficeAmended() as amended:
                changes = {name: value for name, value in structs.asdict(amended).items() if value is not UNSET}
                if "head_name_sha256" in changes:
                    digest = changes.pop("head_name_sha256")
                    changes["head_name"] = _hear_name(told, said, digest)
                told["offices", code] |= changes
                told["offices", code]["version"] += 1
            case PolicySet(rule=rule, months=months):
                times = told.get(("check_policies", code), {"version": 0})["version"] + 1
                policy = {"office_id": code, "rule": rule, "months": months, "set_at": said.moment, "version": times}
                told["check_policies", code] = policy
    if office := told.get(("offices", code)):
        office["search"] = searchable(office["name"] + office["office_name"])
    return told


def _path(code: str, parent: str | None) -> str:
    """Every office stands below its parent, a regency's below the national one."""
    above = "" if parent is None else "00/" if parent == "00" else f"00/{parent}/"
    return f"/{above}{code}/"


def replay_person(number: str, chain: Iterable[Said]) -> Told:  # noqa: C901 - one case for each kind
    told: Told = {}
    person: dict[str, Any] = {}
    for said in chain:
        match said.event:
            case PersonAdded() as added:
                person = told["persons", int(number)] = {
                    "id": int(number),
                    "name": _hear_name(told, said, added.name_sha256),
                    "username": Digested(added.username_sha256, "username") if added.username_sha256 else None,
                    "username_likeness": Likeness() if added.username_sha256 else None,
                    "office_id": added.office,
                    "password_hash": None,
                    "is_active": True,
                    "sign_in_epoch": 0,
                    "version": 1,
                    "added_at": said.moment,
                }
            case PersonAmended() as amended:
                person["version"] += 1
                if amended.name_sha256 is not UNSET:
                    person["name"] = _hear_name(told, said, amended.name_sha256)
            case SignInGiven() as given:
                digest = given.username_sha256
                person["username"] = Digested(digest, "username") if digest else Something()
                person["username_likeness"] = Likeness()
                person["version"] += 1
            case PersonMoved(office=office):
                person["office_id"] = office
                person["version"] += 1
            case PasswordChanged():
                person["password_hash"] = Something()
                person["sign_in_epoch"] += 1
            case PersonDeactivated() | PersonReactivated() as turned:
                has_left = isinstance(turned, PersonDeactivated)
                person["is_active"] = not has_left
                person["version"] += 1
                person["sign_in_epoch"] += has_left
            case RoleGranted() | RoleEnded():
                person["version"] += 1
                person["sign_in_epoch"] += 1
                _hear_grant(told, said, int(number))
        if isinstance(said.event, Cleared):
            place = sum(key[0] == "clearances" for key in told)
            row = {"person_id": int(number), "at": said.moment, "by_id": said.actor_id}
            told["clearances", (int(number), place)] = row
    return told


def _hear_name(told: Told, said: Said, digest: str | None) -> Digested | None:
    """The name that stands from now on, or none; the one before it ends. Returns what the row of whoever bears it must say."""
    numbers = [key[1] for key in told if key[0] == "names"]
    if numbers and told["names", numbers[-1]]["until"] is None:
        told["names", numbers[-1]]["until"] = said.moment
    if digest is None:
        return None
    number = len(numbers) + 1
    kept = Blankable(digest)
    told["names", number] = {"number": number, "name": kept, "salt": kept, "since": said.moment, "until": None}
    return Digested(digest)


def _hear_grant(told: Told, said: Said, number: int) -> None:
    event = said.event
    assert isinstance(event, RoleGranted | RoleEnded), "nothing else tells of grants"
    same = [key for key in told if key[0] == "grants" and key[1][:2] == (event.role, event.office)]  # type: ignore[index]  # as made below
    if isinstance(event, RoleEnded):
        told[same[-1]]["ended_at"] = said.moment
        return
    told["grants", (event.role, event.office, len(same))] = {
        "person_id": number,
        "role": event.role,
        "office_id": event.office,
        "granted_at": said.moment,
        "granted_by_id": said.actor_id,
        "ended_at": None,
    }


def replay_programme(code: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        match said.event:
            case ProgrammeAdded(name=name):
                told["programmes", code] = {"code": code, "name": name, "added_at": said.moment}
            case AllocationSet(allocation=rules):
                for key in [key for key in told if key[0] == "allocations"]:
                    told[key]["quantity"] = 0  # absent is none
                for kind, levels in rules.items():
                    for level, quantity in levels.items():
                        rule = {"programme_id": code, "kind": kind, "level": level, "quantity": quantity}
                        told["allocations", (kind, level)] = rule
    return told


def replay_stock(number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        match said.event:
            case StockSaved() as saved:
                told["label_stocks", int(number)] = {
                    "id": int(number),
                    "name": saved.stock,
                    "geometry": saved.geometry,
                    "office_id": saved.office,
                    "saved_at": said.moment,
                    "retired_at": None,
                }
            case StockRetired():
                told["label_stocks", int(number)]["retired_at"] = said.moment
    return told


_UNDER_WAY = OneOf(("queued", "drawing", "failed"))


def replay_run(number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    run: dict[str, Any] = {}
    for said in chain:
        match said.event:
            case RunAsked() as asked:
                run = told["print_runs", int(number)] = {
                    "id": int(number),
                    "sort": asked.sort,
                    "office_id": asked.office,
                    "selection": asked.selection,
                    "stock": asked.stock,
                    "draft": asked.draft,
                    "reason": asked.reason,
                    "labels": asked.labels,
                    "attempt": 1,
                    "asked_at": said.moment,
                    "asked_by_id": said.actor_id,
                    "door": said.door,
                    "action_id": said.action_id,
                }
                run |= {"state": _UNDER_WAY, "file_sha256": None}
            case RunDrawn(file_sha256=file):
                run |= {"state": "done", "file_sha256": file}
            case RunCancelled():
                run |= {"state": "cancelled", "file_sha256": None}
            case RunRestarted(attempt=attempt):
                run |= {"state": _UNDER_WAY, "file_sha256": None, "attempt": attempt}
    return told


def replay_import(number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        match said.event:
            case FileRegistered(sha256=sha256, rows=rows, office=office):
                told["imports", int(number)] = {
                    "id": int(number),
                    "office_id": office,
                    "sha256": sha256,
                    "devices": rows,
                    "made_at": said.moment,
                    "made_by_id": said.actor_id,
                    "withdrawn_at": None,
                    "withdrawn_by_id": None,
                }
            case FileUndone():
                told["imports", int(number)] |= {"withdrawn_at": said.moment, "withdrawn_by_id": said.actor_id}
    return told


def replay_shipment(_number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        hear_custody(told, said, None)
    return told


def replay_route(_name: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        if isinstance(said.event, RouteSet):
            told["routes", (said.event.from_office, said.event.to_office)] = {
                "from_id": said.event.from_office,
                "to_id": said.event.to_office,
                "days": said.event.days,
                "set_at": said.moment,
                "set_by_id": said.actor_id,
            }
    return told


def replay_distribution(number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        match said.event:
            case Distributed() as made:
                told["distributions", int(number)] = {
                    "id": int(number),
                    "programme": made.programme,
                    "from_id": made.from_office,
                    "area_id": made.area,
                    "shipments": made.shipments,
                    "devices": made.devices,
                    "wanting": made.wanting,
                    "made_at": said.moment,
                    "made_by_id": said.actor_id,
                    "undone_at": None,
                    "undone_by_id": None,
                }
            case DistributionUndone():
                told["distributions", int(number)] |= {"undone_at": said.moment, "undone_by_id": said.actor_id}
    return told


def replay_finder(_number: str, chain: Iterable[Said]) -> Told:
    told: Told = {}
    for said in chain:
        if isinstance(said.event, FinderWrote | FinderAnswered):
            hear_finder(told, said, None)
    return told


REPLAYS: dict[str, Callable[[str, Iterable[Said]], Told]] = {
    "office": replay_office,
    "person": replay_person,
    "programme": replay_programme,
    "stock": replay_stock,
    "label-run": replay_run,
    "import": replay_import,
    "shipment": replay_shipment,
    "route": replay_route,
    "distribution": replay_distribution,
    "list": lambda _name, _chain: {},  # what can be chosen from, which the migrations begin
    "finder": replay_finder,
    "log": lambda _number, _chain: {},  # the log's name and keys are read from this chain alone
}
