"""Which days may be named for a shipment: when it arrives, and when what it lends comes back."""

from datetime import date, timedelta

from assets_service.access.stamp import Stamp
from assets_service.kernel.clock import local_date
from assets_service.kernel.errors import FieldProblem
from assets_service.offices.models import Office

ON_THE_ROAD_MAX = timedelta(days=365)  # as long as a route may take
LOAN_MAX = timedelta(days=5 * 366)  # what lends for longer is a transfer


def impossible_days(
    sender: Office, to: Office, stamp: Stamp, *, expected_on: date | None = None, return_on: date | None = None
) -> list[FieldProblem]:
    """The problems of days that are over or too far away: the arrival's by the receiver's calendar, the return's by the sender's."""
    problems = []
    if expected_on:
        today = local_date(stamp.at, to.timezone)
        if expected_on < today:
            problems.append(FieldProblem("/expected_on", "This day is over."))
        elif expected_on > today + ON_THE_ROAD_MAX:
            problems.append(FieldProblem("/expected_on", "A parcel is expected within a year."))
    if return_on:
        today = local_date(stamp.at, sender.timezone)
        if return_on <= today:
            problems.append(FieldProblem("/return_on", "This day is over."))
        elif return_on > today + LOAN_MAX:
            problems.append(FieldProblem("/return_on", "A loan lasts at most five years."))
        elif expected_on and return_on < expected_on:
            problems.append(FieldProblem("/return_on", "It would be due back before it arrives."))
    return problems
