"""What came in as a file. Its subject is the import: `import/12`."""

from assets_service.ledger.events import Event, OfficeCode
from assets_service.web.language import phrase


class FileRegistered(Event, frozen=True, tag="imports.file_registered"):
    """A file became devices; each of them has its own entry with the same action id. `office` stands above all of theirs."""

    says = phrase("Devices registered from a file.")
    lists = ("rows", "sha256")

    sha256: str
    rows: int
    office: OfficeCode


class FileUndone(Event, frozen=True, tag="imports.undone"):
    """All devices of the file were withdrawn; each of them has its own entry with the same action id."""

    says = phrase("Import undone: its devices were withdrawn.")
    lists = ("rows",)

    rows: int
