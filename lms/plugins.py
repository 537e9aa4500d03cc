"""The nouns of the contract: a plugin is a frozen manifest, and importing it changes nothing.

A Flask ``Blueprint`` carries pages, templates, static files, error handlers and commands. The nouns here hold what
Flask has no word for. ``lms.registry`` checks them and mounts them; ``docs/plugins.md`` shows each of them in use.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy import Select

from .worksheets.nouns import Worksheet

if TYPE_CHECKING:
    from .courses.models import Activity
    from .runs.visits import Visit

API = 1
"""The number of this contract; it rises when a plugin would have to change."""

Text = Any  # a str, or the lazy string of lazy_gettext
AREAS = frozenset({"", "slate", "ochre", "brick"})


@dataclass(frozen=True)
class Permission:
    """Something one may do: ``Permission("kennis.read", _l("Lezen"), roles={"member"})``.

    ``roles`` are keys of roles that have it: ``member`` (everybody who signed in), ``admin``, ``contact`` (of a
    library), ``participant`` and ``trainer`` (in some run), or a role of a plugin.
    """

    name: str
    label: Text
    roles: frozenset[str] | set[str] = frozenset()


@dataclass(frozen=True)
class Role:
    """A role that people can be given: ``Role("kennis.editor", _l("Redactie"))``.

    ``scope`` tells for what: the whole ``site`` or one ``library``. (``run`` is for the core's own two.)
    """

    key: str
    label: Text
    scope: Literal["site", "library", "run"] = "site"


@dataclass(frozen=True)
class NavItem:
    """An item of the main menu, shown to those with ``permission``. ``area`` is the colour of the part of the site:
    slate, ochre or brick. ``position`` orders the menu (the core has 10 for Vandaag and 20 for Cursus). It is marked
    as the present one on its own page, on all below its address, and below each address in ``under``."""

    label: Text
    endpoint: str
    permission: str
    icon: str = "circle"
    area: str = ""
    position: int = 50
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class LookUp:
    """A page to look something up while one works on an assignment: it opens beside the draft, in a tab of its own.

    ``LookUp(_l("Zoek een recept"), "kookboek.beside", "kookboek.read")``: the page takes ``run_id`` and ``slug``, so
    that it knows for which work somebody looks, and can lead back to it.
    """

    label: Text
    endpoint: str
    permission: str
    icon: str = "search"


@dataclass(frozen=True)
class State:
    """A state of progress that an activity type knows, in words: ``State(_l("ingeleverd"), waiting=True)``.

    ``kind`` chooses the mark beside the word: todo, draft, wait, back or done. ``waiting`` means that somebody else
    has to do something first, so the activity is not the participant's next step.
    """

    label: Text
    kind: Literal["todo", "draft", "wait", "back", "done"] = "todo"
    waiting: bool = False


class ActivityType:
    """A kind of activity in a module: a lesson, an assignment, a shelf of entries.

    Subclass it, give it a ``key`` with your plugin's prefix, and name the class in ``Plugin.activity_types``.
    Report progress with ``progress.complete`` and ``progress.note``; the house never asks.
    """

    key: str = ""
    title: Text = ""
    icon: str = "circle"
    shelved: bool = False
    """Is it a book on the shelf that draws the progress? A lesson is."""
    states: Mapping[str, State] = {}
    """What ``progress.note`` may say, apart from ``opened`` and ``done``, which every type has."""

    def view(self, visit: "Visit") -> ResponseReturnValue:
        """The page of the activity for this person in this run."""
        raise TypeError(f"{type(self).__name__} has no view()")

    def label(self, activity: "Activity", number: str) -> str:
        """What it is called before its title, such as «Les 1.2»; ``number`` counts this type within the module."""
        return str(self.title)

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """What is wrong with the settings in a content file: pairs of the setting's name and a sentence."""
        return ()

    def tally(self, done: int, total: int) -> str | None:
        """A phrase for the summary of progress, such as «8 van 24 lessen klaar»; None says nothing."""
        return None


@dataclass(frozen=True)
class Vocabularies:
    """Shared vocabularies as data: a JSON file of lists with terms. Terms already there are left as they are."""

    file: Path


@dataclass(frozen=True)
class CourseContent:
    """A course as text: a folder with ``course.toml`` and Markdown files (see docs/redactie.md)."""

    folder: Path


@dataclass(frozen=True)
class Setup:
    """Reference data that the plugin brings. ``load()`` runs at ``lms init`` and ``lms upgrade`` inside one
    transaction, so it must do nothing when the data is there already."""

    label: Text
    load: Callable[[], None]


@dataclass(frozen=True)
class DemoAccount:
    """A person of the demo, made by ``lms demo`` and offered on the sign-in page.

    ``user`` is the part of the address before ``@demo.example``; ``roles`` are site roles or, for a role of scope
    library, roles for the person's own library. ``offer`` is the label of the one-click button; empty shows none.
    """

    user: str
    name: str
    library: str
    roles: tuple[str, ...] = ()
    offer: Text = ""


@dataclass(frozen=True)
class Demo:
    """What the plugin adds to the demo: ``load(demo)`` gets a :class:`lms.demo.DemoSite`. It runs once, after the
    accounts and runs of the core are there, in registry order."""

    load: Callable[[Any], None]


@dataclass(frozen=True)
class Event:
    """Something that happens in a plugin and that others may hear: ``Event("kennis.published", "entry")``.

    ``carries`` names the keyword arguments that listeners get."""

    name: str
    carries: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listener:
    """``handle(**carried)`` is called inside the transaction of the event: write rows or jobs, nothing outward."""

    event: str
    handle: Callable[..., None]


@dataclass(frozen=True)
class JobKind:
    """Work for later: ``run(payload)`` is called by ``lms worker`` for each job of this ``kind``.

    ``label`` says to administrators what failed; without it they read the kind."""

    kind: str
    run: Callable[[dict[str, Any]], None]
    label: Text = ""


@dataclass(frozen=True)
class Routine:
    """Work that comes back by itself: ``Routine("kennis.review", services.ask_again, every=timedelta(days=1))``.

    ``lms worker`` calls ``run()`` once each period, on whichever machine; its writes are one transaction. ``every`` is
    from start to start. What fails is tried again after some minutes, so it must be able to run twice.
    """

    key: str
    run: Callable[[], None]
    every: timedelta


@dataclass(frozen=True)
class MailKind:
    """Something that people are told: ``MailKind("kennis.answered", _l("Iemand antwoordt op uw vraag"))``.

    It stands on the site, and goes by mail to who wants that. People choose so on the page of their account;
    ``default`` holds for who never chose, and only who has ``permission`` is asked. ``required`` is for what lets one
    in, such as an invitation: that always goes by mail, and never stands on the site.
    """

    key: str
    label: Text
    default: bool = True
    required: bool = False
    permission: str = ""


@dataclass(frozen=True)
class Holding:
    """One kind of thing that is held about somebody: ``Holding("notities", _l("Uw notities"), select(…))``.

    ``query`` selects labelled columns; its rows are what the person gets, each under the column's label, and their
    number is what is said beforehand. With ``stays`` they are kept for others when the person leaves, without the name.
    """

    key: str
    label: Text
    query: Select[*tuple[Any, ...]]
    stays: bool = False


@dataclass(frozen=True)
class PersonalData:
    """What is held about people, and how it lets go: ``PersonalData(_l("Uw notities"), export, erase)``.

    ``label`` stands on the page /privacy. ``export(person)`` gives the :class:`Holding` of one person.
    ``erase(person)`` removes what is theirs and takes the name off what stays, in the transaction of the removal; done
    twice it does no harm. What cascades from the person or an enrolment need not be named again.
    """

    label: Text
    export: Callable[[Any], Iterable[Holding]]
    erase: Callable[[Any], None]


@dataclass(frozen=True)
class ExchangeField:
    """One field of what an exchange hands out: ``ExchangeField("organisation", _l("Organisatie"))``."""

    key: str
    label: Text


@dataclass(frozen=True)
class Exchange:
    """A kind of work that others may take: ``Exchange("recipes", version=1, label=_l("Recepten"), fields=(…), …)``.

    ``give(person, key)`` gives one :class:`lms.exchange.pieces.Piece` with its rows, or raises NotFound for what that
    person may not hand out. Only ``fields`` leave; the first one names a row. ``pieces(person)`` lists, without rows,
    the person's own coursework that is ready, so that its offers stand on «Vandaag» and with the activity.
    ``origin`` is the phrase for where it came from, such as «uit cursuswerk». Raise ``version`` when a field goes or
    changes its meaning.

    For work on a worksheet name its key as ``sheet`` instead of ``give`` and ``pieces``: once it is released as enough,
    the rows of ``part`` are handed out, their fields by name. ``rows(parts)`` makes other rows of it: it gets for each
    part the rows as dictionaries. What is private in the sheet is never in them.
    """

    name: str
    version: int
    label: Text
    fields: tuple[ExchangeField, ...]
    give: Callable[[Any, str], Any] | None = None
    pieces: Callable[[Any], Iterable[Any]] | None = None
    origin: Text = ""
    sheet: str = ""
    part: str = ""
    rows: Callable[[Mapping[str, list[dict[str, Any]]]], Iterable[Any]] | None = None


@dataclass(frozen=True)
class Offer:
    """A proposal to take what an exchange hands out: ``Offer("recipes", version=1, key="kookboek.recipes", …)``.

    Who has ``permission`` sees ``label``. ``targets(person)`` gives the places where this person may take it to now:
    the policy about objects. ``look(person, target, rows)`` gives what is there already, ``take(person, target,
    rows)`` makes or changes it, ``undo(person, target, rows)`` takes it back; docs/plugins.md tells them in full.
    ``fields`` are the keys that are taken, all when empty; ``nowhere`` says what to do for who has no target yet.
    """

    exchange: str
    version: int
    key: str
    label: Text
    permission: str
    targets: Callable[[Any], Iterable[Any]]
    look: Callable[[Any, str, Any], Mapping[str, Any]]
    take: Callable[[Any, str, Any], Mapping[str, str]]
    undo: Callable[[Any, str, Any], Iterable[str]]
    fields: tuple[str, ...] = ()
    nowhere: Text = ""


@dataclass(frozen=True)
class SearchHit:
    """Something that a search found: its title as a link, a sentence about it, and where it is."""

    title: str
    url: str
    text: str = ""
    where: str = ""


@dataclass(frozen=True)
class SearchProvider:
    """What the search of the whole site asks: ``SearchProvider(_l("Kennis"), find, "kennis.read")``.

    ``find(words, person, most)`` gives at most so many :class:`SearchHit`, the best first, and only what the person may
    see. Without ``permission`` visitors are asked for too. ``more`` is an endpoint that takes the words as ``q``.
    """

    label: Text
    find: Callable[[str, Any, int], Sequence[SearchHit]]
    permission: str = ""
    more: str = ""


@dataclass(frozen=True)
class CalendarEntry:
    """Something with a date: ``CalendarEntry("kring-7", _("Leeskring"), starts_at, ends_at, "/kring/7")``.

    ``uid`` is unique within the site and never changes; ``sequence`` rises with each change that a follower must hear
    of. Moments are aware; an entry of ``all_day`` runs from midnight to midnight in Amsterdam, the end not included.
    ``url`` is the path of its page on this site.
    """

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    url: str = ""
    sequence: int = 0
    all_day: bool = False
    place: str = ""
    text: str = ""
    cancelled: bool = False


@dataclass(frozen=True)
class CalendarSource:
    """Dates for somebody's calendar: ``CalendarSource(_l("Leeskringen"), services.dates, "kring.read")``.

    ``entries(person, first, last)`` gives the :class:`CalendarEntry` of this person that end after ``first`` and begin
    before ``last``, so that what lasts several days stays until it is over; asked of who has ``permission`` only.
    """

    label: Text
    entries: Callable[[Any, datetime, datetime], Iterable[CalendarEntry]]
    permission: str


@dataclass(frozen=True)
class PanelRow:
    """Something that comes or waits for somebody: ``PanelRow(_("Wie kwamen er?"), "/kring/7", text, icon="pencil")``.

    ``text`` is a sentence below its title. With ``on`` it shows that day in the place of its icon.
    """

    title: str
    url: str
    text: str = ""
    on: date | None = None
    icon: str = "circle"


@dataclass(frozen=True)
class Panel:
    """What «Vandaag» tells of a plugin: ``Panel(_l("Uw leeskring"), services.waiting, "leeskring.read")``.

    ``rows(person)`` gives a handful of :class:`PanelRow`, the first to do on top, in a number of queries that does not
    grow. Asked of who has ``permission`` and neither follows nor trains a course: they have a next step already.
    """

    label: Text
    rows: Callable[[Any], Iterable[PanelRow]]
    permission: str


@dataclass(frozen=True)
class Plugin:
    """All that a plugin adds, on one screen. ``package`` is ``__name__`` of the plugin's package."""

    name: str
    package: str
    title: Text
    api: int = API
    requires: tuple[str, ...] = ()
    blueprint: Blueprint | None = None
    permissions: tuple[Permission, ...] = ()
    roles: tuple[Role, ...] = ()
    nav: tuple[NavItem, ...] = ()
    lookups: tuple[LookUp, ...] = ()
    activity_types: tuple[type[ActivityType], ...] = ()
    worksheets: tuple[Worksheet, ...] = ()
    vocabularies: tuple[Vocabularies, ...] = ()
    courses: tuple[CourseContent, ...] = ()
    setup: tuple[Setup, ...] = ()
    demo_accounts: tuple[DemoAccount, ...] = ()
    demo: tuple[Demo, ...] = ()
    events: tuple[Event, ...] = ()
    listeners: tuple[Listener, ...] = ()
    jobs: tuple[JobKind, ...] = ()
    routines: tuple[Routine, ...] = ()
    mail_kinds: tuple[MailKind, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()
    search: tuple[SearchProvider, ...] = ()
    calendar: tuple[CalendarSource, ...] = ()
    panels: tuple[Panel, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    offers: tuple[Offer, ...] = ()
    migrations: Path | None = field(default=None)
    """The folder with this plugin's Alembic versions; None for a plugin without tables."""
