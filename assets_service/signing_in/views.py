"""What is shown: signing in."""

from datetime import datetime

from msgspec import Struct, structs
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.people.views import PersonView, person_view
from assets_service.signing_in.commands import NewSignIn


class SessionView(Struct):
    token: str
    expires_at: datetime
    person: PersonView


class Opened(Struct):
    """A session for whoever asked for it; `device` is the cookie by which the browser will be known again."""

    session: SessionView
    device: str


def opened_result(_session: Session, opened: NewSignIn, stamp: Stamp, _tools: Tools) -> Opened:
    person = person_view(opened.person, structs.replace(stamp, actor_id=opened.person.id))
    return Opened(SessionView(opened.token, opened.row.expires_at, person), opened.device)
