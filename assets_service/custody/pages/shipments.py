"""Shipments as pages: the list, a new one, and one by itself with what its sender can do."""

from typing import Annotated, Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from sqlalchemy.orm import Session

from assets_service.access.policy import RECEIVERS, SIGNED_IN
from assets_service.access.stamp import WRITERS, Stamp
from assets_service.custody import acts, queries
from assets_service.custody.asks import AmendShipment, NewShipment, NewTrackingNote, Remark, ShipmentFilter
from assets_service.custody.errors import BeyondItsShare
from assets_service.custody.models import Movement, ShipmentState
from assets_service.custody.orders import ORDERS, Order
from assets_service.custody.pages.settling import ways_to_settle
from assets_service.custody.queries import BeyondShare, Direction, Shares
from assets_service.custody.views import shipment_summary, shipment_view
from assets_service.devices import queries as devices
from assets_service.devices.models import Device, Kind, Presence
from assets_service.kernel.clock import ZONES, local_date
from assets_service.kernel.errors import FieldProblem, Gathering, Refusal
from assets_service.kernel.http import Cursor, listing, read_cursor
from assets_service.offices import queries as offices
from assets_service.offices.models import NATIONAL
from assets_service.offices.queries import Area
from assets_service.settings import Settings
from assets_service.web.language import phrase
from assets_service.web.visit import Visit
from assets_service.web.words import word_for

PAGE_SIZE = 50
MORE = {
    Kind.TABLET: phrase("Tablets: {beyond} of {sending} are more than its share of {entitled} ({programme})."),
    Kind.SMARTPHONE: phrase("Smartphones: {beyond} of {sending} are more than its share of {entitled} ({programme})."),
}


