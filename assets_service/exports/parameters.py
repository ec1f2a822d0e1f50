"""What an export is asked for, as the parameters of its address."""

from typing import Annotated

from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter
from msgspec import structs

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Kind, Presence
from assets_service.exports.asks import Asked, Chosen, ToCheck, read_as_of
from assets_service.exports.columns import Edition
from assets_service.flags.queries import Flag
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Gathering
from assets_service.offices.asks import Where

AsOf = Annotated[
    str | None,
    QueryParameter(
        max_length=40,
        description="A day (2026-06-30: its end in WIB) or a moment (2026-06-30T08:30:00Z); rebuilt from the ledger.",
        required=False,
    ),
]
WhichEdition = Annotated[
    Edition,
    QueryParameter(description="`public`: no serials, IMEI, codes, holders, notes.", required=False),
]
WhenDue = Annotated[
    ToCheck | None, QueryParameter(description="As in the list of checks that are due.", required=False)
]
Words = Annotated[
    str | None,
    QueryParameter(max_length=120, description="As in the list of devices: its code, numbers, model.", required=False),
]
WithProofs = Annotated[
    bool,
    QueryParameter(
        description="A ZIP with the file and the proofs of what it says (docs/ledger-seals.md).", required=False
    ),
]


def provide_asked(
    stamp: NamedDependency[Stamp],
    db: NamedDependency[Database],
    where: NamedDependency[Where],
    as_of: AsOf = None,
    edition: WhichEdition = Edition.INTERNAL,
    kind: FromQuery[Kind | None] = None,
    condition: FromQuery[Condition | None] = None,
    presence: FromQuery[Presence | None] = None,
    flag: FromQuery[Flag | None] = None,
    due: WhenDue = None,
    q: Words = None,
    proofs: WithProofs = False,
) -> Asked:
    """Read what an export is asked for from the query. Raises `Invalid`."""
    asked = Gathering()
    with db.reading() as session:
        place = asked.ask(lambda: Asked(under=where.office, alone=where.only).settled(session, stamp))
    until = asked.ask(lambda: read_as_of(as_of, stamp.at))
    asked.refuse()
    assert place, "it was not refused"
    chosen = Chosen(kind=kind, condition=condition, presence=presence, flag=flag, due=due, q=q)
    return structs.replace(place, edition=edition, as_of=until, chosen=chosen, with_proofs=proofs)
