"""R21: fifty copies of each write at the same moment. One has its effect; the others lose cleanly or hear the same answer."""

import asyncio
from collections import Counter
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import pytest
from litestar import Litestar
from msgspec import Struct
from sqlalchemy import func, select

from assets_service.access.stamp import Role, Stamp
from assets_service.actions.models import Action
from assets_service.custody import commands as custody
from assets_service.custody import queries as boxes
from assets_service.custody.asks import Loss, NewHolder, NewReceipt, NewShipment, ReceiptLine
from assets_service.custody.models import Difference, Outcome, Receipt
from assets_service.devices import queries as register
from assets_service.devices.identifiers import new_code
from assets_service.devices.models import Kind, LabelCode
from assets_service.imports import batches
from assets_service.imports import commands as imports
from assets_service.imports.asks import DeviceFile
from assets_service.kernel.db import Database
from assets_service.labelling import commands as labelling
from assets_service.labelling.asks import FinderNote, NewStock
from assets_service.labelling.models import FinderMessage, PrintRun
from assets_service.ledger.models import Entry
from assets_service.ledger.queries import verify
from assets_service.offices.models import Level
from assets_service.outbox import commands as outbox
from assets_service.outbox.asks import SCHEMA, Contact
from assets_service.people import commands as people
from assets_service.people import queries as persons_known
from assets_service.people.asks import NewPerson
from assets_service.programmes import commands as programmes
from assets_service.programmes.asks import Entitlement, NewDistribution, NewProgramme
from tests import build, loops
from tests.contract.routes import calls
from tests.inspections.build_inspections import a_picture, iso
from tests.replay.world import held_back

COPIES = 50
HERE, THERE = "00", "81.02"


class Ask(Struct):
    """One write; `entries` is what its effect leaves in the ledger, `loses` what the late may hear instead of 409."""

    call: str
    path: str
    body: dict[str, Any] | None = None
    entries: int = 1
    files: dict[str, Any] | None = None
    content: bytes | None = None
    each_counts: bool = False  # without an action id every copy may be a new act, rightly
    loses: int = 409


class World:
    """Makes what each write needs, anew for each."""

    def __init__(self, db: Database) -> None:
        self.db = db
        with db.writing() as session:
            build.roster(session)
            self.me = build.a_person(session, "Wati", at=HERE, role=Role.ADMIN)
            build.a_role(session, self.me, Role.HEAD, at=THERE)
            build.a_role(session, self.me, Role.HEAD, at=HERE)
            self.headers = build.bearer(build.a_token(session, self.me))

    def device(self, at: str = HERE) -> str:
        with self.db.writing() as session:
            return build.a_device(session, at=at).code

    def person(self, role: Role | None = None, at: str = HERE) -> tuple[int, int]:
        with self.db.writing() as session:
            person = build.a_person(session, at=at, role=role)
            return person.id, person.grants[0].id if role else 0

    def shipment(self, *, send: bool) -> tuple[int, str]:
        code = self.device()
        with self.db.writing() as session:
            return custody.create(
                session, NewShipment(to_office=THERE, devices=[code], send=send), stamp=build.system()
            ).id, code

    def finding(self) -> tuple[int, int]:
        shipment_id, code = self.shipment(send=True)
        with self.db.writing() as session:
            shipment = boxes.locked(session, shipment_id, build.system())
            seen = [
                ReceiptLine(device=code, outcome=Outcome.RECEIVED),
                ReceiptLine(device="KABEL", outcome=Outcome.RECEIVED),
            ]
            head = build.stamp(session, build.a_person(session, "Siti", at=THERE, role=Role.HEAD))
            custody.receive(session, shipment, NewReceipt(lines=seen), stamp=head)
            session.flush()
            return shipment_id, session.scalars(select(func.max(Difference.id))).one()

    def receipt(self) -> tuple[int, str]:
        """A receipt of somebody else, and the device in it."""
        shipment_id, _ = self.finding()
        with self.db.reading() as session:
            lines = boxes.by_id(session, shipment_id, build.system()).lines
            found = select(func.max(Receipt.id)).where(Receipt.shipment_id == shipment_id)
            return session.scalars(found).one(), lines[0].device.code

    def held(self) -> tuple[int, str]:
        """Somebody who holds one device, and that device."""
        code = self.device()
        with self.db.writing() as session:
            person = build.a_person(session, "Evi", at=HERE)
            device = register.locked(session, code, build.system())
            custody.hold(session, device, NewHolder(person=person.id), stamp=build.system())
            return person.id, code

    def programme(self) -> str:
        """A programme that entitles one city to one tablet, which is here."""
        with self.db.writing() as session:
            return self.programme_in(session)

    def distribution(self) -> int:
        with self.db.writing() as session:
            asked = NewDistribution(programme=self.programme_in(session), office="81.72")
            return programmes.distribute(session, asked, stamp=build.system()).id

    def programme_in(self, session: Any) -> str:
        rule = [Entitlement(kind=Kind.TABLET, level=Level.CITY, quantity=1)]
        asked = NewProgramme(code=f"D-{uuid4().hex[:6]}", name="Distribusi", allocation=rule)
        code = programmes.add(session, asked, stamp=build.system()).code
        build.a_device(session, at=HERE, kind=Kind.TABLET, programme=code)
        return code

    def lost(self) -> str:
        code = self.device()
        with self.db.writing() as session:
            device = register.locked(session, code, build.system())
            custody.report_loss(session, device, Loss(reason="hilang"), stamp=build.system())
        return code

    def message(self) -> int:
        code = self.device()
        with self.db.writing() as session:
            labelling.write_finder(session, code, FinderNote(message="Ketemu", contact="0812"), stamp=build.system())
            session.flush()
            return session.scalars(select(func.max(FinderMessage.id))).one()

    def imported(self) -> int:
        file = f"kind,brand,model,serial\ntablet,Samsung,Tab,I{uuid4().hex[:8]}\n".encode()
        with self.db.writing() as session:
            return imports.register(session, DeviceFile(file), batches.read(file), stamp=build.system()).number or 0

    def conflict(self) -> int:
        """What somebody else did without network, and that met a changed device."""
        code = self.device()
        with self.db.writing() as session:
            head = build.stamp(session, build.a_person(session, "Siti", at=HERE, role=Role.HEAD))
            return held_back(session, register.locked(session, code, build.system()), head)

    def phone(self) -> str:
        with self.db.writing() as session:
            asked = Contact(str(uuid4()), SCHEMA, None, None, None)
            return outbox.contact(session, asked, stamp=self.stamp(session)).id

    def handed_in(self) -> dict[str, Any]:
        """The first batch of a phone, with one check."""
        act = {"id": str(uuid4()), "type": "check", "device": self.device(), "payload": {"condition": "good"}}
        first = act | {"observed_at": iso(build.NOON), "sequence": 1}
        return {"phone": str(uuid4()), "schema": SCHEMA, "actions": [first]}

    def blank(self) -> str:
        with self.db.writing() as session:
            code = new_code()
            session.add(LabelCode(code=code, made_at=build.NOON))
            return code

    def stamp(self, session: Any) -> Stamp:
        return build.stamp(session, self.me)


