"""Shipments, receipts, holders and losses as pages."""

import re
from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from msgspec import structs
from sqlalchemy.orm import Session

from assets_service.custody import commands, queries
from assets_service.custody.errors import AlreadyConfirmed
from assets_service.custody.models import ShipmentState
from assets_service.custody.queries import Direction
from assets_service.custody.schemas import (
    FindingResolution,
    Loss,
    NewHolder,
    NewShipment,
    Receipt,
    Recovery,
    Remark,
    outcomes,
    shipment_summary,
    shipment_view,
)
from assets_service.devices import queries as devices
from assets_service.devices.identifiers import grouped, read_code
from assets_service.devices.schemas import DeviceViews
from assets_service.kernel import fields
from assets_service.kernel.errors import Forbidden, Gathering, Refusal, invalid
from assets_service.kernel.http import Cursor, Form, check_if_match, etag, listing, read_cursor
from assets_service.ledger.policy import RECEIVERS, SIGNED_IN
from assets_service.ledger.stamp import WRITERS, Stamp
from assets_service.ledger.visit import Visit
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL
from assets_service.people import queries as people
from assets_service.web.language import phrase
from assets_service.web.page import done

PAGE_SIZE = 50
_BETWEEN_CODES = re.compile(r"[\n,;\t]+")
_OF_A_LINE = re.compile(r"^/lines/(\d+)/?(\w*)")


