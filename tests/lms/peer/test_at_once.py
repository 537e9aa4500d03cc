"""Twenty people who ask for work at one moment never hold more leases on a work than it needs."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from lms import clock
from lms.db import db
from lms.peer.models import Review, Round

PEOPLE, NEEDED = 20, 2


def test_twenty_people_ask_at_one_moment(app, group, sign_in):
    many = group(people=PEOPLE)
    many.hand_in()
    # A round without a plan: everything comes from the queue.
    db.session.add(Round(run_id=many.run.id, activity_id=many.round_activity.id, opened_at=clock.now()))
    db.session.commit()
    browsers = [sign_in(person) for person in many.people]
    together = Barrier(PEOPLE)
    url = f"{many.url}/feedback/vragen"
    db.session.remove()

    def ask(browser):
        together.wait()
        return [browser.post(url).status_code for _twice in range(2)]

    with ThreadPoolExecutor(PEOPLE) as pool:
        codes = [code for answers in pool.map(ask, browsers) for code in answers]
    assert set(codes) == {302}
    rows = db.session.execute(select(Review.reviewer_id, Review.author_id)).all()
    assert len(rows) == len({row.reviewer_id for row in rows}) == PEOPLE, "who asks twice gets the open lease"
    assert max(Counter(row.author_id for row in rows).values()) <= NEEDED
    assert all(row.reviewer_id != row.author_id for row in rows)
