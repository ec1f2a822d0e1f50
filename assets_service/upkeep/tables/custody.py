"""What a chain tells of custody: shipments and their lines, receipts, differences, loans, successions."""

from collections.abc import Callable
from typing import Any

from msgspec import UNSET

from assets_service.custody.commands.lending import BEGUN, LATE, ON_TIME
from assets_service.custody.events import (
    Arrived,
    Cancelled,
    Declined,
    Drafted,
    Extra,
    ExtraResolved,
    Found,
    Lost,
    Rebooked,
    ReceiptCorrected,
    Received,
    ReceivedWithNotes,
    Sent,
    Settled,
    ShipmentCorrected,
    Short,
    Succeeded,
    Tracked,
    Visited,
)
from assets_service.ledger.events import Event, said_by
from assets_service.upkeep.tables.told import Hashed, OneOf, Said, Told

_ENDS = {Received: "received", ReceivedWithNotes: "received_with_notes", Short: "short", Declined: "declined"}
_ARRIVED = ("received", "received_with_notes")
_CONDITIONS = ("good", "light", "heavy")
_UNSETTLED = dict.fromkeys(("outcome", "settled_reason", "settled_note", "settled_at", "settled_by_id"))
_UNRESOLVED = dict.fromkeys(("resolution", "resolved_at", "resolved_by_id"))
_CONSIGNED = ("purpose", "courier", "waybill", "parcels", "weight_g", "seal_no", "expected_on", "return_on")


def hear(
    told: Told, said: Said, code: str | None, *, condition_before: str | None = None, condition: str | None = None
) -> None:
    """Every row of custody that an entry makes or changes; `code` is the device's, or none in a shipment's own chain."""
    if heard := _HEARD.get(type(said.event)):
        heard(_Chain(told, said, code, condition_before, condition), said.event)


def _values(event: Any) -> dict[str, Any]:
    """What the event states, as its row has it."""
    stated = said_by(event)
    return {name: getattr(event, name) for name in stated}


def _or_none(value: Any) -> Any:
    return None if value is UNSET else value


def _visit(receipt: str | None) -> int | None:
    return int(receipt.rpartition("/")[2]) if receipt else None


