"""Every table, what the tables hold from the first day, and the triggers that keep the ledger append-only."""

import sqlalchemy as sa
from alembic import op

revision = "20261127"  # made anew in place while nothing is in service: what it was called before is refused (migrations.EARLIER)
down_revision = None
branch_labels = None
depends_on = None


KINDS = [
    {"kind": "tablet", "kode_barang": "3100102009", "has_modem": False},
    {"kind": "smartphone", "kode_barang": "3060201004", "has_modem": True},
]
LOOKED_AT = (
    "screen",
    "battery",
    "charger",
    "camera",
    "sim",
    "screen_lock",
    "encryption",
    "system_up_to_date",
    "remote_management",
)
CHECKLISTS = [
    {"kind": kind["kind"], "item": item, "position": position}
    for kind in KINDS
    for position, item in enumerate(LOOKED_AT, 1)
    if item != "sim" or kind["has_modem"]
]
# What is sealed stays: when a row takes the place of another, and how that is answered.
_REFUSED = "ABORT, 'the ledger is append-only'"
SEALED = {
    "leaves": ("log = NEW.log AND (number = NEW.number OR entry_seq = NEW.entry_seq)", _REFUSED),
    "seals": ("log = NEW.log AND size = NEW.size", _REFUSED),
    # Of one witness the first stays.
    "cosignatures": ("log = NEW.log AND size = NEW.size AND witness = NEW.witness", "IGNORE"),
}
TILED = {"tiles": ("log = NEW.log AND level = NEW.level AND number = NEW.number", _REFUSED)}
APPEND_ONLY = {
    "sqlite": [
        (
            "CREATE TRIGGER entries_refuse_update BEFORE UPDATE ON entries "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        ),
        (
            "CREATE TRIGGER entries_refuse_delete BEFORE DELETE ON entries "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        ),
        # REPLACE takes a row away without asking the trigger above.
        (
            "CREATE TRIGGER entries_refuse_replace BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries "
            "WHERE seq = NEW.seq OR (subject = NEW.subject AND subject_seq = NEW.subject_seq)) "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        ),
        (
            "CREATE TRIGGER chains_refuse_update BEFORE UPDATE ON chains "
            "WHEN NEW.subject IS NOT OLD.subject OR NEW.seq <= OLD.seq "
            "BEGIN SELECT RAISE(ABORT, 'a chain only grows: the ledger is append-only'); END"
        ),
        (
            "CREATE TRIGGER chains_refuse_delete BEFORE DELETE ON chains "
            "BEGIN SELECT RAISE(ABORT, 'a chain only grows: the ledger is append-only'); END"
        ),
        # Two writers may begin one chain: the second finds it there, and changes nothing.
        (
            "CREATE TRIGGER chains_refuse_replace BEFORE INSERT ON chains "
            "WHEN EXISTS (SELECT 1 FROM chains WHERE subject = NEW.subject) BEGIN SELECT RAISE(IGNORE); END"
        ),
        *(
            f"CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb.upper()} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
            for table in SEALED
            for verb in ("update", "delete")
        ),
        *(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} "  # noqa: S608 - our own tables
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN SELECT RAISE({answer}); END"
            for table, (taken, answer) in (SEALED | TILED).items()
        ),
        (
            "CREATE TRIGGER tiles_refuse_update BEFORE UPDATE ON tiles WHEN NEW.log IS NOT OLD.log "
            "OR NEW.level IS NOT OLD.level OR NEW.number IS NOT OLD.number "
            "OR substr(NEW.hashes, 1, length(OLD.hashes)) IS NOT OLD.hashes "
            "BEGIN SELECT RAISE(ABORT, 'a tile only grows: the ledger is append-only'); END"
        ),
        (
            "CREATE TRIGGER tiles_refuse_delete BEFORE DELETE ON tiles "
            "BEGIN SELECT RAISE(ABORT, 'a tile only grows: the ledger is append-only'); END"
        ),
    ],
    "postgresql": [
        (
            "CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
        ),
        (
            "CREATE TRIGGER entries_refuse_change BEFORE UPDATE OR DELETE ON entries "
            "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        ),
        (
            "CREATE TRIGGER entries_refuse_truncate BEFORE TRUNCATE ON entries "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
        ),
        (
            "CREATE TRIGGER chains_refuse_update BEFORE UPDATE ON chains FOR EACH ROW "
            "WHEN (NEW.subject IS DISTINCT FROM OLD.subject OR NEW.seq <= OLD.seq) "
            "EXECUTE FUNCTION refuse_ledger_change()"
        ),
        (
            "CREATE TRIGGER chains_refuse_delete BEFORE DELETE ON chains "
            "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        ),
        (
            "CREATE TRIGGER chains_refuse_truncate BEFORE TRUNCATE ON chains "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
        ),
        *(
            f"CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
            for table in SEALED
        ),
        *(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_ledger_change()"
            for table in SEALED | TILED
        ),
        (
            "CREATE TRIGGER tiles_refuse_update BEFORE UPDATE ON tiles FOR EACH ROW "
            "WHEN (NEW.log <> OLD.log OR NEW.level <> OLD.level OR NEW.number <> OLD.number "
            "OR substr(NEW.hashes, 1, length(OLD.hashes)) <> OLD.hashes) EXECUTE FUNCTION refuse_ledger_change()"
        ),
        (
            "CREATE TRIGGER tiles_refuse_delete BEFORE DELETE ON tiles "
            "FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()"
        ),
    ],
}


def _key_of_body(key: str) -> str:
    """The text under a key of an entry's body, as the index and whoever asks by it write it."""
    if op.get_bind().dialect.name == "sqlite":
        return f"CAST(json_extract(body, '$.{key}') AS TEXT)"
    return f"""((body::json ->> '{key}') COLLATE "C")"""


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("act", sa.String(length=60), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actions")),
    )
    with op.batch_alter_table("actions", schema=None) as batch_op:
        batch_op.create_index("ix_actions_created_at", ["created_at"], unique=False)

    op.create_table(
        "chains",
        sa.Column(
            "subject",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("facts", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_chains")),
    )
    op.create_table(
        "checklist_items",
        sa.Column(
            "kind",
            sa.Enum("tablet", "smartphone", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("item", sa.String(length=24), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "item", name=op.f("pk_checklist_items")),
    )
    op.create_table(
        "device_kinds",
        sa.Column(
            "kind",
            sa.Enum("tablet", "smartphone", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("kode_barang", sa.String(length=10), nullable=False),
        sa.Column("has_modem", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_device_kinds")),
    )
    op.create_table(
        "entries",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column(
            "subject",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject_seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column(
            "door",
            sa.Enum(
                "page",
                "api",
                "outbox",
                "link",
                "file",
                "import",
                "cli",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("subject_seq > 0", name=op.f("ck_entries_subject_seq_positive")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_entries")),
        sa.UniqueConstraint("subject", "subject_seq", name="uq_entries_subject"),
    )
    with op.batch_alter_table("entries", schema=None) as batch_op:
        batch_op.create_index("ix_entries_action_id", ["action_id"], unique=False)
        batch_op.create_index("ix_entries_at", ["at"], unique=False)
        for key in ("office", "bound_for", "holder"):
            batch_op.create_index(f"ix_entries_{key}", [sa.text(_key_of_body(key)), "subject"], unique=False)

    op.create_table(
        "names",
        sa.Column(
            "subject",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(name IS NULL) = (salt IS NULL)", name=op.f("ck_names_blanked_with_salt")),
        sa.PrimaryKeyConstraint("subject", "number", name=op.f("pk_names")),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "running",
                "done",
                "failed",
                "cancelled",
                name="jobstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(state IN ('waiting', 'running')) = (ended_at IS NULL)", name=op.f("ck_jobs_ended_has_time")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.create_index("ix_jobs_due", ["kind", "state", "next_at"], unique=False)
        batch_op.create_index("ix_jobs_ended_at", ["ended_at"], unique=False)
        batch_op.create_index("ix_jobs_started_at", ["kind", "started_at"], unique=False)
        batch_op.create_index(
            "uq_jobs_running_key",
            ["key"],
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        )

    op.create_table(
        "offices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "level",
            sa.Enum(
                "ri",
                "provinsi",
                "kabupaten",
                "kota",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("office_name", sa.String(length=160), nullable=False),
        sa.Column("search", sa.String(length=320), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column(
            "path", sa.String(length=24).with_variant(sa.String(length=24, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("timezone", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("head_name", sa.String(length=120), nullable=True),
        sa.Column("head_title", sa.String(length=120), nullable=True),
        sa.Column("letter_code", sa.String(length=20), nullable=True),
        sa.Column("uakpb", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "timezone IN ('Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura')", name=op.f("ck_offices_timezone")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["offices.id"], name=op.f("fk_offices_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offices")),
        sa.UniqueConstraint("code", name=op.f("uq_offices_code")),
    )
    with op.batch_alter_table("offices", schema=None) as batch_op:
        batch_op.create_index("ix_offices_parent_id", ["parent_id"], unique=False)
        batch_op.create_index("ix_offices_path", ["path"], unique=True)
        batch_op.create_index("ix_offices_search", ["search"], unique=False)

    op.create_table(
        "programmes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programmes")),
        sa.UniqueConstraint("code", name=op.f("uq_programmes_code")),
    )
    op.create_table(
        "throttles",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttles")),
    )
    with op.batch_alter_table("throttles", schema=None) as batch_op:
        batch_op.create_index("ix_throttles_since", ["since"], unique=False)

    op.create_table(
        "allocations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("tablet", "smartphone", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "level",
            sa.Enum(
                "ri",
                "provinsi",
                "kabupaten",
                "kota",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity BETWEEN 0 AND 1000", name=op.f("ck_allocations_quantity")),
        sa.ForeignKeyConstraint(["programme_id"], ["programmes.id"], name=op.f("fk_allocations_programme_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocations")),
        sa.UniqueConstraint("programme_id", "kind", "level", name=op.f("uq_allocations_programme_id_kind_level")),
    )
    op.create_table(
        "check_policies",
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column(
            "rule",
            sa.Enum(
                "half_year", "months", "inherit", name="checkrule", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(rule = 'months') = (months IS NOT NULL)", name=op.f("ck_check_policies_months_with_rule")),
        sa.CheckConstraint("months BETWEEN 1 AND 24", name=op.f("ck_check_policies_months_range")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_check_policies_office_id")),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_check_policies")),
    )
    op.create_table(
        "openness_grades",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column(
            "grade",
            sa.Enum(
                "informatif",
                "menuju_informatif",
                "cukup_informatif",
                "kurang_informatif",
                "tidak_informatif",
                name="grade",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("year BETWEEN 2010 AND 2100", name=op.f("ck_openness_grades_year")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_openness_grades_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_openness_grades")),
    )
    with op.batch_alter_table("openness_grades", schema=None) as batch_op:
        batch_op.create_index("ix_openness_grades_office_id", ["office_id", "year", "id"], unique=False)

    op.create_table(
        "label_stocks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("geometry", sa.String(length=1000), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_label_stocks_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_label_stocks")),
        sa.UniqueConstraint("name", name=op.f("uq_label_stocks_name")),
    )
    with op.batch_alter_table("label_stocks", schema=None) as batch_op:
        batch_op.create_index("ix_label_stocks_office_id", ["office_id"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=True),
        sa.Column("username_likeness", sa.String(length=60), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("search", sa.String(length=400), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=True),
        sa.Column("nip", sa.String(length=18), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("sign_in_epoch", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "password_hash IS NULL OR username IS NOT NULL", name=op.f("ck_persons_password_needs_username")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_persons_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("username", name=op.f("uq_persons_username")),
        sa.UniqueConstraint("username_likeness", name=op.f("uq_persons_username_likeness")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index("ix_persons_office_id", ["office_id"], unique=False)

    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("devices", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "withdrawn_by_id IS NULL OR withdrawn_at IS NOT NULL", name=op.f("ck_imports_withdrawn_by_somebody")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["persons.id"], name=op.f("fk_imports_made_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_imports_office_id")),
        sa.ForeignKeyConstraint(["withdrawn_by_id"], ["persons.id"], name=op.f("fk_imports_withdrawn_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.create_index("ix_imports_made_by_id", ["made_by_id"], unique=False)
        batch_op.create_index("ix_imports_office_id", ["office_id"], unique=False)

    op.create_table(
        "devices",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "kind",
            sa.Enum("tablet", "smartphone", name="kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("brand", sa.String(length=60), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=False),
        sa.Column("serial", sa.String(length=60), nullable=False),
        sa.Column("serial_search", sa.String(length=60), nullable=False),
        sa.Column("serial_key", sa.String(length=130), nullable=False),
        sa.Column("imei1", sa.String(length=15), nullable=True),
        sa.Column("imei2", sa.String(length=15), nullable=True),
        sa.Column("kode_barang", sa.String(length=10), nullable=True),
        sa.Column("nup", sa.Integer(), nullable=True),
        sa.Column("uakpb", sa.String(length=20), nullable=True),
        sa.Column("kode_register", sa.String(length=64), nullable=True),
        sa.Column("acquired_on", sa.Date(), nullable=True),
        sa.Column("value", sa.BigInteger(), nullable=True),
        sa.Column("programme", sa.String(length=40), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("search", sa.String(length=400), nullable=False),
        sa.Column(
            "condition",
            sa.Enum("good", "light", "heavy", name="condition", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "presence",
            sa.Enum(
                "present",
                "in_transit",
                "not_found",
                "lost",
                "written_off",
                name="presence",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=True),
        sa.Column("bound_for_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("one_sided", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_checked_on", sa.Date(), nullable=True),
        sa.Column("check_due_on", sa.Date(), nullable=True),
        sa.Column("label_version", sa.Integer(), nullable=False),
        sa.Column("label_attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(presence = 'in_transit') = (bound_for_id IS NOT NULL)", name=op.f("ck_devices_bound_for_when_in_transit")
        ),
        sa.CheckConstraint("(bound_for_id IS NULL) = (sent_at IS NULL)", name=op.f("ck_devices_sent_at_when_bound")),
        sa.CheckConstraint("length(code) = 8", name=op.f("ck_devices_code_length")),
        sa.CheckConstraint("nup IS NULL OR kode_barang IS NOT NULL", name=op.f("ck_devices_nup_needs_kode_barang")),
        sa.ForeignKeyConstraint(["bound_for_id"], ["offices.id"], name=op.f("fk_devices_bound_for_id")),
        sa.ForeignKeyConstraint(["holder_id"], ["persons.id"], name=op.f("fk_devices_holder_id")),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_devices_import_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_devices_office_id")),
        sa.ForeignKeyConstraint(["programme"], ["programmes.code"], name=op.f("fk_devices_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("code", name=op.f("uq_devices_code")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index("ix_devices_bound_for_id", ["bound_for_id"], unique=False)
        batch_op.create_index("ix_devices_by_check", [sa.text("coalesce(last_checked_on, '0001-01-01')"), "id"])
        batch_op.create_index("ix_devices_by_due_day", [sa.text("coalesce(check_due_on, '9999-12-31')"), "id"])
        batch_op.create_index("ix_devices_check_due_on", ["check_due_on"], unique=False)
        batch_op.create_index("ix_devices_condition", ["condition"], unique=False)
        batch_op.create_index("ix_devices_holder_id", ["holder_id"], unique=False)
        batch_op.create_index("ix_devices_item", ["kode_barang", "nup"], unique=False)
        batch_op.create_index("ix_devices_kode_register", ["kode_register"], unique=False)
        batch_op.create_index("ix_devices_import_id", ["import_id"], unique=False)
        batch_op.create_index("ix_devices_kind", ["kind"], unique=False)
        batch_op.create_index("ix_devices_model", ["brand", "model", "id"], unique=False)
        batch_op.create_index("ix_devices_office_id", ["office_id", "id"], unique=False)
        batch_op.create_index("ix_devices_presence", ["presence", "office_id"], unique=False)
        batch_op.create_index("ix_devices_programme", ["programme"], unique=False)
        batch_op.create_index("ix_devices_received_at", ["received_at"], unique=False)
        batch_op.create_index("ix_devices_sent_at", ["sent_at"], unique=False)
        batch_op.create_index("ix_devices_serial_search", ["serial_search"], unique=False)
        batch_op.create_index(
            "uq_devices_booked",
            ["uakpb", "kode_barang", "nup"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )
        batch_op.create_index(
            "uq_devices_serial_key",
            ["serial_key"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "grants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "admin",
                "logistics",
                "head",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["granted_by_id"], ["persons.id"], name=op.f("fk_grants_granted_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_grants_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_grants_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.create_index("ix_grants_office_id", ["office_id"], unique=False)
        batch_op.create_index(
            "uq_grants_open",
            ["person_id", "role", "office_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "print_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "sort",
            sa.Enum("devices", "blanks", name="runsort", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "drawing",
                "done",
                "cancelled",
                "failed",
                name="runstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("selection", sa.String(length=160), nullable=False),
        sa.Column("stock", sa.String(length=40), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("offset_x_mm", sa.Double(), nullable=False),
        sa.Column("offset_y_mm", sa.Double(), nullable=False),
        sa.Column("scale", sa.Double(), nullable=False),
        sa.Column("draft", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=True),
        sa.Column("labels", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "door",
            sa.Enum(
                "page",
                "api",
                "outbox",
                "link",
                "file",
                "import",
                "cli",
                name="door",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("action_id", sa.String(length=36), nullable=False),
        sa.Column("job_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_bytes", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(state = 'done') = (file_sha256 IS NOT NULL)", name=op.f("ck_print_runs_done_with_file")),
        sa.CheckConstraint("drawn BETWEEN 0 AND labels", name=op.f("ck_print_runs_drawn_within_labels")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["persons.id"], name=op.f("fk_print_runs_asked_by_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_print_runs_job_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_print_runs_office_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_print_runs")),
    )
    with op.batch_alter_table("print_runs", schema=None) as batch_op:
        batch_op.create_index("ix_print_runs_asked_by_id", ["asked_by_id"], unique=False)
        batch_op.create_index("ix_print_runs_job_id", ["job_id"], unique=False)
        batch_op.create_index("ix_print_runs_office_id", ["office_id", "id"], unique=False)

    op.create_table(
        "shipments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=True),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "sent",
                "closed",
                "cancelled",
                name="shipmentstate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closing_note", sa.String(length=2000), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('closed', 'cancelled')) = (closed_at IS NOT NULL)", name=op.f("ck_shipments_end_has_time")
        ),
        sa.CheckConstraint("state <> 'draft' OR sent_at IS NULL", name=op.f("ck_shipments_draft_is_not_sent")),
        sa.CheckConstraint(
            "state NOT IN ('sent', 'closed') OR sent_at IS NOT NULL", name=op.f("ck_shipments_sent_has_time")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_shipments_goes_elsewhere")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["persons.id"], name=op.f("fk_shipments_closed_by_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["persons.id"], name=op.f("fk_shipments_created_by_id")),
        sa.ForeignKeyConstraint(["from_id"], ["offices.id"], name=op.f("fk_shipments_from_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["persons.id"], name=op.f("fk_shipments_sent_by_id")),
        sa.ForeignKeyConstraint(["to_id"], ["offices.id"], name=op.f("fk_shipments_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.create_index("ix_shipments_from_id", ["from_id", "state"], unique=False)
        batch_op.create_index("ix_shipments_state", ["state", "sent_at"], unique=False)
        batch_op.create_index("ix_shipments_to_id", ["to_id", "state"], unique=False)

    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("device_label", sa.String(length=120), nullable=False),
        sa.Column("device_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_sign_ins_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_ins")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_ins_token_hash")),
    )
    with op.batch_alter_table("sign_ins", schema=None) as batch_op:
        batch_op.create_index("ix_sign_ins_device_hash", ["device_hash"], unique=False)
        batch_op.create_index("ix_sign_ins_person_id", ["person_id"], unique=False)

    op.create_table(
        "checks",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column(
            "condition",
            sa.Enum("good", "light", "heavy", name="condition", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("label_present", sa.Boolean(), nullable=True),
        sa.Column("identity_matches", sa.Boolean(), nullable=True),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=False),
        sa.CheckConstraint("condition = 'good' OR note IS NOT NULL", name=op.f("ck_checks_damage_has_note")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_checks_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_checks_office_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_checks_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    with op.batch_alter_table("checks", schema=None) as batch_op:
        batch_op.create_index("ix_checks_device_id", ["device_id", "observed_at"], unique=False)
        batch_op.create_index("ix_checks_office_id", ["office_id", "at"], unique=False)

    op.create_table(
        "device_imeis",
        sa.Column("imei", sa.String(length=15), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_device_imeis_device_id")),
        sa.PrimaryKeyConstraint("imei", name=op.f("pk_device_imeis")),
    )
    with op.batch_alter_table("device_imeis", schema=None) as batch_op:
        batch_op.create_index("ix_device_imeis_device_id", ["device_id"], unique=False)

    op.create_table(
        "finder_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "code", sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.String(length=1000), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handled_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "handled_at IS NOT NULL OR handled_by_id IS NULL", name=op.f("ck_finder_messages_handled_has_time")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_finder_messages_device_id")),
        sa.ForeignKeyConstraint(["handled_by_id"], ["persons.id"], name=op.f("fk_finder_messages_handled_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finder_messages")),
    )
    with op.batch_alter_table("finder_messages", schema=None) as batch_op:
        batch_op.create_index("ix_finder_messages_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_finder_messages_open", ["handled_at", "id"], unique=False)

    op.create_table(
        "findings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("extra", name="findingkind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("code_read", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_by_id", sa.Integer(), nullable=True),
        sa.Column("resolution", sa.String(length=2000), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(resolved_at IS NULL) = (resolution IS NULL)", name=op.f("ck_findings_resolved_has_words")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_findings_device_id")),
        sa.ForeignKeyConstraint(["found_by_id"], ["persons.id"], name=op.f("fk_findings_found_by_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_findings_office_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["persons.id"], name=op.f("fk_findings_resolved_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_findings_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_findings")),
    )
    with op.batch_alter_table("findings", schema=None) as batch_op:
        batch_op.create_index("ix_findings_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_findings_office_id", ["office_id", "resolved_at"], unique=False)
        batch_op.create_index("ix_findings_shipment_id", ["shipment_id"], unique=False)

    op.create_table(
        "label_codes",
        sa.Column(
            "code", sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(device_id IS NULL) = (claimed_at IS NULL)", name=op.f("ck_label_codes_claimed_with_device")
        ),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_label_codes_device_id")),
        sa.ForeignKeyConstraint(["office_id"], ["offices.id"], name=op.f("fk_label_codes_office_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_label_codes")),
    )
    with op.batch_alter_table("label_codes", schema=None) as batch_op:
        batch_op.create_index("ix_label_codes_batch_id", ["batch_id"], unique=False)
        batch_op.create_index("ix_label_codes_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_label_codes_office_id", ["office_id"], unique=False)

    op.create_table(
        "printed_labels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column(
            "code", sa.String(length=8).with_variant(sa.String(length=8, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_printed_labels_device_id")),
        sa.ForeignKeyConstraint(["run_id"], ["print_runs.id"], name=op.f("fk_printed_labels_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_labels")),
        sa.UniqueConstraint("run_id", "position", name="uq_printed_labels_position"),
    )
    with op.batch_alter_table("printed_labels", schema=None) as batch_op:
        batch_op.create_index("ix_printed_labels_device_id", ["device_id"], unique=False)
        batch_op.create_index(
            "uq_printed_labels_issued",
            ["code", "version"],
            unique=True,
            sqlite_where=sa.text("issued_at IS NOT NULL"),
            postgresql_where=sa.text("issued_at IS NOT NULL"),
        )

    op.create_table(
        "shipment_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shipment_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "received",
                "received_with_notes",
                "short",
                "declined",
                "cancelled",
                name="linestate",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "sent_condition",
            sa.Enum(
                "good", "light", "heavy", name="sent_condition", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("accessories", sa.String(length=400), nullable=True),
        sa.Column(
            "arrived_condition",
            sa.Enum(
                "good", "light", "heavy", name="arrived_condition", native_enum=False, create_constraint=True, length=24
            ),
            nullable=True,
        ),
        sa.Column("note", sa.String(length=2000), nullable=True),
        sa.Column("one_sided", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column(
            "resolution",
            sa.Enum("found", "lost", name="resolution", native_enum=False, create_constraint=True, length=24),
            nullable=True,
        ),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (closed_at IS NULL)", name=op.f("ck_shipment_lines_closed_has_time")),
        sa.CheckConstraint(
            "resolution IS NULL OR state = 'short'", name=op.f("ck_shipment_lines_only_short_is_resolved")
        ),
        sa.CheckConstraint(
            "(resolution IS NULL) = (resolved_at IS NULL)", name=op.f("ck_shipment_lines_resolved_has_time")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["persons.id"], name=op.f("fk_shipment_lines_closed_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["devices.id"], name=op.f("fk_shipment_lines_device_id")),
        sa.ForeignKeyConstraint(["resolved_by_id"], ["persons.id"], name=op.f("fk_shipment_lines_resolved_by_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_lines")),
    )
    with op.batch_alter_table("shipment_lines", schema=None) as batch_op:
        batch_op.create_index("ix_shipment_lines_device_id", ["device_id"], unique=False)
        batch_op.create_index("ix_shipment_lines_shipment_id", ["shipment_id"], unique=False)
        batch_op.create_index(
            "uq_shipment_lines_open_device",
            ["device_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "photos",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column(
            "hash", sa.String(length=64).with_variant(sa.String(length=64, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attached_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_photos_hash_length")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_photos_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_photos")),
    )
    with op.batch_alter_table("photos", schema=None) as batch_op:
        batch_op.create_index("ix_photos_attached_at", ["attached_at", "uploaded_at"], unique=False)
        batch_op.create_index("ix_photos_hash", ["hash"], unique=False)

    op.create_table(
        "check_photos",
        sa.Column("check_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("photo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["checks.id"], name=op.f("fk_check_photos_check_id")),
        sa.ForeignKeyConstraint(["photo_id"], ["photos.id"], name=op.f("fk_check_photos_photo_id")),
        sa.PrimaryKeyConstraint("check_id", "position", name=op.f("pk_check_photos")),
    )
    with op.batch_alter_table("check_photos", schema=None) as batch_op:
        batch_op.create_index("ix_check_photos_photo_id", ["photo_id"], unique=False)
    op.create_table(
        "leaves",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_leaves_number_from_zero")),
        sa.PrimaryKeyConstraint("log", "number", name=op.f("pk_leaves")),
        sa.UniqueConstraint("log", "entry_seq", name=op.f("uq_leaves_log_entry_seq")),
    )
    op.create_table(
        "tiles",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("log", "level", "number", name=op.f("pk_tiles")),
    )
    op.create_table(
        "seals",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_seq", sa.BigInteger(), nullable=False),
        sa.Column("settles_at", sa.BigInteger(), nullable=False),
        sa.Column("settled_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_seals")),
    )
    op.create_table(
        "cosignatures",
        sa.Column("log", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=300), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["log", "size"], ["seals.log", "seals.size"], name=op.f("fk_cosignatures_log_size")),
        sa.PrimaryKeyConstraint("log", "size", "witness", name=op.f("pk_cosignatures")),
    )
    op.bulk_insert(
        sa.table("device_kinds", sa.column("kind"), sa.column("kode_barang"), sa.column("has_modem", sa.Boolean)), KINDS
    )
    op.bulk_insert(
        sa.table("checklist_items", sa.column("kind"), sa.column("item"), sa.column("position", sa.Integer)), CHECKLISTS
    )
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("The ledger is not taken back. Restore a backup instead.")
