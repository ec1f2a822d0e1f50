"""Matching what was read in a box with the lines of its shipment, whichever of a device's numbers was read."""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy.orm import Session

from assets_service.access.stamp import Stamp
from assets_service.custody.models import Shipment, ShipmentLine
from assets_service.devices import queries as devices
from assets_service.devices.queries import Fit
from assets_service.kernel.errors import FieldProblem, Gathering, Invalid
from assets_service.kernel.spelling import searchable


class Matched(NamedTuple):
    """For each name as read its line and the device it leads to, in scope or not; `asked` holds what is refused of them."""

    lines: list[ShipmentLine | None]
    known: list[int | None]
    asked: Gathering


def matched(session: Session, shipment: Shipment, names: list[str], stamp: Stamp) -> Matched:
    """The lines that are meant. Refused are names that stand here twice, that fit several devices, or are several reads in one."""
    by_device = {line.device_id: line for line in shipment.lines}
    each_fit = [_meant(fits, by_device) for fits in devices.fits_each(session, names, stamp)]
    asked = Gathering()
    if problems := _twice(names, each_fit) + _glued(session, names, each_fit, stamp):
        asked.add(Invalid(*problems))
    unclear = {place: fits for place, fits in enumerate(each_fit) if len(fits) > 1 and fits[0].is_seen}
    if unclear:
        told = [devices.several(f"/lines/{place}/device", names[place], fits) for place, fits in unclear.items()]
        asked.add(devices.ambiguous(next(iter(unclear.values())), *told))
    known = [fits[0].device_id if len(fits) == 1 else None for fits in each_fit]
    return Matched([by_device.get(device_id or 0) for device_id in known], known, asked)


def _meant(fits: list[Fit], by_device: Mapping[int, ShipmentLine]) -> list[Fit]:
    """The devices that the receiver may mean: those they see or that are in the shipment, if there are any; else all."""
    seen = [fit._replace(is_seen=True) for fit in fits if fit.is_seen or fit.device_id in by_device]
    return seen or fits


def _twice(names: list[str], each_fit: list[list[Fit]]) -> list[FieldProblem]:
    keys = [fits[0].code if fits else searchable(name) for name, fits in zip(names, each_fit, strict=True)]
    return [
        FieldProblem(f"/lines/{place}/device", "{code} is listed twice.", {"code": names[place]})
        for place, key in enumerate(keys)
        if key in keys[:place]
    ]


def _glued(session: Session, names: list[str], each_fit: list[list[Fit]], stamp: Stamp) -> list[FieldProblem]:
    """The problems of unknown names that hold a known one: kept as they are, they would be extras that do not exist."""
    unknown = {place: names[place] for place, fits in enumerate(each_fit) if not fits}
    apart = devices.taken_apart(session, list(unknown.values()), stamp)
    sentence = "{code} is more than one read: {parts}. Send each by itself."
    return [
        FieldProblem(f"/lines/{place}/device", sentence, {"code": name, "parts": ", ".join(parts)})
        for (place, name), parts in zip(unknown.items(), apart, strict=True)
        if len(parts) > 1
    ]
