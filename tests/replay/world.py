"""One's own office, one below, one beside, one above: and what lies in each, as the replays need it."""

from uuid import uuid4

from msgspec import Struct, structs
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.custody import commands as custody
from assets_service.custody.asks import NewArrival, NewHolder, NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Difference, Outcome, Receipt
from assets_service.devices.models import Device
from assets_service.imports import batches
from assets_service.imports import commands as imports
from assets_service.imports.asks import DeviceFile
from assets_service.kernel.db import Database
from assets_service.kernel.store import Store
from assets_service.labelling import commands as labelling
from assets_service.labelling.asks import FinderNote, NewBlanks
from assets_service.labelling.models import FinderMessage
from assets_service.ledger import queries as ledger
from assets_service.outbox import commands as outbox
from assets_service.outbox.asks import SCHEMA, Contact, QueuedAct
from assets_service.outbox.errors import Contradicted
from assets_service.outbox.models import ActType, HeldAct, HeldFor
from assets_service.photos.reading import PHOTOS, Picture
from assets_service.settings import Settings
from tests import build
from tests.inspections.build_inspections import a_check, a_photo, a_picture
from tests.labelling.build_labelling import a_shop, a_stock

HOME = "81"
PLACES = {"own": "81", "child": "81.02", "sibling": "73", "parent": "00"}
_NEIGHBOURS = {
    "81": "81.72",
    "81.02": "81.72",
    "73": "73.71",
    "00": "31",
}  # in the same branch: not seen from elsewhere


class Place(Struct):
    """One thing of each sort at one office, by what stands for it in an address; `names` must not be told elsewhere."""

    office: str
    device: str
    shipment: int
    finding: int
    receipt: int
    parcel: str  # a photo of the parcel in which it came
    person: int
    grant: int
    check: int
    photo: str
    run: int
    stock: str
    message: int
    imported: int  # a file that became devices to which nothing has happened since
    conflict: int  # an act done without network that waits for an officer
    names: list[str]


NOWHERE = Place(
    "99",
    "ZZZZZZZZ",
    99_999,
    99_999,
    99_999,
    f"{'f' * 64}.jpg",
    99_999,
    99_999,
    99_999,
    f"{'f' * 64}.jpg",
    99_999,
    "tidak-ada",
    99_999,
    99_999,
    99_999,
    [],
)


def a_place(session: Session, code: str, settings: Settings) -> Place:
    """A device checked with a photo, another that came with something extra in its box; what is printed, and what a finder wrote."""
    by = build.system()
    head = build.a_person(session, f"Kepala {code} Rahasia", at=code, role=Role.HEAD)
    his = build.stamp(session, head)
    serial = f"RAHASIA{code.replace('.', 'X')}"
    device = build.a_device(session, at=code, serial=serial)
    came = build.a_device(session, at=_NEIGHBOURS[code])
    arrived = custody.create(session, NewShipment(to_office=code, devices=[came.code], send=True), stamp=by)
    seen = [
        ReceiptLine(device=came.code, outcome=Outcome.RECEIVED),
        ReceiptLine(device="KABEL", outcome=Outcome.RECEIVED),
    ]
    parcel = Store(settings.files_dir, PHOTOS).put(a_picture() + b"paket" + code.encode())
    a_photo(session, Picture(parcel, 10, 10, 10), his)
    custody.arrive(session, arrived, NewArrival(seal_intact=True, photos=[parcel]), stamp=his)
    custody.receive(session, arrived, NewReceipt(lines=seen), stamp=his)
    picture = Picture(code.replace(".", "").rjust(64, "a"), 10, 10, 10)
    a_photo(session, picture, his)
    check = a_check(session, device, his, photos=[picture.hash])
    run = labelling.order_blanks(
        session, NewBlanks(stock="tj-121", count=1, office=code, draft=True), a_shop(settings), stamp=by
    )
    stock = labelling.save_stock(session, a_stock(f"punya-{code.replace('.', '-')}", code), stamp=by)
    labelling.write_finder(session, device.code, FinderNote(message=f"Ketemu {serial}", contact="0812"), stamp=by)
    file = f"jenis,merek,tipe,nomor seri,kode kantor\ntablet,Samsung,A9,IMPOR{code},{code}\n".encode()
    imported = imports.register(session, DeviceFile(file), batches.read(file), stamp=by).number or 0
    conflict = held_back(session, device, his)
    session.flush()
    return Place(
        office=code,
        device=device.code,
        shipment=arrived.id,
        finding=session.scalars(select(Difference.id).order_by(Difference.id.desc())).first() or 0,
        receipt=session.scalars(select(Receipt.id).order_by(Receipt.id.desc())).first() or 0,
        parcel=f"{parcel}.jpg",
        person=head.id,
        grant=head.grants[0].id,
        check=check.id,
        photo=f"{picture.hash}.jpg",
        run=run.id,
        stock=stock.name,
        message=session.scalars(select(FinderMessage.id).order_by(FinderMessage.id.desc())).first() or 0,
        imported=imported,
        conflict=conflict,
        names=[serial, head.name, device.code, came.code, arrived.number],
    )


def held_back(session: Session, device: Device, his: Stamp) -> int:
    """The head named nobody as the holder, on a phone without network, while somebody else named another."""
    phone = outbox.contact(session, Contact(str(uuid4()), SCHEMA, None, None, None), stamp=his)
    queued = QueuedAct(
        id=uuid4(), type=ActType.HOLDER, payload={"person": None}, observed_at=his.at, sequence=1, device=device.code
    )
    act = outbox.Handed(phone.id, his.actor_id or 0, str(queued.id), 1, "0" * 64)
    outbox.hold_back(
        session,
        act,
        queued,
        NewHolder(person=None),
        outbox.against(device),
        Contradicted(),
        held_for=HeldFor.CONFLICT,
        changed=["holder"],
        stamp=structs.replace(his, seen_at=his.at),
    )
    return session.scalars(select(HeldAct.id).where(HeldAct.action_id == act.id)).one()


def places(db: Database, settings: Settings) -> dict[str, Place]:
    """Each scope of a caller at `HOME` and what lies there; `none` exists nowhere."""
    with db.writing() as session:
        build.roster(session)
        found = {scope: a_place(session, code, settings) for scope, code in PLACES.items()}
    return found | {"none": NOWHERE}


def caller(db: Database, role: Role | None, at: str = HOME) -> dict[str, str]:
    """Somebody new with the role, as the header their requests carry."""
    with db.writing() as session:
        return build.bearer(build.a_token(session, build.a_person(session, at=at, role=role)))


def head_of(db: Database) -> tuple[int, str]:
    """Where the ledger stands."""
    with db.reading() as session:
        newest = ledger.head(session)
        return newest.seq, newest.hash
