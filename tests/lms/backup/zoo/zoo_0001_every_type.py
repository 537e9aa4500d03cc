"""Tables with every kind of column, references to themselves and in a circle, and an index that is derived."""

import sqlalchemy as sa
from alembic import op

revision = "zoo_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "zoo_animal",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("zoo_animal.id", name="fk_zoo_animal_parent_id")),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("core_person.id", name="fk_zoo_animal_person_id")),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("order", sa.SmallInteger()),
        sa.Column("cells", sa.BigInteger()),
        sa.Column("picture", sa.LargeBinary()),
        sa.Column("price", sa.Numeric(20, 6)),
        sa.Column("weight", sa.Float()),
        sa.Column("born_on", sa.Date()),
        sa.Column("fed_at", sa.Time()),
        sa.Column("seen_at", sa.DateTime()),
        sa.Column("counted_at", sa.DateTime(timezone=True)),
        sa.Column("tame", sa.Boolean()),
        sa.Column("traits", sa.JSON()),
        sa.Column("chip", sa.Uuid()),
        sa.Column("kind", sa.Enum("bird", "fish", name="zoo_kind")),
        sa.Column("twice", sa.Integer(), sa.Computed('"order" * 2', persisted=True)),
    )
    op.create_table(
        "zoo_cage",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("keeper_id", sa.Integer(), sa.ForeignKey("zoo_keeper.id", name="fk_zoo_cage_keeper_id"))
        if op.get_bind().dialect.name == "sqlite"
        else sa.Column("keeper_id", sa.Integer()),
    )
    op.create_table(
        "zoo_keeper",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cage_id", sa.Integer(), sa.ForeignKey("zoo_cage.id", name="fk_zoo_keeper_cage_id")),
    )
    # A row that the migration makes itself: a backup has it too, or has lost it on purpose.
    op.execute("INSERT INTO zoo_keeper (id) VALUES (1)")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE zoo_search USING fts5(name, content='zoo_animal', content_rowid='id')")
        op.execute(
            "CREATE TRIGGER zoo_search_add AFTER INSERT ON zoo_animal BEGIN "
            "INSERT INTO zoo_search (rowid, name) VALUES (new.id, new.name); END"
        )
    else:
        op.create_foreign_key("fk_zoo_cage_keeper_id", "zoo_cage", "zoo_keeper", ["keeper_id"], ["id"])
        op.execute(
            "ALTER TABLE zoo_animal ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('dutch', name)) STORED"
        )


def downgrade() -> None:
    raise NotImplementedError
