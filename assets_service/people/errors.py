from typing import Any

from assets_service.kernel.errors import Conflict, FieldProblem, Forbidden, NotFound, SignInNeeded

NO_USERNAME = FieldProblem("/username", "Somebody without a username cannot sign in.")


class WrongPassword(SignInNeeded):
    title = "Not signed in"
    message = "Username and password do not match."


class SessionEnded(SignInNeeded):
    """A page's form came too late; `carried` is what it sent, where a page can keep it (`carrying.Carried`)."""

    title = "Sign in again"
    message = "Your session has ended, and nothing was sent. Sign in again."

    def __init__(self, carried: Any) -> None:
        self.carried = carried
        super().__init__()


class NoSuchPerson(NotFound):
    message = "There is no such person that you can see."


class UsernameTaken(Conflict):
    message = "The username {username} is taken."
    field = "username"


class CrossSite(Forbidden):
    message = "This came from another site and was not carried out."


class AuditorsNeverWrite(Conflict):
    message = "An auditor can never write: a person is an auditor or has other roles, not both."
