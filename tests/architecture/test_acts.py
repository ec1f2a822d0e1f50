"""An act stands in one table, and every face that writes is a face of one of its rows."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar

import assets_service
from assets_service.actions.act import Act
from assets_service.app.acts import acts
from assets_service.kernel.fields import Wire
from tests.architecture.routes import calls

PACKAGE = Path(assets_service.__file__).parent
SAFE = {"GET", "HEAD", "OPTIONS"}
FACES = ("api", "pages")
NO_FACES = {
    "cli/serving.py: opens a write"
}  # the demonstration: a thousand acts in one transaction, into an empty database


def test_every_route_that_writes_is_a_face_of_one_act(app: Litestar) -> None:
    writing = {call: handler.opt.get("act") for call, handler in calls(app) if call.split()[0] not in SAFE}
    assert sorted(call for call, act in writing.items() if not isinstance(act, Act)) == []
    known = acts()
    assert sorted(call for call, act in writing.items() if act is None or known.get(act.name) != act) == []


def test_every_act_has_a_face(app: Litestar) -> None:
    faced = {handler.opt["act"].name for _, handler in calls(app) if "act" in handler.opt}
    assert sorted(acts().keys() - faced - commanded()) == []


@pytest.mark.parametrize("act", acts().values(), ids=lambda act: act.name)
def test_an_act_is_named_after_its_room_and_says_what_it_asks(act: Act[Any]) -> None:
    room = act.command.__module__.split(".")[1]
    assert act.name.startswith(f"{room}.")
    is_known_by_hash = act.ask is not None and "sha256" in act.ask.__struct_fields__
    assert act.ask is None or issubclass(act.ask, Wire) or is_known_by_hash or not act.is_kept


@pytest.mark.parametrize("act", acts().values(), ids=lambda act: act.name)
def test_no_act_of_a_password_lets_it_into_its_hash(act: Act[Any]) -> None:
    fields = act.ask.__struct_fields__ if act.ask else ()
    secrets = {name for name in fields if "password" in name}
    assert secrets <= set(getattr(act.ask, "secrets", ()))


def test_no_face_calls_a_command_or_writes_by_itself() -> None:
    """Pages, API and command line go through `do`; whoever opens a write of their own would be a second door."""
    found = {f"{file.relative_to(PACKAGE)}: {what}" for file in faces() for what in writes_of(file)}
    assert sorted(found - NO_FACES) == []


def faces() -> Iterator[Path]:
    for room in sorted(PACKAGE.iterdir()):
        for face in FACES:
            yield from room.glob(f"{face}.py")
            yield from sorted((room / face).glob("*.py"))
    yield from sorted((PACKAGE / "cli").glob("*.py"))


def writes_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            if any(name.startswith("assets_service.") and "commands" in name.split(".") for name in names):
                yield f"imports {node.module}"
        if isinstance(node, ast.Attribute) and node.attr == "writing":
            yield "opens a write"


def commanded() -> set[str]:
    """Acts that only the command line has a face for."""
    used = "".join(file.read_text() for file in (PACKAGE / "cli").glob("*.py"))
    return {name for name, act in acts().items() if f"acts.{act_word(act)}" in used}


def act_word(act: Act[Any]) -> str:
    return act.name.partition(".")[2].upper()
