"""Step plans as data: a TOML file in the plugin, rows in the tables."""

import tomllib
from pathlib import Path
from typing import Any

from sqlalchemy import inspect, select

from lms.api import db

from .models import Plan, PlanStep, Question

FILE = Path(__file__).parent / "data" / "stappenplan.toml"
QUESTIONS = FILE.with_name("vragen.toml")
DEFAULT = "bibliotheek-als-community"
"""The plan of a new community, until programmes choose their own."""


def load() -> None:
    """Bring the plan that we ship into the tables, with its questions. What is there already is left as it is."""
    data = _shipped()
    plan = db.session.scalar(select(Plan).where(Plan.key == data["key"]))
    if plan is None:
        plan = Plan(key=data["key"], title=data["title"])
        plan.steps = [PlanStep(position=number, **step) for number, step in enumerate(data["steps"], 1)]
        db.session.add(plan)
        db.session.flush()
    if db.session.scalar(select(Question.id).where(Question.plan_id == plan.id).limit(1)) is None:
        asked = tomllib.loads(QUESTIONS.read_text(encoding="utf-8"))["questions"]
        db.session.add_all(Question(plan_id=plan.id, position=number, **row) for number, row in enumerate(asked, 1))
        db.session.flush()


def default() -> Plan:
    """The plan that a new community walks."""
    return db.session.scalars(select(Plan).where(Plan.key == DEFAULT)).one()


def step_keys() -> list[str]:
    """The keys that an activity may name: those of every plan, in order. A site without tables knows what we ship."""
    if not inspect(db.session.connection()).has_table(PlanStep.__tablename__):
        return [step["key"] for step in _shipped()["steps"]]
    found = db.session.scalars(select(PlanStep.key).order_by(PlanStep.plan_id, PlanStep.position))
    return list(dict.fromkeys(found))


def _shipped() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
