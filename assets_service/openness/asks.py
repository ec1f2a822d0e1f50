"""What is asked: a grade."""

from typing import Annotated

from msgspec import Meta

from assets_service.kernel.fields import Wire
from assets_service.openness.models import SOURCE_MAX, YEAR_MAX, YEAR_MIN, Grade

Year = Annotated[int, Meta(ge=YEAR_MIN, le=YEAR_MAX)]
Source = Annotated[
    str, Meta(min_length=1, max_length=SOURCE_MAX, pattern=r"^(?=.*\S)[^\x00-\x1f\x7f\u0085\u2028\u2029]*$(?!\n)")
]


class NewGrade(Wire):
    """What an office was graded in a year, and where that is written; null withdraws what was said of that year."""

    year: Year
    grade: Grade | None
    source: Source
