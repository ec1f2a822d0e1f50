from typing import Any

from assets_service.kernel.errors import Forbidden, SignInNeeded


class WrongPassword(SignInNeeded):
    title = "Not signed in"
    message = "Username and password do not match."


class SessionEnded(SignInNeeded):
    """A page's form came after its session had ended; `carried` holds what it sent, where a page can keep that."""

    title = "Sign in again"
    message = "Your session has ended, and nothing was sent. Sign in again."

    def __init__(self, carried: Any) -> None:
        self.carried = carried
        super().__init__()


class OnlyHere(Forbidden):
    """A demonstration person, from another machine or through a proxy."""

    title = "Only for trying out"
    message = "Demonstration persons sign in only on the machine that serves them."


class CrossSite(Forbidden):
    message = "This came from another site and was not carried out."
