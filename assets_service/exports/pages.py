"""Files out as pages, and the ledger's own page."""

from typing import Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream
from msgspec import structs

from assets_service.access.policy import AUDITORS, SIGNED_IN
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.exports import queries
from assets_service.exports.answers import inventory_stream, ledger_stream
from assets_service.exports.apart import verified_apart
from assets_service.exports.asks import Asked, Chosen, Form, ToCheck, read_as_of
from assets_service.exports.delimited import Flavour
from assets_service.exports.files import Format, counted
from assets_service.exports.paper import ROWS_MAX as PAPER_ROWS_MAX
from assets_service.flags.queries import Flag
from assets_service.kernel.errors import Gathering, NotFound, Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.kernel.pools import Pool
from assets_service.ledger import queries as ledger
from assets_service.ledger.views import told
from assets_service.offices import queries as offices
from assets_service.offices.asks import Where
from assets_service.people.queries import names_in
from assets_service.settings import Settings
from assets_service.web.visit import Visit

PAGE_SIZE = 50
# The last part of the address -> format and flavour.
FILES = {
    "inventaris.xlsx": (Format.XLSX, Flavour.RFC4180),
    "inventaris-excel.csv": (Format.CSV, Flavour.EXCEL_ID),
    "inventaris.csv": (Format.CSV, Flavour.RFC4180),
    "inventaris.jsonl": (Format.JSONL, Flavour.RFC4180),
    "inventaris.pdf": (Format.PDF, Flavour.RFC4180),
}


class ExportPages(Controller):
    path = "/ekspor"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def choose_export(self, visit: NamedDependency[Visit], where: NamedDependency[Where]) -> Response[str]:
        """The page on which an inventory is chosen and taken: one form, whose buttons take what stands in it."""
        return _choose(visit, where)

    @get("/{name:str}", policy=SIGNED_IN, pool=Pool.EXPORTING, sync_to_thread=True)
    def take_inventory(
        self, name: FromPath[str], visit: NamedDependency[Visit], where: NamedDependency[Where]
    ) -> Stream:
        if name == "ledger.jsonl":
            proofs = visit.form.text("proofs") == "true"
            return ledger_stream(visit.db, visit.stamp, visit.once.tools[Settings], with_proofs=proofs)
        if name not in FILES:
            raise NotFound
        with visit.shown_again(_choose, where):
            asked = _asked(visit, where)
            return inventory_stream(visit.db, visit.stamp, visit.once.tools[Settings], asked, *FILES[name])


def _choose(visit: Visit, where: Where, refusal: Refusal | None = None) -> Response[str]:
    """The form as it was sent, with how many devices that comes to; a refusal stands beside its field."""
    count, days = None, visit.once.tools[Settings].unconfirmed_after_days
    try:
        asked = _asked(visit, where)
        count = counted(visit.db, visit.stamp, asked, unconfirmed_after_days=days)
    except Refusal as refused:
        refusal = refusal or refused
    with visit.reading() as session:
        content: dict[str, Any] = {
            "offices": offices.choices(session, visit.stamp),
            "head": ledger.head(session),
            "choices": {"kind": Kind, "condition": Condition, "presence": Presence, "flag": Flag, "due": ToCheck},
        }
    return visit.page(
        "exports/choose.html", refusal, kept=visit.form.kept, count=count, paper_max=PAPER_ROWS_MAX, **content
    )


def _asked(visit: Visit, where: Where) -> Asked:
    """What the form asks for; the same for the count and for the file. Raises `Invalid` naming every bad field."""
    reading = Gathering()
    chosen = reading.ask(lambda: visit.form.read(Chosen))
    form = reading.ask(lambda: visit.form.read(Form))
    as_of = reading.ask(lambda: read_as_of(form.as_of, visit.stamp.at)) if form else None
    with visit.reading() as session:
        place = reading.ask(lambda: Asked(under=where.office, alone=where.only).settled(session, visit.stamp))
    reading.refuse()
    assert chosen, "it was not refused"
    assert form, "it was not refused"
    assert place, "it was not refused"
    return structs.replace(place, edition=form.edition, as_of=as_of, chosen=chosen, with_proofs=form.proofs)


class LedgerPages(Controller):
    path = "/ledger"
    include_in_schema = False

    @get(policy=AUDITORS, sync_to_thread=True)
    def show_ledger(self, visit: NamedDependency[Visit], cursor: Cursor = None) -> Response[str]:
        """The ledger's page: its head and the newest entries in scope."""
        return _ledger_page(visit, cursor)

    @get("/periksa", policy=AUDITORS, pool=Pool.EXPORTING, sync_to_thread=True)
    def check_ledger(self, visit: NamedDependency[Visit], cursor: Cursor = None) -> Response[str]:
        """The same and, for who sees the whole country, a check of every chain."""
        return _ledger_page(visit, cursor, check=offices.sees_all(visit.stamp))


def _ledger_page(visit: Visit, cursor: str | None, *, check: bool = False) -> Response[str]:
    before = read_cursor(cursor, int)
    with visit.reading() as session:
        head = ledger.head(session)
        rows = queries.newest(session, visit.stamp, before=before, limit=PAGE_SIZE)
        names = names_in(session, rows, visit.stamp)
        entries = listing(
            rows,
            queries.ledger_count(session, visit.stamp),
            PAGE_SIZE,
            view=lambda entry: told(entry, names),
            key=lambda entry: entry.seq,
        )
    found = verified_apart(visit.db) if check else None
    may_check = offices.sees_all(visit.stamp)
    return visit.page("exports/ledger.html", head=head, entries=entries, found=found, may_check=may_check)
