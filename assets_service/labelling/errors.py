"""Refusals of the room."""

from typing import Any

import msgspec
from msgspec import Struct

from assets_service.kernel.errors import Conflict, Forbidden, Invalid, Msgid, NotFound, Refusal, invalid
from labels import STOCKS, LabelError, Stock, Word


class Why(Struct, frozen=True):
    """What a refusal said, kept for whoever reads it later in their own language."""

    message: str
    facts: dict[str, Any] = {}


def kept(refusal: Refusal) -> str:
    """The refusal as a row keeps it."""
    return msgspec.json.encode(Why(refusal.message, refusal.facts)).decode()


class LocalAddress(Conflict):
    """Such a label would name, for years, a host that no phone can reach."""

    title = "The labels' QR could not be opened"
    message = (
        "The QR would lead to {address}, which no phone can open. "
        'Set ASSETS_BASE_URL to the public address, or send "draft": true to print labels marked DRAF.'
    )


class NoSuchStock(NotFound):
    message = "There is no label stock {name}."


class StockNameTaken(Conflict):
    message = "There is already a label stock named {name}."
    field = "name"


class NoSuchRun(NotFound):
    message = "There is no such print run that you can see."


class RunEnded(Conflict):
    message = "This print run has already ended."


class RunUnderWay(Conflict):
    message = "This print run is still being drawn. Ask again in a moment."


class RunNotDrawn(Conflict):
    message = "This print run has no file: {why}"


class FileGone(NotFound):
    message = "The file of this print run is no longer kept. Restart the run to draw it again."


class FileWithheld(NotFound):
    """The file tells where its devices are, which this person may no longer read."""

    message = (
        "Devices of this print run now belong to offices that you cannot see, so its file is no longer yours to open."
    )


class PrintedMeanwhile(Conflict):
    """Two runs printed the same label; the one that ended first has it."""

    message = "Somebody else has printed a label for {codes} in the meantime. Start again."


class DrawingFailed(Conflict):
    message = "The labels could not be drawn: {why}"


class NotDrawn(Refusal):
    """Drawing failed by a fault of ours, while somebody waited for the file."""

    status = 503
    title = "The labels could not be drawn"
    message = (
        "The labels could not be drawn, by a fault on our side. Nothing was handed out; print run {run} is kept. "
        "Send the same again in a while."
    )

    @property
    def headers(self) -> dict[str, str]:
        return {"Retry-After": "30"}


class RunCancelled(Conflict):
    message = "The print run was cancelled."


class NoSuchMessage(NotFound):
    message = "There is no such message that you can see."


class NotYours(Forbidden):
    message = "You are not allowed to print labels for {code}."


def saying(error: LabelError) -> dict[str, object]:
    """The facts of a sentence that names the error as its `why`."""
    facts = {name: Msgid(fact) if isinstance(fact, Word) else fact for name, fact in error.facts.items()}
    return facts | {"why": error.message}


def not_drawn(error: LabelError) -> DrawingFailed:
    return DrawingFailed(**saying(error))


def unreadable(stock: Stock, url: str) -> Invalid:
    return invalid(
        "stock",
        "The QR for {url} would be too fine to scan on {stock}. Choose a larger label, a finer printer or a shorter address.",
        url=url,
        stock=Msgid(stock.title) if stock.name in STOCKS else stock.title,
    )
