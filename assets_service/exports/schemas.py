"""What an export is asked for, on the wire and in a page's form."""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import QueryParameter

from assets_service.exports.columns import Edition
from assets_service.exports.inventory import Asked, read_as_of
from assets_service.ledger.stamp import Stamp

AsOf = Annotated[
    str | None,
    QueryParameter(
        max_length=40,
        description="A day (2026-06-30: its end in WIB) or a moment (2026-06-30T08:30:00Z); rebuilt from the ledger.",
        required=False,
    ),
]
Under = Annotated[
    str | None, QueryParameter(name="office", max_length=8, description="This office and all below it.", required=False)
]
WhichEdition = Annotated[
    Edition,
    QueryParameter(description="`public`: no serials, IMEI, codes, holders, notes.", required=False),
]


async def provide_asked(
    stamp: NamedDependency[Stamp], as_of: AsOf = None, office: Under = None, edition: WhichEdition = Edition.INTERNAL
) -> Asked:
    """Raises `Invalid`."""
    return Asked(edition=edition, as_of=read_as_of(as_of, stamp.at), under=office or None)
