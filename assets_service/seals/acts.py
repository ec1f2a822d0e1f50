"""What can be done to seals, whatever door it comes through."""

from sqlalchemy.orm import Session

from assets_service.access.policy import PUBLIC
from assets_service.access.stamp import Stamp
from assets_service.actions.act import Act, Tools
from assets_service.seals import commands
from assets_service.seals.asks import Cosigned, Witnessed, witnessed
from assets_service.seals.models import Seal
from assets_service.seals.views import SealView, seal_view
from assets_service.settings import Settings


def _read(ask: Cosigned, _stamp: Stamp, tools: Tools) -> Witnessed:
    return witnessed(ask, tools[Settings].witnesses)


def _seen(session: Session, seal: Seal, _stamp: Stamp, _tools: Tools) -> SealView:
    return seal_view(session, seal)


COSIGN = Act(
    name="seals.cosign",
    who=PUBLIC,  # what counts is the witness's signature, whoever brings it
    ask=Cosigned,
    prepare=_read,
    command=commands.keep_cosignatures,
    gives=SealView,
    result=_seen,
)
