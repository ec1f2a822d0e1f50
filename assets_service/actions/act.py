"""One thing somebody can do, and the one way in which every door does it.

JSON, a page, the command line, the outbox and a link read what is asked into the same ask; `Once.do` claims the action
id, locks what the act is on, calls the command and keeps the result. The door only renders that result.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Generic, TypeVar, cast

import msgspec
from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.access.policy import Policy
from assets_service.access.stamp import Stamp

V = TypeVar("V")
T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic", decimal_format="string")


class Tools:
    """What differs between installations and a command or a view needs, found by its type: `tools[Settings]`."""

    def __init__(self, *things: object) -> None:
        self._things: Mapping[type, object] = {type(thing): thing for thing in things}

    def plus(self, thing: object) -> "Tools":
        return Tools(*self._things.values(), thing)

    def __getitem__(self, kind: type[T]) -> T:
        return cast("T", self._things[kind])


class Act(Struct, Generic[V], frozen=True, kw_only=True):
    """An act: what is asked, the command that does it, who may.

    `name` is for ever, for kept action ids stand for it. The command is called as
    `command(session, target, ask, prepared, stamp=stamp)`, of these only what the act has:

    - `on(session, *keys, stamp)` finds the row that the act is on and locks it;
    - `ask` is the Struct that says what is asked;
    - `prepare(ask, stamp, tools)` does what takes long (a password's hash, a photo's decoding) before the transaction.

    `result(session, made, stamp, tools)` makes what every door renders, a `gives`, of what the command returned, or of
    the target when it returned None.
    """

    name: str
    who: Policy
    command: Callable[..., Any]
    gives: type[V]
    result: Callable[[Session, Any, Stamp, Tools], V]
    on: Callable[..., Any] | None = None
    ask: type[Struct] | None = None
    prepare: Callable[..., Any] | None = None
    is_kept: bool = True  # False where what is asked or the result is all secret: nothing of it can be known again

    def content_hash(self, keys: tuple[object, ...], ask: Struct | None) -> str:
        """What an action id stands for, the same through any door: the act, its target, what is asked without secrets."""
        said = {} if ask is None else _said(ask)
        return sha256(_encoder.encode([self.name, [_plain(key) for key in keys], said])).hexdigest()


def nothing(_session: Session, _made: Any, _stamp: Stamp, _tools: Tools) -> None:
    """The result of an act that gives none."""


def _said(ask: Struct) -> dict[str, Any]:
    secrets = getattr(type(ask), "secrets", ())
    open_fields = {name: value for name, value in structs.asdict(ask).items() if name not in secrets}
    said: dict[str, Any] = msgspec.to_builtins({k: v for k, v in open_fields.items() if v is not msgspec.UNSET})
    return said


def _plain(key: object) -> str:
    """A code is the same however it is spaced and in whichever case."""
    return str(key).replace(" ", "").replace("-", "").upper()
