"""Offices on the wire."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType

from assets_service.kernel.fields import Line, Name, Wire
from assets_service.offices.models import Office


class OfficeRef(Struct):
    """An office inside another answer."""

    code: str
    name: str


class OfficeView(Struct):
    """`devices` counts those the office itself answers for."""

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
    openness_grade: str | None


class AmendOffice(Wire):
    name: Name | UnsetType = UNSET
    office_name: Name | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=300)] | None | UnsetType = UNSET
    head_name: Line | None | UnsetType = UNSET
    head_title: Line | None | UnsetType = UNSET
    letter_code: Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z0-9./-]*$(?!\n)")] | None | UnsetType = UNSET
    uakpb: Annotated[str, Meta(pattern=r"^[0-9]{18}[A-Z]{2}$(?!\n)")] | None | UnsetType = UNSET
    openness_grade: Annotated[str, Meta(max_length=40, pattern=r"^[A-Za-z0-9_ .-]*$(?!\n)")] | None | UnsetType = UNSET


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
        openness_grade=office.openness_grade,
    )
