"""Every select of schedules."""

from datetime import date, datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from assets_service.access.stamp import Stamp
from assets_service.kernel.clock import local_date
from assets_service.offices.models import Office
from assets_service.offices.queries import in_scope
from assets_service.schedules.models import CheckPolicy, CheckRule, next_due

# Built once: every receipt and every check asks for the rule.
_NEAREST = (
    select(CheckPolicy)
    .join(CheckPolicy.office)
    .where(Office.code.in_(bindparam("codes", expanding=True)), CheckPolicy.rule != CheckRule.INHERIT)
    .order_by(func.length(Office.path).desc())
    .limit(1)
)
_POLICY_AT = _NEAREST.options(joinedload(CheckPolicy.office))
_RULE_AT = _NEAREST.with_only_columns(CheckPolicy.rule, CheckPolicy.months)


def first_due(session: Session, office: Office, at: datetime) -> date:
    """The day by which a device that comes to this office now is to be checked."""
    return due_after(session, office, local_date(at, office.timezone))


def due_after(session: Session, office: Office, day: date) -> date:
    """The day by which a device of this office is to be checked that was last looked at on `day`."""
    found = session.connection().execute(_RULE_AT, _here_and_above(office.path)).first()
    return next_due(day, found.rule, found.months) if found else next_due(day, CheckRule.HALF_YEAR)


def policy_at(session: Session, path: str) -> CheckPolicy | None:
    """The rule that holds at the office with this path: its own, or of the nearest office above that has one."""
    return session.scalar(_POLICY_AT, _here_and_above(path))


def _here_and_above(path: str) -> dict[str, list[str]]:
    return {"codes": path.strip("/").split("/")}


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
