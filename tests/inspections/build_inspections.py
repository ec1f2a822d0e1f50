"""Pictures and checks for the tests of this room."""

from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.devices.models import Condition, Device
from assets_service.inspections import commands
from assets_service.inspections.asks import NewCheck
from assets_service.inspections.models import Check
from assets_service.photos import commands as photos
from assets_service.photos.asks import NewPhoto
from assets_service.photos.models import Photo
from assets_service.photos.reading import Picture


def a_picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), colour: str = "teal", **saved: Any) -> bytes:
    """A whole picture; `saved` goes to Pillow's writer."""
    out = BytesIO()
    Image.new("RGB", size, colour).save(out, form, **saved)
    return out.getvalue()


def a_check(session: Session, device: Device, by: Stamp, **facts: Any) -> Check:
    return commands.check(session, device, NewCheck(**({"condition": Condition.GOOD} | facts)), stamp=by)


def a_photo(session: Session, picture: Picture, by: Stamp) -> Photo:
    """A photo that waits for its check, as decoded already."""
    return photos.add(session, NewPhoto(b""), picture, stamp=by)


def iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
