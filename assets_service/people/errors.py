from assets_service.kernel.errors import Conflict, FieldProblem, Forbidden, NotFound

RESERVED = FieldProblem("/username", "This username is reserved for the system itself.")
ROLE_WITHOUT_SIGN_IN = FieldProblem("/username", "A role is for somebody who signs in: give a username too.")
NO_USERNAME = FieldProblem("/username", "Somebody without a username cannot sign in.")


class NoSuchPerson(NotFound):
    message = "There is no such person that you can see."


class UsernameTaken(Conflict):
    message = "The username {username} is taken."
    field = "username"


class UsernameTooLike(Conflict):
    message = "The username {username} could be taken for another's. Choose one that looks different."
    field = "username"


class OwnAccount(Forbidden):
    """An administrator does this for others, and nobody for themselves."""


class OwnRole(OwnAccount):
    message = "Nobody gives a role to themselves: another administrator does."


class OwnPassword(OwnAccount):
    message = "Change your own password under your account, where the present one is asked for."


class AuditorsNeverWrite(Conflict):
    message = "An auditor can only read: a person is an auditor or has other roles, not both."


class NoSignIn(Conflict):
    message = "{name} does not sign in, and a role is for somebody who does. Give them a sign-in first."


class HasSignIn(Conflict):
    message = "{name} signs in already, as {username}."
    field = "username"
