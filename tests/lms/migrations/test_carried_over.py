"""What people wrote with an older version is carried over."""

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


# Six participants with one assignment each; what is judged and what is not differs.
WORK = """
INSERT INTO core_course (id, slug, title, summary, result, audience, hours_low, hours_high, licence, revision)
 VALUES (1, 'cursus', 'Cursus', '', '', '', 1, 2, '', 1);
INSERT INTO core_module (id, course_id, slug, title, position) VALUES (1, 1, 'thema', 'Thema', 1);
INSERT INTO core_activity
 (id, course_id, module_id, slug, type, title, aim, position, minutes, body, body_html, due_offset, settings)
 VALUES (1, 1, 1, 'opdracht', 'core.assignment', 'Opdracht', '', 1, 30, '', '', 0, '{}');
INSERT INTO core_run (id, course_id, name, removed, created_at)
 VALUES (1, 1, 'Najaar', 0, '2026-01-01 10:00:00'), (2, 1, 'Voorjaar', 0, '2026-01-01 10:00:00')
"""
PERSON = """
INSERT INTO core_person (id, email, name, version, active, mail_choices, created_at)
 VALUES (:n, :mail, 'Iemand', 1, true, '{}', '2026-01-01 10:00:00');
INSERT INTO core_enrolment (id, run_id, person_id, role, created_at)
 VALUES (:enrolment, :run, :n, 'participant', '2026-01-01 10:00:00');
INSERT INTO core_submission (id, enrolment_id, activity_id) VALUES (:submission, :enrolment, 1)
"""
VERSION = """
INSERT INTO core_version (id, submission_id, number, late, handed_in_at, text, html)
 VALUES (:version, :submission, :number, false, :at, 'Werk', '')
"""
JUDGEMENT = """
INSERT INTO core_assessment (version_id, overall, words, revision, saved_at, released_at, retraction_reason)
 VALUES (:version, 'goed', '', 1, '2026-03-01 10:00:00', :released, '')
"""
NOT_JUDGED, SAVED, RELEASED = "not judged", "saved", "released"


def test_what_waited_for_a_trainer_waits_in_the_new_table(make_app, empty_database, tmp_path):
    versions = [  # of each submission, oldest first
        [NOT_JUDGED],
        [NOT_JUDGED, NOT_JUDGED],
        [RELEASED],
        [RELEASED, NOT_JUDGED],
        [SAVED],
        [NOT_JUDGED, RELEASED],
    ]
    app = make_app(SQLALCHEMY_DATABASE_URI=empty_database(tmp_path), PLUGINS=())
    with app.app_context(), db.engine.connect() as connection:
        (core,) = registry().plugins

        def write(statements, **values):
            for statement in statements.split(";"):
                connection.execute(text(statement), values)

        with migrate.without_keys(connection), connection.begin():
            migrate.upgrade_within(connection, core, "core_0006")
            write(WORK)
            for n, states in enumerate(versions, 1):
                run, enrolment, submission = 1 + n % 2, 10 + n, 20 + n
                write(PERSON, n=n, mail=f"p{n}@test.example", run=run, enrolment=enrolment, submission=submission)
                for number, state in enumerate(states, 1):
                    version = n * 100 + number
                    at = f"2026-02-{n:02d} 1{number}:00:00"
                    write(VERSION, version=version, submission=submission, number=number, at=at)
                    if state != NOT_JUDGED:
                        released = "2026-03-02 10:00:00" if state == RELEASED else None
                        write(JUDGEMENT, version=version, released=released)
            migrate.upgrade_within(connection, core)
        found = connection.execute(
            text("SELECT version_id, submission_id, enrolment_id, run_id, handed_in_at FROM core_waiting ORDER BY 1")
        )
        assert [(*row[:4], str(row[4])[:13]) for row in found] == [
            (101, 21, 11, 2, "2026-02-01 11"),
            (202, 22, 12, 1, "2026-02-02 12"),
            (402, 24, 14, 1, "2026-02-04 12"),
            (501, 25, 15, 2, "2026-02-05 11"),
        ]
