from assets_service.ledger.events import Event


class OfficeAdded(Event, frozen=True, tag="offices.added"):
    code: str
    level: str
    name: str
    office_name: str
    parent: str | None
    timezone: str


class OfficeAmended(Event, frozen=True, tag="offices.amended"):
    """`changes` holds the new value of each field that changed."""

    changes: dict[str, str | None]
