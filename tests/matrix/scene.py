"""One's own office, one below, one beside, one above, and nowhere: what lies in each, in every state that a write asks for."""

from hashlib import sha256

from litestar import Litestar
from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from assets_service.access.policy import Policy
from assets_service.access.routes import policy_of
from assets_service.access.stamp import Role
from assets_service.custody import commands as custody
from assets_service.custody.asks import Loss, NewHolder, NewShipment
from assets_service.devices import queries as devices
from assets_service.devices.models import Kind, LabelCode
from assets_service.kernel.db import Database, Record
from assets_service.kernel.store import Store
from assets_service.labelling import commands as labelling
from assets_service.labelling.asks import NewBlanks
from assets_service.labelling.commands.runs import LABEL_FILES
from assets_service.labelling.models import RunState
from assets_service.offices.models import Level
from assets_service.openness import commands as openness
from assets_service.openness.asks import NewGrade
from assets_service.openness.models import Grade
from assets_service.people import commands as people
from assets_service.people.asks import NewPerson
from assets_service.people.models import Person
from assets_service.photos.reading import PHOTOS, Picture
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import Entitlement, NewDistribution, NewProgramme
from assets_service.seals.sealing import Sealer
from assets_service.settings import Settings
from labels import grouped
from tests import build
from tests.contract.routes import calls
from tests.inspections.build_inspections import a_check, a_photo, a_picture
from tests.labelling.build_labelling import a_shop
from tests.replay.world import NOWHERE, PLACES, Place, a_place, caller

RELATIONS = (*PLACES, "none")  # own, child, sibling, parent, none
MINE = ("own", "child")
WHO = (*Role, "none", "stranger")
HANDED_TO = {"81": "81.72", "81.02": "81.72", "73": "73.71", "00": "31.71"}
Headers = dict[str, dict[str, str]]
FOREIGN = ("sibling", "parent", "none")
ELSEWHERE = "62"  # where everybody's shipments go; of nobody's branch


# What a path's parameter means; `{code}` and `{name}` mean what the path speaks of.
PATHS = {"shipment_id": "shipment", "person_id": "person", "grant_id": "grant", "check_id": "check",
         "finding_id": "finding", "run_id": "run", "message_id": "message", "import_id": "imported",
         "receipt_id": "receipt", "difference_id": "finding", "distribution_id": "distribution",
         "conflict_id": "conflict"}  # fmt: skip
THINGS = {"d": "device", "D": "device", "devices": "device", "perangkat": "device", "offices": "office", "kantor": "office", "label-stocks": "stock",
          "programmes": "office", "program": "office", "stok": "stock", "berkas": "photo", "kecil": "photo", "label": "blank"}  # fmt: skip


class Scene(Struct):
    """What stands for each thing in an address or a body; `names` must not be told to whom it is foreign."""

    place: Place
    draft: int = 99_999  # a shipment packed and not sent
    incoming: int = 99_999  # one on its way here
    coming: str = "ZZZZZZZZ"  # the device in it
    lost: str = "ZZZZZZZZ"
    holder: int = 99_999  # somebody of the office
    inactive: int = 99_999
    mute: int = 99_999  # somebody who does not sign in
    failed_run: int = 99_999
    drawn_run: int = 99_999
    photo: str = f"{'f' * 64}.jpg"
    blank: str = "ZZZZZZZZ"
    outgoing: int = 99_999  # a shipment on its way from here
    leaver: int = 99_999  # somebody who holds one device
    theirs: str = "ZZZZZZZZ"  # that device
    distribution: int = 99_999  # what was handed out from here in one act
    area: str = "99"  # to which it hands out
    programme: str = "BAGI"
    accessory: str = "charger"
    reason: str = "stolen"
    device_kind: str = "tablet"

    @property
    def names(self) -> list[str]:
        codes = [code for code in (self.place.device, self.lost, self.coming, self.theirs) if code != "ZZZZZZZZ"]
        return [*self.place.names, *codes, *map(grouped, codes)]

    def value(self, parameter: str) -> str:
        """What a path's parameter names here: a field of the scene, or of its place."""
        return str(getattr(self, parameter, None) or getattr(self.place, parameter))


def scenes(db: Database, settings: Settings) -> dict[str, Scene]:
    """Each relation of a caller at the province of Maluku, and what lies there."""
    with db.writing() as session:
        build.roster(session)
        allocation = [Entitlement(kind=Kind.TABLET, level=Level.CITY, quantity=9)]
        programmes.add(session, NewProgramme(code="BAGI", name="Bagi", allocation=allocation), stamp=build.system())
        found = {relation: _scene(session, code, settings) for relation, code in PLACES.items()}
    Sealer(db, settings).seal()
    return found | {"none": Scene(NOWHERE)}


