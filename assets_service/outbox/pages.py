"""Phones and what waits for an officer, as pages."""

from enum import StrEnum
from typing import Annotated, Any, NamedTuple
from uuid import UUID

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import WRITERS, Stamp
from assets_service.kernel.errors import Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.outbox import acts, queries
from assets_service.outbox.answers import batch_answer, in_words_of
from assets_service.outbox.asks import NewRuling
from assets_service.outbox.filing import MULTIPART_ROOM, file_in, take_file
from assets_service.outbox.models import HeldAct
from assets_service.outbox.sealed import FILE_BYTES_MAX
from assets_service.outbox.views import conflict_views, phone_view
from assets_service.people import queries as people
from assets_service.web.language import phrase
from assets_service.web.visit import Visit

PAGE_SIZE = 50
PHONES_MAX = 100


class Chosen(StrEnum):
    OPEN = "open"
    SETTLED = "settled"


class ConflictPages(Controller):
    path = "/penyelesaian/luring"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def conflicts(
        self,
        visit: NamedDependency[Visit],
        chosen: Annotated[Chosen, QueryParameter(name="state")] = Chosen.OPEN,
        cursor: Cursor = None,
    ) -> Response[str]:
        """What was done without network and could not be carried out as it came in, the newest first."""
        return _conflicts_page(visit, chosen, cursor)

    @post("/berkas", act=acts.HAND_IN_FILE, sync_to_thread=True, request_max_body_size=FILE_BYTES_MAX + MULTIPART_ROOM)
    def hand_in_file(self, visit: NamedDependency[Visit]) -> Response[Any]:
        """A phone's queue as a file, handed in for its person: what became of each act."""
        with visit.shown_again(_conflicts_page, Chosen.OPEN, None):
            taken = take_file(visit.once, file_in(visit.form))
            answer = batch_answer(taken, in_words_of(visit.request))
            return visit.page("outbox/handed.html", answers=answer.actions)

    @post("/{conflict_id:int}", act=acts.SETTLE, sync_to_thread=True)
    def settle(self, conflict_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_refused_page, conflict_id):
            typed = {name: visit.form.text(f"{name}.{conflict_id}") for name in ("outcome", "reason")}
            ask = visit.form.read(NewRuling, **{name: value for name, value in typed.items() if value})
            visit.do(acts.SETTLE, ask, conflict_id)
            return visit.done("/penyelesaian/luring", phrase("It is settled."))


class PhonePages(Controller):
    path = "/saya/ponsel"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def phones(self, visit: NamedDependency[Visit]) -> Response[str]:
        """One's own phones, and those of the persons one administers."""
        return _phones_page(visit)

    @post("/{phone_id:uuid}/keluar", act=acts.SIGN_OUT, sync_to_thread=True)
    def sign_out(self, phone_id: FromPath[UUID], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_phones_page):
            visit.do(acts.SIGN_OUT, None, str(phone_id))
            said = phrase("The phone is signed out. At its next contact it hands in what it holds, and empties itself.")
            return visit.done("/saya/ponsel", said)


class Side(NamedTuple):
    """Who had the device in hand, as the phone's person said it and as it stood."""

    theirs: str | None
    ours: str | None


def _refused_page(visit: Visit, conflict_id: int, refusal: Refusal) -> Response[str]:
    return _conflicts_page(visit, Chosen.OPEN, None, refusal.placed(lambda pointer: f"{pointer}/{conflict_id}"))


def _conflicts_page(visit: Visit, chosen: Chosen, cursor: str | None, refusal: Refusal | None = None) -> Response[str]:
    beyond = read_cursor(cursor, int)
    with visit.reading() as session:
        found = queries.conflicts_visible_to(visit.stamp, is_open=chosen is Chosen.OPEN)
        rows, total = queries.listed_conflicts(session, found, beyond=beyond, limit=PAGE_SIZE)
        views = {view.id: view for view in conflict_views(session, rows, in_words_of(visit.request))}
        holders = _holders(session, rows)
        mine = {row.id for row in rows if _may_settle(row, visit.stamp)}
    shown = listing(rows, total, PAGE_SIZE, view=lambda row: views[row.id], key=lambda row: row.id)
    return visit.page("outbox/conflicts.html", refusal, conflicts=shown, holders=holders, mine=mine, chosen=chosen)


def _may_settle(held: HeldAct, stamp: Stamp) -> bool:
    return stamp.may(held.office.path, *WRITERS) and held.person_id != stamp.actor_id


def _holders(session: Session, rows: list[HeldAct]) -> dict[int, Side]:
    """By conflict: the holder whom the phone's person named, and the one whom the device had."""
    named = {row.id: (row.ask.get("person"), row.stood.get("holder_id")) for row in rows}
    names = people.names(session, {person for pair in named.values() for person in pair})
    return {
        row.id: Side(*(names.then(f"person/{person}", row.at) if person else None for person in named[row.id]))
        for row in rows
    }


def _phones_page(visit: Visit, refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        phones, total = queries.listed_phones(session, visit.stamp, beyond=None, limit=PHONES_MAX)
        views = [phone_view(phone) for phone in phones[:PHONES_MAX]]
    return visit.page("outbox/phones.html", refusal, phones=views, total=total, myself=visit.stamp.actor_id)
