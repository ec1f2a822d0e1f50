"""Every refusal has a status, a sentence in both languages, and every fact that its sentence names."""

import ast
from collections.abc import Iterator
from inspect import getfile, isabstract
from pathlib import Path
from string import Formatter

import pytest

from assets_service.kernel.errors import Refusal
from assets_service.web.language import translate

STATUSES = {400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 503}  # 408: it came too slowly; 503: come back later
CRASH = "Crash"  # not a refusal: how our own fault is told


def subclasses(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from subclasses(each)


REFUSALS = {
    each.__name__: each
    for each in subclasses(Refusal)
    if not isabstract(each) and each.__name__ != CRASH and each.__module__.startswith("assets_service.")
}
OURS = Path(getfile(Refusal)).parents[1]


def facts_of(refusal: type[Refusal]) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(refusal.message) if name}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_has_a_status_and_a_sentence(refusal: type[Refusal]) -> None:
    assert refusal.status in STATUSES
    assert refusal.title != Refusal.title, "a title of its own, or of its kind"
    assert refusal.message.endswith((".", "}", "?"))


def in_words(language: str, english: str, refusal: type[Refusal]) -> str:
    return translate(language, english, **dict.fromkeys(facts_of(refusal), "7"))


def test_every_refusal_speaks_indonesian() -> None:
    only_english = {
        english
        for refusal in REFUSALS.values()
        for english in (refusal.title, refusal.message)
        if in_words("id", english, refusal) == in_words("en", english, refusal)
    }
    assert only_english == set()
    assert translate("id", Refusal.title) != Refusal.title, "of a refusal that is not ours"


def test_no_two_refusals_share_a_name() -> None:
    names = [each.__name__ for each in subclasses(Refusal)]
    assert [name for name in set(names) if names.count(name) > 1] == []


def made(module: Path) -> Iterator[tuple[str, int, set[str]]]:
    """Each refusal that the module makes: its name, the line, the facts given."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in REFUSALS:
            yield node.exc.id, node.lineno, set()
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            given = {keyword.arg for keyword in node.keywords}
            if name in REFUSALS and None not in given:
                yield name, node.lineno, {word for word in given if word}


def test_whoever_refuses_gives_every_fact_that_the_sentence_names() -> None:
    wanting = [
        f"{module.relative_to(OURS)}:{line}: {name} wants {', '.join(sorted(facts_of(REFUSALS[name]) - given))}"
        for module in OURS.rglob("*.py")
        for name, line, given in made(module)
        if "__init__" not in vars(REFUSALS[name]) and facts_of(REFUSALS[name]) - given
    ]
    assert wanting == []
