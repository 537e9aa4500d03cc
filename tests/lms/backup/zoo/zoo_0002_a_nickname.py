"""A column whose value follows from what is there."""

import sqlalchemy as sa
from alembic import op

revision = "zoo_0002"
down_revision = "zoo_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("zoo_animal", sa.Column("nickname", sa.String(40)))
    op.execute("UPDATE zoo_animal SET nickname = upper(name)")


def downgrade() -> None:
    raise NotImplementedError