def _scene(session: Session, code: str, settings: Settings) -> Scene:
    by = build.system()
    place = a_place(session, code, settings)
    packed, lost, coming = (build.a_device(session, at=at).code for at in (code, code, ELSEWHERE))
    openness.grade(session, build.office(session, code), NewGrade(year=2024, grade=Grade.NEARLY, source="x"), stamp=by)
    draft = custody.create(session, NewShipment(to_office=ELSEWHERE, devices=[packed]), stamp=by)
    incoming = custody.create(session, NewShipment(to_office=code, devices=[coming], send=True), stamp=by)
    custody.report_loss(session, devices.locked(session, lost, by), Loss(reason="hilang di jalan"), stamp=by)
    holder, inactive = (build.a_person(session, f"{name} {code} Rahasia", at=code) for name in ("Budi", "Citra"))
    people.deactivate(session, inactive, stamp=by)
    mute = people.add(session, NewPerson(name=f"Dedi {code} Rahasia", office=code), stamp=by)
    blank, failed, drawn = _runs(session, code, settings)
    photo = Store(settings.files_dir, PHOTOS).put(a_picture() + code.encode())
    his = build.stamp(session, session.get_one(Person, place.person))
    a_photo(session, Picture(photo, 640, 480, 1000), his)
    a_check(session, devices.locked(session, place.device, his), his, photos=[photo])
    sent = build.a_device(session, at=code).code
    outgoing = custody.create(session, NewShipment(to_office=ELSEWHERE, devices=[sent], send=True), stamp=by)
    leaver = build.a_person(session, f"Evi {code} Rahasia", at=code)
    theirs = build.a_device(session, at=code)
    custody.hold(session, theirs, NewHolder(person=leaver.id), stamp=by)
    handed_out = _handed_out(session, code)
    return Scene(
        place, outgoing=outgoing.id, leaver=leaver.id, theirs=theirs.code, distribution=handed_out, area=HANDED_TO[code], draft=draft.id, incoming=incoming.id, coming=coming, lost=lost, holder=holder.id, inactive=inactive.id, mute=mute.id,
        failed_run=failed, drawn_run=drawn, photo=f"{photo}.jpg", blank=blank,
    )  # fmt: skip


def _handed_out(session: Session, code: str) -> int:
    """What the office handed out to a city below it, or beside it, in one act; and one device more that it could hand out."""
    build.a_device(session, at=code, kind=Kind.TABLET, programme="BAGI")
    ask = NewDistribution(programme="BAGI", office=HANDED_TO[code], from_office=code)
    made = programmes.distribute(session, ask, stamp=build.system())
    build.a_device(session, at=code, kind=Kind.TABLET, programme="BAGI")
    return made.id


def _runs(session: Session, code: str, settings: Settings) -> tuple[str, int, int]:
    """A blank label printed for this office, a run that can be restarted, and one whose file is there."""
    by, shop = build.system(), a_shop(settings)
    asks = (NewBlanks(stock="tj-121", count=1, office=code, draft=draft) for draft in (False, True, True))
    printed, failed, drawn = (labelling.order_blanks(session, ask, shop, stamp=by) for ask in asks)
    failed.state, failed.ended_at, failed.why = RunState.FAILED, by.at, '{"message":"no paper"}'
    drawn.state, drawn.ended_at, drawn.drawn, drawn.file_bytes = RunState.DONE, by.at, 1, 9
    drawn.file_sha256 = Store(settings.files_dir, LABEL_FILES).put(f"%PDF-1.7 {code}".encode())
    session.flush()
    blank = session.scalars(select(LabelCode.code).where(LabelCode.batch_id == printed.id)).one()
    return blank, failed.id, drawn.id


def digest(db: Database) -> str:
    """Of every row of every table: the same before and after whoever may not write has tried."""
    seen = sha256()
    with db.reading() as session:
        for table in Record.metadata.sorted_tables:
            rows = session.execute(select(table)).all()
            seen.update(f"{table.name} {sorted(map(repr, rows))}\n".encode())
    return seen.hexdigest()


def policies(app: Litestar) -> dict[str, Policy]:
    """Who may call each route."""
    found = {call: policy_of(handler) for call, handler in calls(app)}
    return {call: policy for call, policy in found.items() if policy}


def callers(db: Database, at: str = "81") -> Headers:
    """Somebody of each role at the office, somebody of it without any, and a stranger: what their requests carry."""
    return {role: caller(db, role, at) for role in Role} | {"none": caller(db, None, at), "stranger": {}}


def addressed(path: str, scene: Scene, swaps: dict[str, str]) -> str:
    """The path with the scene's things in it; `swaps` names parameters that mean another thing than usual."""
    parts = path.split("/")
    for place, part in enumerate(parts):
        if part.startswith("{"):
            parameter = part[1:].split(":")[0]
            thing = swaps.get(parameter) or PATHS.get(parameter) or THINGS[parts[place - 1]]
            parts[place] = scene.value(thing)
    return "/".join(parts)
