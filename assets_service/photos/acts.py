"""What can be done with photos, whatever door it comes through."""

from hashlib import sha256

from assets_service.access.policy import RECEIVERS
from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act, Tools
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.photos import commands, queries
from assets_service.photos.asks import NewPhoto
from assets_service.photos.errors import OtherBytes
from assets_service.photos.reading import Picture, keep
from assets_service.photos.views import PhotoView, SentPhoto, photo_result, sent_result


def _decoded(ask: NewPhoto, _stamp: Stamp, tools: Tools) -> Picture:
    return keep(tools[Store], ask.content)


def _named(ask: NewPhoto, stamp: Stamp, tools: Tools) -> Picture | None:
    if sha256(ask.content).hexdigest() != ask.sha256:
        raise OtherBytes
    with tools[Database].reading() as session:
        if queries.sent_by(session, [ask.sha256], stamp):
            return None
    return keep(tools[Store], ask.content)


ADD = Act(
    name="photos.add",
    who=RECEIVERS,
    ask=NewPhoto,
    prepare=_decoded,
    command=commands.add,
    gives=PhotoView,
    result=photo_result,
)
NAME = Act(
    name="photos.name",
    who=RECEIVERS,
    ask=NewPhoto,
    prepare=_named,
    command=commands.name,
    gives=SentPhoto,
    result=sent_result,
)
