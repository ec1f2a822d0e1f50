"""What is asked: signing in."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

from assets_service.kernel.fields import Wire
from assets_service.people.asks import ChosenPassword, Password


class Credentials(Wire):
    secrets: ClassVar[tuple[str, ...]] = ("password",)

    username: Annotated[str, Meta(max_length=60)]
    password: Password


class Browser(Struct, frozen=True):
    """What a request tells of where it comes from.

    `device` is the cookie by which a browser is known again; `network` the part of the address that neighbours share;
    `is_here` whether it is the machine itself that serves.
    """

    label: str = ""
    device: str | None = None
    network: str = ""
    is_here: bool = False


class Attempt(Struct, frozen=True):
    """Somebody asks to be let in."""

    credentials: Credentials
    browser: Browser


class OwnPassword(Wire):
    """The present password is asked too, since whoever finds an open browser does not know it."""

    secrets: ClassVar[tuple[str, ...]] = ("current_password", "password")

    current_password: Password
    password: ChosenPassword
