from assets_service.ledger.events import Event


class FileRegistered(Event, frozen=True, tag="imports.file_registered"):
    """A file became devices; each of them has its own entry with the same action id."""

    sha256: str
    rows: int
