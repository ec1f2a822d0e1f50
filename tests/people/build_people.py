"""Callers: somebody with a role at an office, as the headers their requests carry."""

from sqlalchemy.orm import Session

from assets_service.access.stamp import Role
from assets_service.kernel.db import Database
from tests.build import COOKIE, a_person, a_token, bearer


def caller(db: Database, role: Role | None, at: str) -> dict[str, str]:
    """A new person of the office, signed in as a program is."""
    with db.writing() as session:
        return caller_in(session, role, at)


def caller_in(session: Session, role: Role | None, at: str) -> dict[str, str]:
    return bearer(a_token(session, a_person(session, at=at, role=role)))


def browser(db: Database, role: Role | None, at: str, *, lang: str = "id") -> dict[str, str]:
    """A new person of the office, signed in as a page's reader is, who tapped a language."""
    with db.writing() as session:
        token = a_token(session, a_person(session, at=at, role=role))
    return {"Cookie": f"{COOKIE}={token}; lang={lang}", "Sec-Fetch-Site": "same-origin"}
