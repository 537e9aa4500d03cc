from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.api import Library, db, find_library, now, today
from plugins.community.models import (
    Community,
    CommunityStep,
    Concept,
    Contact,
    Evaluation,
    Goal,
    Item,
    OrganisationGoal,
    Plan,
    Precondition,
    TargetGroup,
)

WATERDORP = "Bibliotheek Waterdorp"
HELD = ((-30, "offline", "for"), (-20, "online", "with"), (-10, "offline", "by"))
NOTE = "Vijf groepen op een rij, en de zaal is geregeld."


@pytest.fixture
def filled(app):
    """``filled(community)`` gives it a record of every kind, so that the gate of each step is open."""
    return fill


@pytest.fixture
def begin(make):
    """``begin("Taalcafé", done=2)`` makes a community of a library with that many steps done.

    Its records are there, so that every gate is open; with ``empty=True`` they are not.
    """

    def begin(name="Taalcafé Oost", *, library=WATERDORP, done=0, empty=False):
        home = find_library(library)
        if home is None:
            home = Library(name=library)
            db.session.add(home)
        plan = db.session.scalars(select(Plan)).one()
        db.session.flush()
        community = Community(library_id=home.id, plan_id=plan.id, name=name, target_group="Mensen uit de buurt.")
        community.records = [CommunityStep(step_id=s.id, note=NOTE, done_at=now()) for s in plan.steps[:done]]
        db.session.add(community)
        db.session.flush()
        if not empty:
            fill(community)
        db.session.commit()
        return community

    return begin


def fill(community):
    """Give a community a record of every kind, so that the gate of each step is open."""
    own = {"community_id": community.id}
    organisation_goal = OrganisationGoal(library_id=community.library_id, text="Meer mensen doen mee.")
    db.session.add(organisation_goal)
    db.session.flush()
    goal = Goal(**own, organisation_goal_id=organisation_goal.id, text="Veertig vaste bezoekers", indicator="Bezoekers")
    db.session.add_all([
        goal,
        TargetGroup(**own, name="Taalleerders", chosen=True, why="Zij komen al.", how="Aan tafel.", takes="Twee uur."),
        Precondition(**own, text="Een zaal op dinsdag", owner="teamleider"),
        Contact(**own, on=today(), form="visit", people=5, learned="Zij willen praten."),
        Concept(**own, number=1, text="Een café waar taal vanzelf gaat."),
        Evaluation(**own, on=today(), findings="De groep blijft.", decision="continue"),
    ])  # fmt: skip
    db.session.flush()
    for days, mode, starter in (
        (-30, "offline", "for"),
        (-20, "online", "with"),
        (-10, "offline", "by"),
        (7, "both", "by"),
    ):
        at = now() + timedelta(days=days)
        turnout = 9 if days < 0 else None
        db.session.add(
            Item(**own, goal_id=goal.id, title="Taalcafé", starts_at=at, ends_at=at + timedelta(hours=2), mode=mode,
                 started_by=starter, turnout=turnout)
        )  # fmt: skip


@pytest.fixture
def onze(make):
    """A run whose course has «Onze community» for the first step; ``onze(participants=2)``."""

    def onze(step="inventarisatie", **people):
        course = make.course(activities={"onze": "community.step"}, onze={"step": step})
        return make.run(course, **people)

    return onze
