"""Refusals: a rule said no. Shown to the person, never logged as a crash.

Refusal
├── Invalid          400  one or more fields cannot be as they are
├── SignInNeeded     401
├── Forbidden        403
├── NotFound         404  not there, or not yours: the same words for both
├── Conflict         409  a rule or a version stands against it
├── TooLarge         413
├── WrongType        415
└── TooMany          429

Rooms subclass these with their own sentence. Messages are English msgids, translated at the edge; `{names}` are filled
from the facts after translation.
"""

from collections.abc import Callable
from typing import ClassVar, TypeVar, cast

from msgspec import Struct, structs

T = TypeVar("T")


class FieldProblem(Struct, frozen=True):
    """One bad field: where (`/imei1`, `/lines/0/condition`) and why, as an English msgid with its facts."""

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
        """`problems` are the fields that stand against it; without them, the one that `field` names."""
        self.facts = facts
        super().__init__(self.message.format(**facts))
        own = (FieldProblem(f"/{self.field}", self.message, facts),) if self.field else ()
        self.problems: tuple[FieldProblem, ...] = problems or own

    def placed(self, place: Callable[[str], str]) -> "Refusal":
        """The same refusal, its problems where `place` puts each pointer: at the fields a person typed them into."""
        moved = (structs.replace(each, pointer=place(each.pointer)) for each in self.problems)
        return type(self)(*moved, **self.facts)

    @property
    def headers(self) -> dict[str, str]:
        return {}


class Invalid(Refusal):
    """Names every bad field, not the first."""

    status = 400
    title = "Some of it cannot be accepted"
    message = "Please mend the fields named below."


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


class NotFound(Refusal):
    status = 404
    title = "Not found"
    message = "There is nothing here under that address."


class Conflict(Refusal):
    status = 409
    title = "That no longer fits"
    message = "Something else has happened in the meantime."


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


def invalid(field: str, sentence: str, **facts: object) -> Invalid:
    """One bad field, named without its slash."""
    return Invalid(FieldProblem(f"/{field}", sentence, facts))


def answered(rule: Callable[[], T], *others: Callable[[], object]) -> T:
    """What the rule answers, unless it or one of the others refuses: then all that they refuse."""
    asked = Gathering()
    found = asked.ask(rule)
    for other in others:
        asked.ask(other)
    asked.refuse()
    return cast("T", found)


class Gathering:
    """Rules asked one after the other, so that one refusal names every field that any of them would refuse."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    def ask(self, rule: Callable[[], T]) -> T | None:
        """What the rule answers; None when it refuses fields. A refusal about no field is raised at once."""
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
        """Raises the one refusal as it came, or `Invalid` naming the fields of all; of one field the first word counts."""
        if len(self.refusals) == 1:
            raise self.refusals[0]
        if self.refusals:
            named: dict[str, FieldProblem] = {}
            for problem in (problem for refusal in self.refusals for problem in refusal.problems):
                named.setdefault(problem.pointer, problem)
            raise Invalid(*named.values())
