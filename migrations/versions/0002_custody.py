"""Custody that stands up to an audit: arrivals, receipts by visit, differences, loans, successions, distributions."""

import sqlalchemy as sa
from alembic import op

revision = "20261127b"
down_revision = "20261127"
branch_labels = None
depends_on = None


BOTH = {
    "charger": "Pengisi daya",
    "cable": "Kabel",
    "box": "Kotak",
    "cover": "Sarung",
    "sim": "Kartu SIM",
    "manual": "Buku panduan",
}
GOES_WITH = {"smartphone": BOTH, "tablet": BOTH | {"stylus": "Stylus"}}
NAMES = {
    "not_packed": "Tidak dikemas",
    "lost_on_the_way": "Hilang di perjalanan",
    "damaged_on_the_way": "Rusak di perjalanan",
    "wrongly_sent": "Salah kirim",
    "miscounted": "Salah hitung",
    "stolen": "Dicuri",
    "other": "Lain-lain",
}
REASON = {
    "not_packed": (["short"], False),
    "lost_on_the_way": (["short"], False),
    "damaged_on_the_way": (["damaged", "declined"], False),
    "wrongly_sent": (["extra", "declined"], False),
    "miscounted": (["short", "extra"], False),
    "stolen": (["short"], False),
    "other": (["short", "extra", "damaged", "declined"], True),
}
ACCESSORIES = sa.table(
    "accessories",
    *(sa.column(name) for name in ("kind", "code", "name")),
    sa.column("position", sa.Integer),
    sa.column("is_offered", sa.Boolean),
)
REASONS = sa.table(
    "difference_reasons",
    *(sa.column(name) for name in ("code", "name")),
    sa.column("fits", sa.JSON),
    sa.column("needs_note", sa.Boolean),
    sa.column("position", sa.Integer),
    sa.column("is_offered", sa.Boolean),
)
# What was found in boxes, and what was not, are differences from now on.
FINDINGS = """
INSERT INTO differences (id, kind, shipment_id, device_id, code_read, note, opened_at, opened_by_id,
                         outcome, settled_reason, settled_note, settled_at, settled_by_id)
SELECT id, 'extra', shipment_id, device_id, code_read, note, found_at, found_by_id,
       CASE WHEN resolved_at IS NOT NULL THEN 'recorded' END, CASE WHEN resolved_at IS NOT NULL THEN 'other' END,
       resolution, resolved_at, resolved_by_id
  FROM findings ORDER BY id
"""
SHORT = """
INSERT INTO differences (id, kind, shipment_id, device_id, code_read, note, opened_at, opened_by_id,
                         outcome, settled_reason, settled_at, settled_by_id)
SELECT (SELECT coalesce(max(id), 0) FROM findings) + row_number() OVER (ORDER BY shipment_lines.id),
       'short', shipment_id, device_id, devices.code, shipment_lines.note, closed_at, closed_by_id,
       resolution, CASE WHEN resolution IS NOT NULL THEN 'other' END, resolved_at, resolved_by_id
  FROM shipment_lines JOIN devices ON devices.id = shipment_lines.device_id WHERE state = 'short'
"""
NUMBERS_GO_ON = "SELECT setval(pg_get_serial_sequence('differences', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM differences), false)"


