"""Files out over HTTP, streamed."""

from typing import Annotated

from litestar import Controller, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from litestar.response import Stream

from assets_service.access.policy import SIGNED_IN
from assets_service.access.stamp import Stamp
from assets_service.exports.answers import inventory_stream, ledger_stream
from assets_service.exports.asks import Asked
from assets_service.exports.bundle import MEDIA_TYPE as ZIP
from assets_service.exports.delimited import Flavour
from assets_service.exports.files import MEDIA_TYPES, Format
from assets_service.exports.parameters import WithProofs, provide_asked
from assets_service.kernel.db import Database
from assets_service.kernel.openapi import also_as
from assets_service.kernel.pools import Pool
from assets_service.settings import Settings

MAY_BE_BUNDLED = also_as(ZIP)  # with its proofs


class ExportsAPI(Controller):
    path = "/api/v1/exports"
    tags = ["Exports"]
    dependencies = {"asked": Provide(provide_asked, sync_to_thread=True)}

    @get(
        "/inventory.csv",
        policy=SIGNED_IN,
        pool=Pool.EXPORTING,
        sync_to_thread=True,
        media_type=MEDIA_TYPES[Format.CSV],
        operation_class=MAY_BE_BUNDLED,
    )
    def inventory_as_csv(
        self,
        asked: NamedDependency[Asked],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        flavour: Annotated[
            Flavour,
            QueryParameter(
                description="`rfc4180`: comma, ISO days. `excel-id`: semicolon, BOM, dd/mm/yyyy.", required=False
            ),
        ] = Flavour.RFC4180,
    ) -> Stream:
        """The header first, then the devices; the rows that begin with `#` say what proves them."""
        return inventory_stream(db, stamp, settings, asked, Format.CSV, flavour)

    @get(
        "/inventory.xlsx",
        policy=SIGNED_IN,
        pool=Pool.EXPORTING,
        sync_to_thread=True,
        media_type=MEDIA_TYPES[Format.XLSX],
        operation_class=MAY_BE_BUNDLED,
    )
    def inventory_as_xlsx(
        self,
        asked: NamedDependency[Asked],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Stream:
        """Sheets *Inventaris*, *Rekap* and *Keterangan*."""
        return inventory_stream(db, stamp, settings, asked, Format.XLSX)

    @get(
        "/inventory.jsonl",
        policy=SIGNED_IN,
        pool=Pool.EXPORTING,
        sync_to_thread=True,
        media_type=MEDIA_TYPES[Format.JSONL],
        operation_class=MAY_BE_BUNDLED,
    )
    def inventory_as_jsonl(
        self,
        asked: NamedDependency[Asked],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Stream:
        """A header, one object a device, a trailer with rows, SHA-256 and ledger head."""
        return inventory_stream(db, stamp, settings, asked, Format.JSONL)

    @get(
        "/inventory.pdf",
        policy=SIGNED_IN,
        pool=Pool.EXPORTING,
        sync_to_thread=True,
        media_type=MEDIA_TYPES[Format.PDF],
        operation_class=MAY_BE_BUNDLED,
    )
    def inventory_as_pdf(
        self,
        asked: NamedDependency[Asked],
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
    ) -> Stream:
        """A4 landscape, to print; up to 10,000 devices."""
        return inventory_stream(db, stamp, settings, asked, Format.PDF)

    @get(
        "/ledger.jsonl",
        policy=SIGNED_IN,
        pool=Pool.EXPORTING,
        sync_to_thread=True,
        media_type=MEDIA_TYPES[Format.JSONL],
        operation_class=MAY_BE_BUNDLED,
    )
    def ledger_as_jsonl(
        self,
        stamp: NamedDependency[Stamp],
        db: NamedDependency[Database],
        settings: NamedDependency[Settings],
        proofs: WithProofs = False,
    ) -> Stream:
        """Every chain in scope, to be verified without us (docs/ledger-format.md)."""
        return ledger_stream(db, stamp, settings, with_proofs=proofs)
