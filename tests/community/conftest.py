import pytest
from sqlalchemy import select

from lms.api import Library, db, find_library, now
from plugins.community.models import Community, CommunityStep, Plan

WATERDORP = "Bibliotheek Waterdorp"
NOTE = "Vijf groepen op een rij, en de zaal is geregeld."


@pytest.fixture
def begin(make):
    """``begin("Taalcafé", done=2)`` makes a community of a library with that many steps done."""

    def begin(name="Taalcafé Oost", *, library=WATERDORP, done=0):
        home = find_library(library)
        if home is None:
            home = Library(name=library)
            db.session.add(home)
        plan = db.session.scalars(select(Plan)).one()
        db.session.flush()
        community = Community(library_id=home.id, plan_id=plan.id, name=name, target_group="Mensen uit de buurt.")
        community.records = [CommunityStep(step_id=s.id, note=NOTE, done_at=now()) for s in plan.steps[:done]]
        db.session.add(community)
        db.session.commit()
        return community

    return begin


@pytest.fixture
def onze(make):
    """A run whose course has «Onze community» for the first step; ``onze(participants=2)``."""

    def onze(step="inventarisatie", **people):
        course = make.course(activities={"onze": "community.step"}, onze={"step": step})
        return make.run(course, **people)

    return onze
