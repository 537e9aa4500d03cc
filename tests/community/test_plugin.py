"""The plugin among the others: alone, switched off, and in the demo."""

from flask import Flask
from sqlalchemy import select

from lms.api import Base, Person, db
from lms.testing import Make
from plugins.community import plugin
from plugins.community.models import Community


def enter(app: Flask, person: Person):
    db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = person.get_id()
    return client


def test_its_tables_carry_its_name():
    own = [m.local_table.name for m in Base.registry.mappers if m.class_.__module__.startswith("plugins.community")]
    assert len(own) == 25
    assert all(name.startswith("community_") for name in own)


def test_it_works_without_the_other_plugins(make_app):
    app = make_app(PLUGINS=("community",))
    with app.app_context():
        browser = enter(app, Make().person())
        assert browser.post("/community/begin", data={"name": "Taalcafé", "target_group": "Buren."}).status_code == 302
        assert "<h1>Taalcafé</h1>" in browser.get("/community/").text


def test_switched_off_it_is_gone_and_its_activity_is_unavailable(make_app):
    app = make_app(PLUGINS=())
    with app.app_context():
        make = Make()
        run = make.run(make.course(activities={"onze": "community.step"}, onze={"step": "contact"}))
        browser = enter(app, make.people(run)[0])
        assert browser.get("/community/").status_code == 404
        page = browser.get(f"/runs/{run.id}/onze")
        assert page.status_code == 200
        assert "Tekst." not in page.text


def test_lms_plugins_names_what_it_adds(lms_command):
    shown = lms_command("plugins")
    assert shown.exit_code == 0, shown.output
    assert "community" in shown.output


def test_the_demo_has_communities_at_different_steps(make_app, lms_command, tmp_path, monkeypatch):
    folder = tmp_path / "demo"
    monkeypatch.setenv("LMS_INSTANCE", str(folder))
    monkeypatch.setenv("LMS_PLUGINS", "community")
    done = lms_command("demo")
    assert done.exit_code == 0, done.output
    app = make_app(INSTANCE=folder, PLUGINS=("community",))
    with app.app_context():
        running = select(Community).where(Community.status == "active")
        walks = [community.walk() for community in db.session.scalars(running)]
        assert sorted(walk.done for walk in walks) == [0, 1, 3, 6, 8]
        assert {account.user for account in plugin.demo_accounts} == {"coach", "programmaleider"}
        lead = db.session.scalars(select(Person).where(Person.email == "programmaleider@demo.example")).one()
        coach = db.session.scalars(select(Person).where(Person.email == "coach@demo.example")).one()
        assert "8 communities" in enter(app, lead).get("/community/begeleiden").text
        assert "Eén community." in enter(app, coach).get("/community/begeleiden").text
        reported = db.session.scalars(select(Community).where(Community.status == "reported"))
        assert sorted(community.library.name for community in reported) == [
            "Bibliotheek Rotterdam",
            "Bibliotheek Westland",
            "Bibliotheek Zuid-Hollandse Delta",
        ]
