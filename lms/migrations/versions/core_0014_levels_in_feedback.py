"""levels in feedback"""

import sqlalchemy as sa
from alembic import op

revision = "core_0014"
down_revision = "core_0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("core_peer_remark", sa.Column("level", sa.String(length=20), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("core_peer_remark", "level")
