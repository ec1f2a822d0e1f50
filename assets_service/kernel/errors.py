"""Refusals: a rule said no. They are shown to the person and never logged as a crash.

    Refusal
    ├── Invalid          400  one or more fields cannot be as they are
    ├── SignInNeeded     401
    ├── Forbidden        403
    ├── NotFound         404  not there, or not yours: the same words for both
    ├── WrongMethod      405
    ├── Conflict         409  a rule or a version stands against it
    ├── TooLarge         413
    ├── WrongType        415
    ├── TooMany          429
    ├── Crash            500  a fault of ours
    └── Busy             503  the database, or room to work in, could not be had in time
        ├── Away              it cannot be reached
        └── Unwritable        it can only be read

Rooms subclass these with their own sentence. Messages are English msgids, translated where they are shown; `{names}` in
them are filled with the facts after translation.
"""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

from msgspec import Struct, structs

T = TypeVar("T")


class Msgid(str):
    """A fact that is itself a word or a sentence of the catalogue."""

    __slots__ = ()


class FieldProblem(Struct, frozen=True):
    """One bad field: its JSON pointer (`/imei1`, `/lines/0/condition`) and why it is refused, an English msgid with its facts."""

    pointer: str
    message: str
    facts: dict[str, object] = {}


class Refusal(Exception):  # noqa: N818 - the product's word; none of these is a fault
    """A rule said no."""

    status: ClassVar[int] = 400
    title: ClassVar[str] = "Refused"
    message: ClassVar[str]
    field: ClassVar[str] = ""  # the one field it is about, where there is one

    def __init__(self, *problems: FieldProblem, **facts: object) -> None:
        """Refuse because of these `problems`; without them, because of the one field that the class names in `field`."""
        self.facts = facts
        super().__init__(_filled(self.message, facts))
        own = (FieldProblem(f"/{self.field}", self.message, facts),) if self.field else ()
        self.problems: tuple[FieldProblem, ...] = problems or own

    def ordered(self, order: Callable[[Iterable[FieldProblem]], Iterable[FieldProblem]]) -> "Refusal":
        """The same refusal with its problems in another order."""
        self.problems = tuple(order(self.problems))
        return self

    def placed(self, place: Callable[[str], str]) -> "Refusal":
        """The same refusal with each pointer mapped by `place`, for example to the form field into which the person typed it."""
        moved = (structs.replace(each, pointer=place(each.pointer)) for each in self.problems)
        return type(self)(*moved, **self.facts)

    @property
    def headers(self) -> dict[str, str]:
        return {}


def _filled(message: str, facts: dict[str, Any]) -> str:
    """The sentence with its facts; `why` is a sentence too, with the same facts."""
    why = {"why": facts["why"].format(**facts)} if "why" in facts else {}
    return message.format(**facts | why)


class Invalid(Refusal):
    """A refusal that names every bad field, not only the first."""

    status = 400
    title = "Some fields need correcting"
    message = "Please correct the fields named below."


class Malformed(Refusal):
    """The request cannot be read at all."""

    status = 400
    title = "The request cannot be read"
    message = "The request cannot be read: {why}"


class SignInNeeded(Refusal):
    status = 401
    title = "Sign in first"
    message = "Please sign in."

    @property
    def headers(self) -> dict[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class Forbidden(Refusal):
    status = 403
    title = "Not allowed"
    message = "You are not allowed to do this."


class OnlyRead(Forbidden):
    message = "This leaves a record, and another site asked your browser for it. Open it from a page of ours."


class NotFound(Refusal):
    status = 404
    title = "Not found"
    message = "There is nothing here under that address."


class WrongMethod(Refusal):
    status = 405
    title = "Not with this method"
    message = "This address does not answer that method."


class Conflict(Refusal):
    status = 409
    title = "This cannot be done now"
    message = "This was changed since you opened it. Reload and try again."


class TooLarge(Refusal):
    status = 413
    title = "Too large"
    message = "This is too large."


class WrongType(Refusal):
    status = 415
    title = "Wrong kind of content"
    message = "Send this as {wanted}."


class TooMany(Refusal):
    status = 429
    title = "Too many tries"
    message = "Too many tries. Please wait {seconds} seconds."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.facts["seconds"])}


class Crash(Refusal):
    """What a person is told of a fault of ours; its cause is in the log under the request's id."""

    status = 500
    title = "Our fault"
    message = "Something went wrong on our side. Nothing was changed. Please try again."


class Busy(Refusal):
    """The database was busy or away for too long; the same request may succeed later."""

    status = 503
    title = "The database is busy"
    message = "Too many people are writing at this moment. Nothing was changed. Please try again in a minute."

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


class Away(Busy):
    """The database does not answer."""

    title = "The database is away"
    message = "The database cannot be reached at this moment. Nothing was changed. Please try again in a minute."


class Unwritable(Busy):
    """The database is read-only, or its disk is full."""

    title = "Nothing can be saved"
    message = "Nothing can be written at this moment; looking things up goes on. Nothing was changed. Please tell whoever runs this service."


def invalid(field: str, sentence: str, **facts: object) -> Invalid:
    """A refusal of one field, given by its name without a slash."""
    return Invalid(FieldProblem(f"/{field}", sentence, facts))


def answered(rule: Callable[[], T], *others: Callable[[], object]) -> T:
    """The result of `rule`; if it or any of the other rules refuses, one refusal of all that they refuse."""
    asked = Gathering()
    found = asked.ask(rule)
    for other in others:
        asked.ask(other)
    asked.refuse()
    return cast("T", found)


class Gathering:
    """Collects what several rules refuse, so that one refusal names every bad field."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def ask(self, rule: Callable[[], T]) -> T | None:
        """The result of the rule, or None when it refuses fields. A refusal that is about no field is raised at once."""
        try:
            return rule()
        except Refusal as refusal:
            if not refusal.problems:
                raise
            self.add(refusal)
            return None

    def add(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)

    def refuse(self) -> None:
        """Raise what was collected: a single refusal as it came, several as one `Invalid`. Of one field the first problem counts."""
        if len(self.refusals) == 1:
            raise self.refusals[0]
        if self.refusals:
            named: dict[str, FieldProblem] = {}
            for problem in (problem for refusal in self.refusals for problem in refusal.problems):
                named.setdefault(problem.pointer, problem)
            raise Invalid(*named.values())
