"""What a receiver said of an extra: its outcome and its condition."""

import sqlalchemy as sa
from alembic import op

revision = "20261127c"
down_revision = "20261127b"
branch_labels = None
depends_on = None

OUTCOMES = "received", "received_with_notes", "short", "declined"
CONDITIONS = "good", "light", "heavy"


def upgrade() -> None:
    with op.batch_alter_table("differences", schema=None) as batch_op:
        for name, words, kind in (
            ("stated_outcome", OUTCOMES, "outcome"),
            ("stated_condition", CONDITIONS, "condition"),
        ):
            batch_op.add_column(
                sa.Column(name, sa.Enum(*words, name=kind, native_enum=False, length=24), nullable=True)
            )


def downgrade() -> None:
    raise NotImplementedError("The ledger is not taken back. Restore a backup instead.")
