"""Why a label cannot be drawn, in one sentence a person understands."""


class LabelError(ValueError):
    """The text cannot become a label that scans, at this size and on this printer."""


class StockError(LabelError):
    """The stock, or the place on it, cannot be printed."""
