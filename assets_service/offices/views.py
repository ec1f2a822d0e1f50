"""What is shown: offices."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.offices.models import Office
from assets_service.offices.queries import DeviceCounts


class OfficeRef(Struct):
    """An office as part of another answer."""

    code: str
    name: str


class OfficeView(Struct):
    """An office; `devices` counts those it answers for itself."""

    code: str
    level: str
    name: str
    office_name: str
    parent: str | None
    timezone: str
    devices: int
    address: str | None
    head_name: str | None
    head_title: str | None
    letter_code: str | None
    uakpb: str | None
    version: int


def office_ref(office: Office) -> OfficeRef:
    return OfficeRef(office.code, office.name)


def office_view(office: Office, devices: int) -> OfficeView:
    return OfficeView(
        code=office.code,
        level=office.level,
        name=office.name,
        office_name=office.office_name,
        parent=office.parent.code if office.parent else None,
        timezone=office.timezone,
        devices=devices,
        address=office.address,
        head_name=office.head_name,
        head_title=office.head_title,
        letter_code=office.letter_code,
        uakpb=office.uakpb,
        version=office.version,
    )


def office_result(session: Session, office: Office, _stamp: Stamp, tools: Tools) -> OfficeView:
    return office_view(office, tools[DeviceCounts].at(session, office))


def offices_added(_session: Session, count: int, _stamp: Stamp, _tools: Tools) -> int:
    return count
