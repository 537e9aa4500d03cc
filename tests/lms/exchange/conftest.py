"""A site with the two plugins of docs/plugins.md: one hands out books, the other takes them to a notice board.

Their code is that of the docs, word for word; what the docs leave to the reader (tables, loaders, pages) is here.
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Blueprint
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from lms import api
from lms.api import NotFound, Permission, Plugin, db, requires

DOCS = Path(__file__).resolve().parents[3] / "docs" / "plugins.md"
SECTION = "### Exchange: work that others may take\n"


class Tables(DeclarativeBase):
    """Apart from the house's tables, of which other tests take stock."""


class Note(Tables):
    __tablename__ = "prikbord_note"
    __table_args__ = (UniqueConstraint("board_id", "title"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    board_id: Mapped[int]
    title: Mapped[str]
    writer: Mapped[str]


@dataclass
class Book:
    id: int
    title: str
    writer: str
    secret: str = "blijft in de kring"


@dataclass
class Circle:
    id: int
    name: str
    owner: int
    books: list = field(default_factory=list)


@dataclass
class Board:
    id: int
    name: str


@dataclass
class World:
    """What the plugins know: circles by number, and the boards of everybody by the number of a person."""

    circles: dict = field(default_factory=dict)
    boards: dict = field(default_factory=dict)
    ready: list = field(default_factory=list)

    def notes(self, board=1):
        return {n.title: n.writer for n in db.session.scalars(select(Note).where(Note.board_id == board))}


@requires("core.use")
def show(**_numbers):
    return "Hier staat het."


def plugins(world):
    """The two plugins, of the code in the docs."""
    text = DOCS.read_text(encoding="utf-8").partition(SECTION)[2].partition("\n### ")[0]
    known = {name: getattr(api, name) for name in api.__all__} | {"_l": str, "Note": Note, "select": select}
    exec("from collections.abc import *\nfrom flask import url_for", known)

    def load_circle(person, number):
        circle = world.circles.get(number)
        if circle is None or circle.owner != person.id:
            raise NotFound("Deze leeskring bestaat niet.")
        return circle

    known |= {"load_circle": load_circle, "boards_of": lambda person: world.boards.get(person.id, [])}
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        ast.parse(block)
        exec(block, known)
    exchange = known["exchanges"][0]
    object.__setattr__(exchange, "pieces", lambda person: world.ready)
    circle, board = Blueprint("leeskring", __name__), Blueprint("prikbord", __name__)
    circle.get("/leeskring/<int:circle_id>", endpoint="show")(show)
    board.get("/prikbord/<int:board_id>", endpoint="show")(show)
    edit = Permission("prikbord.edit", "Ophangen", roles={"member"})
    return [
        Plugin("leeskring", "tests.leeskring", "Leeskring", blueprint=circle, exchanges=known["exchanges"]),
        Plugin("prikbord", "tests.prikbord", "Prikbord", blueprint=board, permissions=(edit,), offers=known["offers"]),
    ]


@pytest.fixture
def world():
    return World()


@pytest.fixture
def app(make_app, world):
    """The site with just these two plugins."""
    app = make_app(plugins=plugins(world))
    with app.app_context():
        Tables.metadata.create_all(db.engine)
        yield app


@pytest.fixture
def reader(make, world):
    """Somebody with a circle of three books and one board."""
    person = make.person("Noor de Wit")
    books = [Book(1, "De avonden", "Reve"), Book(2, "Het diner", "Koch"), Book(3, "Max Havelaar", "Multatuli")]
    world.circles[7] = Circle(7, "Leeskring Waterdorp", person.id, books)
    world.boards[person.id] = [Board(1, "Het prikbord")]
    return person
