"""Every sentence a person may see is there in Indonesian, says the same facts, and is compiled."""

import ast
import re

import pytest
from babel.messages.catalog import Message

from assets_service.web.catalogue import PACKAGE, compiled, path, sentences, update

SLOT = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return [message for message in update() if message.id]


def each(text: str | list[str] | tuple[str, ...] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def test_the_templates_and_the_code_give_hundreds_of_sentences() -> None:
    found = list(sentences())
    assert len(found) > 500
    assert "Username and password do not match." in {sentence for sentence, _, _ in found}


def test_every_sentence_has_an_indonesian_one(messages: list[Message]) -> None:
    assert not [message.id for message in messages if not all(each(message.string))]


def test_a_translation_names_the_same_facts(messages: list[Message]) -> None:
    for message in messages:
        wanted = sorted(SLOT.findall(each(message.id)[-1]))
        for translated in each(message.string):
            assert sorted(SLOT.findall(translated)) == wanted, message.id


def test_the_compiled_catalogue_is_the_written_one() -> None:
    assert path("mo").read_bytes() == compiled(update())


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
