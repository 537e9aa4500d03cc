"""calendars"""

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("calendar_turn", sa.Integer(), nullable=False, server_default="0"))

    with op.batch_alter_table("core_run", schema=None) as batch_op:
        batch_op.add_column(sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))

    # Rows that are there begin at 0; new ones say it themselves.
    with op.batch_alter_table("core_person", schema=None) as batch_op:
        batch_op.alter_column("calendar_turn", server_default=None)
    with op.batch_alter_table("core_run", schema=None) as batch_op:
        batch_op.alter_column("sequence", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("core_run", schema=None) as batch_op:
        batch_op.drop_column("sequence")

    with op.batch_alter_table("core_person", schema=None) as batch_op:
        batch_op.drop_column("calendar_turn")
