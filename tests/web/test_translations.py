"""Every sentence a person may see is there in Indonesian, says the same facts, and is compiled."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from assets_service.web.language import CATALOGUES

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "assets_service"
KEPT = CATALOGUES / "id" / "LC_MESSAGES"
SLOT = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make messages` would leave, from today's code and the kept translations."""
    folder = tmp_path_factory.mktemp("messages")
    shutil.copytree(CATALOGUES, folder / "translations")
    subprocess.run(
        ["make", "--old-file=setup-dev", "messages", f"BIN={Path(sys.executable).parent}",
         f"CATALOGUES={folder / 'translations'}", f"SENTENCES={folder / 'messages.pot'}"],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def found(made: Path) -> Catalog:
    with (made / "messages.pot").open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def messages(made: Path) -> list[Message]:
    with (made / "translations" / "id" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return [message for message in read_po(file, locale="id") if message.id]


def each(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


@pytest.mark.parametrize(
    ("sentence", "where"),
    [
        ("Username and password do not match.", "signing_in/errors.py"),  # what a refusal says of itself
        ("Our fault", "kernel/errors.py"),
        ("it is not well-formed.", "kernel/http/problems.py"),  # the reason it is given
        ("A number is expected here.", "kernel/fields.py"),  # a table
        ("The request was refused.", "kernel/http/problems.py"),
        ("Lightly damaged", "web/words.py"),
        ("Skip to the content", "web/templates/layout.html"),
        (("%(num)s device waits.", "%(num)s devices wait."), "web/templates/custody/receipt.html"),
    ],
)
def test_sentences_are_found_in_every_way_they_are_written(
    found: Catalog, sentence: str | tuple[str, str], where: str
) -> None:
    message = found.get(sentence)
    assert message
    assert f"assets_service/{where}" in {file for file, _ in message.locations}


def test_the_templates_and_the_code_give_hundreds_of_sentences(found: Catalog) -> None:
    assert len(found) > 800


def test_every_sentence_has_an_indonesian_one(messages: list[Message]) -> None:
    assert not [message.id for message in messages if not all(each(message.string))]


def test_a_translation_names_the_same_facts(messages: list[Message]) -> None:
    for message in messages:
        wanted = sorted(SLOT.findall(each(message.id)[-1]))
        for translated in each(message.string):
            assert sorted(SLOT.findall(translated)) == wanted, message.id


def test_the_compiled_catalogue_is_the_written_one(made: Path) -> None:
    """Else: make messages."""
    assert (KEPT / "messages.mo").read_bytes() == (
        made / "translations" / "id" / "LC_MESSAGES" / "messages.mo"
    ).read_bytes()


def test_the_sentence_of_a_bad_field_stands_where_the_catalogue_finds_it() -> None:
    """Written out in the call, or in a variable called `sentence`; else nobody would translate it."""
    strange = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and name in {"FieldProblem", "invalid"} and len(node.args) > 1:
                said = node.args[1]
                is_known = isinstance(said, ast.Name) and said.id == "sentence"
                is_known |= isinstance(said, ast.Constant) or getattr(said, "attr", "") in {"message", "msgid"}
                if not is_known:
                    strange.append(f"{file.name}:{node.lineno}: {ast.unparse(said)}")
    assert strange == []


SAYING = {
    "phrase": 0,
    "FieldProblem": 1,
    "invalid": 1,
    "FieldIssue": 1,
    "RowProblem": 2,
    "BadCellError": 0,
    "RowError": 2,
}


def test_no_sentence_is_put_together_where_it_is_marked() -> None:
    """Babel reads strings, not expressions: in `phrase("…" if … else "…")` it would find nothing to translate."""
    strange = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            name = getattr(getattr(node, "func", None), "id", "")
            if isinstance(node, ast.Call) and len(node.args) > SAYING.get(name, 99):
                said = node.args[SAYING[name]]
                if isinstance(said, ast.IfExp | ast.BinOp | ast.BoolOp | ast.JoinedStr):
                    strange.append(f"{file.name}:{node.lineno}: {ast.unparse(said)}")
    assert strange == []
