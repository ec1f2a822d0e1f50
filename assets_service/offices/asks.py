"""What is asked: offices."""

from typing import Annotated

from msgspec import UNSET, Meta, Struct, UnsetType
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.kernel.fields import Name, OneLine, Wire
from assets_service.offices import queries
from assets_service.offices.queries import Area


class AmendOffice(Wire):
    name: Name | UnsetType = UNSET
    office_name: Name | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=300)] | None | UnsetType = UNSET
    head_name: OneLine | None | UnsetType = UNSET
    head_title: OneLine | None | UnsetType = UNSET
    letter_code: Annotated[str, Meta(max_length=20, pattern=r"^[A-Za-z0-9./-]*$(?!\n)")] | None | UnsetType = UNSET
    uakpb: Annotated[str, Meta(pattern=r"^[0-9]{18}[A-Z]{2}$(?!\n)")] | None | UnsetType = UNSET


class Where(Struct, frozen=True):
    """The office that an address names, with all below it or (`only`) alone; no office: the whole scope."""

    office: str | None = None
    only: bool = False

    def area(self, session: Session, stamp: Stamp) -> Area | None:
        """The offices that are meant; None is the whole scope. Raises `Invalid` for an office that cannot be seen."""
        if not self.office:
            return None
        return Area(queries.named(session, self.office, stamp, "office").path, self.only)
