"""Reading an HTML form: flat names become the nested values a schema wants.

``lines.0.outcome`` → ``{"lines": [{"outcome": …}]}``; ``devices[]`` → a list of every value given; ``checklist.screen`` → a map.
The names are the pointers of a refusal with dots for slashes, so a template finds the sentence for its field by name.
"""

from collections.abc import Iterable
from typing import Any

from assets_service.kernel.errors import Malformed

FIELDS_MAX = 20_000  # a receipt of 2,000 devices has four fields each
DEPTH_MAX = 5


def nested(pairs: Iterable[tuple[str, Any]], *, drop_empty: bool = True) -> dict[str, Any]:
    """Return the form's fields, nested by their dotted names, ready for ``kernel.fields.read(…, strict=False)``.

    An empty field counts as not given (``drop_empty``), for a form cannot leave one out. ``action_id`` is not part of the content:
    take it from the form itself. Numbered parts become a list in the order of their numbers.

    Raises Malformed for more than ``FIELDS_MAX`` fields, deeper than ``DEPTH_MAX``, or a name used both as value and as group.
    """
    tree: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs, 1):
        if count > FIELDS_MAX:
            raise Malformed(why="the form has too many fields.")
        if name == "action_id" or (drop_empty and value == ""):
            continue
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").strip()  # noqa: PLW2901 - browsers send CRLF; a scanner adds blanks
            if drop_empty and not value:
                continue
        _put(tree, name, value)
    return {name: _listed(branch) for name, branch in tree.items()}


def typed(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Return what was typed by field name, to show again: ``page(…, kept=typed(form))``. Files and passwords are not kept."""
    kept: dict[str, Any] = {}
    for name, value in pairs:
        if not isinstance(value, str) or name in {"action_id", "password"}:
            continue
        if name.endswith("[]"):
            kept.setdefault(name, []).append(value)
        else:
            kept[name] = value
    return kept


def _put(tree: dict[str, Any], name: str, value: object) -> None:
    many = name.endswith("[]")
    *groups, last = name.removesuffix("[]").split(".")
    if len(groups) >= DEPTH_MAX:
        raise Malformed(why="a field's name is nested too deeply.")
    for group in groups:
        tree = tree.setdefault(group, {})
        if not isinstance(tree, dict):
            raise Malformed(why="a field's name is used twice.")
    if many:
        found = tree.setdefault(last, [])
        if not isinstance(found, list):
            raise Malformed(why="a field's name is used twice.")
        found.append(value)
    elif last in tree:
        raise Malformed(why="a field's name is used twice.")
    else:
        tree[last] = value


def _listed(branch: Any) -> Any:
    """Turn groups numbered 0, 1, 2… into lists."""
    if not isinstance(branch, dict):
        return branch
    inner = {name: _listed(value) for name, value in branch.items()}
    if inner and all(name.isdecimal() and len(name) <= 6 for name in inner):  # noqa: PLR2004 - FIELDS_MAX has five digits
        return [inner[name] for name in sorted(inner, key=int)]
    return inner
