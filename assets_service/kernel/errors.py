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

from typing import ClassVar

from msgspec import Struct


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

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.message.format(**facts))

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        return ()

    @property
    def headers(self) -> dict[str, str]:
        return {}


class Invalid(Refusal):
    """Names every bad field, not the first."""

    status = 400
    title = "Some of it cannot be accepted"
    message = "Please mend the fields named below."

    def __init__(self, *problems: FieldProblem) -> None:
        self._problems = problems
        super().__init__()

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        return self._problems


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


def invalid(field: str, message: str, **facts: object) -> Invalid:
    """One bad field, named without its slash."""
    return Invalid(FieldProblem(f"/{field}", message, facts))
