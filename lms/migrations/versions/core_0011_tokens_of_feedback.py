"""tokens of feedback"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "core_0011"
down_revision = "core_0010"
branch_labels = None
depends_on = None

TABLES = ("core_peer_review", "core_peer_remark")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("token", sa.String(length=20), nullable=False, server_default=""))
        table = sa.table(name, sa.column("id", sa.Integer), sa.column("token", sa.String))
        connection = op.get_bind()
        for row_id in connection.scalars(sa.select(table.c.id)).all():
            connection.execute(table.update().where(table.c.id == row_id).values(token=secrets.token_hex(8)))
        op.create_index(f"ix_{name}_token", name, ["token"], unique=True)


def downgrade() -> None:
    for name in TABLES:
        op.drop_index(f"ix_{name}_token", name)
        op.drop_column(name, "token")
