"""Feedback on a worksheet: it lands on a row, and stays with that row in the next version."""

from sqlalchemy import select

from lms.api import Part, SheetField, Worksheet
from lms.assignments.models import Submission, Version
from lms.db import db
from lms.worksheets.filled import Filled, Row

PARTNERS = Worksheet(
    "toy.partners",
    "Partners",
    parts=(
        Part(
            "partners",
            "Met wie u samenwerkt",
            (SheetField("name", "Partner"), SheetField("why", "Waarom"), SheetField("doubt", "Twijfel", private=True)),
            one="Partner",
        ),
    ),
)


def fill_in(group, number, **reasons):
    """Let the last version of this person's work be a sheet with these partners."""
    rows = tuple(Row(name, {"name": name, "why": why, "doubt": "Durven wij dit?"}) for name, why in reasons.items())
    found = select(Version).join(Submission).where(Submission.enrolment_id == group.enrolment(number))
    version = db.session.scalar(found.order_by(Version.number.desc()).limit(1))
    version.sheet = Filled(PARTNERS, {"partners": rows}).keep()
    db.session.commit()


def test_a_remark_stays_with_its_row(group):
    four = group()
    four.hand_in()
    for number in range(4):
        fill_in(four, number, school="Zij kennen de ouders.", zorg="Zij komen thuis.")
    four.at(23)
    review = four.reviews(0)[0]
    url = f"{four.url}/feedback/{review.token}"
    form = four.browser(0).get(url).text
    assert "Partner: school" in form
    assert "Zij kennen de ouders." in form
    assert "Durven wij dit?" not in form, "what is for the trainer alone"
    about = {"remarks-0-about": "r:partners:school"}
    assert four.say(0, review, remarks=[("tip", "Noem de naam van een leraar.")], **about).status_code == 302
    author = [four.enrolment(number) for number in range(4)].index(review.author_id)
    four.look_at_own(author)
    assert "Partner: school" in four.browser(author).get(four.url).text.split('id="krijgen"')[1]
    four.hand_in(author, text="Beter werk.")
    fill_in(four, author, zorg="Zij komen thuis.", school="Juf Anja kent de ouders.")
    for number in (0, author):
        old, new = four.browser(number).get(f"{url}/versies").text.split('id="oud"')[1].split('id="nieuw"')
        for page, reason in ((old, "Zij kennen de ouders."), (new, "Juf Anja kent de ouders.")):
            [row] = [row for row in page.split("lp-sheet__row") if reason in row]
            assert "Noem de naam van een leraar." in row
            assert "Durven wij dit?" not in page
        assert "Was: Zij kennen de ouders." in new
