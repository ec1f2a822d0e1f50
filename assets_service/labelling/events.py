"""What happened to labels. Of a finder's message only its number is told: their contact is personal data."""

from datetime import datetime
from typing import Annotated

from assets_service.ledger.events import DeviceCode, Event, OfficeCode, Remark, Selection, Words
from assets_service.web.language import phrase

StockName = Annotated[str, Words(("stock",))]


class LabelPrinted(Event, frozen=True, tag="labelling.printed"):
    """A label of this version was handed out; whatever was attached before is superseded."""

    says = phrase("Label {code} printed, version {label_version}, on {stock}, in print run {run}.")

    run: int
    code: DeviceCode
    stock: StockName
    reason: Remark | None
    label_version: int
    label_attached_at: datetime | None


class LabelAttached(Event, frozen=True, tag="labelling.attached"):
    """The label was scanned on the device for the first time."""

    says = phrase("Label attached, version {label_version}: its first scan on site.")

    label_version: int
    label_attached_at: datetime


class RunAsked(Event, frozen=True, tag="labelling.run_asked"):
    """Somebody asked for a print run. Its subject is the run."""

    says = phrase("Print run {run} requested for {office}: {sort}.")
    lists = ("labels", "stock", "selection", "draft")

    run: int
    sort: Annotated[str, Words(("run",))]
    office: OfficeCode
    selection: Selection
    stock: StockName
    draft: bool
    reason: Remark | None
    labels: int


class RunDrawn(Event, frozen=True, tag="labelling.run_drawn"):
    """The run's file is made, with all its labels."""

    says = phrase("The file of print run {run} is made.")
    lists = ("labels", "file_sha256")

    run: int
    labels: int
    file_sha256: str


class RunCancelled(Event, frozen=True, tag="labelling.run_cancelled"):
    """Its file will not be used; its labels do not count as printed."""

    says = phrase("Print run {run} was cancelled.")

    run: int


class RunRestarted(Event, frozen=True, tag="labelling.run_restarted"):
    """Its file is made again from the start. `attempt` counts from 1."""

    says = phrase("The file of print run {run} is made again, attempt {attempt}.")

    run: int
    attempt: int


class StockSaved(Event, frozen=True, tag="labelling.stock_saved"):
    """An office measured a label stock of its own. `geometry` is a `labels.Stock` as JSON."""

    says = phrase("Label stock {stock} saved for {office}.")

    stock: str
    office: OfficeCode
    geometry: str


class StockRetired(Event, frozen=True, tag="labelling.stock_retired"):
    """No new run can use it."""

    says = phrase("Label stock {stock} taken out of use.")

    stock: str


class FinderWrote(Event, frozen=True, tag="labelling.finder_wrote"):
    """Somebody who found a device wrote by its label's page."""

    says = phrase("A finder wrote message {message}.")

    message: int


class FinderAnswered(Event, frozen=True, tag="labelling.finder_answered"):
    """Somebody of the office took care of a finder's message."""

    says = phrase("The finder's message {message} was handled.")

    message: int