def upgrade() -> None:
    op.create_table(
        "accessories",
        sa.Column(
            "kind",
            sa.Enum("tablet", "smartphone", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_accessories")),
    )
    op.create_table(
        "difference_reasons",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("fits", sa.JSON(), nullable=False),
        sa.Column("needs_note", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_difference_reasons")),
    )
    op.create_table(
        "clearances",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_clearances_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_clearances_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearances")),
    )
    with op.batch_alter_table("clearances", schema=None) as batch_op:
        batch_op.create_index("ix_clearances_person_id", ["person_id"], unique=False)

    op.create_table(
        "distributions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme", sa.String(length=40), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("shipments", sa.Integer(), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("wanting", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "undone_by_id IS NULL OR undone_at IS NOT NULL", name=op.f("ck_distributions_undone_by_somebody")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["offices.id"], name=op.f("fk_distributions_area_id")),
        sa.ForeignKeyConstraint(["from_id"], ["offices.id"], name=op.f("fk_distributions_from_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["persons.id"], name=op.f("fk_distributions_made_by_id")),
        sa.ForeignKeyConstraint(["programme"], ["programmes.code"], name=op.f("fk_distributions_programme")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["persons.id"], name=op.f("fk_distributions_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_distributions")),
    )
    with op.batch_alter_table("distributions", schema=None) as batch_op:
        batch_op.create_index("ix_distributions_from_id", ["from_id"], unique=False)

    op.create_table(
        "routes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=True),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(from_id IS NULL) = (to_id IS NULL)", name=op.f("ck_routes_both_or_none")),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_routes_goes_elsewhere")),
        sa.ForeignKeyConstraint(["from_id"], ["offices.id"], name=op.f("fk_routes_from_id")),
        sa.ForeignKeyConstraint(["set_by_id"], ["persons.id"], name=op.f("fk_routes_set_by_id")),
        sa.ForeignKeyConstraint(["to_id"], ["offices.id"], name=op.f("fk_routes_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routes")),
        sa.UniqueConstraint("from_id", "to_id", name=op.f("uq_routes_from_id_to_id")),
    )
    op.create_table(
        "successions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("leaver_id", sa.Integer(), nullable=False),
        sa.Column("successor_id", sa.Integer(), nullable=False),
        sa.Column(
            "cause",
            sa.Enum(
                "moved",
                "retired",
                "replaced",
                "died",
                name="cause",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("of_head", sa.Boolean(), nullable=False),
        sa.Column("witness1_id", sa.Integer(), nullable=True),
        sa.Column("witness2_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(cause = 'died') = (witness1_id IS NOT NULL)", name=op.f("ck_successions_witnesses_for_the_dead")
        ),
        sa.CheckConstraint("(witness1_id IS NULL) = (witness2_id IS NULL)", name=op.f("ck_successions_two_witnesses")),
        sa.CheckConstraint("leaver_id <> successor_id", name=op.f("ck_successions_of_two_persons")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_successions_by_id")),
        sa.ForeignKeyConstraint(["leaver_id"], ["persons.id"], name=op.f("fk_successions_leaver_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_successions_office_id")),
        sa.ForeignKeyConstraint(["successor_id"], ["persons.id"], name=op.f("fk_successions_successor_id")),
        sa.ForeignKeyConstraint(["witness1_id"], ["persons.id"], name=op.f("fk_successions_witness1_id")),
        sa.ForeignKeyConstraint(["witness2_id"], ["persons.id"], name=op.f("fk_successions_witness2_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_successions")),
    )
    with op.batch_alter_table("successions", schema=None) as batch_op:
        batch_op.create_index("ix_successions_leaver_id", ["leaver_id"], unique=False)
        batch_op.create_index("ix_successions_office_id", ["office_id"], unique=False)

    op.create_table(
        "arrivals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal_intact", sa.Boolean(), nullable=False),
        sa.Column("brought_by", sa.String(length=120), nullable=True),
        sa.Column("waybill", sa.String(length=80), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["persons.id"], name=op.f("fk_arrivals_recorded_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_arrivals_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrivals")),
        sa.UniqueConstraint("shipment_id", name=op.f("uq_arrivals_shipment_id")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("visit_id", sa.String(length=36), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("delivered_by", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("signed_name", sa.String(length=120), nullable=True),
        sa.Column("signed_position", sa.String(length=120), nullable=True),
        sa.Column("strokes", sa.Text(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("correction", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "(corrects_id IS NULL) = (correction IS NULL)", name=op.f("ck_receipts_correction_says_why")
        ),
        sa.CheckConstraint("strokes IS NULL OR signed_name IS NOT NULL", name=op.f("ck_receipts_strokes_of_somebody")),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_receipts_by_id")),
        sa.ForeignKeyConstraint(["corrects_id"], ["receipts.id"], name=op.f("fk_receipts_corrects_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_receipts_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("shipment_id", "visit", name=op.f("uq_receipts_shipment_id_visit")),
        sa.UniqueConstraint("visit_id", name=op.f("uq_receipts_visit_id")),
    )
    op.create_table(
        "tracking_notes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["persons.id"], name=op.f("fk_tracking_notes_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_tracking_notes_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tracking_notes")),
    )
    with op.batch_alter_table("tracking_notes", schema=None) as batch_op:
        batch_op.create_index("ix_tracking_notes_shipment_id", ["shipment_id"], unique=False)

    op.create_table(
        "differences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "short",
                "extra",
                "damaged",
                "declined",
                name="differencekind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("code_read", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "found",
                "lost",
                "recorded",
                "transferred",
                "returned",
                "accepted",
                "corrected",
                name="settlement",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("settled_reason", sa.String(length=40), nullable=True),
        sa.Column("settled_note", sa.String(length=2000), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind = 'extra' OR device_id IS NOT NULL", name=op.f("ck_differences_of_a_device")),
        sa.CheckConstraint("(settled_at IS NULL) = (outcome IS NULL)", name=op.f("ck_differences_settled_has_outcome")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_differences_device_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["persons.id"], name=op.f("fk_differences_opened_by_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_differences_receipt_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["persons.id"], name=op.f("fk_differences_settled_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_differences_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    with op.batch_alter_table("differences", schema=None) as batch_op:
        batch_op.create_index("ix_differences_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_differences_settled_at", ["settled_at", "id"], unique=False)
        batch_op.create_index("ix_differences_shipment_id", ["shipment_id"], unique=False)
        batch_op.create_index(
            "uq_differences_open",
            ["shipment_id", "device_id", "kind"],
            unique=True,
            sqlite_where=sa.text("settled_at IS NULL AND kind <> 'extra'"),
            postgresql_where=sa.text("settled_at IS NULL AND kind <> 'extra'"),
        )

    op.create_table(
        "former_bookings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("uakpb", sa.String(length=20), nullable=True),
        sa.Column("kode_barang", sa.String(length=10), nullable=True),
        sa.Column("nup", sa.Integer(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_former_bookings_device_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_former_bookings_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_bookings")),
    )
    with op.batch_alter_table("former_bookings", schema=None) as batch_op:
        batch_op.create_index("ix_former_bookings_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_former_bookings_item", ["kode_barang", "nup"], unique=False)

    op.create_table(
        "loans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("lender_id", sa.Integer(), nullable=False),
        sa.Column("borrower_id", sa.Integer(), nullable=False),
        sa.Column("return_on", sa.Date(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("return_shipment_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(returned_at IS NULL) = (return_shipment_id IS NULL)", name=op.f("ck_loans_returned_by_shipment")
        ),
        sa.ForeignKeyConstraint(["borrower_id"], ["offices.id"], name=op.f("fk_loans_borrower_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_loans_device_id")),
        sa.ForeignKeyConstraint(["lender_id"], ["offices.id"], name=op.f("fk_loans_lender_id")),
        sa.ForeignKeyConstraint(["return_shipment_id"], ["shipments.id"], name=op.f("fk_loans_return_shipment_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_loans_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loans")),
    )
    with op.batch_alter_table("loans", schema=None) as batch_op:
        batch_op.create_index("ix_loans_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_loans_shipment_id", ["shipment_id"], unique=False)
        batch_op.create_index(
            "uq_loans_open_device",
            ["device_id"],
            unique=True,
            sqlite_where=sa.text("returned_at IS NULL"),
            postgresql_where=sa.text("returned_at IS NULL"),
        )

    op.create_table(
        "receipt_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "received",
                "received_with_notes",
                "short",
                "declined",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "condition",
            sa.Enum("good", "light", "heavy", name="condition", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("unpacked", sa.JSON(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_receipt_items_device_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_items_receipt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_items")),
        sa.UniqueConstraint("receipt_id", "device_id", name=op.f("uq_receipt_items_receipt_id_device_id")),
    )
    with op.batch_alter_table("receipt_items", schema=None) as batch_op:
        batch_op.create_index("ix_receipt_items_device_id", ["device_id"], unique=False)

    op.create_table(
        "shipment_photos",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("receipt_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(receipt_id IS NULL) = (device_id IS NULL)", name=op.f("ck_shipment_photos_of_parcel_or_device")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_shipment_photos_device_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_shipment_photos_photo_id")),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_shipment_photos_receipt_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_photos_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_photos")),
    )
    with op.batch_alter_table("shipment_photos", schema=None) as batch_op:
        batch_op.create_index("ix_shipment_photos_photo_id", ["photo_id"], unique=False)
        batch_op.create_index("ix_shipment_photos_shipment_id", ["shipment_id"], unique=False)

    op.create_table(
        "succession_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("succession_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column(
            "seen",
            sa.Enum("present", "missing", name="seen", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "condition",
            sa.Enum("good", "light", "heavy", name="condition", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_succession_items_device_id")),
        sa.ForeignKeyConstraint(["succession_id"], ["successions.id"], name=op.f("fk_succession_items_succession_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_succession_items")),
        sa.UniqueConstraint("succession_id", "device_id", name=op.f("uq_succession_items_succession_id_device_id")),
    )
    with op.batch_alter_table("succession_items", schema=None) as batch_op:
        batch_op.create_index("ix_succession_items_device_id", ["device_id"], unique=False)

    op.execute(FINDINGS)
    op.execute(SHORT)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(NUMBERS_GO_ON)
    op.drop_table("findings")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expected_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("return_due_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_devices_arrived_at", ["arrived_at"], unique=False)
        batch_op.create_index("ix_devices_expected_on", ["expected_on"], unique=False)
        batch_op.create_index("ix_devices_return_due_on", ["return_due_on"], unique=False)

    with op.batch_alter_table("shipment_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("packed", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("unpacked", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=40), nullable=True))

    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "movement",
                sa.Enum("distribution", "transfer", "loan", name="movement", native_enum=False, length=24),
                server_default="distribution",
                nullable=False,
            )
        )
        batch_op.add_column(sa.Column("courier", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("waybill", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("parcels", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("weight_g", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seal_no", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("expected_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("return_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("distribution_id", sa.Integer(), nullable=True))
        batch_op.create_index("ix_shipments_distribution_id", ["distribution_id"], unique=False)

    op.bulk_insert(
        ACCESSORIES, [{"kind": kind, **row} for kind in ("tablet", "smartphone") for row in _rows(GOES_WITH[kind])]
    )
    op.bulk_insert(
        REASONS,
        [{**row, **dict(zip(("fits", "needs_note"), REASON[str(row["code"])], strict=True))} for row in _rows(NAMES)],
    )


def _rows(names: dict[str, str]) -> list[dict[str, object]]:
    return [
        {"code": code, "name": name, "position": 10 * place, "is_offered": True}
        for place, (code, name) in enumerate(names.items(), 1)
    ]


def downgrade() -> None:
    raise NotImplementedError("The ledger is not taken back. Restore a backup instead.")
