"""What can be done with photos, whatever door it comes through."""

from assets_service.access.policy import RECEIVERS
from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act, Tools
from assets_service.kernel.store import Store
from assets_service.photos import commands
from assets_service.photos.asks import NewPhoto
from assets_service.photos.reading import Picture, keep
from assets_service.photos.views import PhotoView, photo_result


def _decoded(ask: NewPhoto, _stamp: Stamp, tools: Tools) -> Picture:
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
