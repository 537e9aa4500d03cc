"""asked whether it holds"""

import sqlalchemy as sa
from alembic import op

revision = "kennisbank_0006"
down_revision = "kennisbank_0005"
branch_labels = None
depends_on = None
needs_core = "core_0009"  # the least that the core's tables must have come to


def upgrade() -> None:
    op.add_column("kennisbank_entry", sa.Column("asked_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("kennisbank_entry", "asked_on")
