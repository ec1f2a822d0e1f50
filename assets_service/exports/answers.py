"""The files as streamed answers, the same for programs and for pages."""

from litestar.response import Stream

from assets_service.exports.delimited import Flavour
from assets_service.exports.files import MEDIA_TYPES, Format, inventory_parts, ledger_parts
from assets_service.exports.inventory import Asked
from assets_service.exports.streaming import streamed
from assets_service.kernel.clock import local_date
from assets_service.kernel.db import Database
from assets_service.ledger.stamp import Stamp
from assets_service.settings import Settings
from assets_service.web.figures import NATIONAL_ZONE


def inventory_stream(
    db: Database, stamp: Stamp, settings: Settings, asked: Asked, form: Format, flavour: Flavour = Flavour.RFC4180
) -> Stream:
    parts = inventory_parts(
        db, stamp, asked, form, flavour=flavour, unconfirmed_after_days=settings.unconfirmed_after_days
    )
    day = local_date(asked.as_of or stamp.at, NATIONAL_ZONE)
    name = "-".join(
        filter(None, ["inventaris", asked.under, asked.edition if asked.edition != "internal" else None, str(day)])
    )
    return streamed(parts, media_type=MEDIA_TYPES[form], filename=f"{name}.{form}")


def ledger_stream(db: Database, stamp: Stamp) -> Stream:
    name = f"ledger-{local_date(stamp.at, NATIONAL_ZONE)}.jsonl"
    return streamed(ledger_parts(db, stamp), media_type=MEDIA_TYPES[Format.JSONL], filename=name)
