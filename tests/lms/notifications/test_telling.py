"""One service tells people: a line on the site for everybody, a mail for who wants it, both with the transaction."""

import pytest
from sqlalchemy import func, select

from lms import events
from lms.db import db
from lms.jobs.models import Job
from lms.notifications import unsubscribing
from lms.notifications.models import Mail, Notice
from lms.notifications.services import choose, kinds_for, link, send, unread, wants
from lms.plugins import Event, Listener, MailKind, Plugin
from lms.runs.models import TRAINER


@pytest.fixture
def noor(make):
    return make.people(make.run())[0]


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


def notices():
    return db.session.scalars(select(Notice).order_by(Notice.id)).all()


def tell(person, number, where="core.today.index"):
    send(person, "released", f"Bericht {number}", "Tekst.", link=link(where))


# --- what is written --------------------------------------------------------------------------------


def test_it_stands_on_the_site_and_goes_by_mail(app, noor):
    mail = send(noor, "released", "Uw trainer heeft gekeken", "Tekst.", link=link("core.runs.mine"))
    [notice] = notices()
    assert (notice.person_id, notice.kind, notice.title) == (noor.id, "released", "Uw trainer heeft gekeken")
    assert (notice.link, notice.read_at) == ("/courses/", None)
    assert mail.subject == notice.title
    assert count(Job) == 1


def test_who_does_not_want_the_mail_reads_it_on_the_site(app, noor):
    choose(noor, ["receipt"])
    assert send(noor, "released", "Uw trainer heeft gekeken", "Tekst.") is None
    assert (count(Notice), count(Mail), count(Job)) == (1, 0, 0)
    assert send(noor, "receipt", "Ontvangen", "Tekst.") is not None


def test_a_link_to_come_in_always_goes_by_mail_and_stands_nowhere_else(app, noor):
    choose(noor, [])
    for kind in ("invitation", "reset"):
        mail = send(noor, kind, "Kies een wachtwoord", "http://localhost/wachtwoord/sleutel")
        assert mail.body == "http://localhost/wachtwoord/sleutel\n"
    assert count(Notice) == 0


def test_every_other_mail_ends_with_where_to_stop_it(app, noor):
    kinds = [kind.key for kind in app.extensions["lms"].mail_kinds.values() if not kind.required]
    choose(noor, kinds)
    for kind in kinds:
        mail = send(noor, kind, "Onderwerp", "Tekst.")
        if mail is not None:
            end = mail.body.split("-- \n")[1].splitlines()
            assert end == [
                "U krijgt deze mail van Leerplein. Wilt u zulke mails niet meer? Stop ze hier:",
                unsubscribing.address(noor.id, kind),
            ]
    assert count(Mail) >= 6


def test_an_unknown_kind_is_refused_where_it_is_told(app, noor):
    with pytest.raises(LookupError):
        send(noor, "gossip", "Onderwerp", "Tekst.")


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("http://localhost/runs/1/les?stap=2#werk", "/runs/1/les?stap=2#werk"),
        ("https://elsewhere.example/plein/vandaag", "/plein/vandaag"),
        ("https://elsewhere.example//evil.example/x", "/evil.example/x"),
        ("", ""),
    ],
)
def test_a_line_leads_to_this_site_only(app, noor, address, kept):
    send(noor, "released", "Onderwerp", "Tekst.", link=address)
    assert notices()[0].link == kept


def test_telling_a_group_asks_the_database_nothing(app, make, queries):
    people = [make.person() for _ in range(30)]
    db.session.commit()
    names = [person.name for person in people]  # read before we count
    with queries() as seen:
        for person in people:
            send(person, "announcement", "Onderwerp", "Tekst.")
        db.session.flush()
    assert len(names) == 30
    assert len(seen) >= 3
    assert not [statement for statement in seen if not statement.startswith("INSERT")]


def test_what_a_listener_tells_vanishes_with_what_it_heard(make_app, make):
    def heard(person):
        send(person, "buren.moved", "Er kwam iemand wonen", "Tekst.")

    buren = Plugin(
        name="buren", package="buren", title="Buren", events=(Event("buren.came", ("person",)),),
        listeners=(Listener("buren.came", heard),), mail_kinds=(MailKind("buren.moved", "Nieuwe buren"),),
    )  # fmt: skip
    app = make_app(plugins=[buren])
    with app.app_context():
        person = make.person()
        db.session.commit()
        events.send("buren.came", person=person)
        db.session.flush()
        assert (count(Notice), count(Mail), count(Job)) == (1, 1, 1)
        db.session.rollback()
        assert (count(Notice), count(Mail), count(Job)) == (0, 0, 0)
        events.send("buren.came", person=person)
        db.session.commit()
        assert (count(Notice), count(Mail), count(Job)) == (1, 1, 1)


# --- the page ---------------------------------------------------------------------------------------


def test_unread_first_then_newest(app, make, noor, sign_in, queries):
    for number in range(1, 26):
        tell(noor, number)
    tell(make.person(), 99)
    db.session.flush()
    for notice in notices()[10:25]:
        notice.read_at = notice.created_at
    browser = sign_in(noor)
    with queries() as seen:
        page = browser.get("/berichten").text
    assert len(seen) <= 7
    places = [page.index(f"Bericht {number}<") for number in (10, 1, 25, 16)]
    assert places == sorted(places)
    assert "10 berichten zijn nieuw." in page and "Bericht 15<" not in page and "Bericht 99" not in page
    assert "Bericht 15<" in browser.get("/berichten?page=2").text
    for odd in ("0", "-1", "99", "x"):
        assert browser.get(f"/berichten?page={odd}").status_code == 200


