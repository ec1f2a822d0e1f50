"""What is shown: photos."""

from msgspec import Struct
from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.actions.act import Tools
from assets_service.photos.commands import Sent
from assets_service.photos.models import Photo


class PhotoView(Struct):
    """A photo; the picture at `thumbnail_url` is small, for a list."""

    id: str
    width: int
    height: int
    bytes: int
    url: str
    thumbnail_url: str


def photo_view(photo: Photo) -> PhotoView:
    name = f"{photo.hash}.jpg"
    return PhotoView(
        photo.hash, photo.width, photo.height, photo.bytes, url=f"/berkas/{name}", thumbnail_url=f"/berkas/kecil/{name}"
    )


def photo_result(_session: Session, photo: Photo, _stamp: Stamp, _tools: Tools) -> PhotoView:
    return photo_view(photo)


class SentPhoto(Struct):
    """A photo by the name that its sender's phone gave it; not `is_new` when they have sent it before."""

    photo: PhotoView
    is_new: bool


def sent_result(_session: Session, sent: Sent, _stamp: Stamp, _tools: Tools) -> SentPhoto:
    return SentPhoto(photo_view(sent.photo), sent.is_new)
