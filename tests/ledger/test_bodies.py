"""The bytes of a body are hashed: an event that was recorded is written in the same way for ever."""

from datetime import UTC, date, datetime

import pytest

from assets_service.custody import events as custody
from assets_service.devices.events import DeviceAmended, DeviceRegistered
from assets_service.inspections.events import DeviceChecked
from assets_service.ledger.events import Event, body_of, said_by
from assets_service.offices.events import OfficeAmended
from assets_service.people.events import RoleGranted
from assets_service.programmes.events import AllocationSet

NOON = datetime(2026, 11, 22, 5, 0, 0, 1000, tzinfo=UTC)

FROZEN: list[tuple[Event, str]] = [
    (
        DeviceRegistered(
            kind="tablet", brand="Samsung", model="Galaxy Tab A9+", serial="R52W70ABCDE", imei1=None, imei2=None,
            kode_barang="3100102009", nup=1, uakpb=None, acquired_on=date(2024, 9, 5), value=4500000, programme=None,
            note="Kotak “rusak”\n\té", condition="good", presence="present", office="00",
        ),
        ('{"acquired_on":"2024-09-05","brand":"Samsung","condition":"good","imei1":null,"imei2":null,"kind":"tablet",'
        '"kode_barang":"3100102009","model":"Galaxy Tab A9+","note":"Kotak “rusak”\\n\\té","nup":1,"office":"00",'
        '"presence":"present","programme":null,"serial":"R52W70ABCDE","uakpb":null,"value":4500000}'),
    ),
    (DeviceAmended(note=None, value=5), '{"note":null,"value":5}'),
    (
        custody.Sent(
            shipment="PK-2026-000001", from_office="00", sent_condition="good", accessories=None, purpose=None,
            presence="in_transit", bound_for="81.02", sent_at=NOON,
        ),
        ('{"accessories":null,"bound_for":"81.02","from_office":"00","holder":null,"presence":"in_transit",'
        '"purpose":null,"sent_at":"2026-11-22T05:00:00.001000Z","sent_condition":"good","shipment":"PK-2026-000001"}'),
    ),
    (
        custody.Received(
            shipment="PK-2026-000001", from_office="00", office="81.02", presence="present", received_at=NOON,
            received_by=4, handover="PK-2026-000001",
        ),
        ('{"bound_for":null,"from_office":"00","handover":"PK-2026-000001","holder":null,"office":"81.02",'
        '"presence":"present","received_at":"2026-11-22T05:00:00.001000Z","received_by":4,"remark":null,"sent_at":null,"shipment":"PK-2026-000001"}'),
    ),
    (custody.Cancelled(shipment="PK-2026-000001", to_office="81.02", remark=None),
     '{"remark":null,"shipment":"PK-2026-000001","to_office":"81.02"}'),
    (custody.Held(holder=17, previous=None), '{"holder":17,"previous":null}'),
    (
        DeviceChecked(
            check=3, observed_at=NOON, checked_on=date(2026, 11, 22), seen_condition="light", label_present=True,
            identity_matches=None, checklist={"screen": "problem", "battery": "ok"}, check_note=None, photos=["ab" * 32],
            check_due_on=date(2026, 12, 31),
        ),
        '{"check":3,"check_due_on":"2026-12-31","check_note":null,"checked_on":"2026-11-22",'
        '"checklist":{"battery":"ok","screen":"problem"},"identity_matches":null,"label_present":true,'
        '"observed_at":"2026-11-22T05:00:00.001000Z","photos":["' + "ab" * 32 + '"],"seen_condition":"light"}',
    ),
    (OfficeAmended(name="Tual", address=None), '{"address":null,"name":"Tual"}'),
    (RoleGranted(person=4, role="head", office="81.02"), '{"office":"81.02","person":4,"role":"head"}'),
    (
        AllocationSet(allocation={"tablet": {"ri": 1, "kota": 2}}),
        '{"allocation":{"tablet":{"kota":2,"ri":1}}}',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event", "body"), FROZEN, ids=lambda value: type(value).__name__)
def test_a_body_is_written_to_the_byte_as_it_always_was(event: Event, body: str) -> None:
    assert body_of(said_by(event)) == body
