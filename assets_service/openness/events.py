"""What happened to the grades of offices. The subject is the office."""

from typing import Annotated

from assets_service.ledger.events import Event, Words
from assets_service.web.language import phrase


class OfficeGraded(Event, frozen=True, tag="openness.graded"):
    """The office's grade of a year, and its source; null: what was said of that year is withdrawn."""

    says = (
        phrase("Openness in {year}: {grade}. Source: {source}."),
        phrase("The openness grade of {year} was withdrawn. Source: {source}."),
    )

    year: int
    grade: Annotated[str, Words(("openness",))] | None
    source: str