def asks(world: World) -> list[Ask]:
    """Every write of the API, each on things of its own."""
    device, person = world.device, world.person
    draft, sent, to_cancel = world.shipment(send=False), world.shipment(send=True), world.shipment(send=False)
    found, message = world.finding(), world.message()
    someone, grantee, held = person(), person(), person(Role.HEAD, THERE)
    off = person()
    with world.db.writing() as session:
        people.deactivate(session, persons_known.by_id(session, off[0], build.system()), stamp=build.system())
        mute = people.add(session, NewPerson(name="Umar", office=HERE), stamp=build.system()).id
    stock = {"title": "Milik", "office": HERE, "label_width_mm": 75, "label_height_mm": 38, "page_width_mm": 165,
             "page_height_mm": 210, "columns": 2, "rows": 5, "pitch_x_mm": 77, "pitch_y_mm": 40}  # fmt: skip
    name = f"milik-{uuid4().hex[:6]}"
    gone = f"lama-{uuid4().hex[:6]}"
    with world.db.writing() as session:
        labelling.save_stock(session, NewStock(**stock, name=gone), stamp=build.system())  # type: ignore[arg-type]  # its own figures
    programme = {"code": f"P-{uuid4().hex[:6]}", "name": "Program", "allocation": []}
    with world.db.writing() as session:
        asked = NewProgramme(code=f"Q-{uuid4().hex[:6]}", name="Lama")
        there = programmes.add(session, asked, stamp=build.system()).code
    table = "kind,brand,model,serial,imei1\n" + f"tablet,Samsung,Tab,T{uuid4().hex[:8]},\n"
    grades = "Kode Kantor,Tahun,Predikat,Sumber\n73,2023,Informatif,x\n"
    rule = {"allocation": [{"kind": "tablet", "level": "ri", "quantity": 1}]}
    picture = a_picture(size=(9, 9))
    v1, shipments, persons = "/api/v1/devices", "/api/v1/shipments", "/api/v1/persons"
    received, (leaver, theirs) = world.receipt(), world.held()
    seen = {"device": received[1], "outcome": "received", "condition": "light", "note": "tergores"}
    settled = {"outcome": "recorded", "reason": "other", "note": "kabel ikut"}
    succession = {"leaver": leaver, "successor": someone[0], "cause": "moved", "lines": [{"device": theirs}]}
    return [
        Ask("register_device", v1, build.device_facts() | {"kind": "smartphone"}),
        Ask("amend_device", f"{v1}/{device()}", {"note": "baru"}),
        Ask("retire_device", f"{v1}/{device()}/retirement", {"reason": "rusak total"}),
        Ask("claim_code", f"{v1}/{device()}/codes", {"code": world.blank()}, entries=2),  # and its label is attached
        Ask("create_shipment", shipments, {"to_office": THERE, "devices": [device()], "send": True}),
        Ask("dispatch_shipment", f"{shipments}/{draft[0]}/dispatch", {}),
        Ask("cancel_shipment", f"{shipments}/{to_cancel[0]}/cancellation", {}),
        Ask("confirm_receipt", f"{shipments}/{sent[0]}/receipt", {"lines": [{"device": sent[1], "outcome": "received"}]}, entries=2),
        Ask("resolve_finding", f"{shipments}/{found[0]}/findings/{found[1]}/resolution", {"note": "sudah kembali"}),
        Ask("record_arrival", f"{shipments}/{world.shipment(send=True)[0]}/arrival", {"seal_intact": True}),
        Ask("add_note", f"{shipments}/{world.shipment(send=True)[0]}/notes", {"note": "di Ambon"}, each_counts=True),
        Ask("correct_shipment", f"{shipments}/{world.shipment(send=True)[0]}/correction", {"reason": "salah", "waybill": "JNE1"}),
        Ask("correct_receipt", f"/api/v1/receipts/{received[0]}/correction", {"reason": "tertukar", "lines": [seen]}, entries=2),
        Ask("settle_difference", f"/api/v1/differences/{world.finding()[1]}/settlement", settled),
        Ask("correct_holder", f"{v1}/{world.held()[1]}/holder/correction", {"person": someone[0], "reason": "salah orang"}),
        Ask("succeed", f"/api/v1/offices/{HERE}/succession", succession),
        Ask("clear", f"{persons}/{person()[0]}/clearance"),
        Ask("set_route", "/api/v1/routes", {"from_office": HERE, "to_office": THERE, "days": 9}),
        Ask("save_accessory", "/api/v1/accessories/tablet/charger", {"name": "Adaptor"}),
        Ask("save_reason", "/api/v1/difference-reasons/wet", {"name": "Basah", "fits": ["damaged"]}),
        Ask("distribute", "/api/v1/distributions", {"programme": world.programme(), "office": "81.72"}, entries=2),
        Ask("send_distribution", f"/api/v1/distributions/{world.distribution()}/dispatch", entries=2),
        Ask("undo_distribution", f"/api/v1/distributions/{world.distribution()}", entries=2),
        Ask("name_holder", f"{v1}/{device()}/holder", {"person": someone[0]}),
        Ask("report_loss", f"{v1}/{device()}/loss", {"reason": "hilang di jalan"}),
        Ask("report_found", f"{v1}/{world.lost()}/recovery", {}),
        Ask("check_device", f"{v1}/{device()}/checks", {"condition": "good"}, each_counts=True),
        Ask("attach_label", f"{v1}/{device()}/label-attachment", {}),
        Ask("add_person", persons, {"name": "Budi", "office": HERE, "username": f"budi{uuid4().hex[:6]}"}),
        Ask("amend_person", f"{persons}/{person()[0]}", {"title": "Kepala"}),
        Ask("grant_role", f"{persons}/{grantee[0]}/grants", {"role": "head", "office": THERE}),
        Ask("end_grant", f"{persons}/{held[0]}/grants/{held[1]}"),
        Ask("deactivate", f"{persons}/{person()[0]}/deactivation"),
        Ask("transfer", f"{persons}/{person()[0]}/office", {"office": THERE}),
        Ask("give_sign_in", f"{persons}/{mute}/sign-in", {"username": f"masuk{uuid4().hex[:6]}"}),
        Ask("reactivate", f"{persons}/{off[0]}/deactivation"),
        Ask("amend_office", "/api/v1/offices/81.72", {"address": f"Jalan {uuid4().hex[:4]}"}),
        Ask("add_programme", "/api/v1/programmes", programme),
        Ask("set_allocation", f"/api/v1/programmes/{there}/allocation", rule),
        Ask("set_check_policy", "/api/v1/check-policy", {"rule": "months", "months": 3, "office": "73"}),
        Ask("save_stock", "/api/v1/label-stocks", stock | {"name": name}),
        Ask("retire_stock", f"/api/v1/label-stocks/{gone}/retirement", loses=404),
        Ask("answer_message", f"/api/v1/finder-messages/{message}/handling"),
        Ask("name_holder_of_each", "/api/v1/holders", {"devices": [device()], "person": someone[0]}),
        Ask("grade_office", "/api/v1/offices/81.72/openness", {"year": 2024, "grade": "informatif", "source": "x"}),
        Ask("import_grades", "/api/v1/openness", files={"file": ("a.csv", grades, "text/csv")}),
        Ask("undo_import", f"/api/v1/imports/{world.imported()}", entries=2),
        Ask("import_devices", "/api/v1/imports", files={"file": ("a.csv", table, "text/csv")}, entries=2, loses=400),
        Ask("hand_in", "/api/v1/actions", world.handed_in(), entries=2),  # and the phone is known from then on
        Ask("settle", f"/api/v1/conflicts/{world.conflict()}/settlement", {"outcome": "dismissed", "reason": "sudah ditukar"}),
        Ask("sign_out_phone", f"/api/v1/phones/{world.phone()}"),
        Ask("name_photo", f"/api/v1/photos/{sha256(picture).hexdigest()}", content=picture),
        Ask("upload_photo", "/api/v1/photos", files={"file": ("a.jpg", a_picture(size=(8, 8)), "image/jpeg")}, each_counts=True),
    ]  # fmt: skip


