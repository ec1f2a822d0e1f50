"""What takes long in an export, done by a process of its own: drawing a PDF or a workbook, and following every chain."""

from collections.abc import Generator
from typing import BinaryIO

import msgspec
from msgspec import Struct

from assets_service.access.stamp import Stamp
from assets_service.exports import inventory as inventories
from assets_service.exports.asks import Asked
from assets_service.exports.files import Format, note_inventory, parts_of, with_proofs
from assets_service.exports.paper import refuse_too_many
from assets_service.flags.queries import Flags
from assets_service.kernel.aside import aside, say
from assets_service.kernel.db import Database
from assets_service.ledger import queries as ledger
from assets_service.ledger.queries import Verification
from assets_service.offices.asks import Where

_PART_BYTES = 1 << 16


class Order(Struct):
    """An inventory to be made elsewhere, from the same database, by the same rights."""

    database_url: str
    stamp: Stamp
    asked: Asked
    form: Format
    unconfirmed_after_days: int
    bundle: str | None = None


def inventory_apart(
    db: Database, stamp: Stamp, asked: Asked, form: Format, *, unconfirmed_after_days: int, bundle: str | None = None
) -> Generator[bytes]:
    """The file in parts, as `files.inventory_parts` makes them; the rows and their count are of the other process's snapshot.

    Raises, with the first part, `Invalid` for an office that cannot be seen and `TooManyForPaper`.
    """
    if asked.under:
        with db.reading() as session:
            Where(asked.under).area(session, stamp)
    order = Order(_address(db), stamp, asked, form, unconfirmed_after_days, bundle)
    with aside(f"{__name__}:make_inventory", msgspec.json.encode(order)) as other:
        count = int(other.stdout.readline() or 0)
        if form is Format.PDF:
            refuse_too_many(count)
        note_inventory(db, stamp, asked, form, count)
        say(other.stdin, b"go on")
        while part := other.stdout.read(_PART_BYTES):
            yield part


def make_inventory(order: bytes, asked: BinaryIO, out: BinaryIO) -> None:
    """Say how many devices there are, wait until the taking is recorded, then write the file."""
    what = msgspec.json.decode(order, type=Order)
    db = Database(what.database_url)
    try:
        with inventories.opened(db, what.asked, what.stamp, Flags(what.unconfirmed_after_days)) as inventory:
            say(out, str(inventory.count).encode())
            if asked.readline():
                file = with_proofs(inventory, what.form, what.bundle) if what.bundle else parts_of(inventory, what.form)
                out.writelines(file)
    finally:
        db.close()


def verified_apart(db: Database) -> Verification:
    """What `ledger.queries.verify` finds, following every chain in another process."""
    with aside(f"{__name__}:verify_ledger", _address(db).encode()) as other:
        return msgspec.json.decode(other.stdout.readline() or b"null", type=Verification)


def verify_ledger(order: bytes, _asked: BinaryIO, out: BinaryIO) -> None:
    db = Database(order.decode())
    try:
        with db.reading() as session:
            say(out, msgspec.json.encode(ledger.verify(session)))
    finally:
        db.close()


def _address(db: Database) -> str:
    return db.url.render_as_string(hide_password=False)
