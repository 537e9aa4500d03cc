"""What made-up libraries share in the demo: an entry in each state, with a chain of evidence."""

import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any

from lms.api import DemoSite, today

from . import content, contributing, evidence, lifecycle
from .kinds import kind_of
from .lists import LISTS, Lists
from .models import Entry, Status

FILE = Path(__file__).parent / "data" / "demo.toml"


def load(demo: DemoSite) -> None:
    """Let participants of the demo contribute, the redactie judge, and readers answer."""
    stories = tomllib.loads(FILE.read_text(encoding="utf-8"))["entries"]
    made: dict[str, Entry] = {}
    for story in sorted(stories, key=lambda one: -one["days_ago"]):
        made[story["title"]] = _tell(demo, story)
    for story in stories:
        _readers(demo, story, made[story["title"]])
        if story["to"] == "succeeded":
            with demo.back(story["days_ago"] / 2):
                follower = made[story["successor"]].slug
                person = demo.person(story["by"])
                lifecycle.change(person, made[story["title"]], "succeeded", story["note"], follower, Lists())


def _tell(demo: DemoSite, story: dict[str, Any]) -> Entry:
    person, editor, lists = demo.person(story["by"]), demo.person("redactie"), Lists()
    with demo.back(story["days_ago"]):
        entry = contributing.start(person, story["kind"], story["title"])
        data = _data(story)
        draft = contributing.save_draft(person, entry, data, 0)
        if story["to"] == "draft":
            return entry
        contributing.finish(person, entry, data, draft.revision, entry.revision or 0)
    if entry.status == Status.SUBMITTED and story["to"] != "submitted":
        with demo.back(story["days_ago"] - 0.5):
            if story["to"] == "back":
                lifecycle.send_back(editor, entry, story["note"], lists)
                return entry
            lifecycle.publish(editor, entry, lists)
    if entry.is_readable and not story.get("unchecked"):
        entry.checked_at = entry.published_at
    if story["to"] in ("review", "stopped", "archived"):
        with demo.back(story["days_ago"] / 2):
            lifecycle.change(person, entry, story["to"], story["note"], "", lists)
    return entry


def _data(story: dict[str, Any]) -> dict[str, Any]:
    asked = {*kind_of(story["kind"]).fields, "library"}
    data = {name: story[name] for name in content.TEXTS if name in story and name in asked}
    data["terms"] = {key: story[key] for key in LISTS if key in story}
    if "results" in story:
        data["results"] = [{name: row.get(name, "") for name in content.FIGURES} for row in story["results"]]
    if "result_in" in story:
        data["result_on"] = (today() + timedelta(days=story["result_in"])).isoformat()
    return data


def _readers(demo: DemoSite, story: dict[str, Any], entry: Entry) -> None:
    after = story["days_ago"] / 2
    for row in story.get("taken_over", ()):
        values: dict[str, Any] = {name: row.get(name, "") for name in ("since", "changed", *content.FIGURES)}
        values["kind"] = values["kind"] or "onbekend"
        values["result_on"] = today() + timedelta(days=row["result_in"]) if "result_in" in row else None
        with demo.back(after):
            evidence.take_over(demo.person(row["by"]), entry, values)
    with demo.back(after / 2):
        for user, answer in story.get("votes", {}).items():
            evidence.vote(demo.person(user), entry, answer)
        for user in story.get("confirmed_by", ()):
            evidence.confirm(demo.person(user), entry, holds=True)
        for user in story.get("doubted_by", ()):
            evidence.confirm(demo.person(user), entry, holds=False, note=story.get("note", ""))