class ShipmentPages(Controller):
    path = "/pengiriman"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_shipments(
        self,
        visit: NamedDependency[Visit],
        direction: Annotated[Direction | None, QueryParameter()] = None,
        in_state: Annotated[str | None, QueryParameter(name="state", max_length=12)] = None,
        q: Annotated[str | None, QueryParameter(max_length=120)] = None,
        cursor: Cursor = None,
    ) -> Response[str]:
        """To one's own office, from it, or all in scope."""
        before = read_cursor(cursor, tuple[int])
        with visit.reading() as session:
            found = queries.matching(
                visit.stamp,
                state=ShipmentState(in_state) if in_state in set(ShipmentState) else None,
                office=offices.by_code(session, visit.me.office_code, visit.stamp) if direction else None,
                direction=direction,
                q=q,
                only_there=True,
            )
            rows, total = queries.listed(session, found, before=before[0] if before else None, limit=PAGE_SIZE)
            tallies = queries.tallies(session, rows)
            shipments = listing(
                rows,
                total,
                PAGE_SIZE,
                view=lambda shipment: shipment_summary(shipment, tallies[shipment.id]),
                key=lambda shipment: shipment.id,
            )
        return visit.page(
            "custody/list.html",
            shipments=shipments,
            direction=direction,
            states=list(ShipmentState),
            may_send=visit.stamp.has(*WRITERS),
            at=visit.stamp.at,
        )

    @get("/baru", policy=RECEIVERS, sync_to_thread=True)
    def new_shipment(self, visit: NamedDependency[Visit]) -> Response[str]:
        """Filled with the devices (`?device=`, once for each) and the office (`?to_office=`) that the address gives."""
        chosen = visit.form.texts.get("device", []) + visit.form.texts.get("devices", [])
        return _new_page(visit, visit.form.kept | {"devices": "\n".join(chosen)})

    @post("/baru", policy=RECEIVERS, sync_to_thread=True)
    def create_shipment(self, visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            with visit.writing() as session:
                data = _new_shipment(session, visit.form, visit.stamp)
                shipment = commands.create(session, **structs.asdict(data), stamp=visit.stamp)
                said = phrase("{number} is on its way.") if data.send else phrase("{number} is kept as a draft.")
                return visit.done(f"/pengiriman/{shipment.id}", said, number=shipment.number)
        except Refusal as refusal:
            return _new_page(visit, visit.form.kept, _about_one_field(refusal, "devices"))

    @get("/{shipment_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        return _shipment_page(visit, shipment_id)

    @post("/{shipment_id:int}/kirim", policy=RECEIVERS, sync_to_thread=True)
    def dispatch_shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(Remark)
            with visit.writing() as session:
                shipment = queries.locked(session, shipment_id, visit.stamp)
                commands.dispatch(session, shipment, note=data.note, stamp=visit.stamp)
                said = phrase("{number} is on its way.")
                return visit.done(f"/pengiriman/{shipment.id}", said, number=shipment.number)
        except Refusal as refusal:
            return _shipment_page(visit, shipment_id, refusal)

    @post("/{shipment_id:int}/batal", policy=RECEIVERS, sync_to_thread=True)
    def cancel_shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        try:
            data = visit.form.read(Remark)
            with visit.writing() as session:
                shipment = queries.locked(session, shipment_id, visit.stamp)
                commands.cancel(session, shipment, note=data.note, stamp=visit.stamp)
                said = phrase("{number} is cancelled. Its devices are with the sender.")
                return visit.done(f"/pengiriman/{shipment.id}", said, number=shipment.number)
        except Refusal as refusal:
            return _shipment_page(visit, shipment_id, refusal)

    @get("/{shipment_id:int}/terima", policy=RECEIVERS, sync_to_thread=True)
    def receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        """What still waits, device by device; `?device=` is the one that was just scanned."""
        scanned = read_code(visit.form.text("device")) if visit.form.text("device") else None
        kept = {f"lines.{scanned.code}.outcome": "received"} if scanned else {}
        return _receipt_page(visit, shipment_id, kept)

    @post("/{shipment_id:int}/terima", policy=RECEIVERS, sync_to_thread=True)
    def confirm_receipt(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        said = lines_of(visit.form)
        try:
            if not said:
                raise invalid("codes", "Say of at least one device what arrived.")
            data = fields.read({"lines": said}, Receipt)
            with visit.writing() as session:
                shipment = queries.locked(session, shipment_id, visit.stamp)
                commands.receive(session, shipment, outcomes(data), stamp=visit.stamp)
                waiting = sum(line.is_open for line in shipment.lines)
                told = phrase("Confirmed. {waiting} still wait.") if waiting else phrase("Everything is confirmed.")
                return visit.done(f"/pengiriman/{shipment.id}", told, waiting=waiting)
        except Refusal as refusal:
            return _receipt_page(visit, shipment_id, visit.form.kept, _about_lines(refusal, said, visit.form))

    @post("/{shipment_id:int}/temuan/{finding_id:int}", policy=RECEIVERS, sync_to_thread=True)
    def resolve_finding(
        self,
        shipment_id: FromPath[int],
        finding_id: FromPath[int],
        visit: NamedDependency[Visit],
    ) -> Response[Any]:
        field = f"note.{finding_id}"  # several findings are open on one page
        try:
            data = visit.form.read(FindingResolution, **({"note": typed} if (typed := visit.form.text(field)) else {}))
            with visit.writing() as session:
                shipment = queries.locked(session, shipment_id, visit.stamp)
                found = queries.finding(session, shipment, finding_id)
                commands.resolve_finding(session, shipment, found, note=data.note, stamp=visit.stamp)
                return visit.done(f"/pengiriman/{shipment.id}", phrase("The finding is settled."))
        except Refusal as refusal:
            return _shipment_page(visit, shipment_id, refusal.placed(lambda pointer: f"{pointer}/{finding_id}"))


class CustodyPages(Controller):
    path = "/perangkat/{code:str}"
    include_in_schema = False

    @get("/pemegang", policy=RECEIVERS, sync_to_thread=True)
    def holder(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        return _device_page(visit, "custody/holder.html", views, code)

    @post("/pemegang", policy=RECEIVERS, sync_to_thread=True)
    def name_holder(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            nobody = {"person": None} if visit.form.text("person") == "nobody" else {}
            data = visit.form.read(NewHolder, **nobody)
            with visit.writing() as session:
                device = devices.locked(session, code, visit.stamp)
                check_if_match(visit.form.text("version") or None, device.version)
                commands.hold(session, device, data.person, stamp=visit.stamp)
                named = device.holder.name if device.holder else ""
                said = phrase("{name} holds {code} now.") if named else phrase("Nobody in particular holds {code} now.")
                return visit.done(f"/d/{device.code}", said, code=grouped(device.code), name=named)
        except Refusal as refusal:
            return _device_page(visit, "custody/holder.html", views, code, refusal)

    @get("/hilang", policy=RECEIVERS, sync_to_thread=True)
    def loss(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[str]:
        """Report it lost; or, of one that is lost or missing, that it is there again."""
        return _device_page(visit, "custody/loss.html", views, code)

    @post("/hilang", policy=RECEIVERS, sync_to_thread=True)
    def report_loss(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            data = visit.form.read(Loss)
            with visit.writing() as session:
                device = devices.locked(session, code, visit.stamp)
                commands.report_loss(session, device, reason=data.reason, report_no=data.report_no, stamp=visit.stamp)
                said = phrase("{code} is reported lost.")
                return visit.done(f"/d/{device.code}", said, code=grouped(device.code))
        except Refusal as refusal:
            return _device_page(visit, "custody/loss.html", views, code, refusal)

    @post("/ditemukan", policy=RECEIVERS, sync_to_thread=True)
    def report_found(
        self,
        code: FromPath[str],
        visit: NamedDependency[Visit],
        views: NamedDependency[DeviceViews],
    ) -> Response[Any]:
        try:
            data = visit.form.read(Recovery)
            with visit.writing() as session:
                device = devices.locked(session, code, visit.stamp)
                commands.report_found(session, device, note=data.note, stamp=visit.stamp)
                said = phrase("{code} is at its office again.")
                return visit.done(f"/d/{device.code}", said, code=grouped(device.code))
        except Refusal as refusal:
            return _device_page(visit, "custody/loss.html", views, code, refusal)


# What was typed ---------------------------------------------------------------------------------------------------


def _new_shipment(session: Session, form: Form, stamp: Stamp) -> NewShipment:
    """Raises `Invalid`; an office that cannot be told does not hide what is wrong with the devices."""
    asked = Gathering()
    codes = codes_in(form.text("devices"))
    to_office = asked.ask(lambda: queries.office_meant(session, form.text("to_office"), "to_office"))
    data = asked.ask(lambda: form.read(NewShipment, to_office=to_office or NATIONAL, devices=codes))
    if data and not to_office:
        asked.ask(lambda: commands.visible(session, data.devices, stamp))
    asked.refuse()
    assert data, "it was not refused"
    return data


def codes_in(text: str) -> list[str]:
    """One code a line, or separated by commas; by blanks only where each word is a code, for printed codes have a blank."""
    pieces = [piece.strip() for piece in _BETWEEN_CODES.split(text)]
    found: list[str] = []
    for piece in filter(None, pieces):
        words = piece.split()
        found += words if all(read_code(word) for word in words) else [piece]
    return found


def lines_of(form: Form) -> list[dict[str, str]]:
    """The receipt as a form has it: `lines.<code>.outcome`, and beside them the codes that were scanned.

    A scanned code whose line has no outcome yet is received; a line without either stays open.
    """
    said: dict[str, dict[str, str]] = {}
    for name in form.texts:
        head, _, rest = name.partition(".")
        code, _, field = rest.partition(".")
        if head == "lines" and field in {"outcome", "condition", "note"} and form.text(name):
            said.setdefault(code, {"device": code})[field] = form.text(name)
    told = {code: line for code, line in said.items() if "outcome" in line}
    for code in codes_in(form.text("codes")):
        label = read_code(code)
        key = label.code if label else code
        told.setdefault(key, said.get(key, {"device": code}) | {"outcome": "received"})
    return list(told.values())


def _about_one_field(refusal: Refusal, field: str) -> Refusal:
    """What was refused of each item, said at the one field they were typed into."""
    return refusal.placed(lambda pointer: f"/{field}" if pointer.startswith(f"/{field}/") else pointer)


def _about_lines(refusal: Refusal, said: list[dict[str, str]], form: Form) -> Refusal:
    """What was refused of the n-th line, said at the fields that bear its code, or where the codes were scanned."""

    def by_code(pointer: str) -> str:
        if not pointer.startswith("/lines"):
            return pointer
        found = _OF_A_LINE.match(pointer)
        code = said[int(found[1])]["device"] if found else ""
        if not found or not form.text(f"lines.{code}.outcome") or isinstance(refusal, AlreadyConfirmed):
            return "/codes"  # the page has no line for it, or none any more
        return f"/lines/{code}/{found[2] if found[2] in {'condition', 'note'} else 'outcome'}"

    return refusal.placed(by_code)


# What is shown ----------------------------------------------------------------------------------------------------


def _new_page(visit: Visit, kept: dict[str, str], refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        roster = queries.roster(session)
    return visit.page("custody/new.html", refusal, kept=kept, offices=roster)


def _shipment_page(visit: Visit, shipment_id: int, refusal: Refusal | None = None) -> Response[str]:
    """Raises `NoSuchShipment`."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        content: dict[str, Any] = {
            "shipment": shipment_view(session, shipment, visit.stamp),
            "may_send": commands.may_send(visit.stamp, shipment.from_office),
            "may_receive": commands.may_receive(visit.stamp, shipment.to_office),
            "may_settle": visit.stamp.may(shipment.to_office.path, *WRITERS),
        }
    return visit.page("custody/show.html", refusal, **content)


def _receipt_page(
    visit: Visit,
    shipment_id: int,
    kept: dict[str, str],
    refusal: Refusal | None = None,
) -> Response[Any]:
    """Raises `NoSuchShipment` and `NotTheReceiver`; what is not on its way is only shown."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        commands.must_receive(visit.stamp, shipment.to_office)
        view = shipment_view(session, shipment, visit.stamp)
    if view.state is not ShipmentState.SENT and refusal is None:
        return done(f"/pengiriman/{shipment_id}")
    return visit.page("custody/receipt.html", refusal, kept=kept, shipment=view)


def _device_page(
    visit: Visit,
    template: str,
    views: DeviceViews,
    code: str,
    refusal: Refusal | None = None,
) -> Response[str]:
    """Raises `NoSuchDevice` and `Forbidden`."""
    with visit.reading() as session:
        device = devices.by_code(session, code, visit.stamp)
        if not commands.may_answer(visit.stamp, device):
            raise Forbidden
        content: dict[str, Any] = {
            "device": views.one(session, device, visit.stamp.at),
            "version": etag(device.version),
            "persons": [(person.id, person.name) for person in people.candidates(session, device.office_id)],
        }
    return visit.page(template, refusal, **content)