# Printing hands out paper, and is raced in its own room; the rest begins or ends the session that asks.
NOT_HERE = {
    *("print_sheets", "start_run", "print_blanks", "cancel_run", "restart_run"),
    *("set_password", "change_my_password", "sign_in", "sign_out"),
    "hand_in_file",  # its acts go the way of those that a phone hands in itself
}


def writes(app: Litestar) -> dict[str, str]:
    """Name and method of every write that takes an action id."""
    return {
        handler.handler_name: call.split()[0]
        for call, handler in calls(app)
        if " /api/" in call and "once" in getattr(handler, "parsed_fn_signature").parameters  # noqa: B009 - routes of other kinds have none
    }


def test_every_write_of_the_api_is_raced(app: Litestar, db: Database) -> None:
    assert {ask.call for ask in asks(World(db))} | NOT_HERE == writes(app).keys()


async def fifty(app: Litestar, ask: Ask, method: str, headers: dict[str, str]) -> list[httpx.Response]:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]  # an ASGI app
    async with httpx.AsyncClient(transport=transport, base_url="http://race") as client:
        named: dict[str, Any] = {"files": ask.files, "content": ask.content, "json": ask.body}
        sent = {name: value for name, value in named.items() if value is not None}
        return await asyncio.gather(*(client.request(method, ask.path, headers=headers, **sent) for _ in range(COPIES)))


