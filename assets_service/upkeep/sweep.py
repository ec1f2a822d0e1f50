"""Removing what is only kept for a time."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from assets_service.actions.models import Action
from assets_service.imports.uploads import KEPT_SECONDS, UPLOADS
from assets_service.kernel.db import Database
from assets_service.kernel.jobs import Job
from assets_service.kernel.store import Store
from assets_service.labelling.commands.runs import LABEL_FILES
from assets_service.outbox import commands as outbox
from assets_service.outbox.models import HandedAct
from assets_service.photos import commands as photos
from assets_service.photos.reading import PHOTOS, SMALL
from assets_service.settings import Settings
from assets_service.signing_in.models import SignIn, Throttle
from assets_service.web import answers

ACTIONS_KEPT = timedelta(days=400)
SIGN_INS_KEPT = timedelta(days=90)  # after their end: who was signed in when, for a while
THROTTLES_KEPT = timedelta(days=1)
LABEL_FILES_KEPT = timedelta(days=30)  # a run can be drawn again
UPLOADS_KEPT = timedelta(seconds=KEPT_SECONDS)
ANSWERS_KEPT = timedelta(seconds=answers.KEPT_SECONDS)
SMALL_PHOTOS_KEPT = timedelta(days=90)  # made again when somebody looks
JOBS_KEPT = timedelta(days=30)
UNFINISHED_KEPT = timedelta(days=1)


def sweep(db: Database, settings: Settings, *, at: datetime) -> dict[str, int]:
    """Remove what is only kept for a time: answered actions, ended sessions, counts of tries, files. The ledger is never swept."""
    with db.writing() as session:
        swept = {
            "answered actions": delete(Action).where(Action.created_at < at - ACTIONS_KEPT),
            "answers to phones": delete(HandedAct).where(HandedAct.at < at - ACTIONS_KEPT),
            "ended sessions": delete(SignIn).where(SignIn.expires_at < at - SIGN_INS_KEPT),
            "counts of tries": delete(Throttle).where(Throttle.since < at - THROTTLES_KEPT),
            "ended jobs": delete(Job).where(Job.ended_at < at - JOBS_KEPT),
        }
        counts = {what: session.execute(rows).rowcount for what, rows in swept.items()}  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
        outbox.spare_photos(session, at=at)
        unneeded = photos.sweep(session, at=at)
    return counts | _sweep_files(settings, unneeded, at=at)


def _sweep_files(settings: Settings, unneeded: list[str], *, at: datetime) -> dict[str, int]:
    """Remove stored files; `unneeded` are the names of photos that no row needs any more."""
    kinds = {kind: Store(settings.files_dir, kind) for kind in (PHOTOS, SMALL, LABEL_FILES, UPLOADS, answers.ANSWERS)}
    waited_since = (at - photos.WAITING_MAX).timestamp()
    unfinished_since = (at - UNFINISHED_KEPT).timestamp()
    return {
        "photos without a check": sum([kinds[PHOTOS].discard(name, untouched_since=waited_since) for name in unneeded]),
        "files of labels": kinds[LABEL_FILES].discard_old(untouched_since=(at - LABEL_FILES_KEPT).timestamp()),
        "uploads": kinds[UPLOADS].discard_old(untouched_since=(at - UPLOADS_KEPT).timestamp()),
        "small photos": kinds[SMALL].discard_old(untouched_since=(at - SMALL_PHOTOS_KEPT).timestamp()),
        "answers to forms": kinds[answers.ANSWERS].discard_old(untouched_since=(at - ANSWERS_KEPT).timestamp()),
        "unfinished files": sum(
            [files.discard_unfinished(untouched_since=unfinished_since) for files in kinds.values()]
        ),
    }
