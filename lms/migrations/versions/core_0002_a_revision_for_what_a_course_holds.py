"""a revision for what a course holds"""

import sqlalchemy as sa
from alembic import op

revision = "core_0002"
down_revision = "core_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_course", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.String(length=40), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("core_course", schema=None) as batch_op:
        batch_op.drop_column("revision")
