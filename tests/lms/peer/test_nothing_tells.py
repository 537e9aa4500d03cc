"""Whoever gave the feedback, all that its author can reach is the same to the letter: so nothing tells who it was.

Not only names: an address, a number, an order or a picture that followed from the giver would show up here.
"""

import re
from contextlib import closing

import pytest
from sqlalchemy import delete, func, select

from lms.accounts.models import Attempt
from lms.accounts.services import set_password
from lms.audit.models import AuditEntry
from lms.db import db
from lms.notifications.models import Mail, Notice
from lms.peer.models import FILLED, Review
from lms.runs.absences import trainers

from .test_hidden import PASSWORD, export_of, words_of

PASSING = re.compile(r'name="csrf_token"[^>]*value="[^"]*"|nonce="[^"]*"|/kalender/[^"]*\.ics|/mails/[^"\s]+')
"""What is another at every visit."""
NOT_TO_OPEN = ("/static/", "/logout", "/kennisbank", "/community")
"""The ways out of the session, and plugins that know no feedback."""
MOST = 120


@pytest.fixture
def told(group):
    """A round of five with hidden givers and two trainers, in which everything happened to the work of the first."""
    five = group(people=5, trainers=2, giver="hidden")
    everybody = [*five.people, *five.make.people(five.run, "trainer")]
    for number, person in enumerate(everybody):
        person.name, person.email = f"Gever Geheimnaam{number}", f"geheimpost{number}@test.example"
    five.hand_in()
    five.at(23)
    for number in range(5):
        for review in five.reviews(number):
            five.say(number, review)
    begun = five.trainer.post(f"{five.url}/feedback/trainer/schrijven", data={"author": five.enrolment(0)})
    form = {"revision": "0", "do": "give", "remarks-0-kind": "tip", "remarks-0-text": "Lees ook het jaarverslag."}
    assert five.trainer.post(begun.location, data=form).status_code == 302
    five.look_at_own(0)
    for review in given_to(five):
        tip = five.tip_of(review)
        five.browser(0).post(f"{five.url}/feedback/tips/{tip.token}", data={"answer": "do"})
        five.browser(0).post(f"{five.url}/feedback/{review.token}/nuttig", data={"on": "1"})
    five.browser(0).post(f"{five.url}/feedback/{given_to(five)[0].token}/melden", data={"words": "Dit is niet aardig."})
    five.hand_in(0, text="Beter werk van {}.")
    set_password(five.people[0], PASSWORD)
    five.at(28)
    return five


def given_to(group):
    """The reviews of the first person's work, the trainer's last."""
    return [review for review in group.reviews() if review.author_id == group.enrolment(0)]


def within_reach(group):
    """Address to what it shows, for everything that the first person can get at."""
    browser = group.browser(0)
    logged = db.session.scalar(select(func.max(AuditEntry.id))) or 0
    todo = [
        group.url,
        "/vandaag",
        "/berichten",
        "/kalender",
        "/account/gegevens",
        f"/runs/{group.run.id}/mijn-plan.pdf",
    ]
    todo += [f"/zoeken?q={word}" for word in ("Geheimnaam1", "geheimpost2", "jaarverslag", "feedback")]
    seen = {}
    while todo and len(seen) < MOST:
        address = todo.pop(0)
        if address in seen or address.startswith(NOT_TO_OPEN):
            continue
        with closing(browser.get(address)) as answer:
            seen[address] = f"{answer.status_code} {PASSING.sub('', words_of(answer))}"
            if answer.mimetype == "text/html":
                todo += re.findall(r'(?:href|src)="(/[^"#?]*)', answer.text)
    seen["export"] = export_of(group)
    # That one looked is itself held about one: the next look finds it as it was.
    db.session.execute(delete(Attempt))
    db.session.execute(delete(AuditEntry).where(AuditEntry.id > logged))
    db.session.commit()
    me = group.people[0].id
    for mail in db.session.scalars(select(Mail).where(Mail.person_id == me)):
        seen[f"mail {mail.id}"] = f"{mail.subject}\n{PASSING.sub('', mail.body)}\n{mail.reply_to_id}"
    for notice in db.session.scalars(select(Notice).where(Notice.person_id == me)):
        seen[f"notice {notice.id}"] = f"{notice.title} {notice.link}"
    return seen


def told_apart(before, after):
    """Each address whose lines are not the same, with the lines."""
    return {
        address: sorted(set(before.get(address, "").split("\n")) ^ set(after.get(address, "").split("\n")))
        for address in before.keys() | after.keys()
        if before.get(address) != after.get(address)
    }


def hand_over(review, enrolment_id):
    """Let the feedback be somebody else's, as if it had always been so."""
    db.session.get(Review, review.id).reviewer_id = enrolment_id
    db.session.commit()


def test_all_that_an_author_can_reach_is_the_same_whoever_gave(told):
    one, other, trained = given_to(told)
    assert trained.origin == FILLED
    first, second, trainer = one.reviewer_id, other.reviewer_id, trained.reviewer_id
    before = within_reach(told)
    assert 30 < len(before) < MOST, sorted(before)
    assert any("/versies" in address for address in before), "also the versions beside each other"
    assert "Feedback van uw trainer" in before[told.url]
    assert told_apart(before, within_reach(told)) == {}, "nothing passing is left in it"

    hand_over(one, None)
    hand_over(other, first)
    hand_over(one, second)
    assert told_apart(before, within_reach(told)) == {}, "the two readers change places"
    rest = next(told.enrolment(n) for n in range(1, 5) if told.enrolment(n) not in (first, second))
    hand_over(one, rest)
    assert told_apart(before, within_reach(told)) == {}, "somebody else was the reader"
    hand_over(trained, next(row.id for row in trainers(told.run) if row.id != trainer))
    assert told_apart(before, within_reach(told)) == {}, "the other trainer filled in"

    told.round_activity.settings = {**told.round_activity.settings, "giver": "named"}
    before = within_reach(told)
    hand_over(one, second)
    assert told.url in told_apart(before, within_reach(told)), "where givers are named this finds them"


def test_what_one_got_stays_the_same_when_its_giver_leaves_the_site(told, lms_command):
    one, *_rest = given_to(told)
    leaving = one.reviewer.person
    before = got_by_first(told)
    assert "Feedback van een collega" in before
    name, address = leaving.name, leaving.email
    removed = lms_command("user", "remove", address, "--yes")
    assert removed.exit_code == 0, removed.output
    assert got_by_first(told) == before
    assert name not in before


def test_what_one_gave_goes_with_the_work_of_an_author_who_leaves(told, lms_command):
    review = told.reviews(0)[0]
    review_id = review.id
    author = [told.enrolment(number) for number in range(5)].index(review.author_id)
    removed = lms_command("user", "remove", told.people[author].email, "--yes")
    assert removed.exit_code == 0, removed.output
    page = told.browser(0).get(told.url)
    assert page.status_code == 200
    assert f"Geheimnaam{author}" not in page.text
    assert db.session.get(Review, review_id) is None


def got_by_first(group):
    page = group.browser(0).get(group.url).text
    return PASSING.sub("", page.split('id="krijgen"')[1])
