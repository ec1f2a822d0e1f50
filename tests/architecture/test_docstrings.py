"""One form of docstring: a sentence that says what the thing is, then shapes, units and what it raises."""

import ast
from collections.abc import Iterator
from pathlib import Path

import assets_service

ROOT = Path(assets_service.__file__).parents[1]
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def docstrings() -> Iterator[tuple[str, str]]:
    for package in ("assets_service", "labels", "migrations"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, DOCUMENTED) and (text := ast.get_docstring(node)):
                    yield f"{file.relative_to(ROOT)}: {getattr(node, 'name', 'the module')}", text


def test_a_docstring_says_what_a_thing_is_before_what_it_raises() -> None:
    assert [place for place, text in docstrings() if text.startswith("Raises ")] == []


def test_what_is_raised_stands_in_a_sentence_and_not_in_a_section() -> None:
    sections = ("Raises:", "Args:", "Returns:", "Yields:")
    assert [place for place, text in docstrings() if any(line.strip() in sections for line in text.splitlines())] == []


def test_names_stand_between_single_backticks() -> None:
    assert [place for place, text in docstrings() if "``" in text] == []


def test_the_code_is_documented_at_all() -> None:
    assert sum(1 for _ in docstrings()) > 1000
