"""what waits for a trainer"""

import sqlalchemy as sa
from alembic import op

revision = "core_0007"
down_revision = "core_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_waiting",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["core_enrolment.id"], name=op.f("fk_core_waiting_enrolment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["core_run.id"], name=op.f("fk_core_waiting_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["core_submission.id"], name=op.f("fk_core_waiting_submission_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["core_version.id"], name=op.f("fk_core_waiting_version_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_core_waiting")),
        sa.UniqueConstraint("submission_id", name=op.f("uq_core_waiting_submission_id")),
    )
    with op.batch_alter_table("core_waiting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_waiting_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index(
            "ix_core_waiting_run_id_handed_in_at",
            ["run_id", "handed_in_at", "version_id", "enrolment_id"],
            unique=False,
        )

    # What waits today: the last version of each submission without a released judgement.
    op.execute(
        """
        INSERT INTO core_waiting (version_id, submission_id, enrolment_id, run_id, handed_in_at)
        SELECT v.id, v.submission_id, s.enrolment_id, e.run_id, v.handed_in_at
        FROM core_version v
        JOIN core_submission s ON s.id = v.submission_id
        JOIN core_enrolment e ON e.id = s.enrolment_id
        LEFT JOIN core_assessment a ON a.version_id = v.id
        WHERE a.released_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM core_version n WHERE n.submission_id = v.submission_id AND n.number > v.number
        )
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("core_waiting", schema=None) as batch_op:
        batch_op.drop_index("ix_core_waiting_run_id_handed_in_at")
        batch_op.drop_index(batch_op.f("ix_core_waiting_enrolment_id"))

    op.drop_table("core_waiting")
