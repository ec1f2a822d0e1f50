"""Files out as pages, and the ledger's own page."""

from typing import Annotated, Any

from litestar import Controller, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter
from litestar.response import Stream

from assets_service.devices.schemas import entry_view
from assets_service.exports import inventory as inventories
from assets_service.exports import queries
from assets_service.exports.answers import inventory_stream, ledger_stream
from assets_service.exports.delimited import Flavour
from assets_service.exports.files import Format, counted
from assets_service.exports.inventory import Asked
from assets_service.exports.paper import ROWS_MAX as PAPER_ROWS_MAX
from assets_service.exports.schemas import provide_asked
from assets_service.kernel.db import Database
from assets_service.kernel.errors import NotFound, Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.ledger import queries as ledger
from assets_service.ledger.policy import SIGNED_IN, may
from assets_service.ledger.stamp import Role, Stamp
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.settings import Settings

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
    def choose_export(
        self,
        visit: NamedDependency[Visit],
        settings: NamedDependency[Settings],
    ) -> Response[str]:
        """Which inventory, how many devices it holds, and in which format to take it."""
        query = {name: visit.form.text(name)[:40] for name in ("office", "as_of", "edition")}
        refusal, count = None, None
        try:
            asked = inventories.read_asked(query, visit.stamp.at)
            count = counted(visit.db, visit.stamp, asked, unconfirmed_after_days=settings.unconfirmed_after_days)
        except Refusal as refused:
            refusal = refused
        with visit.reading() as session:
            places = offices.choices(session, visit.stamp)
            head = ledger.head(session)
        content: dict[str, Any] = {"offices": places, "count": count, "head": head, "paper_max": PAPER_ROWS_MAX}
        return visit.page("exports/choose.html", refusal, kept=query, **content)

    @get("/{name:str}", policy=SIGNED_IN, sync_to_thread=True, dependencies={"asked": Provide(provide_asked)})
    def take_inventory(
        self,
        name: FromPath[str],
        asked: NamedDependency[Asked],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Stream:
        if name == "ledger.jsonl":
            return ledger_stream(db, stamp)
        if name not in FILES:
            raise NotFound
        return inventory_stream(db, stamp, settings, asked, *FILES[name])


class LedgerPages(Controller):
    path = "/ledger"
    include_in_schema = False

    @get(policy=may(Role.ADMIN, Role.AUDITOR), sync_to_thread=True)
    def show_ledger(
        self,
        visit: NamedDependency[Visit],
        cursor: Cursor = None,
        check: Annotated[str | None, QueryParameter(name="periksa", max_length=1, required=False)] = None,
    ) -> Response[str]:
        """The head, the newest entries in scope, and, for who sees the whole country, every chain followed on request."""
        before = read_cursor(cursor, tuple[int])
        may_check = offices.sees_all(visit.stamp)
        with visit.reading() as session:
            head = ledger.head(session)
            rows = queries.newest(session, visit.stamp, before=before[0] if before else None, limit=PAGE_SIZE)
            entries = listing(
                rows,
                queries.ledger_count(session, visit.stamp),
                PAGE_SIZE,
                view=entry_view,
                key=lambda entry: entry.seq,
            )
            found = ledger.verify(session) if check and may_check else None
        content: dict[str, Any] = {"head": head, "entries": entries, "found": found, "may_check": may_check}
        return visit.page("exports/ledger.html", **content)
