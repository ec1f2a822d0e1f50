"""What the two databases do differently is known to the kernel; the rooms use its words."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import assets_service

PACKAGE = Path(assets_service.__file__).parent
ROOMS = sorted(file.parent for file in PACKAGE.glob("*/__init__.py") if file.parent.name != "kernel")
WORDS = {
    "a dialect": r"dialect|is_sqlite|sqlite_where|sqlalchemy\.dialects",
    "a lock of its own": r"with_for_update",
    "another's table, by its name": r"\btable\(\"",
    "an insert of its own that may find the row there": r"on_conflict",
}


def lines_of(room: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(room.rglob("*.py")):
        for number, line in enumerate(file.read_text().splitlines(), 1):
            yield f"{file.relative_to(PACKAGE)}:{number}", line


@pytest.mark.parametrize("word", WORDS)
def test_no_room_has(word: str) -> None:
    found = [
        place
        for room in ROOMS
        if (room / "models.py").exists()
        for place, line in lines_of(room)
        if re.search(WORDS[word], line)
    ]
    assert found == []
