"""Why the offline door refuses, and how a refusal is kept for whoever asks again."""

from typing import Any

import msgspec
from msgspec import Struct

from assets_service.kernel.errors import (
    Conflict,
    FieldProblem,
    Forbidden,
    Invalid,
    Msgid,
    NotFound,
    Refusal,
    TooLarge,
)


class NoSuchPhone(NotFound):
    message = "There is no such phone that you can see."


class TooManyPhones(Conflict):
    message = "You have {it} phones already. Sign one out first."


class SchemaTooOld(Conflict):
    title = "Update the app first"
    message = "This app is too old to hand in what it holds. Open it once with network to update it; nothing it holds is lost."


class SchemaTooNew(Conflict):
    title = "The service is older than the app"
    message = "This app is newer than the service. It keeps what it holds; try again later."


class WentBack(Conflict):
    """Two phones that believe to be one, or a phone that was restored from a copy of itself."""

    message = "Another action of this phone was handed in under this number."
    field = "sequence"


class NotThatTime(Invalid):
    message = "No clock that is right can have said this time. Set the clock of the phone right and do it again."
    field = "observed_at"


class PayloadTooLarge(TooLarge):
    message = "The payload of an action may have at most {kilobytes} KB."
    field = "payload"


class NotAQueue(Invalid):
    message = "This is not the whole file of a phone that this service knows. Nothing was taken from it. Save it again on the phone."
    field = "file"


class NoSuchConflict(NotFound):
    message = "There is nothing to settle there that you can see."


class ConflictSettled(Conflict):
    message = "{name} settled this at {time}."


class OwnAct(Forbidden):
    message = "Somebody else settles what you did yourself."


class Contradicted(Conflict):
    """What the act is about has changed in a way that only a person can weigh: it is kept, with both sides."""

    message = "This was changed since the phone saw it. An officer decides."

    def __init__(self, *problems: FieldProblem, changed: list[str] | None = None, **facts: object) -> None:
        super().__init__(*problems, **facts)
        self.changed = changed or []


class Outdated(Conflict):
    message = "This was changed since the phone saw it, so that it cannot be done any more."


class Dismissed(Conflict):
    message = "An officer decided that this is not done: {reason}"


class KeptField(Struct):
    pointer: str
    message: str
    facts: dict[str, Any] = {}


class KeptRefusal(Struct):
    """A refusal as a row keeps it, in no language."""

    type: str
    title: str
    status: int
    message: str
    facts: dict[str, Any] = {}
    fields: list[KeptField] = []


def kept(refusal: Refusal) -> KeptRefusal:
    return KeptRefusal(
        type=type(refusal).__name__,
        title=refusal.title,
        status=refusal.status,
        message=refusal.message,
        facts=_plain(refusal.facts),
        fields=[KeptField(each.pointer, each.message, _plain(each.facts)) for each in refusal.problems],
    )


_WORD = "msgid"


def _plain(facts: dict[str, object]) -> dict[str, Any]:
    """Facts as JSON has them; a word of the catalogue stays one."""
    return {
        name: {_WORD: str(fact)} if isinstance(fact, Msgid) else msgspec.to_builtins(fact, enc_hook=str)
        for name, fact in facts.items()
    }


def facts_of(plain: dict[str, Any]) -> dict[str, object]:
    """Facts that were kept, as a sentence takes them."""
    return {name: Msgid(fact[_WORD]) if isinstance(fact, dict) else fact for name, fact in plain.items()}
