"""The files as streamed answers, the same for programs and for pages."""

from collections.abc import Generator
from contextlib import suppress

from litestar.response import Stream

from assets_service.access.stamp import Stamp
from assets_service.exports import bundle
from assets_service.exports.apart import inventory_apart
from assets_service.exports.asks import Asked
from assets_service.exports.delimited import Flavour
from assets_service.exports.files import MEDIA_TYPES, Format, inventory_parts, ledger_parts
from assets_service.exports.streaming import streamed
from assets_service.kernel.clock import local_date
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Refusal
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from assets_service.web.figures import NATIONAL_ZONE

_DRAWN = frozenset({Format.PDF, Format.XLSX})  # what keeps a processor busy for seconds


def inventory_stream(
    db: Database, stamp: Stamp, settings: Settings, asked: Asked, form: Format, flavour: Flavour = Flavour.RFC4180
) -> Stream:
    """The inventory; with its proofs, as a ZIP, when that is asked."""
    _seal_first(db, settings, is_asked=asked.with_proofs)
    file = f"{_name_of(asked, stamp)}.{form}"
    inside = file if asked.with_proofs else None
    days = settings.unconfirmed_after_days
    if form in _DRAWN:
        parts = inventory_apart(db, stamp, asked, form, unconfirmed_after_days=days, bundle=inside)
    else:
        parts = inventory_parts(db, stamp, asked, form, flavour=flavour, unconfirmed_after_days=days, bundle=inside)
    return _streamed(parts, file, MEDIA_TYPES[form], is_bundle=asked.with_proofs)


def _name_of(asked: Asked, stamp: Stamp) -> str:
    day = local_date(asked.as_of or stamp.at, NATIONAL_ZONE)
    return "-".join(
        filter(
            None,
            [
                "inventaris",
                asked.under,
                "saja" if asked.alone else None,
                "saringan" if asked.chosen.said() else None,
                asked.edition if asked.edition != "internal" else None,
                str(day),
            ],
        )
    )


def ledger_stream(db: Database, stamp: Stamp, settings: Settings, *, with_proofs: bool = False) -> Stream:
    _seal_first(db, settings, is_asked=with_proofs)
    name = f"ledger-{local_date(stamp.at, NATIONAL_ZONE)}.jsonl"
    parts = ledger_parts(db, stamp, bundle=name if with_proofs else None)
    return _streamed(parts, name, MEDIA_TYPES[Format.JSONL], is_bundle=with_proofs)


def _seal_first(db: Database, settings: Settings, *, is_asked: bool) -> None:
    """Seal, so that what was written until now has a proof. Where that cannot be, what is unsealed is said to be so."""
    if is_asked and db.may_write:
        with suppress(Refusal):
            Sealer(db, settings).seal()


def _streamed(parts: Generator[bytes, None, None], name: str, media_type: str, *, is_bundle: bool) -> Stream:
    if is_bundle:
        return streamed(parts, media_type=bundle.MEDIA_TYPE, filename=f"{name}.zip")
    return streamed(parts, media_type=media_type, filename=name)