def entries(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Entry)) or 0


# One action id is judged before the act, for all alike: a few, and those that without an id are acts of their own.
RACED_WITH_AN_ID = {"register_device", "confirm_receipt", "import_devices", "check_device", "upload_photo", "end_grant"}


@pytest.mark.parametrize("same_action", [True, False], ids=["one action id", "no action id"])
def test_fifty_copies_of_a_write_have_one_effect(same_action: bool, app: Litestar, db: Database) -> None:
    world, methods, wrong = World(db), writes(app), []
    for ask in asks(world):
        if same_action and ask.call not in RACED_WITH_AN_ID:
            continue
        before, key = entries(db), str(uuid4())
        named = world.headers | ({"Idempotency-Key": key} if same_action else {})
        answers = loops.run(fifty(app, ask, methods[ask.call], named))
        statuses = Counter(answer.status_code for answer in answers)
        done = [answer for answer in answers if answer.is_success]
        effect = entries(db) - before
        most = COPIES if ask.each_counts and not same_action else 1
        fits = ask.entries <= effect <= ask.entries * most and done and set(statuses) <= {200, 201, 204, 409, ask.loses}
        if same_action:
            fits = fits and len({answer.content for answer in done}) == 1
            fits = fits and sum("idempotency-replayed" not in answer.headers for answer in done) == 1
        if not fits:
            wrong.append(
                (
                    ask.call,
                    effect,
                    dict(statuses),
                    next((a.text for a in answers if a.status_code not in {200, 201, 204, 409}), "")[:300],
                )
            )
    assert not wrong, "\n".join(map(str, wrong))
    with db.reading() as session:
        assert verify(session).broken is None
        assert not session.scalar(select(func.count()).select_from(Action).where(Action.result.is_(None)))
        assert not session.scalar(select(func.count()).select_from(PrintRun))
