"""calendars"""

import sqlalchemy as sa
from alembic import op

revision = "core_0010"
down_revision = "core_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added and not rebuilt: a table that SQLite makes anew loses its AUTOINCREMENT. Rows that are there begin at 0.
    op.add_column("core_person", sa.Column("calendar_turn", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("core_run", sa.Column("sequence", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("core_run", "sequence")
    op.drop_column("core_person", "calendar_turn")
