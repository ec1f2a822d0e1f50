"""What is asked: persons."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar

from msgspec import UNSET, Meta, UnsetType

from assets_service.access.stamp import Role
from assets_service.kernel.errors import FieldProblem
from assets_service.kernel.fields import Name, OneLine, Wire
from assets_service.offices.models import OfficeName
from assets_service.people.errors import NO_USERNAME, RESERVED, ROLE_WITHOUT_SIGN_IN
from assets_service.people.passwords import TYPED_MAX, weaknesses
from assets_service.people.usernames import is_reserved

Username = Annotated[str, Meta(min_length=2, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$(?!\n)")]
Nip = Annotated[str, Meta(pattern=r"^[0-9]{18}$(?!\n)")]
Password = Annotated[str, Meta(max_length=TYPED_MAX)]  # how long it really is, its one Unicode form says
ChosenPassword = Annotated[str, Meta(min_length=1, max_length=TYPED_MAX)]


class NewPerson(Wire):
    """A person to be added. Without a username they only hold devices; `role` is given at their own office."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)

    name: Name
    office: OfficeName
    username: Username | None = None
    title: OneLine | None = None
    nip: Nip | None = None
    password: ChosenPassword | None = None
    role: Role | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        username, password = said.get("username"), said.get("password")
        if username and is_reserved(username):
            yield RESERVED
        if password and not username:
            yield NO_USERNAME
        elif said.get("role") and not username:
            yield ROLE_WITHOUT_SIGN_IN
        if password:
            yield from weaknesses(password, username)


class AmendPerson(Wire):
    name: Name | UnsetType = UNSET
    title: OneLine | None | UnsetType = UNSET
    nip: Nip | None | UnsetType = UNSET


class NewSignIn(Wire):
    """What somebody signs in with who only held devices before. Without a password they cannot yet."""

    secrets: ClassVar[tuple[str, ...]] = ("password",)

    username: Username
    password: ChosenPassword | None = None

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        if is_reserved(said.get("username", "")):
            yield RESERVED
        if said.get("password"):
            yield from weaknesses(said["password"], said.get("username"))


class NewGrant(Wire):
    role: Role
    office: OfficeName


class NewPassword(Wire):
    secrets: ClassVar[tuple[str, ...]] = ("password",)

    password: ChosenPassword

    @classmethod
    def misfits(cls, said: Mapping[str, Any]) -> Iterable[FieldProblem]:
        return weaknesses(said["password"]) if "password" in said else ()
