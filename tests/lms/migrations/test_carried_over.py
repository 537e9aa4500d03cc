"""What libraries wrote before records, programmes and the calendar came is carried over."""

from sqlalchemy import text

from lms import migrate
from lms.db import db
from lms.registry import registry

OLD = """
INSERT INTO core_library (id, name, province) VALUES (1, 'Waterdorp', '');
INSERT INTO community_plan (id, key, title) VALUES (1, 'bibliotheek-als-community', 'Plan');
INSERT INTO community_plan_step (id, plan_id, key, position, title, task, needed)
 VALUES (1, 1, 'inventarisatie', 1, 'A', 'a', 'a'), (2, 1, 'waarom-hoe-wat', 2, 'B', 'b', 'b');
INSERT INTO community_community (id, library_id, plan_id, name, target_group, why, status, created_at)
 VALUES (1, 1, 1, 'Taalcafé', 'Buren', 'Zij komen al', 'active', '2026-01-01 10:00:00');
INSERT INTO community_step (id, community_id, step_id, note, done_at)
 VALUES (1, 1, 1, 'Klaar', '2026-02-01 10:00:00'), (2, 1, 2, 'Open', NULL)
"""


def test_a_community_of_before_comes_along(make_app, empty_database, tmp_path):
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database(tmp_path), PLUGINS=("community",))
    with app.app_context(), db.engine.connect() as connection:
        core, community = registry().plugins
        with migrate.without_keys(connection), connection.begin():
            migrate.upgrade_within(connection, core)
            migrate.upgrade_within(connection, community, "community_0001")
            for statement in OLD.split(";"):
                connection.execute(text(statement))
            migrate.upgrade_within(connection, community)

        def ask(question):
            return [tuple(row) for row in connection.execute(text(question))]

        assert ask("SELECT key, gate FROM community_plan_step ORDER BY id") == [
            ("inventarisatie", "inventory"),
            ("waarom-hoe-wat", "reasons"),
        ]
        assert ask("SELECT community_id, step_id, kind FROM community_passage") == [(1, 1, "passed")]
        assert ask("SELECT name, why, profile FROM community_target_group") == [("Buren", "Zij komen al", "")]
        assert ask("SELECT name, status, library_role FROM community_community") == [("Taalcafé", "active", "")]
        # A second one of the same library fits beside it once the first has stopped.
        insert = (
            "INSERT INTO community_community (id, library_id, plan_id, name, target_group, why, status, created_at, "
            "library_role, stopped_why, source) "
            "VALUES (2, 1, 1, 'Tuin', 'x', '', 'active', '2026-03-01 10:00:00', '', '', '')"
        )
        connection.execute(text("UPDATE community_community SET status = 'stopped'"))
        connection.execute(text(insert))
        assert len(ask("SELECT id FROM community_community")) == 2
