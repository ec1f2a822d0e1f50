"""Persons: who signs in, with which roles, at which office; and the end of their time."""

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from assets_service.access.stamp import Role
from assets_service.cli.machine import Machine
from assets_service.people import queries as people

if TYPE_CHECKING:
    from assets_service.actions.act import Act
    from assets_service.kernel.db import Database
    from assets_service.people.models import Person
    from assets_service.people.views import PersonView

ROLES = click.Choice([role.value for role in Role])
from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
office_option = click.option("--office", required=True, help="The office's code, like 81.02.")
role_option = click.option("--role", required=True, type=ROLES)
successor_option = click.option("--successor", metavar="WHO", help="Who holds their devices next.")
release_option = click.option("--release", is_flag=True, help="Nobody holds their devices for now.")
reason_option = click.option("--reason", metavar="WHY", help="Why nobody holds their devices, where they have any.")
LINE_BYTES_MAX = 4096


@click.group()
def person() -> None:
    """Persons. WHO is a username, or the person's number."""


@person.command("add")
@click.argument("username")
@click.option("--name", required=True)
@role_option
@office_option
@from_stdin
@click.pass_obj
def add_person(machine: Machine, username: str, name: str, role: str, office: str, *, password_stdin: bool) -> None:
    """Add somebody who signs in, with one role at one office."""
    from assets_service.kernel.fields import read  # noqa: PLC0415
    from assets_service.offices.queries import any_named  # noqa: PLC0415
    from assets_service.people import acts  # noqa: PLC0415
    from assets_service.people.asks import NewPerson  # noqa: PLC0415

    asked = {"username": username, "name": name, "role": role, "office": office, "password": _password(password_stdin)}
    with machine.database() as db:
        made = machine.once(db).do(acts.ADD, read(asked, NewPerson))
        with db.reading() as session:
            place = any_named(session, office, "office").office_name
    click.echo(f"{made.username} is {role} at {place}.")


@person.command("sign-in")
@click.argument("who")
@click.argument("username")
@from_stdin
@click.pass_obj
def give_sign_in(machine: Machine, who: str, username: str, *, password_stdin: bool) -> None:
    """Give a username and a password to somebody who only held devices."""
    from assets_service.people import acts  # noqa: PLC0415
    from assets_service.people.asks import NewSignIn  # noqa: PLC0415

    asked = {"username": username, "password": _password(password_stdin)}
    given = _done(machine, acts.GIVE_SIGN_IN, NewSignIn, asked, who)
    click.echo(f"{given.name} signs in as {given.username}.")


@person.command("grant")
@click.argument("who")
@role_option
@office_option
@click.pass_obj
def grant_role(machine: Machine, who: str, role: str, office: str) -> None:
    """Give a role at an office and all below it."""
    from assets_service.people import acts  # noqa: PLC0415
    from assets_service.people.asks import NewGrant  # noqa: PLC0415

    granted = _done(machine, acts.GRANT, NewGrant, {"role": role, "office": office}, who)
    click.echo(f"{granted.name} is {role} at {office}.")


@person.command("end-role")
@click.argument("who")
@role_option
@office_option
@click.pass_obj
def end_role(machine: Machine, who: str, role: str, office: str) -> None:
    """End a role that somebody has at an office."""
    from assets_service.offices.queries import any_named  # noqa: PLC0415
    from assets_service.people import acts  # noqa: PLC0415

    with machine.database() as db:
        found = _found(db, who)
        with db.reading() as session:
            code = any_named(session, office, "office").code
        held = next((each for each in found.grants if _is_open(each, role, code)), None)
        if held is None:
            raise click.ClickException(f"{found.name} is not {role} at {office}.")
        machine.once(db).do(acts.END_GRANT, None, found.id, held.id)
    click.echo(f"{found.name} is no longer {role} at {office}.")


@person.command("move")
@click.argument("who")
@office_option
@successor_option
@release_option
@reason_option
@click.pass_obj
def move_person(
    machine: Machine, who: str, office: str, successor: str | None, reason: str | None, *, release: bool
) -> None:
    """Make somebody one of another office. What they hold stays at the old one."""
    from assets_service.custody import acts  # noqa: PLC0415
    from assets_service.custody.asks import Transfer  # noqa: PLC0415

    moved = _done(
        machine, acts.TRANSFER, Transfer, {"office": office, "release": release, "reason": reason}, who, successor
    )
    click.echo(f"{moved.name} is one of {moved.office.name}.")


@person.command("deactivate")
@click.argument("who")
@successor_option
@release_option
@reason_option
@click.pass_obj
def deactivate_person(machine: Machine, who: str, successor: str | None, reason: str | None, *, release: bool) -> None:
    """End somebody's sessions; they can no longer sign in, nor hold devices."""
    from assets_service.custody import acts  # noqa: PLC0415
    from assets_service.custody.asks import Leaving  # noqa: PLC0415

    ended = _done(machine, acts.DEACTIVATE, Leaving, {"release": release, "reason": reason}, who, successor)
    click.echo(f"{ended.username or ended.name} can no longer sign in.")


@person.command("activate")
@click.argument("who")
@click.pass_obj
def activate_person(machine: Machine, who: str) -> None:
    """Let somebody who was deactivated sign in and hold devices again."""
    from assets_service.people import acts  # noqa: PLC0415

    active = _done(machine, acts.REACTIVATE, None, {}, who)
    click.echo(f"{active.name} is active again.")


def _done(
    machine: Machine,
    act: "Act[PersonView]",
    kind: type[Any] | None,
    asked: dict[str, Any],
    who: str,
    successor: str | None = None,
) -> "PersonView":
    """The person as the act left them."""
    from assets_service.kernel.fields import read  # noqa: PLC0415

    with machine.database() as db:
        if successor is not None:
            asked["successor"] = _found(db, successor).id
        return machine.once(db).do(act, read(asked, kind) if kind else None, _found(db, who).id)


def _found(db: "Database", who: str) -> "Person":
    """The person with this username, or this number. Exits 1 when there is none."""
    with db.reading() as session:
        found = people.by_username(session, who) or (people.numbered(session, int(who)) if who.isdecimal() else None)
    if found is None:
        raise click.ClickException(f"There is no person {who}.")
    return found


def _is_open(held: Any, role: str, office: str) -> bool:
    return held.ended_at is None and (held.role, held.office.code) == (role, office)


def _password(from_stdin: bool) -> str:
    """The password as it was typed, or piped in with any line end."""
    if not from_stdin:
        return str(click.prompt("Password", hide_input=True))
    return _first_line()


def _first_line() -> str:
    """The first line as it was typed on any system: UTF-8, with or without a byte order mark, ended by LF, CRLF or nothing."""
    try:
        said = sys.stdin.buffer.read(LINE_BYTES_MAX).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.ClickException("The password on standard input is not UTF-8 text.") from None
    return re.split("\r\n|\r|\n", said, maxsplit=1)[0]
