"""Every route of the product, on one page."""

from typing import Any

from litestar import Router

from assets_service.access.policy import PUBLIC
from assets_service.app.health import live, metrics, ready
from assets_service.custody.api import (
    ChoicesAPI,
    CustodyAPI,
    DifferencesAPI,
    HoldersAPI,
    ReceiptsAPI,
    ShipmentsAPI,
    SuccessionsAPI,
    name_holder_of_each,
)
from assets_service.custody.pages import (
    ChoicePages,
    CustodyPages,
    HolderPages,
    MyDevicesPages,
    PersonPages,
    ReceiptPages,
    SettlingPages,
    ShipmentPages,
    SuccessionPages,
    VisitPages,
)
from assets_service.devices.api import DevicesAPI, look_up
from assets_service.devices.pages import DevicePages
from assets_service.exports.api import ExportsAPI
from assets_service.exports.pages import ExportPages, LedgerPages
from assets_service.flags.api import FlagsAPI
from assets_service.flags.pages import FlagPages
from assets_service.imports.api import ImportsAPI, import_grades
from assets_service.imports.pages import GradeFilePages, ImportPages
from assets_service.inspections.api import InspectionsAPI
from assets_service.inspections.pages import CheckPages
from assets_service.labelling.api import FindersAPI, LabelAPI, SheetsAPI, StocksAPI
from assets_service.labelling.pages import BlankPages, FinderPages, LabelPages, RunPages, StockPages
from assets_service.offices.api import OfficesAPI
from assets_service.offices.pages import AmendOfficePages
from assets_service.openness.api import OpennessAPI
from assets_service.openness.pages import OpennessPages
from assets_service.outbox.api import OutboxAPI
from assets_service.outbox.pages import ConflictPages, PhonePages
from assets_service.people.api import PersonsAPI
from assets_service.people.pages import PeoplePages
from assets_service.photos.api import name_photo, upload_photo
from assets_service.programmes.api import DistributionsAPI, ProgrammesAPI, read_coverage
from assets_service.programmes.pages import OfficePages, ProgrammePages
from assets_service.reports.pages import ReportPages
from assets_service.scan.pages import ScanPages
from assets_service.seals.api import cosign, device_proof, ledger_head, read_checkpoint, read_key, read_keys, read_tile
from assets_service.seals.pages import ProofPages
from assets_service.signing_in.api import SessionAPI
from assets_service.signing_in.pages import AccountPages, SignInPages
from assets_service.web.pages import answer, api_docs, choose_language
from assets_service.web.shell import manifest, shell, shell_in, worker
from assets_service.web.static_files import serve_static_file


def routes() -> list[Any]:
    """Controllers and handlers, each with its policy."""
    return [
        SessionAPI, SignInPages, AccountPages,
        PersonsAPI, HoldersAPI, PeoplePages, PersonPages, MyDevicesPages,
        OfficesAPI, AmendOfficePages, OfficePages,
        OpennessAPI, OpennessPages,
        ProgrammesAPI, DistributionsAPI, ProgrammePages, read_coverage,
        DevicesAPI, DevicePages, look_up,
        ShipmentsAPI, ReceiptsAPI, DifferencesAPI, SuccessionsAPI, ChoicesAPI,
        ShipmentPages, ReceiptPages, VisitPages, SettlingPages, SuccessionPages, ChoicePages, CustodyAPI, name_holder_of_each, HolderPages, CustodyPages,
        InspectionsAPI, CheckPages, upload_photo, name_photo,
        FlagsAPI, FlagPages,
        ScanPages,
        OutboxAPI, ConflictPages, PhonePages,
        ReportPages,
        ImportsAPI, ImportPages, import_grades, GradeFilePages, ExportsAPI, ExportPages,
        LedgerPages, ledger_head, device_proof, ProofPages, read_checkpoint, read_key, read_keys, read_tile, cosign,
        LabelAPI, SheetsAPI, StocksAPI, FindersAPI, LabelPages, RunPages, BlankPages, StockPages, FinderPages,
        answer,
        metrics,
        public(choose_language, api_docs, serve_static_file, shell, shell_in, worker, manifest, live, ready),
    ]  # fmt: skip


def public(*handlers: Any, path: str = "/", in_schema: bool = True) -> Router:
    """Routes that strangers may call."""
    return Router(path=path, route_handlers=list(handlers), opt={"policy": PUBLIC}, include_in_schema=in_schema)
