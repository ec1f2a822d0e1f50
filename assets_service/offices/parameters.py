"""Which offices a list, a count or a file is asked for, as the parameters of its address."""

from typing import Annotated

from litestar.params import QueryParameter

from assets_service.offices.asks import Where
from assets_service.offices.models import OFFICE_LENGTH_MAX

OfficeAsked = Annotated[
    str | None,
    QueryParameter(
        name="office",
        max_length=OFFICE_LENGTH_MAX,
        description="This office, by its code or its name, and all below it.",
        required=False,
    ),
]
OfficeOnly = Annotated[
    bool, QueryParameter(description="Only the office that is named, without those below it.", required=False)
]


async def provide_where(office: OfficeAsked = None, office_only: OfficeOnly = False) -> Where:
    """Read which offices are asked for."""
    return Where(office or None, office_only)
