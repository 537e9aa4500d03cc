"""A round over HTTP: it opens by itself, one reads and says, the other answers; and what is refused."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from lms import clock
from lms.assignments.models import Submission, Version
from lms.courses.models import Activity
from lms.db import db
from lms.notifications.models import Mail
from lms.peer.models import GIVEN, MOVED, OPEN, UNREADABLE, Review, Shortfall
from lms.progress.models import Progress
from lms.runs.models import Absence, Enrolment
from lms.testing import RUBRIC

from .conftest import WORDS, review_at


def state(group, number):
    return db.session.scalar(
        select(Progress).where(
            Progress.enrolment_id == group.enrolment(number), Progress.activity_id == group.round_activity.id
        )
    )


def mails(kind):
    return db.session.scalars(select(Mail).where(Mail.kind == kind).order_by(Mail.id)).all()


def test_from_hand_in_to_answer(group):
    four = group()
    four.hand_in()
    assert "gaat open op" in four.browser(0).get(four.url).text
    four.at(23)
    assert len(four.reviews()) == 8
    assert len(mails("peer_open")) == 4
    review = four.reviews(0)[0]
    page = four.browser(0).get(f"{four.url}/feedback/{review.token}")
    assert "Het werk van nummer" in page.text
    assert four.say(0, review).status_code == 302
    assert db.session.get(Review, review.id).state == GIVEN
    [mail] = mails("peer_feedback")
    assert four.people[0].name in mail.body

    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    assert WORDS not in four.browser(author).get(four.url).text, "first one's own look"
    four.look_at_own(author)
    assert WORDS in four.browser(author).get(four.url).text
    tip = four.tip_of(review)
    answer = four.browser(author).post(f"{four.url}/feedback/tips/{tip.token}", data={"answer": "not", "words": ""})
    assert answer.status_code == 422
    assert "Schrijf waarom" in answer.text
    words = {"answer": "not", "words": "Dat past niet bij ons."}
    assert four.browser(author).post(f"{four.url}/feedback/tips/{tip.token}", data=words).status_code == 302
    four.browser(author).post(f"{four.url}/feedback/{review.token}/nuttig", data={"on": "1"})
    giver = four.browser(0).get(four.url).text
    assert "Dat past niet bij ons." in giver
    assert "hier kan ik iets mee" in giver
    assert "hier kan ik iets mee" not in four.browser(author).get(four.url).text.lower().split("</form>")[0]


def test_what_is_to_be_done_is_told_before_the_long_text(group):
    four = group()
    page = four.browser(0).get(four.url).text
    assert page.index("Lever eerst uw eigen werk in.") < page.index("<p>Tekst.</p>")
    four.hand_in()
    four.at(23)
    page = four.browser(0).get(four.url).text
    assert page.index('href="#geven"') < page.index("<p>Tekst.</p>") < page.index('id="geven"')
    page = four.browser(0).get(f"{four.url}/feedback/{four.reviews(0)[0].token}").text
    assert page.index('href="#feedback"') < page.index('id="werk"') < page.index('id="feedback"')


def test_done_when_handed_in_and_given_what_was_promised(group):
    four = group()
    four.hand_in()
    four.at(23)
    first, second = four.reviews(1)
    four.say(1, first)
    assert state(four, 1).completed_at is None
    four.say(1, second)
    assert state(four, 1).completed_at is not None


def test_who_is_late_joins_and_who_does_nothing_holds_nobody_up(group):
    five = group(people=5)
    five.hand_in(0, 1, 2, 3)
    five.at(23)
    held = {review.author_id for review in five.reviews(0)}
    five.hand_in(4)
    assert five.browser(4).post(f"{five.url}/feedback/vragen").status_code == 409, "all work is taken for now"
    five.at(26)  # past halfway: what nobody began moves on
    answer = five.browser(4).post(f"{five.url}/feedback/vragen")
    assert answer.status_code == 302
    again = five.browser(4).post(f"{five.url}/feedback/vragen")
    assert again.location == answer.location, "asking again returns the open lease"
    lapsed = five.reviews(0)[0]
    refused = five.say(0, lapsed)
    assert refused.status_code == 409
    assert "naar een collega gegaan" in refused.text
    assert WORDS in refused.text, "what was typed comes back"
    assert held


def test_a_draft_holds_the_work(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(2)[0]
    saved = four.say(2, review, do="save")
    assert saved.status_code == 302
    four.at(26)
    assert four.say(2, review).status_code == 302
    assert db.session.get(Review, review.id).state == GIVEN


def test_keeping_again_and_again_neither_doubles_nor_loses(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    script = {"Accept": "application/json"}
    url = f"{four.url}/feedback/{review.token}"
    form = {"remarks-0-kind": "top", "remarks-0-text": "", "remarks-1-kind": "tip", "remarks-1-text": "Bel eerst."}
    first = four.browser(0).post(url, data=form | {"revision": "0"}, headers=script).json
    none, tip = first["remarks"]
    assert none is None
    four.say(0, review, remarks=[("tip", "Bel eerst.")], revision=1, **{"remarks-0-id": str(tip)})
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    words = {"answer": "do", "words": "Morgen al."}
    assert four.browser(author).post(f"{four.url}/feedback/tips/{tip}", data=words).status_code == 302
    form |= {"remarks-0-text": "Mooi.", "remarks-1-text": "Bel eerst op.", "remarks-1-id": str(tip), "revision": "1"}
    second = four.browser(0).post(url, data=form, headers=script).json
    assert second["remarks"][1] == tip
    assert [advice["good"] for advice in second["advice"]][:2] == [True, True]
    kept = db.session.get(Review, review.id).remarks
    assert [(remark.text, remark.answer) for remark in kept] == [("Mooi.", ""), ("Bel eerst op.", "do")]
    stale = four.browser(0).post(url, data=form | {"revision": "0", "remarks-0-text": "x"}, headers=script)
    assert stale.status_code == 409
    assert stale.json["reload"] is True, "the page with many fields comes back whole"
    assert "Bel eerst op." in stale.json["theirs"]


def test_the_giver_and_the_author_see_tips_and_answers_beside_the_old_and_the_new_version(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review)
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    stranger = next(number for number in (1, 2, 3) if number != author)
    url = f"{four.url}/feedback/{review.token}/versies"
    assert four.browser(author).get(url).status_code == 404, "first one's own look"
    four.look_at_own(author)
    assert "nog geen nieuwe versie" in four.browser(author).get(url).text
    assert url not in four.browser(0).get(four.url).text
    tip = four.tip_of(review)
    words = {"answer": "do", "words": "Zie de tweede alinea."}
    four.browser(author).post(f"{four.url}/feedback/tips/{tip.token}", data=words)
    four.hand_in(author, text="Beter werk.")
    for number in (0, author):
        assert url in four.browser(number).get(four.url).text
        page = four.browser(number).get(url).text
        assert page.index(WORDS) < page.index("Zie de tweede alinea.") < page.index("Het werk van nummer")
        assert page.index(f"Het werk van nummer {author}.") < page.index("Beter werk.")
    assert f"#tip{tip.token}" in four.browser(author).get(url).text
    assert url in four.browser(0).get(f"{four.url}/feedback/{review.token}").text
    assert four.browser(stranger).get(url).status_code == 404


def test_one_walks_from_one_work_to_the_next(group):
    four = group()
    four.hand_in()
    four.at(23)
    first, second = four.reviews(0)
    way = re.compile(r'href="([^"]+)" rel="(prev|next)"')
    addresses = {one: f"{four.url}/feedback/{one.token}" for one in (first, second)}
    assert way.findall(four.browser(0).get(addresses[first]).text) == [(addresses[second], "next")]
    four.say(0, second)
    assert way.findall(four.browser(0).get(addresses[second]).text) == [(addresses[first], "prev")]
    four.at(26)
    assert way.findall(four.browser(0).get(addresses[second]).text) == [], "what lapsed is no longer theirs"


def test_a_round_is_a_step_from_when_one_can_begin(group):
    four = group()
    four.at(16)
    ready = "u kunt beginnen"
    assert [state(four, number).state for number in range(4)] == ["later"] * 4
    four.hand_in(0, 1)
    four.look_at_own(0)
    assert state(four, 0).state == "later", "one's own look is no step in the round"
    assert ready not in four.browser(0).get(f"/runs/{four.run.id}").text
    assert four.url not in four.browser(0).get("/vandaag").text.split("<aside")[0]
    four.at(23)
    assert [state(four, number).state for number in range(4)] == ["ready", "ready", "later", "later"]
    assert four.url in four.browser(0).get("/vandaag").text
    four.hand_in(2)
    four.at(24)
    assert state(four, 2).state == "ready"
    four.say(0, four.reviews(0)[0])
    assert state(four, 0).state == "reading"


def test_the_trainer_hears_of_a_shortfall_in_time(group):
    four = group()
    four.hand_in()
    four.at(23)
    trainer = four.trainer
    for number in (2, 3):
        let_off = {"enrolment": four.enrolment(number), "on": "1"}
        assert trainer.post(f"{four.url}/feedback/trainer/vrijstellen", data=let_off).status_code == 302
    assert mails("peer_empty") == []
    for day in (26, 27):
        four.at(day)
    [mail] = mails("peer_empty")
    assert "komt er 4 keer feedback te weinig" in mail.body


def test_who_left_holds_nothing(group):
    four = group(reviews=1)
    four.hand_in()
    four.at(23)
    [review] = four.reviews(0)
    four.say(0, review, do="save")
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    db.session.get(Enrolment, four.enrolment(0)).left_at = clock.now()
    db.session.commit()
    page = four.trainer.get(four.url).text
    row = page.split(f">{four.people[author].name}<span")[1].split("</tr>")[0]
    assert "nog 1 lezer" in row


def test_who_is_later_than_the_round_is_not_locked_out(group):
    four = group(reviews=1)
    four.hand_in(0, 1)
    four.at(23)
    for number in (0, 1):
        four.say(number, four.reviews(number)[0])
    four.at(28)
    four.hand_in(2)
    four.at(29)
    assert state(four, 2).completed_at is not None


def test_what_was_said_stays_to_be_read_in_an_archived_run(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review)
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    assert WORDS not in four.browser(author).get(four.url).text
    four.run.archived_at = clock.now()
    db.session.commit()
    assert WORDS in four.browser(author).get(four.url).text
    refused = four.say(0, four.reviews(0)[1], do="save")
    assert refused.status_code == 409
    assert "afgesloten" in refused.text


def test_two_windows(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review, do="save")
    other = four.say(0, review, do="save", revision=0, remarks=[("tip", "Iets anders.")])
    assert other.status_code == 409
    assert "ander venster" in other.text
    assert "Iets anders." in other.text
    assert WORDS in other.text
    kept = four.say(0, review, do="save", revision=0, remarks=[("tip", "Iets anders.")], overwrite="1")
    assert kept.status_code == 302


@pytest.mark.parametrize(
    ("remarks", "sentence"),
    [
        ([("tip", "")], "Schrijf eerst een top, een tip of een vraag."),
        ([("cijfer", "Een acht.")], "Kies bij opmerking 1: top, tip of vraag."),
        ([("tip", "x" * 5000)], "Opmerking 1 is te lang."),
        ([("tip", "Nog een.")] * 41, "hoogstens 40 opmerkingen"),
    ],
)
def test_what_is_refused(group, remarks, sentence):
    four = group()
    four.hand_in()
    four.at(23)
    answer = four.say(0, four.reviews(0)[0], remarks=remarks)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert remarks[0][1] in answer.text


def test_feedback_closes_after_its_date(group):
    four = group()
    four.hand_in()
    four.at(23)
    given, waiting = four.reviews(0)
    four.say(0, given)
    four.say(0, waiting, do="save")
    four.at(28)
    assert four.say(0, db.session.get(Review, given.id), remarks=[("tip", "Later.")]).status_code == 409
    assert four.say(0, db.session.get(Review, waiting.id)).status_code == 302, "late feedback is still welcome"


def test_empty_work_goes_back_and_other_work_comes(group):
    five = group(people=5, reviews=1)
    five.hand_in()
    five.at(23)
    [review] = five.reviews(0)
    five.browser(0).post(f"{five.url}/feedback/{review.token}/onleesbaar")
    assert db.session.get(Review, review.id).state == UNREADABLE
    assert "kan het werk van" in five.trainer.get(five.url).text
    five.browser(0).post(f"{five.url}/feedback/vragen")
    assert all(one.author_id != review.author_id or one.id == review.id for one in five.reviews(0))


def test_nobody_handed_in(group):
    four = group()
    four.at(23)
    assert "wacht" in mails("peer_empty")[0].body
    four.at(24)
    assert len(mails("peer_empty")) == 1
    four.hand_in(0, 1)
    four.at(25)
    assert len(four.reviews()) == 2


def test_it_opens_as_soon_as_enough_work_is_in(group):
    four = group(start_with=3)
    four.hand_in(0, 1)
    four.at(16)
    assert four.reviews() == []
    four.hand_in(2)
    four.at(17)
    assert len(four.reviews()) == 6


def test_reminders_at_most_three_and_not_to_who_has_nothing_to_do(group):
    four = group()
    four.hand_in(0, 1, 2)
    four.at(23)
    for review in four.reviews(0):
        four.say(0, review)
    for hour in (0, 6, 12, 18):
        for day in (24, 25, 26, 27, 28, 29):
            four.at(day, hour)
    to = [mail.person_id for mail in mails("peer_open") + mails("peer_reminder")]
    assert to.count(four.people[0].id) == 1
    assert to.count(four.people[1].id) == 3
    assert four.people[3].id not in to


def test_others_are_kept_out(group, make, sign_in):
    four = group()
    four.hand_in()
    four.at(23)
    mine, theirs = four.reviews(0)[0], four.reviews(1)[0]
    assert four.browser(0).get(f"{four.url}/feedback/{theirs.token}").status_code == 404
    assert four.say(0, theirs).status_code == 404
    outsider = sign_in(make.people(make.run())[0])
    assert outsider.get(f"{four.url}/feedback/{mine.token}").status_code == 404
    assert outsider.post(f"{four.url}/feedback/vragen").status_code == 404
    assert four.trainer.get(f"{four.url}/feedback/{mine.token}").status_code in {403, 404}


def test_a_trainer_fills_in(group):
    four = group(reviews=1)
    four.hand_in(0, 1, 2)
    four.at(23)
    trainer = four.trainer
    page = trainer.get(four.url).text
    assert "Wie wacht op wie" in page
    [review] = four.reviews(0)
    others = {four.enrolment(n) for n in range(3)} - {four.enrolment(0), review.author_id}
    moved = trainer.post(
        f"{four.url}/feedback/trainer/verplaatsen", data={"review": review.token, "reviewer": others.pop()}
    )
    assert moved.status_code == 302
    assert db.session.get(Review, review.id).state == MOVED
    asked = mails("peer_open")[-1]
    assert asked.subject.startswith("U kunt feedback geven")
    assert "Uw trainer vraagt" in asked.body
    own = trainer.post(
        f"{four.url}/feedback/trainer/toevoegen",
        data={"reviewer": four.enrolment(1), "author": four.enrolment(1)},
    )
    assert own.status_code == 422
    nothing = {"reviewer": four.enrolment(1), "author": four.enrolment(3)}
    assert trainer.post(f"{four.url}/feedback/trainer/toevoegen", data=nothing).status_code == 422
    let_off = {"enrolment": four.enrolment(2), "on": "1", "note": "ziek"}
    assert trainer.post(f"{four.url}/feedback/trainer/vrijstellen", data=let_off).status_code == 302
    assert not [one for one in four.reviews(2) if one.state == OPEN]
    assert state(four, 2).completed_at is not None
    pair = {"one": four.enrolment(0), "other": four.enrolment(1)}
    assert trainer.post(f"{four.url}/feedback/trainer/uit-elkaar", data=pair).status_code == 302
    assert four.browser(0).post(f"{four.url}/feedback/trainer/uit-elkaar", data=pair).status_code == 403


def test_a_review_that_hurts(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review, remarks=[("tip", "Dit slaat nergens op.")])
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    browser = four.browser(author)
    report = f"{four.url}/feedback/{review.token}/melden"
    assert browser.post(report, data={"words": ""}).status_code == 422
    assert browser.post(report, data={"words": "Dit is niet aardig."}).status_code == 302
    trainer = four.trainer
    assert "Dit is niet aardig." in trainer.get(four.url).text
    assert "Dit is niet aardig." not in four.browser(0).get(four.url).text
    hide = {"on": "1", "note": "Schrijf over het werk."}
    trainer.post(f"{four.url}/feedback/trainer/{review.token}/verbergen", data=hide)
    assert "Dit slaat nergens op." not in browser.get(four.url).text
    assert "Schrijf over het werk." in four.browser(0).get(four.url).text


def test_the_plan_of_a_run(group, lms_command):
    four = group()
    printed = json.loads(lms_command("peer", "plan", four.run.id, "--json").output)
    [one] = printed["rounds"]
    assert one["assignment"] == "opdracht"
    everybody = {four.enrolment(number) for number in range(4)}
    assert {pair["reviewer"] for pair in one["pairs"]} == everybody
    assert len(one["pairs"]) == 8
    assert printed["not_kept"] == []
    four.hand_in()
    four.at(23)
    opened = json.loads(lms_command("peer", "plan", four.run.id, "--json").output)["rounds"][0]
    assert {(p["reviewer"], p["author"]) for p in opened["pairs"]} == {
        (review.reviewer_id, review.author_id) for review in four.reviews()
    }
    assert lms_command("peer", "plan", "999").exit_code == 1


@pytest.mark.parametrize("people", [5, 14])
def test_the_pages_ask_little(group, queries, people):
    many = group(people=people)
    many.hand_in()
    many.at(23)
    review, given = many.reviews(0)
    many.say(0, given)
    author = [many.enrolment(number) for number in range(people)].index(given.author_id)
    many.hand_in(author, text="Beter werk van {}.")
    many.look_at_own(author)
    for browser, url, most in (
        (many.browser(0), many.url, 12),
        (many.browser(author), many.url, 12),
        (many.browser(0), f"{many.url}/feedback/{given.token}/versies", 12),
        (many.browser(author), f"{many.url}/feedback/{given.token}/versies", 15),
        (many.browser(0), f"{many.url}/feedback/{review.token}", 12),
        (many.trainer, many.url, 14),
    ):
        browser.get(url)
        with queries() as seen:
            assert browser.get(url).status_code == 200
        assert len(seen) <= most, "\n".join(seen)


def test_a_lease_lapses_after_two_days(group):
    six = group(people=6, reviews=1)
    six.hand_in(0, 1, 2, 3)
    six.at(23)
    six.hand_in(4, 5)
    answer = six.browser(4).post(f"{six.url}/feedback/vragen")
    assert answer.status_code == 302
    lease = review_at(answer.location)
    assert lease.lapses_at - lease.taken_at == timedelta(hours=48)


def test_work_waits_for_the_trainer_once_it_is_revised_or_the_round_is_over(group):
    four = group()
    four.at(16)
    four.hand_in()
    four.at(23)
    waiting = f"/runs/{four.run.id}/beoordelen"
    assert four.people[0].name not in four.trainer.get(waiting).text
    everybody = four.trainer.get(f"{waiting}?toon=alles").text
    assert "collega's geven nog feedback" in everybody and "</svg>wacht op oordeel" not in everybody
    review = four.reviews(0)[0]
    four.say(0, review)
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.at(24)
    assert four.people[author].name not in four.trainer.get(waiting).text
    page = four.browser(author).get(f"/runs/{four.run.id}/opdracht").text
    revision = page.split('name="revision"')[1].split('value="')[1].split('"')[0]
    better = {"text": "Beter werk.", "revision": revision}
    four.browser(author).post(f"/runs/{four.run.id}/opdracht/inleveren", data=better)
    page = four.trainer.get(waiting).text
    assert four.people[author].name in page
    assert sum(f">{person.name}" in page for person in four.people) == 1
    four.at(28)
    page = four.trainer.get(waiting).text
    assert all(person.name in page for person in four.people)
    assert "collega's geven nog feedback" not in four.trainer.get(f"{waiting}?toon=alles").text


def test_a_judgement_that_a_trainer_began_stays_in_sight_while_colleagues_read(group):
    four = group()
    four.at(16)
    four.hand_in()
    four.at(23)
    waiting = f"/runs/{four.run.id}/beoordelen"
    version = db.session.scalar(
        select(Version).join(Submission).where(Submission.enrolment_id == four.enrolment(0)).order_by(Version.id)
    )
    begun = {"action": "opslaan", "revision": "0", "words": "Ik begin vast."}
    assert four.trainer.post(f"{waiting}/{version.id}", data=begun).status_code == 302
    page = four.trainer.get(waiting).text
    assert four.people[0].name in page and four.people[1].name not in page


def test_a_trainer_writes_what_is_missing(group):
    four = group(trainers=2)
    four.hand_in()
    four.at(23)
    for number in range(3):
        for review in four.reviews(number):
            four.say(number, review)
    waiting = f"/runs/{four.run.id}/beoordelen"
    assert "Feedback die te kort komt" not in four.trainer.get("/vandaag").text
    four.at(28)
    short = [review.author_id for review in four.reviews(3)]
    assert {one.enrolment_id for one in db.session.scalars(select(Shortfall))} == set(short)
    [first, _second] = authors = [[four.enrolment(n) for n in range(4)].index(one) for one in short]
    for page in (four.trainer.get("/vandaag").text, four.trainer.get(waiting).text):
        listed = page.split("Feedback die te kort komt")[1]
        assert all(four.people[author].name in listed for author in authors)
    [one, other] = mails("peer_empty")
    assert one.person_id != other.person_id
    assert all(four.people[author].name in one.body for author in authors)

    url = f"{four.url}/feedback/trainer/schrijven"
    begun = four.trainer.post(url, data={"author": short[0]})
    again = four.trainer.post(url, data={"author": short[0]})
    assert begun.location == again.location, "asking again returns what one wrote"
    form = {"revision": "0", "do": "give", "remarks-0-kind": "tip", "remarks-0-text": WORDS}
    assert four.trainer.get(begun.location).status_code == 200
    second = four.sign_in(four.make.people(four.run, "trainer")[1])
    assert second.get(begun.location).status_code == 404
    assert four.trainer.post(begun.location, data=form | {"remarks-0-text": ""}).status_code == 422
    assert four.trainer.post(begun.location, data=form | {"revision": "0"}).status_code == 302
    assert four.people[first].name not in four.trainer.get("/vandaag").text.split("Feedback die te kort komt")[1]
    four.look_at_own(first)
    page = four.browser(first).get(four.url).text
    assert "Van uw trainer" in page
    assert WORDS in page
    assert four.trainer.post(url, data={"author": "999"}).status_code == 422
    assert four.browser(0).post(url, data={"author": short[1]}).status_code == 403


def test_feedback_that_is_hidden_is_missing(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review)
    hide = {"on": "1", "note": "Schrijf over het werk."}
    four.trainer.post(f"{four.url}/feedback/trainer/{review.token}/verbergen", data=hide)
    assert [one.enrolment_id for one in db.session.scalars(select(Shortfall))] == [review.author_id]
    four.trainer.post(f"{four.url}/feedback/trainer/{review.token}/verbergen", data={"on": "0"})
    assert db.session.scalars(select(Shortfall)).all() == []


def test_who_signed_off_is_not_expected_to_begin(group):
    four = group()
    four.hand_in()
    four.at(23)
    begun, waiting = four.reviews(0)
    four.say(0, begun, do="save")
    db.session.add(Absence(enrolment_id=four.enrolment(0), day_number=2))
    db.session.commit()
    four.at(24)
    assert [one.enrolment_id for one in db.session.scalars(select(Shortfall))] == [waiting.author_id]
    db.session.execute(delete(Absence))
    db.session.commit()
    four.at(25)
    assert db.session.scalars(select(Shortfall)).all() == []


def test_who_lets_all_work_lapse_is_not_done_and_can_make_up_for_it(group):
    five = group(people=5, reviews=1)
    five.hand_in()
    five.at(23)
    for number in range(4):
        five.say(number, five.reviews(number)[0])
    [lapsed] = five.reviews(4)
    five.at(26)
    helper = next(n for n in range(4) if lapsed.author_id not in {five.enrolment(n), five.reviews(n)[0].author_id})
    one_more = five.browser(helper).post(f"{five.url}/feedback/vragen", data={"extra": "1"})
    assert five.say(helper, review_at(one_more.location)).status_code == 302
    assert "Geef alsnog feedback" not in five.browser(4).get(five.url).text
    for day in (28, 29):
        five.at(day)
    assert [state(five, number).completed_at is not None for number in range(5)] == [True] * 4 + [False]
    assert "Geef alsnog feedback" in five.browser(4).get(five.url).text
    answer = five.browser(4).post(f"{five.url}/feedback/vragen")
    assert review_at(answer.location).author_id == lapsed.author_id
    assert five.say(4, review_at(answer.location)).status_code == 302
    assert state(five, 4).completed_at is not None


def test_who_found_nothing_to_read_is_done_at_the_end(group):
    four = group(reviews=1)
    four.hand_in()
    four.at(23)
    let_off = {"enrolment": four.enrolment(0), "on": "1"}
    four.trainer.post(f"{four.url}/feedback/trainer/vrijstellen", data=let_off)
    for number in range(1, 4):
        four.say(number, four.reviews(number)[0])
    four.at(28)
    assert all(state(four, number).completed_at is not None for number in range(4))


def test_one_sees_from_day_one_whom_one_will_read(group, lms_command):
    six = group(people=6)
    printed = json.loads(lms_command("peer", "plan", six.run.id, "--json").output)["rounds"][0]["pairs"]
    names = {six.enrolment(number): six.people[number].name for number in range(6)}
    me = six.enrolment(0)
    page = six.browser(0).get(six.url).text.split("Volgens het plan")[1]
    reads, read_by = page.split("Uw werk wordt gelezen door")
    for pair in printed:
        if pair["reviewer"] == me:
            assert names[pair["author"]] in reads
        if pair["author"] == me:
            assert names[pair["reviewer"]] in read_by.split("</p>")[0]
    six.hand_in()
    six.at(23)
    assert {(one.reviewer_id, one.author_id) for one in six.reviews()} == {
        (pair["reviewer"], pair["author"]) for pair in printed
    }, "the plan of the first day is kept when everybody hands in"
    assert "Volgens het plan" not in six.browser(0).get(six.url).text


def test_what_the_trainer_sees_of_the_feedback(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    pointed = {"remarks-0-passage": "Het werk", "remarks-1-about": ""}
    four.say(0, review, remarks=[("top", "Mooi werk."), ("tip", "Bel eerst even op."), ("tip", "En dan?")], **pointed)
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    tip = four.tip_of(review)
    four.browser(author).post(f"{four.url}/feedback/tips/{tip.token}", data={"answer": "do"})
    four.browser(author).post(f"{four.url}/feedback/{review.token}/nuttig", data={"on": "1"})
    page = four.trainer.get(four.url).text.split("Wat er gezegd is</h2>")[1].split("</table>")[0]
    cells = {
        number: re.findall(
            r"<td[^>]*>([^<]*)</td>", page.split(f">{four.people[number].name}</th>")[1].split("</tr>")[0]
        )
        for number in (0, author)
    }
    assert cells[0] == ["8", "1", "1", "0 van 0"]
    assert cells[author] == ["0", "0", "0", "1 van 2"]


@pytest.mark.parametrize("levels", [False, True])
def test_a_round_asks_for_levels_only_when_the_course_says_so(group, levels):
    four = group(levels=levels)
    work = db.session.scalar(select(Activity).where(Activity.slug == "opdracht"))
    work.settings = {**work.settings, "rubric": RUBRIC}
    db.session.commit()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    url = f"{four.url}/feedback/{review.token}"
    assert ("remarks-0-level" in four.browser(0).get(url).text) is levels
    chosen = {"remarks-0-level": "goed", "remarks-0-about": f"c:{RUBRIC[0]['slug']}"}
    if levels:
        refused = four.say(0, review, remarks=[("top", "Helder.")], **(chosen | {"remarks-0-about": ""}))
        assert refused.status_code == 422
        assert "Een niveau hoort bij een criterium." in refused.text
    assert four.say(0, review, remarks=[("top", "Helder.")], **chosen).status_code == 302
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    page = four.browser(author).get(four.url).text.split('id="krijgen"')[1]
    assert RUBRIC[0]["title"] in page
    assert ("Goed</span>" in page) is levels


def test_who_has_not_begun_reads_the_newest_version(group):
    four = group()
    four.hand_in()
    four.at(23)
    author = four.enrolment(0)
    begun, waiting = [review for review in four.reviews() if review.author_id == author]
    readers = [four.enrolment(number) for number in range(4)]
    first, second = readers.index(begun.reviewer_id), readers.index(waiting.reviewer_id)
    four.say(first, begun, do="save")
    four.hand_in(0, text="Beter werk van {}.")
    assert "Het werk van nummer 0." in four.browser(first).get(f"{four.url}/feedback/{begun.token}").text
    assert "Beter werk van 0." in four.browser(second).get(f"{four.url}/feedback/{waiting.token}").text


def test_complete_stays_complete(group):
    three = group(people=3)
    three.hand_in(0, 1)
    three.at(23)
    three.say(0, three.reviews(0)[0])
    assert state(three, 0).completed_at is not None
    three.hand_in(2)
    three.at(24)
    one_more = three.browser(0).post(f"{three.url}/feedback/vragen")
    assert three.say(0, review_at(one_more.location), do="save").status_code == 302
    three.at(28)
    assert state(three, 0).completed_at is not None, "though with three there were two to give"


def test_a_trainer_chooses_nobody_by_accident_and_only_work_that_is_there(group):
    four = group()
    four.hand_in(0, 1, 2)
    four.at(23)
    page = four.trainer.get(four.url).text
    lists = dict(re.findall(r'<select [^>]*name="(\w+)" required>(.*?)</select>', page))
    assert {"reviewer", "author", "enrolment", "one", "other"} <= lists.keys()
    assert all(options.startswith('<option value="">') for options in lists.values())
    assert f'value="{four.enrolment(3)}"' in lists["one"]
    assert f'value="{four.enrolment(3)}"' not in lists["author"]
    refused = four.trainer.post(f"{four.url}/feedback/trainer/vrijstellen", data={"enrolment": "", "on": "1"})
    assert refused.status_code == 422
