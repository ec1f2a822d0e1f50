"""The first scan on site says that the label is on the device."""

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from assets_service.access.stamp import Role, Stamp
from assets_service.devices import commands as devices
from assets_service.devices.asks import Retirement
from assets_service.devices.errors import Retired
from assets_service.devices.models import Device
from assets_service.devices.queries import by_code
from assets_service.kernel.db import Database
from assets_service.kernel.errors import Forbidden
from assets_service.labelling.asks import Attachment
from assets_service.labelling.commands import attach
from assets_service.ledger.queries import history
from tests.build import NOON, a_device, a_person, later, roster, stamp, system
from tests.labelling.build_labelling import Desk, a_desk, devices_at, problems

NEWEST = Attachment()


def attached(session: Session, device: Device, by: Stamp, scanned: str | None = None) -> bool:
    """Whether this scan was told."""
    before = device.version
    attach(session, device, Attachment(scanned=scanned), stamp=by)
    return device.version > before


def test_only_the_first_scan_attaches(session: Session) -> None:
    roster(session)
    device = a_device(session, at="81.02")
    head = a_person(session, at="81.02", role=Role.HEAD)
    assert attached(session, device, stamp(session, head))
    assert not attached(session, device, stamp(session, head, at=later(hours=1)))
    assert device.label_attached_at == NOON
    kinds = [entry.kind for entry in history(session, device.code)]
    assert kinds == ["devices.registered", "labelling.attached"]


@pytest.mark.parametrize(
    ("newest", "scanned", "attaches"), [(1, None, True), (1, 1, True), (2, 1, False), (2, None, False), (2, 2, True)]
)
def test_an_old_label_attaches_nothing(session: Session, newest: int, scanned: int | None, attaches: bool) -> None:
    roster(session)
    device = a_device(session, at="81.02")
    device.label_version = newest
    seen = f"{device.code}.{scanned}" if scanned else device.code
    assert attached(session, device, system(), seen) is attaches


@pytest.mark.parametrize(
    ("at", "role", "may"),
    [
        ("81.02", Role.ADMIN, True),
        ("81", Role.LOGISTICS, True),
        ("81.02", Role.HEAD, True),
        ("00", Role.AUDITOR, False),
        ("81.72", Role.HEAD, False),
        ("31", Role.ADMIN, False),
    ],
)
def test_who_may_attach(session: Session, at: str, role: Role, may: bool) -> None:
    roster(session)
    device = a_device(session, at="81.02")
    by = stamp(session, a_person(session, at=at, role=role))
    if may:
        assert attached(session, device, by)
    else:
        with pytest.raises(Forbidden):
            attach(session, device, NEWEST, stamp=by)


def test_nothing_is_attached_to_what_is_written_off(session: Session) -> None:
    roster(session)
    device = a_device(session, at="81.02")
    devices.retire(session, by_code(session, device.code, system()), Retirement(reason="SK"), stamp=system())
    with pytest.raises(Retired):
        attach(session, device, NEWEST, stamp=system())


def test_attaching_over_http(desk: Desk, db: Database, client: TestClient[Litestar]) -> None:
    (code,) = devices_at(db, "81.02", 1)
    scanned = {"scanned": f"HTTPS://ASET.EXAMPLE.GO.ID/D/{code}"}
    assert desk.put(f"/devices/{code}/label-attachment", scanned).json()["label_attached_at"] == "2026-11-20T05:00:00Z"
    wrong = desk.put(f"/devices/{code}/label-attachment", {"scanned": "no code"})
    assert (wrong.status_code, problems(wrong)) == (400, ["/scanned"])
    assert a_desk(db, client, at="31").put(f"/devices/{code}/label-attachment", {}).status_code == 404
    assert a_desk(db, client, Role.AUDITOR).put(f"/devices/{code}/label-attachment", {}).status_code == 403
