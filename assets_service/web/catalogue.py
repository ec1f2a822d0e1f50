"""The translators' catalogue (maintainers): `python -m assets_service.web.catalogue` collects every sentence and compiles.

English sentences are the message ids. They stand in templates (`_("…")`), and in Python as `phrase("…")`, as the message of a
refusal, and as the sentence of a bad field. What is gone from the code leaves the catalogue; what is new waits there for its
translation, and `tests/web/test_translations.py` names it.
"""

import ast
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from assets_service.web.language import CATALOGUES

PACKAGE = Path(__file__).parents[1]
LANGUAGE = "id"
_FIRST = {
    "phrase": 0,
    "FieldProblem": 1,
    "invalid": 1,
    "FieldIssue": 1,
    "RowProblem": 2,
    "BadCellError": 0,
    "RowError": 2,
}  # which argument is a sentence
_NAMED = {"message", "why", "title"}

Found = tuple[str | tuple[str, str], str, int]  # sentence (or singular and plural), file, line


def sentences() -> Iterator[Found]:
    """Every sentence a person may see, with where it stands."""
    for file in sorted(PACKAGE.rglob("*.html")):
        with file.open("rb") as template:
            options = {"newstyle_gettext": "true", "trimmed": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do"}
            for line, sentence, *_ in extract("jinja2.ext:babel_extract", template, options=options):
                yield _as_id(sentence), _place(file), line
    for file in sorted(PACKAGE.rglob("*.py")):
        for sentence, line in _in_python(ast.parse(file.read_text(encoding="utf-8"))):
            yield sentence, _place(file), line


def _as_id(sentence: str | tuple[str, ...]) -> str | tuple[str, str]:
    return sentence if isinstance(sentence, str) else (sentence[0], sentence[1])


def _place(file: Path) -> str:
    return file.relative_to(PACKAGE.parent).as_posix()


def _in_python(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _said_by(node)
        elif isinstance(node, ast.ClassDef):
            yield from _of_class(node)
        elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "").lower().endswith(
            ("_sentences", "sentence")
        ):
            yield from ((text, node.lineno) for text in _texts(node.value) if text.endswith("."))


def _said_by(call: ast.Call) -> Iterator[tuple[str, int]]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name in _FIRST and len(call.args) > _FIRST[name]:
        yield from ((text, call.lineno) for text in _texts(call.args[_FIRST[name]]))
    for word in call.keywords:
        if word.arg in _NAMED and name[:1].isupper():
            yield from ((text, call.lineno) for text in _texts(word.value) if " " in text)


def _of_class(node: ast.ClassDef) -> Iterator[tuple[str, int]]:
    """The title and the message of a refusal."""
    for line in node.body:
        if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") in _NAMED:
            yield from ((text, line.lineno) for text in _texts(line.value))


def _texts(node: ast.expr) -> Iterator[str]:
    """The strings an expression may be: itself, or the branches of a choice."""
    for part in [] if isinstance(node, ast.JoinedStr) else ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
            yield part.value


def collected() -> Catalog:
    catalogue = Catalog(locale=LANGUAGE, project="assets-service", charset="utf-8", fuzzy=False)
    for sentence, file, _ in sentences():
        catalogue.add(sentence, locations=[(file, 0)])
    return catalogue


def path(ending: str) -> Path:
    return CATALOGUES / LANGUAGE / "LC_MESSAGES" / f"messages.{ending}"


def update() -> Catalog:
    """The kept catalogue with today's sentences, its translations kept."""
    template = collected()
    kept = Catalog(locale=LANGUAGE, project="assets-service", charset="utf-8", fuzzy=False)
    if path("po").exists():
        with path("po").open("rb") as file:
            kept = read_po(file, locale=LANGUAGE)
    kept.update(template, no_fuzzy_matching=True, update_creation_date=False)
    kept.obsolete.clear()
    return kept


def compiled(catalogue: Catalog) -> bytes:
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def write(catalogue: Catalog) -> None:
    path("po").parent.mkdir(parents=True, exist_ok=True)
    with path("po").open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True, include_lineno=False, width=120)
    path("mo").write_bytes(compiled(catalogue))


if __name__ == "__main__":
    todays = update()
    write(todays)
    missing = [message.id for message in todays if message.id and not message.string]
    sys.stdout.write(f"{len(todays)} sentences, {len(missing)} without a translation\n")
