"""Every select of custody."""

from assets_service.custody.queries.findings import findings_of, locked_finding
from assets_service.custody.queries.holders import Spell, holdings, locked_leaver, locked_of_holder
from assets_service.custody.queries.lists import Direction, listed, matching
from assets_service.custody.queries.naming import names_of_devices
from assets_service.custody.queries.packing import Packable, packable, visible
from assets_service.custody.queries.rights import (
    FRESH_RIGHT,
    is_one_sided,
    may_answer,
    may_receive,
    may_send,
    may_settle,
    must_receive,
)
from assets_service.custody.queries.shares import BeyondShare, Shares
from assets_service.custody.queries.shipments import by_id, locked, missing_line, tallies, visible_to

__all__ = [
    "FRESH_RIGHT",
    "BeyondShare",
    "Direction",
    "Packable",
    "Shares",
    "Spell",
    "by_id",
    "findings_of",
    "holdings",
    "is_one_sided",
    "listed",
    "locked",
    "locked_finding",
    "locked_leaver",
    "locked_of_holder",
    "matching",
    "may_answer",
    "may_receive",
    "may_send",
    "may_settle",
    "missing_line",
    "must_receive",
    "names_of_devices",
    "packable",
    "tallies",
    "visible",
    "visible_to",
]
