"""Why a label cannot be drawn, in one sentence a person understands."""


class Word(str):
    """A fact that is a word of the sentence, to be said in another language too."""

    __slots__ = ()


class LabelError(ValueError):
    """The text cannot become a label that scans, at this size and on this printer.

    `message` is the sentence with its `{facts}` in braces, so that it can be said in another language; `why` is a sentence too.
    """

    def __init__(self, message: str, **facts: object) -> None:
        self.message, self.facts = message, facts
        shown = {name: f"{fact:g}" if isinstance(fact, float) else str(fact) for name, fact in facts.items()}
        if "why" in shown:
            shown["why"] = shown["why"].format(**shown)
        super().__init__(message.format(**shown) if facts else message)


class StockError(LabelError):
    """The stock, or the place on it, cannot be printed."""
