"""What happens to the log itself: it begins, and its key changes."""

from assets_service.ledger.events import Event, Remark
from assets_service.web.language import phrase


class LogBegun(Event, frozen=True, tag="seals.log_begun"):
    """From here on entries are sealed under this name. `before_…` tell of the log that it takes the place of."""

    says = (
        phrase("Sealing begins again as {origin}, in place of {before_origin} with its {before_size} leaves."),
        phrase("Sealing begins: the ledger's log is called {origin}."),
    )
    lists = ("key",)

    origin: str
    key: str
    before_origin: str | None = None
    before_size: int | None = None
    before_root: str | None = None


class KeyChanged(Event, frozen=True, tag="seals.key_changed"):
    """From this size on another key signs. `statement` is the old key's word for it; null when the old key was lost."""

    says = phrase("Another key signs the log from leaf {size} on.")
    lists = ("key", "statement")
    is_watched = True

    key: str
    size: int
    statement: str | None
    reason: Remark | None = None
