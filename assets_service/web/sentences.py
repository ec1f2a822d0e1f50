"""How Babel finds the English sentences in Python (`make messages`; `[tool.babel]` in `pyproject.toml` names this).

Babel's own reader takes what stands in the calls it is told of, as `phrase("…")`. Three kinds of sentences stand in no call: what a
refusal says of itself, the reason it is given (`why=`), and tables of sentences.
"""

import ast
from collections.abc import Collection, Iterator, Mapping
from io import BytesIO
from typing import Any

from babel.messages.extract import extract_python

Found = tuple[int, Any, Any, Any]  # line, the call, its strings, comments: as Babel wants it

_OF_A_REFUSAL = {"title", "message"}


def extract(
    source: BytesIO, keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Found]:
    """An extraction method of Babel."""
    yield from extract_python(source, keywords, comment_tags, options)
    source.seek(0)
    for node in ast.walk(ast.parse(source.read())):
        for text in _said_by(node):
            yield getattr(node, "lineno", 0), None, text, []


def _said_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.keyword) and node.arg == "why":
        yield from (text for text in _texts(node.value) if " " in text)
    elif isinstance(node, ast.ClassDef):
        for line in node.body:
            if isinstance(line, ast.Assign | ast.AnnAssign) and line.value and _name(line) in _OF_A_REFUSAL:
                yield from _texts(line.value)
    elif isinstance(node, ast.Assign) and _name(node).lower().endswith(("_sentences", "sentence")):
        yield from (text for text in _texts(node.value) if text.endswith("."))


def _name(assigned: ast.Assign | ast.AnnAssign) -> str:
    target = assigned.targets[0] if isinstance(assigned, ast.Assign) else assigned.target
    return str(getattr(target, "id", ""))


def _texts(node: ast.expr) -> Iterator[str]:
    """The strings an expression may be: itself, or the branches of a choice."""
    for part in [] if isinstance(node, ast.JoinedStr) else ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value.strip():
            yield part.value