class ShipmentPages(Controller):
    path = "/pengiriman"
    include_in_schema = False

    @get(policy=SIGNED_IN, sync_to_thread=True)
    def list_shipments(
        self,
        visit: NamedDependency[Visit],
        settings: NamedDependency[Settings],
        direction: Annotated[Direction | None, QueryParameter()] = None,
        q: Annotated[str | None, QueryParameter(max_length=120)] = None,
        sort: Annotated[Order, QueryParameter()] = Order.NUMBER_LAST,
        cursor: Cursor = None,
    ) -> Response[str]:
        """The list of shipments: to one's own office, from it, or all in scope."""
        beyond = read_cursor(cursor, ORDERS.cursor(sort))
        with visit.reading() as session:
            found = queries.matching(
                visit.stamp,
                state=visit.form.read(ShipmentFilter).state,
                area=_own(session, visit) if direction else None,
                direction=direction,
                q=q,
            )
            rows, total = queries.listed(session, found, order=sort, beyond=beyond, limit=PAGE_SIZE)
            tallies = queries.tallies(session, rows)
            arrived = queries.arrivals(session, [shipment.id for shipment in rows])
            shipments = listing(
                rows,
                total,
                PAGE_SIZE,
                view=lambda shipment: shipment_summary(shipment, tallies[shipment.id], arrived.get(shipment.id)),
                key=ORDERS.key(sort),
            )
        return visit.page(
            "custody/list.html",
            shipments=shipments,
            direction=direction,
            sort=sort,
            states=list(ShipmentState),
            may_send=visit.stamp.has(*WRITERS),
            at=visit.stamp.at,
            days_max=settings.unconfirmed_after_days,
            today=local_date(visit.stamp.at, ZONES[0]),
        )

    @get("/baru", policy=RECEIVERS, sync_to_thread=True)
    def new_shipment(self, visit: NamedDependency[Visit]) -> Response[str]:
        """The form of a new shipment, filled with the devices (`?device=`, once for each) and the office (`?to_office=`) of the address."""
        chosen = visit.form.texts.get("device", []) + visit.form.texts.get("devices", [])
        return _new_page(visit, visit.form.kept | {"devices": "\n".join(chosen)})

    @post("/baru", act=acts.CREATE, sync_to_thread=True)
    def create_shipment(self, visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(_refused_new_page):
            data = _new_shipment(visit)
            _ask_once(visit, data)
            made = visit.do(acts.CREATE, data)
            said = phrase("{number} is on its way.") if data.send else phrase("{number} is saved as a draft.")
            return visit.done(f"/pengiriman/{made.id}", said, number=made.number)

    @get("/{shipment_id:int}", policy=SIGNED_IN, sync_to_thread=True)
    def shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[str]:
        return shipment_page(visit, shipment_id)

    @post("/{shipment_id:int}/kirim", act=acts.DISPATCH, sync_to_thread=True)
    def dispatch_shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(shipment_page, shipment_id):
            sent = visit.do(acts.DISPATCH, visit.form.read(Remark), shipment_id)
            return visit.done(f"/pengiriman/{sent.id}", phrase("{number} is on its way."), number=sent.number)

    @post("/{shipment_id:int}/batal", act=acts.CANCEL, sync_to_thread=True)
    def cancel_shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(shipment_page, shipment_id):
            cancelled = visit.do(acts.CANCEL, visit.form.read(Remark), shipment_id)
            said = phrase("{number} is cancelled. Its devices are with the sender.")
            return visit.done(f"/pengiriman/{cancelled.id}", said, number=cancelled.number)

    @post("/{shipment_id:int}/catatan", act=acts.NOTE, sync_to_thread=True)
    def add_note(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(shipment_page, shipment_id):
            visit.do(acts.NOTE, visit.form.read(NewTrackingNote), shipment_id)
            return visit.done(f"/pengiriman/{shipment_id}", phrase("The note is saved."))

    @post("/{shipment_id:int}/koreksi", act=acts.CORRECT_SHIPMENT, sync_to_thread=True)
    def correct_shipment(self, shipment_id: FromPath[int], visit: NamedDependency[Visit]) -> Response[Any]:
        with visit.shown_again(shipment_page, shipment_id):
            visit.do(acts.CORRECT_SHIPMENT, visit.form.changes(AmendShipment), shipment_id)
            return visit.done(f"/pengiriman/{shipment_id}", phrase("The correction is saved."))


def _own(session: Session, visit: Visit) -> Area:
    """The person's own office, without those below it."""
    return Area(offices.by_code(session, visit.me.office_code, visit.stamp).path, is_alone=True)


def _new_shipment(visit: Visit) -> NewShipment:
    """The form as a `NewShipment`. Raises `Invalid`; an unknown office does not hide what is wrong with the devices."""
    asked = Gathering()
    form = visit.form
    with visit.reading() as session:
        to_office = asked.ask(lambda: offices.meant(session, form.text("to_office"), "to_office"))
        codes = devices.reads_of(session, form.text("devices"), visit.stamp)
        data = asked.ask(lambda: form.read(NewShipment, to_office=to_office or NATIONAL, devices=codes))
        if data and not to_office:
            asked.ask(lambda: devices.named_each(session, data.devices, visit.stamp))
    asked.refuse()
    assert data, "it was not refused"
    return data


def _ask_once(visit: Visit, data: NewShipment) -> None:
    """Ask before more goes to an office than its share; not of a draft, nor of one who has said yes. Raises `BeyondItsShare`."""
    if not data.send or visit.form.text("beyond_share"):
        return
    with visit.reading() as session:
        office = offices.any_named(session, data.to_office, "to_office")
        there = _that_are_there(session, data.devices, visit.stamp)
        found = visit.once.tools[Shares].beyond(session, office, there)
    if found:
        raise BeyondItsShare(*(_told(each) for each in found), office=office.name)


def _that_are_there(session: Session, codes: list[str], stamp: Stamp) -> list[Device]:
    """The devices that can leave; of the others the act itself says why they cannot, or that it was done already."""
    try:
        named = [each.device for each in queries.visible(session, codes, stamp)]
    except Refusal:
        return []
    return [device for device in named if device.presence is Presence.PRESENT]


def _told(each: BeyondShare) -> FieldProblem:
    facts = {"beyond": each.beyond, "sending": each.sending, "entitled": each.entitled, "programme": each.programme}
    sentence = MORE[each.kind]
    return FieldProblem("/beyond_share", sentence, facts)


def _about_one_field(refusal: Refusal, field: str) -> Refusal:
    """The refusal with the problems of all items moved to the one field they were typed into."""
    return refusal.placed(lambda pointer: f"/{field}" if pointer.startswith(f"/{field}/") else pointer)


def _refused_new_page(visit: Visit, refusal: Refusal) -> Response[str]:
    return _new_page(visit, visit.form.kept, _about_one_field(refusal, "devices"))


def _new_page(visit: Visit, kept: dict[str, str], refusal: Refusal | None = None) -> Response[str]:
    with visit.reading() as session:
        roster = offices.roster(session)
        offered = {row.code: row for rows in queries.accessories(session).values() for row in rows}
    return visit.page(
        "custody/new.html",
        refusal,
        kept=kept,
        form=visit.form,
        offices=roster,
        accessories=list(offered.values()),
        movements=[(each, visit.say(word_for(each, "movement"))) for each in Movement],
    )


def shipment_page(visit: Visit, shipment_id: int, refusal: Refusal | None = None) -> Response[str]:
    """The page of one shipment. Raises `NoSuchShipment`."""
    with visit.reading() as session:
        shipment = queries.by_id(session, shipment_id, visit.stamp)
        is_sent, stamp = shipment.state is ShipmentState.SENT, visit.stamp
        may_send = queries.may_send(stamp, shipment.from_office)
        view = shipment_view(session, shipment, visit.stamp, visit.once.tools[Shares])
        is_open = any(one.settled_at is None for one in view.differences)
        may_settle = is_open and queries.may_settle(session, shipment, visit.stamp)
        content: dict[str, Any] = {
            "shipment": view,
            "may_send": may_send,
            "may_note": is_sent and (may_send or queries.may_send(stamp, shipment.to_office)),
            "may_correct": is_sent and may_send and stamp.actor_id != shipment.sent_by_id,
            "may_arrive": is_sent and all(line.is_open for line in shipment.lines),
            "receipts": queries.receipts(session, shipment) if view.receipts else [],
            **(ways_to_settle(session, visit) if may_settle else {}),
            "may_receive": queries.may_receive(visit.stamp, shipment.to_office),
            "more": MORE,
            "may_settle": may_settle,
            "address": f"{visit.once.tools[Settings].base_url}/pengiriman/{shipment.id}",
        }
    return visit.page("custody/show.html", refusal, **content)
