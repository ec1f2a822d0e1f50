"""The offline door: phones, the answers they were given, acts that wait for an officer, photos as phones name them."""

import sqlalchemy as sa
from alembic import op

revision = "20261127d"
down_revision = "20261127c"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phones",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("contact_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("skew_s", sa.Integer(), nullable=True),
        sa.Column("holds", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("hole_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_out_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_phones_person_id")),
        sa.ForeignKeyConstraint(["signed_out_by_id"], ["persons.id"], name=op.f("fk_phones_signed_out_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phones")),
    )
    with op.batch_alter_table("phones", schema=None) as batch_op:
        batch_op.create_index("ix_phones_person_id", ["person_id"], unique=False)

    op.create_table(
        "handed_acts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("phone_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_handed_acts_person_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_handed_acts_phone_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handed_acts")),
    )
    with op.batch_alter_table("handed_acts", schema=None) as batch_op:
        batch_op.create_index("ix_handed_acts_at", ["at"], unique=False)
        batch_op.create_index("uq_handed_acts_place", ["phone_id", "sequence"], unique=True)

    op.create_table(
        "conflicts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("phone_id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "held_for",
            sa.Enum("conflict", "quarantined", name="heldfor", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "type",
            sa.Enum(
                "check",
                "arrival",
                "receipt",
                "holder",
                "attach_label",
                "claim_label",
                name="acttype",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("shipment_id", sa.Integer(), nullable=True),
        sa.Column("ask", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("stood", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ruling",
            sa.Enum("applied", "dismissed", name="ruling", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by_id", sa.Integer(), nullable=True),
        sa.Column("ledger_seq", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(ruling IS NULL) = (reason IS NULL)", name=op.f("ck_conflicts_settled_with_reason")),
        sa.CheckConstraint("(ruling IS NULL) = (settled_at IS NULL)", name=op.f("ck_conflicts_settled_with_ruling")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_conflicts_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_conflicts_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_conflicts_person_id")),
        sa.ForeignKeyConstraint(["phone_id"], ["phones.id"], name=op.f("fk_conflicts_phone_id")),
        sa.ForeignKeyConstraint(["settled_by_id"], ["persons.id"], name=op.f("fk_conflicts_settled_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_conflicts_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conflicts")),
    )
    with op.batch_alter_table("conflicts", schema=None) as batch_op:
        batch_op.create_index("ix_conflicts_action_id", ["action_id"], unique=True)
        batch_op.create_index("ix_conflicts_office_id", ["office_id", "settled_at"], unique=False)

    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "sent_sha256",
                sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"),
                nullable=True,
            )
        )
        batch_op.create_index(
            "uq_photos_sent",
            ["person_id", "sent_sha256"],
            unique=True,
            sqlite_where=sa.text("sent_sha256 IS NOT NULL"),
            postgresql_where=sa.text("sent_sha256 IS NOT NULL"),
        )


def downgrade() -> None:
    raise NotImplementedError("The ledger is not taken back. Restore a backup instead.")
