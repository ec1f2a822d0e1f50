"""One receipt and one scan walked through the code: which rooms they enter, and that they never turn back."""

import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import assets_service
from assets_service.actions.act import Tools
from assets_service.actions.once import Once
from assets_service.custody import acts
from assets_service.custody.asks import NewReceipt, ReceiptLine
from assets_service.custody.models import Outcome
from assets_service.devices import queries as devices
from assets_service.devices.views import DeviceViews
from assets_service.flags.queries import Flags
from assets_service.kernel.db import Database
from tests import build
from tests.custody.build_custody import SHARES, a_box, both

PACKAGE = str(Path(assets_service.__file__).parent)
GROUND = {"kernel", "settings"}  # what every room stands on
THE_ACTS_ROW = ("actions", "custody")  # what an act names is called from where acts are carried out


@pytest.fixture(scope="module")
def heights() -> dict[str, int]:
    contract = tomllib.loads((Path(PACKAGE).parent / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ][0]
    rows = [line.replace("(", "").replace(")", "").split(" | ") for line in reversed(contract["layers"])]
    return {room: height for height, row in enumerate(rows) for room in row}


@contextmanager
def watched() -> Iterator[list[tuple[str | None, str]]]:
    """Each call of a function of a room, with the room it was called from."""
    calls: list[tuple[str | None, str]] = []

    def on_call(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and (room := room_of(frame)) and room not in GROUND:
            calls.append((caller_of(frame), room))

    sys.setprofile(on_call)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def room_of(frame: FrameType) -> str | None:
    file = frame.f_code.co_filename
    return file[len(PACKAGE) + 1 :].split("/")[0].removesuffix(".py") if file.startswith(PACKAGE) else None


def caller_of(frame: FrameType) -> str | None:
    above = frame.f_back
    while above and room_of(above) in {None, *GROUND}:
        above = above.f_back
    return room_of(above) if above else None


def entered(calls: list[tuple[str | None, str]]) -> list[str]:
    return list(dict.fromkeys(room for _, room in calls))


def turned_back(calls: list[tuple[str | None, str]], heights: dict[str, int]) -> set[tuple[str, str]]:
    return {(at, to) for at, to in calls if at and heights[to] > heights[at]}


def a_receipt(db: Database) -> Callable[[], object]:
    with db.writing() as session:
        people = both(session)
        device = build.a_device(session)
        box = a_box(session, [device], people.sender)
    said = NewReceipt(lines=[ReceiptLine(device=device.code, outcome=Outcome.RECEIVED)])
    once = Once(db, people.receiver, key="01900000-0000-7000-8000-000000000001", tools=Tools(SHARES))
    return lambda: once.answer(once.do(acts.RECEIVE, said, box.id))


def a_look_up(db: Database) -> Callable[[], object]:
    with db.writing() as session:
        people = both(session)
        code = build.a_device(session).code
    flags = Flags(14)
    views = DeviceViews(flags, "https://aset.example.go.id")
    assert Tools(views)[DeviceViews] is views

    def read() -> object:
        with db.reading() as session:
            return views.one(session, devices.lookup(session, code, people.sender), people.sender.at)

    return read


@pytest.mark.parametrize(
    ("walk", "rooms", "back"),
    [
        (
            a_receipt,
            ["actions", "custody", "offices", "access", "devices", "ledger", "people", "schedules"],
            {THE_ACTS_ROW},
        ),
        (
            a_look_up,
            ["devices", "offices", "access", "flags", "inspections", "people"],
            {("devices", "flags")},
        ),  # decision 0007
    ],
)
def test_a_walk_enters_these_rooms_and_goes_down(
    db: Database,
    heights: dict[str, int],
    walk: Callable[[Database], Callable[[], object]],
    rooms: list[str],
    back: set[tuple[str, str]],
) -> None:
    go = walk(db)
    with watched() as calls:
        go()
    assert sorted(entered(calls)) == sorted(rooms)
    assert turned_back(calls, heights) == back
