"""Hidden givers stay hidden from the author, everywhere; and what one gave stays without the name."""

import io
import re
import zipfile
from contextlib import closing

import pytest
from sqlalchemy import select

from lms.accounts.services import set_password
from lms.db import db
from lms.notifications.models import Mail, Notice
from lms.peer.models import SELF, Review

PASSWORD = "een-goed-wachtwoord"


@pytest.fixture
def hidden(group):
    """A round with hidden givers, in which one author got all feedback; the names are words of their own."""
    four = group(giver="hidden")
    for number, person in enumerate(four.people):
        person.name, person.email = f"Gever Geheimnaam{number}", f"geheimpost{number}@test.example"
        person.library.name = f"Bibliotheek Geheimplaats {person.library.id}"
    four.hand_in()
    four.at(23)
    for number in range(4):
        for review in four.reviews(number):
            four.say(number, review)
    for number in range(4):
        four.look_at_own(number)
    set_password(four.people[0], PASSWORD)
    db.session.commit()
    return four


def others(group, author):
    """Words by which the author could know who gave the feedback."""
    own = group.people[author]
    for person in group.people:
        if person.id != own.id:
            yield from (person.name.rsplit(" ", 1)[1], person.email)


def pages_of(group, author):
    """Every address that a page of the round links to for this author, and the round itself."""
    browser = group.browser(author)
    seen = {group.url: browser.get(group.url).text}
    for _again in range(2):
        for text in list(seen.values()):
            for address in re.findall(r'(?:href|src)="(/[^"#]+)', text):
                if "/static/" not in address and address not in seen and "/feedback/" not in address:
                    answer = browser.get(address)
                    seen[address] = words_of(answer)
    return seen


def export_of(group):
    """The words in the file with everything that the site holds about the first person, whose password is ours."""
    answer = group.browser(0).post("/account/gegevens", data={"current": PASSWORD})
    assert answer.mimetype == "application/zip", answer.text
    return words_of(answer)


def words_of(answer):
    with closing(answer):  # a packed file is open until then
        return _read(answer)


def _read(answer):
    if answer.mimetype != "application/zip":
        return answer.data.decode(errors="replace")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        return "\n".join(
            [*packed.namelist(), *(packed.read(name).decode(errors="replace") for name in packed.namelist())]
        )


def test_no_page_mail_file_or_export_of_the_author_names_the_giver(hidden):
    browser = hidden.browser(0)
    got = browser.get(hidden.url).text
    assert "Feedback van een collega" in got
    # Whose work one reads oneself is no secret: that section is left out.
    seen = {hidden.url: got.split('id="krijgen"')[1]}
    seen |= {address: text for address, text in pages_of(hidden, 0).items() if address != hidden.url}
    seen["export"] = words_of(browser.get("/account/gegevens"))
    seen["export.zip"] = export_of(hidden)
    person = hidden.people[0]
    for mail in db.session.scalars(select(Mail).where(Mail.person_id == person.id, Mail.kind == "peer_feedback")):
        seen[f"mail {mail.id}"] = f"{mail.subject}\n{mail.body}\n{mail.reply_to_id}"
    for notice in db.session.scalars(select(Notice).where(Notice.person_id == person.id)):
        seen[f"notice {notice.id}"] = f"{notice.title} {notice.link}"
    assert len(seen) > 12
    said = [
        f"{word} at {address}"
        for address, text in seen.items()
        for word in others(hidden, 0)
        if word in text and not _own_reading(text, word)
    ]
    assert said == []
    ids = {str(review.reviewer_id) for review in hidden.reviews() if review.author_id == hidden.enrolment(0)}
    got = [review for review in hidden.reviews() if review.author_id == hidden.enrolment(0)]
    assert set(re.findall(r"/feedback/([0-9a-f]{16})/", seen[hidden.url])) == {review.token for review in got}
    assert not [one for one in ids if f'value="{one}"' in seen[hidden.url]]


def test_the_order_does_not_tell_who_was_first(hidden):
    """Nor does a moment on the page: whoever gave first stands where chance put them."""
    mine = [review for review in hidden.reviews() if review.author_id == hidden.enrolment(0) and review.origin != SELF]
    first, *_more, last = sorted(mine, key=lambda review: (review.given_at, review.id))
    browser = hidden.browser(0)
    for tokens in (("0" * 16, "f" * 16), ("f" * 16, "0" * 16)):
        first.token, last.token = "a" * 16, "b" * 16
        db.session.flush()
        first.token, last.token = tokens
        db.session.commit()
        page = browser.get(hidden.url).text.split('id="krijgen"')[1]
        assert re.findall(r'id="feedback([0f]{16})"', page) == ["0" * 16, "f" * 16]
        assert not re.search(r"\d+\.\d\d uur", page)


def _own_reading(text, word):
    """Lists of the whole group (the course page) name everybody, and tell nothing of feedback."""
    return "Feedback van een collega" not in text and all(f"Gever Geheimnaam{n}" in text for n in range(1, 4))


def test_the_plan_of_the_first_day_does_not_tell_who_will_read_ones_work(group):
    four = group(giver="hidden")
    page = four.browser(0).get(four.url).text
    assert "U leest straks het werk van" in page
    assert "Uw werk wordt gelezen" not in page


def test_a_named_round_names_the_giver(group):
    four = group()
    four.hand_in()
    four.at(23)
    review = four.reviews(0)[0]
    four.say(0, review)
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    assert four.people[0].name in four.browser(author).get(four.url).text.split('id="krijgen"')[1]


def test_what_one_gave_stays_without_the_name(group, lms_command):
    four = group()
    four.hand_in()
    four.at(23)
    giver = four.people[0]
    giver.name = "Wilhelmina Zondernaam"
    db.session.commit()
    given, unfinished = four.reviews(0)
    unfinished_id = unfinished.id
    four.say(0, given, remarks=[("tip", "Bel mij, Wilhelmina Zondernaam, eens op.")])
    four.say(0, unfinished, do="save")
    author = [four.enrolment(number) for number in range(4)].index(given.author_id)
    four.look_at_own(author)
    browser = four.browser(author)
    removed = lms_command("user", "remove", giver.email, "--yes")
    assert removed.exit_code == 0, removed.output
    page = browser.get(four.url).text.split('id="krijgen"')[1]
    assert "Van een oud-deelnemer" in page
    assert "Bel mij" in page
    assert "Zondernaam" not in page
    assert db.session.get(Review, unfinished_id) is None
