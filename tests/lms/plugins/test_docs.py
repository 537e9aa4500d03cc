"""docs/plugins.md is whole: every extension point stands in its reference, every refusal in its table."""

import ast
import dataclasses
import inspect
import re
from pathlib import Path

import pytest

from lms import api, contract, plugins, registry, testing
from lms.demo.site import DemoSite
from lms.plugins import ActivityType, Plugin

DOCS = Path(__file__).resolve().parents[3] / "docs" / "plugins.md"
TEXT = DOCS.read_text(encoding="utf-8")
TITLE = re.compile(r"^#+ ", re.MULTILINE)
SAYS_SOMETHING = 15  # characters beside the name


def part(title):
    """The text under a title, up to the next one of the same or a higher level."""
    level = title.partition(" ")[0]
    after = TEXT[TEXT.index(f"\n{title}\n") + len(title) + 2 :]
    end = re.search(rf"^#{{1,{len(level)}}} ", after, re.MULTILINE)
    return after[: end.start()] if end else after


def rows(text):
    """The first cell of each row of the tables to the rest of it."""
    cells = re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, re.MULTILINE)
    assert len(cells) == len({name for name, _rest in cells}), "a name stands twice"
    return dict(cells)


def members(cls):
    """The public names that a class has of its own."""
    return {name for name in vars(cls) if not name.startswith("_")}


def fixtures():
    return {name for name, value in vars(testing).items() if type(value).__name__ == "FixtureFunctionDefinition"}


NOUNS = {
    name
    for name, value in vars(plugins).items()
    if inspect.isclass(value)
    and value.__module__ == plugins.__name__
    and (dataclasses.is_dataclass(value) or value is ActivityType)
}
FIELDS = rows(part("### Fields of `Plugin`"))
NAMES = rows(part("### Nouns").partition("What a subclass of")[0]) | rows(
    part("### Names of `lms.api`").partition("What a `DemoSite`")[0]
)
TYPE = rows(part("### Nouns").partition("What a subclass of")[2])
DEMO = rows(part("### Names of `lms.api`").partition("What a `DemoSite`")[2])
FIXTURES = rows(part("### Fixtures of `lms.testing`"))


@pytest.mark.parametrize(
    ("documented", "there"),
    [
        (FIELDS, {field.name for field in dataclasses.fields(Plugin)}),
        (NAMES, set(api.__all__)),
        (TYPE, members(ActivityType)),
        (DEMO, members(DemoSite) | {"run"}),
        (FIXTURES, fixtures()),
    ],
    ids=["fields of Plugin", "lms.api", "ActivityType", "DemoSite", "fixtures"],
)
def test_every_extension_point_is_explained(documented, there):
    assert there, "found nothing, so this would prove nothing"
    assert not there - documented.keys(), "not in docs/plugins.md"
    assert not documented.keys() - there, "in docs/plugins.md, but not there"
    for name, text in documented.items():
        assert len(text.replace(name, "")) >= SAYS_SOMETHING, f"{name} is not explained"


def test_every_noun_is_at_the_door_and_has_an_example():
    assert set(api.__all__) >= NOUNS
    for noun in NOUNS - {"ActivityType"}:
        assert f"`{noun}(" in NAMES[noun], f"{noun} has no example"


def test_every_refusal_is_in_the_table():
    table = part("## When the start is refused")
    told = re.findall(r"^\| (.+?) \| .+ \|$", table, re.MULTILINE)[1:]
    raised = []
    for path in (Path(registry.__file__), *Path(contract.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and getattr(getattr(node.exc, "func", None), "id", "") == "ContractError":
                words = node.exc.args[0]
                parts = [part.value if isinstance(part, ast.Constant) else "…" for part in words.values]
                raised.append("".join(parts))
    assert sorted(raised) == sorted(line for line in told if not set(line) <= set("- |"))


def test_the_examples_are_python_that_the_door_knows():
    blocks = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len(blocks) > 10
    for block in blocks:
        for node in ast.walk(ast.parse(block)):
            if isinstance(node, ast.ImportFrom) and node.module == "lms.api":
                assert {alias.name for alias in node.names} <= set(api.__all__)


def test_the_links_lead_to_titles():
    anchors = {
        re.sub(r"[^\w -]", "", line.lstrip("# ")).lower().replace(" ", "-")
        for line in re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL).splitlines()
        if TITLE.match(line)
    }
    for anchor in re.findall(r"\]\(#([^)]+)\)", TEXT):
        assert anchor in anchors


def test_every_place_in_the_architecture_exists():
    root = DOCS.parent.parent
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 120, "it is one page"
    places = re.findall(r"`((?:lms|templates|tests|plugins|docs)/[\w./*-]*|[\w.]+\.py|\.ci/run)`", text)
    assert len(places) > 30
    parts = {"models.py", "services.py", "routes.py", "forms.py", "cli.py", "messages.py", "letters.py"}
    real = [place for place in places if place not in parts and "NAME" not in place and "FEATURE" not in place]
    missing = [place for place in real if not list(root.glob(place.rstrip("/")))]
    assert not missing
    for link in re.findall(r"\]\(([\w./]+)\)", text):
        assert (root / "docs" / link).exists()
