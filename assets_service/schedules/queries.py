"""Every select of schedules."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.kernel.clock import local_date
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope
from assets_service.schedules.models import CheckPolicy, CheckRule, next_due


def first_due(session: Session, office: Office, at: datetime) -> date:
    """The day by which a device that comes to this office now is to be checked."""
    return due_after(session, office, local_date(at, office.timezone))


def due_after(session: Session, office: Office, day: date) -> date:
    """The day by which a device of this office is to be checked that was last looked at on `day`."""
    policy = policy_at(session, office.path)
    return next_due(day, policy.rule, policy.months) if policy else next_due(day, CheckRule.HALF_YEAR)


def policy_at(session: Session, path: str) -> CheckPolicy | None:
    """The rule that holds at the office with this path: its own, or of the nearest office above that has one."""
    codes = path.strip("/").split("/")
    return session.scalar(
        select(CheckPolicy)
        .join(CheckPolicy.office)
        .where(Office.code.in_(codes), CheckPolicy.rule != CheckRule.INHERIT)
        .order_by(func.length(Office.path).desc())
        .limit(1)
        .options(joinedload(CheckPolicy.office))
    )


def own_policy(session: Session, office: Office) -> CheckPolicy | None:
    return session.scalar(
        select(CheckPolicy).where(CheckPolicy.office_id == office.id).options(joinedload(CheckPolicy.office))
    )


def policies(session: Session, stamp: Stamp) -> list[CheckPolicy]:
    """Every office in scope that has a rule of its own."""
    return list(
        session.scalars(
            select(CheckPolicy)
            .join(CheckPolicy.office)
            .where(CheckPolicy.rule != CheckRule.INHERIT, in_scope(stamp))
            .order_by(Office.path)
            .limit(600)
            .options(joinedload(CheckPolicy.office))
        )
    )
