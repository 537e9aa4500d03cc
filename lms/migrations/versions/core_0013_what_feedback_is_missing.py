"""what feedback is missing"""

import sqlalchemy as sa
from alembic import op

revision = "core_0013"
down_revision = "core_0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_peer_shortfall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["core_enrolment.id"],
            name=op.f("fk_core_peer_shortfall_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["round_id"], ["core_peer_round.id"], name=op.f("fk_core_peer_shortfall_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_peer_shortfall")),
        sa.UniqueConstraint("round_id", "enrolment_id", name=op.f("uq_core_peer_shortfall_round_id_enrolment_id")),
    )
    op.create_index(op.f("ix_core_peer_shortfall_enrolment_id"), "core_peer_shortfall", ["enrolment_id"], unique=False)


def downgrade() -> None:
    op.drop_table("core_peer_shortfall")
