"""What stands on a shelf of a run: what the course names, or what the run's trainers put there instead."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from flask_wtf import FlaskForm
from sqlalchemy import select
from wtforms import IntegerField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.api import Person, Refused, Visit, db, now
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import reading
from .facets import Selection, Words
from .models import Entry, ShelfPins
from .search.finding import Search

LONGEST = 1000
MOST = 12
"""Of a live search the first ones: more is no choice but a list."""


@dataclass(frozen=True)
class Settings:
    """What stands on a shelf, how many to choose, and the task in words (empty: as the course says)."""

    pins: tuple[str, ...]
    search: str
    choose: int
    task: str = ""


class ShelfForm(FlaskForm):
    """What a trainer puts on the shelf."""

    pins = TextAreaField(_l("Welke bijdragen staan er altijd?"), validators=[Length(max=5000)])
    search = StringField(_l("Welke zoekopdracht vult de plank aan?"), validators=[Length(max=LONGEST)])
    choose = IntegerField(
        _l("Hoeveel kiest een deelnemer er?"),
        validators=[
            InputRequired(_l("Noem een aantal.")),
            NumberRange(1, MOST, message=_l("Noem een aantal van 1 tot en met 12.")),
        ],
    )
    task = TextAreaField(_l("Wat is de opdracht?"), validators=[Length(max=2000)])

    def settings(self, person: Person) -> Settings | None:
        """What was typed, or None with a sentence at the field."""
        if not self.validate():
            return None
        pins = list(dict.fromkeys(_slug(line) for line in (self.pins.data or "").splitlines() if line.strip()))
        there = set(db.session.scalars(select(Entry.slug).where(Entry.slug.in_(pins[:50]), *reading.listed(person))))
        query = _query(self.search.data or "")
        if gone := [slug for slug in pins if slug not in there]:
            self.pins.errors = [_("Dit staat niet in de kennisbank: %(names)s.", names=", ".join(gone)[:200])]
        if self.search.data and self.search.data.strip() and not query:
            self.search.errors = [
                _("Zoek eerst in de kennisbank, en plak dan het adres van de bladzijde met uitkomsten.")
            ]
        if not pins and not query and not self.errors:
            self.pins.errors = [_("Zet ten minste één bijdrage op de plank, of een zoekopdracht.")]
        if pins and not query and (self.choose.data or 1) > len(pins) and not self.errors:
            self.choose.errors = [_("Er staan er maar %(num)s op de plank.", num=len(pins))]
        if self.errors:
            return None
        return Settings(tuple(pins), query, self.choose.data or 1, (self.task.data or "").strip())


def of_run(visit: Visit) -> ShelfPins | None:
    """What the trainers of this run put on the shelf."""
    return db.session.scalar(
        select(ShelfPins).where(ShelfPins.run_id == visit.run.id, ShelfPins.activity_id == visit.activity.id)
    )


def settings(visit: Visit, own: ShelfPins | None) -> Settings:
    """What stands on the shelf: the run's own, or else what the course says."""
    if own is not None:
        return Settings(tuple(own.pins), own.search, own.choose, own.task)
    said: dict[str, Any] = dict(visit.activity.settings)
    return Settings(tuple(said.get("entries", ())), str(said.get("search", "")), int(said.get("choose", 1)))


def hits(search: str, words: Words, person: Person) -> list[int]:
    """The ids of what a live search finds now, the best first. At most three queries, none without a search."""
    selection = _selection(search, words) if search else None
    return Search(selection, words, person).ids(MOST) if selection else []


def form_of(visit: Visit, own: ShelfPins | None) -> ShelfForm:
    """The form with what stands on the shelf now."""
    now_there = settings(visit, own)
    return ShelfForm(
        formdata=None,
        data={
            "pins": "\n".join(now_there.pins),
            "search": now_there.search,
            "choose": now_there.choose,
            "task": now_there.task,
        },
    )


def put(visit: Visit, wanted: Settings | None) -> None:
    """Put this on the shelf of the run; None takes the run's own away, and the course's comes back."""
    if not visit.is_trainer:
        raise Refused(_("Alleen een trainer van deze groep vult de plank."))
    own = of_run(visit)
    if wanted is None:
        if own is not None:
            db.session.delete(own)
        return
    if own is None:
        own = ShelfPins(run_id=visit.run.id, activity_id=visit.activity.id)
        db.session.add(own)
    own.pins, own.search, own.choose, own.task = list(wanted.pins), wanted.search, wanted.choose, wanted.task
    own.updated_at = now()


def _slug(line: str) -> str:
    return line.strip().partition("?")[0].partition("#")[0].rstrip("/").rsplit("/", 1)[-1][:80]


def _query(address: str) -> str:
    """The part of an address that selects something, or nothing."""
    text = address.strip()
    query = text.partition("?")[2].partition("#")[0] if "?" in text else text
    return query if _selection(query, Words()) else ""


def _selection(query: str, words: Words) -> Selection:
    said = parse_qs(query)
    return Selection.read(said.get("q", [""])[0], lambda key: said.get(key, []), words)
