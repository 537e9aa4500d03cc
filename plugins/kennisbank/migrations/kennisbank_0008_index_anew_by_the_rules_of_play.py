"""index anew, by the rules that tell «spelen» from «spellen»"""

from alembic import op

revision = "kennisbank_0008"
down_revision = "kennisbank_0007"
branch_labels = None
depends_on = None
needs_core = "core_0009"  # the least that the core's tables must have come to


def upgrade() -> None:
    # What is not indexed is indexed at the end of `lms upgrade`. Whoever changes the rules of search adds such a step.
    op.execute("DELETE FROM kennisbank_indexed")


def downgrade() -> None:
    pass
