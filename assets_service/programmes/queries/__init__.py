"""Every select of programmes: their rules, coverage, and whether a shipment is more than a share."""

from assets_service.programmes.queries.coverage import Count, Coverage, count_of, coverage, coverage_of_country, total
from assets_service.programmes.queries.distributions import (
    distribution,
    listed_distributions,
    locked_distribution,
    locked_stock,
    still_entitled,
)
from assets_service.programmes.queries.rules import by_code, choices, exists, listed, locked, may_set, named
from assets_service.programmes.queries.shares import beyond_share

__all__ = [
    "Count",
    "Coverage",
    "beyond_share",
    "by_code",
    "choices",
    "count_of",
    "coverage",
    "coverage_of_country",
    "distribution",
    "exists",
    "listed",
    "listed_distributions",
    "locked",
    "locked_distribution",
    "locked_stock",
    "may_set",
    "named",
    "still_entitled",
    "total",
]
