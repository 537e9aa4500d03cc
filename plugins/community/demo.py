"""The communities of the demo: a pilot that public sources tell of, and a made-up programme to try everything in."""

import tomllib
from collections.abc import Mapping
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from lms.api import DemoSite, Person, at, db, today

from . import calendar, evaluation, plan, programmes, records, services
from .models import (
    Community,
    Contact,
    Evaluation,
    Goal,
    Participation,
    Partner,
    Precondition,
    Programme,
    Session,
    SessionKind,
    TargetGroup,
)

FOLDER = Path(__file__).parent / "data"
LEAD = "programmaleider"


def load(demo: DemoSite) -> None:
    """The pilot, the made-up programme, and its communities with what they wrote down."""
    day = Days()
    _pilot(demo, day)
    data = tomllib.loads((FOLDER / "demo.toml").read_text(encoding="utf-8"))
    _programme(demo, day, data["programme"])
    begun = [(story, _begin(demo, day, story)) for story in data["communities"]]
    begun.sort(key=lambda pair: -pair[0]["days_ago"])
    waiting = []
    for story, community in begun:
        for row in story.get("contacts", ()):
            values = {name: value for name, value in row.items() if name != "day"}
            records.add(community, Contact, on=day(row["day"]), **values)
        if any(step.get("early") for step in story.get("steps", ())):
            _walk(demo, day, story, community)  # let through while the others still had to speak with people
        else:
            waiting.append((story, community))
    for story, community in waiting:
        _walk(demo, day, story, community)


class Days:
    """Days counted from the day of the demo, also while the clock is turned back."""

    def __init__(self) -> None:
        self.today = today()

    def __call__(self, days: int) -> date:
        return self.today + timedelta(days=days)

    def maybe(self, days: int | None) -> date | None:
        return None if days is None else self(days)


def _made(day: Days, data: Mapping[str, Any]) -> Programme:
    """A programme with its kinds of sessions, its sessions and the tasks of its coaches."""
    made = programmes.create(
        data["title"],
        plan.default().id,
        purpose=data["purpose"],
        source=data.get("source", ""),
        starts_on=day.maybe(data.get("starts")),
        ends_on=day.maybe(data.get("ends")),
    )
    programmes.set_tasks(made, data["tasks"])
    kinds = {row["key"]: SessionKind(programme_id=made.id, **row) for row in data["kinds"]}
    db.session.add_all(kinds.values())
    db.session.flush()
    for row in data["sessions"]:
        programmes.add_session(
            made,
            kinds[row["kind"]],
            on=day.maybe(row.get("day")),
            place=row.get("place", ""),
            yields=row.get("yields", ""),
            evaluates=row.get("evaluates", False),
        )
    return made


def _joined(demo: DemoSite, day: Days, programme: Programme, row: Mapping[str, Any]) -> Participation:
    library = demo.library(row["name"], row.get("province", ""))
    library.province = library.province or row.get("province", "")
    return programmes.take_part(
        programme,
        library,
        role=row.get("role", "participant"),
        status=row.get("status", "active"),
        ended_on=day.maybe(row.get("ended")),
        outcome=row.get("outcome", ""),
    )


def _pilot(demo: DemoSite, day: Days) -> None:
    data = tomllib.loads((FOLDER / "pilot.toml").read_text(encoding="utf-8"))
    programme = _made(day, data)
    for row in data["libraries"]:
        participation = _joined(demo, day, programme, row)
        if "community" in row:
            programmes.report(participation, name=row["community"], source=data["source"])


def _programme(demo: DemoSite, day: Days, data: Mapping[str, Any]) -> None:
    programme = _made(day, data)
    joined = [_joined(demo, day, programme, row) for row in data["libraries"]]
    for row, participation in zip(data["libraries"], joined, strict=True):
        if "coach" in row:
            coach = demo.person(row["coach"])
            programmes.coach(
                participation,
                coach,
                day(row["coach_from"]),
                day(row["coach_to"]),
            )
    sessions: list[Session] = programme.sessions
    for row, session in zip(data["sessions"], sessions, strict=True):
        came = zip(joined, row.get("came", ()), strict=False)
        programmes.attend_all(session, {participation.id: people for participation, people in came})


def _begin(demo: DemoSite, day: Days, story: Mapping[str, Any]) -> Community:
    """Begin, and write down what needs no step to be done first."""
    with demo.back(story["days_ago"]):
        community = services.begin(
            demo.person(story["people"][0]), name=story["name"], target_group=story["target_group"]
        )
        services.change(
            community,
            name=community.name,
            target_group=community.target_group,
            why=story["why"],
            stopped=False,
            library_role=story.get("library_role", ""),
            published=story.get("published", False),
        )
    if "groups" in story:
        for first in records.of(community, TargetGroup):
            records.remove(community, first)
    for row in story.get("groups", ()):
        records.add(community, TargetGroup, **row)
    for row in story.get("preconditions", ()):
        records.add(community, Precondition, **row)
    for row in story.get("partners", ()):
        records.add(community, Partner, **row)
    return community


def _walk(demo: DemoSite, day: Days, story: Mapping[str, Any], community: Community) -> None:
    people = [demo.person(user) for user in story["people"]]
    for number, step in enumerate(story.get("steps", ())):
        with demo.back(step["days_ago"]):
            if step["key"] == "concept":
                for text in story["concepts"]:
                    records.save_concept(community, people[0], text, story["content"])
            if step["key"] == "doelen":
                _plan(day, community, people[0], story)
            if step["key"] == "geevalueerd":
                row = story["evaluation"]
                values = {name: value for name, value in row.items() if name != "day"}
                records.add(community, Evaluation, on=day(row["day"]), **values)
            if step.get("early"):
                services.pass_early(community, demo.person(LEAD), step["key"], step["note"])
            else:
                services.finish_step(community, people[number % len(people)], step["key"], step["note"])
        if step["key"] == "kalender":
            _look_back(day, community, story)


def _plan(day: Days, community: Community, person: Person, story: Mapping[str, Any]) -> None:
    """Goals with their measurements, and the calendar that rests on them."""
    over = [records.organisation_goal(community, text) for text in story["organisation_goals"]]
    goals = []
    for row in story["goals"]:
        goal = records.add(
            community,
            Goal,
            organisation_goal_id=over[row["on"]].id,
            text=row["text"],
            indicator=row["indicator"],
            target=row["target"],
            by=day.maybe(row.get("by")),
        )
        for days, value in row["measured"]:
            records.measure(community, goal, day(days), value, "")
        goals.append(goal)
    for row in story["items"]:
        on = day(row["day"])
        items = calendar.plan_item(
            community,
            person,
            repeat=row.get("repeat", 0),
            goal_id=goals[row["goal"]].id,
            title=row["title"],
            starts_at=at(on, time.fromisoformat(row["from"])),
            ends_at=at(on, time.fromisoformat(row["to"])),
            mode=row["mode"],
            started_by=row["by"],
            place=row.get("place", ""),
            is_public=row.get("public", False),
        )
        row["item"] = items[0]


def _look_back(day: Days, community: Community, story: Mapping[str, Any]) -> None:
    """What came of the activities that have been, and how people answered our questions."""
    for row in story["items"]:
        if "turnout" in row:
            calendar.look_back(
                community,
                row["item"],
                turnout=row["turnout"],
                first_time=row.get("first"),
                learned=row.get("learned", ""),
            )
    asked = evaluation.questions(community)
    for scores in story["responses"]:
        evaluation.answer(
            community, day.today, {question.id: score for question, score in zip(asked, scores, strict=True)}
        )