class _Chain:
    """One entry and the rows told so far; the device's condition before the entry and after it."""

    def __init__(self, told: Told, said: Said, code: str | None, before: str | None, condition: str | None) -> None:
        self.told, self.said, self.code = told, said, code
        self.before, self.condition = before, condition

    def drafted(self, draft: Drafted) -> None:
        self.packed(draft, to=draft.to_office)
        self.line(draft.shipment)["sent_condition"] = self.condition

    def cancelled(self, cancelled: Cancelled) -> None:
        self.line(cancelled.shipment).update(self.closed("cancelled"), note=None)
        self.told["shipments", cancelled.shipment]["closing_note"] = cancelled.remark

    def lost(self, lost: Lost) -> None:
        if lost.shipment:
            self.reported(lost.shipment, "lost", lost.reason)

    def found(self, found: Found) -> None:
        if found.shipment:
            self.reported(found.shipment, "found", found.remark)

    def extra(self, extra: Extra) -> None:
        receipt, cause = _or_none(extra.receipt), _or_none(extra.cause)
        opened = self.opened(extra.shipment, "extra", receipt, cause, extra.remark, extra.code_read)
        opened["stated_outcome"] = _or_none(extra.stated_outcome)
        opened["stated_condition"] = _or_none(extra.stated_condition)

    def extra_resolved(self, resolved: ExtraResolved) -> None:
        self.settled(resolved.shipment, "extra", resolved.code_read, "recorded", "other", resolved.remark)

    def settled_as(self, said: Settled) -> None:
        self.settled(said.shipment, said.difference, said.code_read, said.outcome, said.cause, said.remark)

    def shipment_corrected(self, corrected: ShipmentCorrected) -> None:
        changed = {name: value for name, value in _values(corrected).items() if name in _CONSIGNED}
        self.told["shipments", corrected.shipment].update(changed)

    def tracked(self, tracked: Tracked) -> None:
        place = sum(key[0] == "tracking_notes" for key in self.told)
        self.told["tracking_notes", (tracked.shipment, place)] = {
            "shipment_id": tracked.shipment,
            "at": self.said.moment,
            "by_id": self.said.actor_id,
            "note": tracked.remark,
        }

    def line(self, number: str) -> dict[str, Any]:
        return self.told.setdefault(("shipment_lines", number), {"shipment_id": number, "device_id": self.code})

    def closed(self, state: str) -> dict[str, object]:
        return {"state": state, "closed_at": self.said.moment, "closed_by_id": self.said.actor_id}

    def packed(self, event: Drafted | Sent, *, to: str) -> None:
        """The shipment begins with the first word of it."""
        if ("shipments", event.shipment) in self.told:
            return
        self.told["shipments", event.shipment] = {
            "id": event.shipment,
            "from_id": event.from_office,
            "to_id": to,
            "created_at": self.said.moment,
            "created_by_id": self.said.actor_id,
            "sent_at": None,
            "sent_by_id": None,
        }
        nothing_yet = dict.fromkeys(("closed_at", "closed_by_id", "note", "reason", "unpacked")) | _UNRESOLVED
        self.line(event.shipment).update(nothing_yet, state="open", arrived_condition=None, one_sided=False)

    def sent(self, sent: Sent) -> None:
        self.packed(sent, to=sent.bound_for)
        consigned = {name: _or_none(getattr(sent, name)) for name in _CONSIGNED}
        self.told["shipments", sent.shipment].update(
            consigned,
            movement=_or_none(sent.movement) or "distribution",
            sent_at=sent.sent_at,
            sent_by_id=self.said.actor_id,
        )
        self.line(sent.shipment).update(
            sent_condition=sent.sent_condition,
            accessories=sent.accessories,
            packed=sent.packed or OneOf((None, [])),
        )

    def arrived(self, arrived: Arrived) -> None:
        self.told["arrivals", arrived.shipment] = {
            "shipment_id": arrived.shipment,
            "arrived_at": arrived.arrived_at,
            "seal_intact": arrived.seal_intact,
            "waybill": arrived.waybill,
            "note": arrived.remark,
            "recorded_at": self.said.moment,
            "recorded_by_id": self.said.actor_id,
        }
        self.photos(arrived.shipment, None, arrived.photos)

    def photos(self, number: str, visit: int | None, photos: list[str]) -> None:
        for position, photo in enumerate(photos):
            self.told["shipment_photos", (number, visit, position)] = {
                "shipment_id": number,
                "receipt_id": visit,
                "device_id": self.code if visit else None,
                "position": position,
                "photo_id": photo,
            }

    def ended(self, end: Received | ReceivedWithNotes | Short | Declined) -> None:
        arrived: object = None
        if isinstance(end, Declined):
            arrived = end.stated_condition
        elif not isinstance(end, Short):  # what the receiver did not state is told as it was before
            arrived = end.condition if end.condition != self.before else OneOf((None, end.condition))
        state, receipt, cause = _ENDS[type(end)], _or_none(end.receipt), _or_none(end.cause)
        came = end if isinstance(end, Received | ReceivedWithNotes) else None
        unpacked = _or_none(came.unpacked) if came else None
        self.line(end.shipment).update(
            self.closed(state),
            note=end.remark,
            reason=cause,
            arrived_condition=arrived,
            one_sided=came is not None and came.one_sided is True,
            unpacked=unpacked,
        )
        if receipt:
            self.item(receipt, state, arrived, unpacked, cause, end.remark)
            self.photos(end.shipment, _visit(receipt), [] if isinstance(end, Short) else _or_none(end.photos) or [])
        is_worse = came is not None and self.is_worse(end.shipment, came.condition)
        kind = "damaged" if is_worse else state
        if isinstance(end, Short) or (receipt and kind in {"damaged", "declined"}):
            self.opened(end.shipment, kind, receipt, cause, end.remark)
        if came and came.loan:
            self.lent(came)

    def is_worse(self, number: str, condition: object) -> bool:
        sent = self.line(number)["sent_condition"]
        return condition in _CONDITIONS and _CONDITIONS.index(str(condition)) > _CONDITIONS.index(str(sent))

    def item(
        self,
        receipt: str,
        state: str,
        condition: object,
        unpacked: list[str] | None,
        cause: str | None,
        note: str | None,
    ) -> None:
        """What is stated as an outcome is one of two words where the state says `with notes` because something differed."""
        number, visit = receipt.rpartition("/")[0], _visit(receipt)
        self.told["receipt_items", (number, visit)] = {
            "receipt_id": visit,
            "device_id": self.code,
            "outcome": OneOf(_ARRIVED) if state == "received_with_notes" else state,
            "condition": condition,
            "unpacked": unpacked,
            "reason": cause,
            "note": note,
        }

    def opened(
        self,
        number: str,
        kind: str,
        receipt: str | None,
        cause: str | None,
        note: str | None,
        code_read: str | None = None,
    ) -> dict[str, Any]:
        read = code_read or self.code
        place = sum(key[0] == "differences" and key[1][:3] == (number, kind, read) for key in self.told)  # type: ignore[index]  # as made below
        opened = self.told["differences", (number, kind, read, place)] = {
            "kind": kind,
            "shipment_id": number,
            "receipt_id": _visit(receipt),
            "device_id": self.code,
            "code_read": read,
            "reason": cause,
            "note": note,
            "opened_at": self.said.moment,
            "opened_by_id": self.said.actor_id,
            "stated_outcome": None,
            "stated_condition": None,
        } | _UNSETTLED
        return opened

    def settled(self, number: str, kind: str, read: str, outcome: str, cause: object, note: object) -> None:
        """The same code may be found twice in a box; then which of the two was settled stays open."""
        ended = {
            "outcome": outcome,
            "settled_reason": cause,
            "settled_note": note,
            "settled_at": self.said.moment,
            "settled_by_id": self.said.actor_id,
        }
        same = [key for key in self.told if key[0] == "differences" and key[1][:3] == (number, kind, read)]  # type: ignore[index]  # as made above
        waiting = [key for key in same if self.told[key].get("outcome", "?") is None]
        if len(waiting) == 1 or kind != "extra":
            self.told[waiting[-1]].update(ended)
        else:
            for key in same:
                for name in ended:
                    self.told[key].pop(name, None)
        line = self.told.get(("shipment_lines", number), {})
        if kind == "short" and outcome in {"found", "lost"} and line.get("state") == "short":
            line.update(self.resolved(outcome))

    def resolved(self, outcome: str) -> dict[str, object]:
        return {"resolution": outcome, "resolved_at": self.said.moment, "resolved_by_id": self.said.actor_id}

    def reported(self, number: str, outcome: str, note: str | None) -> None:
        """A report of loss or recovery that settles. What it was settled for was not kept before differences were."""
        waiting = [
            key
            for key in self.told
            if key[0] == "differences" and key[1][:2] == (number, "short") and self.told[key]["outcome"] is None  # type: ignore[index]  # as made above
        ]
        reason = self.told[waiting[-1]]["reason"] or "other"
        self.settled(number, "short", str(self.code), outcome, OneOf((reason, "other")), OneOf((note, None)))

    def corrected(self, corrected: ReceiptCorrected) -> None:
        state, line = corrected.line, self.line(corrected.shipment)
        if not (state in _ARRIVED and line["state"] in _ARRIVED):  # else who received stays who received
            line.update(self.closed(state), one_sided=False)
        line.update(
            state=state,
            note=corrected.remark,
            reason=corrected.cause,
            arrived_condition=corrected.stated_condition,
        )
        line.pop("unpacked", None)
        if state != "short":
            line.update(_UNRESOLVED)
        self.item(corrected.receipt, state, corrected.stated_condition, None, corrected.cause, corrected.remark)
        self.told["receipt_items", (corrected.shipment, _visit(corrected.receipt))].pop("unpacked")
        is_worse = state in _ARRIVED and self.is_worse(corrected.shipment, corrected.stated_condition)
        kind = "damaged" if is_worse else state
        if kind in {"short", "damaged", "declined"}:
            self.opened(corrected.shipment, kind, corrected.receipt, corrected.cause, corrected.remark)
        if corrected.loan:
            self.lent(corrected)
        elif state not in _ARRIVED:
            self.not_lent(corrected.shipment)

    def not_lent(self, number: str) -> None:
        """A loan that began with this shipment has ended, one that ended with it goes on."""
        id_ = int(number.rpartition("-")[2])
        for loan in [row for key, row in self.told.items() if key[0] == "loans"]:
            if loan["shipment_id"] == number and loan["returned_at"] is None:
                loan.update(returned_at=self.said.moment, return_shipment_id=id_)
            elif loan["return_shipment_id"] == id_ and loan["shipment_id"] != number:
                loan.update(returned_at=None, return_shipment_id=None)

    def lent(self, came: Received | ReceivedWithNotes | ReceiptCorrected) -> None:
        loans = [key for key in self.told if key[0] == "loans"]
        if came.loan == BEGUN:
            self.told["loans", (len(loans),)] = {
                "device_id": self.code,
                "shipment_id": came.shipment,
                "lender_id": self.told["shipments", came.shipment]["from_id"],
                "borrower_id": came.office,
                "return_on": came.return_due_on,
                "begun_at": self.said.moment,
                "returned_at": None,
                "return_shipment_id": None,
            }
        elif came.loan in {ON_TIME, LATE}:
            self.told[loans[-1]].update(
                returned_at=self.said.moment, return_shipment_id=int(came.shipment.rpartition("-")[2])
            )

    def rebooked(self, rebooked: Rebooked) -> None:
        former = {name: getattr(rebooked, f"former_{name}") for name in ("uakpb", "kode_barang", "nup")}
        if any(former.values()):
            number = sum(key[0] == "former_bookings" for key in self.told)
            row = {"device_id": self.code, "shipment_id": rebooked.shipment, "until": self.said.moment, **former}
            self.told["former_bookings", (number,)] = row

    def succeeded(self, succeeded: Succeeded) -> None:
        self.told["successions", succeeded.succession] = {
            "id": succeeded.succession,
            "office_id": succeeded.at_office,
            "leaver_id": succeeded.leaver,
            "successor_id": succeeded.successor,
            "cause": succeeded.cause,
            "of_head": succeeded.of_head,
            "witness1_id": succeeded.witness,
            "witness2_id": succeeded.second_witness,
            "at": self.said.moment,
            "by_id": self.said.actor_id,
        }
        self.told["succession_items", succeeded.succession] = {
            "succession_id": succeeded.succession,
            "device_id": self.code,
            "seen": succeeded.seen,
            "condition": succeeded.seen_condition,
            "note": succeeded.remark,
        }

    def visited(self, visited: Visited) -> None:
        self.told["receipts", (visited.shipment, visited.visit)] = {
            "shipment_id": visited.shipment,
            "visit": visited.visit,
            "at": self.said.moment,
            "by_id": self.said.actor_id,
            "strokes": Hashed(visited.strokes_sha256) if visited.strokes_sha256 else None,
            "corrects_id": _visit(visited.corrects),
            "correction": visited.reason,
        }


_HEARD: dict[type[Event], Callable[[_Chain, Any], None]] = {
    Arrived: _Chain.arrived,
    Cancelled: _Chain.cancelled,
    Declined: _Chain.ended,
    Drafted: _Chain.drafted,
    Extra: _Chain.extra,
    ExtraResolved: _Chain.extra_resolved,
    Found: _Chain.found,
    Lost: _Chain.lost,
    Rebooked: _Chain.rebooked,
    ReceiptCorrected: _Chain.corrected,
    Received: _Chain.ended,
    ReceivedWithNotes: _Chain.ended,
    Sent: _Chain.sent,
    Settled: _Chain.settled_as,
    ShipmentCorrected: _Chain.shipment_corrected,
    Short: _Chain.ended,
    Succeeded: _Chain.succeeded,
    Tracked: _Chain.tracked,
    Visited: _Chain.visited,
}
