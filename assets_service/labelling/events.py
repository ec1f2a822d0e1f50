"""What happened to labels. Of a finder's message only its number is told: their contact is personal data."""

from datetime import datetime

from assets_service.ledger.events import Event


class LabelPrinted(Event, frozen=True, tag="labelling.printed"):
    """A label of this version was handed out; whatever was attached before is superseded."""

    run: int
    code: str
    stock: str
    reason: str | None
    label_version: int
    label_attached_at: datetime | None


class LabelAttached(Event, frozen=True, tag="labelling.attached"):
    """The label was scanned on the device for the first time."""

    label_version: int
    label_attached_at: datetime


class RunAsked(Event, frozen=True, tag="labelling.run_asked"):
    """On the run's own chain."""

    run: int
    sort: str
    office: str
    selection: str
    stock: str
    draft: bool
    reason: str | None
    labels: int


class RunDrawn(Event, frozen=True, tag="labelling.run_drawn"):
    run: int
    labels: int
    file_sha256: str


class RunCancelled(Event, frozen=True, tag="labelling.run_cancelled"):
    run: int


class RunRestarted(Event, frozen=True, tag="labelling.run_restarted"):
    run: int
    attempt: int


class StockSaved(Event, frozen=True, tag="labelling.stock_saved"):
    stock: str
    office: str
    geometry: str


class StockRetired(Event, frozen=True, tag="labelling.stock_retired"):
    stock: str


class FinderWrote(Event, frozen=True, tag="labelling.finder_wrote"):
    message: int


class FinderAnswered(Event, frozen=True, tag="labelling.finder_answered"):
    message: int