def test_nothing_was_told_yet(app, noor, sign_in):
    page = sign_in(noor).get("/berichten").text
    assert "Er zijn nog geen berichten." in page and "Markeer alles" not in page


def test_opening_one_makes_it_read(app, noor, sign_in):
    tell(noor, 1, "core.runs.mine")
    send(noor, "released", "Zonder adres", "Tekst.")
    browser = sign_in(noor)
    one, two = (notice.id for notice in notices())
    assert browser.post(f"/berichten/{one}/openen").location == "/courses/"
    first = notices()[0].read_at
    assert first is not None
    assert browser.post(f"/berichten/{one}/openen").location == "/courses/", "a second press leads there too"
    assert notices()[0].read_at == first
    assert browser.post(f"/berichten/{two}/openen").location == "/berichten"
    page = browser.get("/berichten").text
    assert '<a href="/courses/">Bericht 1</a>' in page and "U bent bij." in page


def test_looking_at_the_page_makes_nothing_read(app, noor, sign_in):
    tell(noor, 1)
    sign_in(noor).get("/berichten")
    assert notices()[0].read_at is None


def test_all_that_was_on_the_page_is_read_at_once(app, make, noor, sign_in):
    other = make.person()
    for number in range(3):
        tell(noor, number)
        tell(other, number)
    browser = sign_in(noor)
    until = unread(noor).last_id
    assert f'name="until" value="{until}"' in browser.get("/berichten").text
    tell(noor, 7)
    assert browser.post("/berichten/gelezen", data={"until": until}).location == "/berichten"
    assert (unread(noor).count, unread(noor).newest) == (1, "Bericht 7"), "what came meanwhile is still new"
    assert unread(other).count == 3
    assert browser.post("/berichten/gelezen", data={"until": "x"}).status_code == 302
    assert unread(noor).count == 1


def test_the_notice_of_another_is_not_there(app, make, noor, sign_in):
    tell(noor, 1)
    db.session.commit()
    assert sign_in(make.person()).post(f"/berichten/{notices()[0].id}/openen").status_code == 404
    assert notices()[0].read_at is None


def test_without_an_account(app, client, noor):
    assert client.get("/berichten").location.startswith("/login")
    for path in ("/berichten/1/openen", "/berichten/gelezen", "/account/mails"):
        assert client.post(path).status_code == 401


def test_vandaag_tells_how_many_are_new(app, noor, sign_in):
    browser = sign_in(noor)
    assert "nieuw bericht" not in browser.get("/vandaag").text
    tell(noor, 1)
    tell(noor, 2)
    page = browser.get("/vandaag").text
    assert ">2 nieuwe berichten</a>: Bericht 2</p>" in page
    assert "Berichten (2)" in page, "in the menu of the account"


# --- the choice -------------------------------------------------------------------------------------


def ticked(page):
    """The kinds of the core that are ticked; plugins have some of their own."""
    inputs = [line.split(">")[0] for line in page.split("<input")]
    found = {line.split('value="')[1].split('"')[0] for line in inputs if " checked" in line}
    return {key for key in found if "." not in key}


def test_a_participant_chooses(app, noor, sign_in):
    browser = sign_in(noor)
    page = browser.get("/account").text
    assert "Welke mails wilt u krijgen?" in page
    peers = {"peer_open", "peer_reminder", "peer_feedback"}
    assert ticked(page) == {"enrolled", "announcement", "day", "receipt", "released", "retracted", *peers}
    assert 'value="absence"' not in page and 'value="invitation"' not in page
    answer = browser.post("/account/mails", data={"kinds": ["day", "released", "absence", "gossip"]})
    assert answer.location == "/account#mails"
    page = browser.get("/account").text
    assert "Uw keuze is bewaard." in page
    assert ticked(page) == {"day", "released"}
    db.session.refresh(noor)
    assert wants(noor, "invitation") and wants(noor, "released") and not wants(noor, "receipt")
    assert "absence" not in noor.mail_choices and "gossip" not in noor.mail_choices


def test_a_trainer_gets_no_mail_of_each_hand_in_unless_asked_for(app, make):
    trainer = make.people(make.run(), TRAINER)[0]
    keys = [kind.key for kind in kinds_for(trainer) if "." not in kind.key]
    assert keys == ["enrolled", "announcement", "day", "peer_empty", "absence", "handed_in"]
    assert [key for key in keys if not wants(trainer, key)] == ["handed_in"]


def test_a_choice_stays_for_kinds_that_one_is_not_asked_about_now(app, make):
    run = make.run()
    trainer = make.people(run, TRAINER)[0]
    choose(trainer, ["handed_in"])
    db.session.flush()
    member = make.person()
    member.mail_choices = {"handed_in": True}
    choose(member, [])
    assert (wants(trainer, "handed_in"), wants(trainer, "absence")) == (True, False)
    assert (wants(member, "handed_in"), wants(member, "enrolled")) == (True, False)


def test_a_mistake_in_the_password_keeps_the_choice_on_the_page(app, noor, sign_in):
    page = sign_in(noor).post("/account", data={"current": "", "new": "x", "again": "y"})
    assert page.status_code == 422
    assert "Welke mails wilt u krijgen?" in page.text and 'value="receipt"' in page.text
