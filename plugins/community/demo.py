"""The communities of the demo: fictional libraries, each at another step."""

import tomllib
from pathlib import Path

from lms.api import DemoSite

from . import services

FILE = Path(__file__).parent / "data" / "demo.toml"


def load(demo: DemoSite) -> None:
    """Let colleagues of each demo library begin a community and walk a part of the plan."""
    for story in tomllib.loads(FILE.read_text(encoding="utf-8"))["communities"]:
        people = [demo.person(user) for user in story["people"]]
        with demo.back(story["days_ago"]):
            community = services.begin(people[0], name=story["name"], target_group=story["target_group"])
            services.change(
                community, name=community.name, target_group=community.target_group, why=story["why"], stopped=False
            )
        for number, step in enumerate(story.get("steps", ())):
            with demo.back(step["days_ago"]):
                services.finish_step(community, people[number % len(people)], step["key"], step["note"])
