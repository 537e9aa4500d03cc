"""A run at a glance: its modules and activities with one participant's progress, in a handful of queries.

The course page, «Vandaag» and the links to the previous and next lesson all read from here.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from .. import clock
from ..courses.contents import ModuleEntry
from ..courses.models import Activity, Module, Step
from ..plugins import ActivityType, State
from ..progress import services as progress
from ..registry import registry
from . import schedule
from .visits import RunVisit

STATES = {
    "": State(_l("nog te doen")),
    progress.OPENED: State(_l("begonnen")),
    progress.DONE: State(_l("klaar"), kind="done"),
}
SOON = timedelta(days=3)


@dataclass(frozen=True)
class Item:
    """An activity in a run, with what one participant did of it."""

    activity: Activity
    type: ActivityType | None  # None: its plugin is switched off
    number: str
    due: date | None
    progress: progress.Standing | None

    @property
    def available(self) -> bool:
        return self.type is not None

    @property
    def label(self) -> str:
        return self.type.label(self.activity, self.number) if self.type else _("Niet beschikbaar")

    @property
    def done(self) -> bool:
        return self.progress is not None and self.progress.completed_at is not None

    @cached_property
    def state(self) -> State:
        """Where it stands, in words. What is complete but has no word of its own is simply done."""
        key = self.progress.state if self.progress else ""
        own = self.type.states.get(key) if self.type else None
        return own or STATES.get(key) or STATES[progress.DONE if self.done else ""]

    @property
    def is_open(self) -> bool:
        """Can the participant do something here now?"""
        return self.available and not self.done and not self.state.waiting

    @property
    def overdue(self) -> bool:
        return self.is_open and self.due is not None and self.due < clock.today()

    @property
    def week(self) -> int:
        """The course week in which it begins; what has no week comes last."""
        if self.activity.week is not None:
            return self.activity.week
        return self.activity.steps[0].week if self.activity.steps else 99

    def step_in(self, week: int | None) -> Step | None:
        """The step of this activity that belongs to a week."""
        return next((step for step in self.activity.steps if step.week == week), None)

    @property
    def purpose(self) -> str:
        """What it is for, in a sentence, if the course says so."""
        return self.activity.aim or self.activity.settings.get("purpose", "")

    @property
    def minutes(self) -> int:
        """What it takes in all, steps included."""
        return self.activity.minutes + sum(step.minutes for step in self.activity.steps)


@dataclass(frozen=True)
class Week:
    """One week of the course: its Monday, its one task, and its minutes."""

    number: int
    starts: date | None
    task: Step | None
    task_item: Item | None
    items: tuple[Item, ...]
    minutes: int
    done_minutes: int
    days: tuple[int, ...]
    current: bool

    @property
    def lessons(self) -> tuple[tuple[str, str], ...]:
        """What there is to read: of each the slug, and its number or its title."""
        return tuple(
            (item.activity.slug, item.number if item.type and item.type.shelved else item.activity.title)
            for item in self.items
        )


class Outline:
    """Everything of a run in order. Build it once for each request."""

    def __init__(self, visit: RunVisit) -> None:
        self.visit = visit
        self.modules: list[tuple[ModuleEntry, list[Item]]] = []
        done = progress.of_enrolment(visit.enrolment) if visit.is_participant and visit.enrolment else {}
        types = registry().activity_types
        for module in visit.contents.modules:
            items = [
                Item(activity, types.get(activity.type), number, visit.due_on(activity), done.get(activity.id))
                for number, activity in module.activities
            ]
            self.modules.append((module, items))

    @cached_property
    def items(self) -> list[Item]:
        return [item for _module, items in self.modules for item in items]

    @cached_property
    def counted(self) -> list[Item]:
        """What counts: an activity whose plugin is off counts neither way."""
        return [item for item in self.items if item.available]

    @cached_property
    def untouched(self) -> bool:
        """Has the participant finished no lesson and begun no assignment yet?"""
        own = (item for item in self.counted if item.activity.steps or (item.type and item.type.shelved))
        return all(item.state.kind == "todo" for item in own)

    @cached_property
    def next(self) -> Item | None:
        """The one next step of a participant; None when everything is done or waits for somebody else."""
        if not self.visit.is_participant:
            return None
        todo = sorted((item for item in self.items if item.is_open), key=lambda item: item.week)
        week = self.visit.week or 1
        soon = clock.today() + SOON
        for wanted in (
            lambda item: item.state.kind == "back",
            lambda item: item.due is not None and item.due <= soon,
            lambda item: not item.activity.steps and item.week <= week,
            lambda item: item.step_in(week) is not None,
            lambda item: True,
        ):
            for item in todo:
                if wanted(item):
                    return self._lead_in(item)
        return None

    def _lead_in(self, item: Item) -> Item:
        """For an assignment that is not begun: the first open thing that its theme plans before it, else itself."""
        if not item.activity.steps or item.state.kind != "todo":
            return item
        theme = (other for other in self.items if other.activity.module_id == item.activity.module_id)
        return next(other for other in theme if other is item or (other.is_open and other.week <= item.week))

    def tallies(self) -> list[str]:
        """Phrases such as «8 van 24 lessen klaar», one for each type that has one."""
        phrases = []
        for kind in dict.fromkeys(item.type for item in self.counted):
            own = [item for item in self.counted if item.type is kind]
            phrase = kind.tally(sum(item.done for item in own), len(own)) if kind else None
            if phrase:
                phrases.append(phrase)
        return phrases

    def shelf(self) -> list[dict]:
        """What ``macros/ui.html`` draws: a group for each module that has books, a book for each lesson."""
        return [group for group in self.groups.values() if group["books"]]

    @cached_property
    def groups(self) -> dict[int, dict]:
        """Module id to its part of the shelf."""
        return {module.id: self.shelf_of(module) for module, _items in self.modules}

    def shelf_of(self, module: Module | ModuleEntry) -> dict:
        """The part of the shelf for one module."""
        items = next((items for other, items in self.modules if other.id == module.id), [])
        books = [item for item in items if item.type is not None and item.type.shelved]
        done = sum(item.done for item in books)
        if not self.visit.is_participant:  # who looks along follows nothing here
            caption = ngettext("%(num)s les", "%(num)s lessen", len(books))
        elif done == len(books):
            caption = _("klaar")
        else:
            caption = _("%(done)s van %(total)s", done=done, total=len(books))
        return {
            "title": _("Thema %(number)s", number=module.position),
            "caption": caption,
            "done": done,
            "books": [
                {
                    "state": "done" if item.done else "now" if item is self.next else "todo",
                    "minutes": item.minutes,
                    "title": item.activity.title,
                    "number": item.number.rpartition(".")[2],
                }
                for item in books
            ],
        }

    def around(self, activity: Activity) -> tuple[Item | None, Item | None]:
        """The items before and after an activity, in the order of the course."""
        index = next((i for i, item in enumerate(self.items) if item.activity.id == activity.id), None)
        if index is None:
            return None, None
        before = self.items[index - 1] if index else None
        after = self.items[index + 1] if index + 1 < len(self.items) else None
        return before, after

    def item(self, activity: Activity) -> Item | None:
        """The item of an activity."""
        return next((item for item in self.items if item.activity.id == activity.id), None)

    def weeks(self) -> list[Week]:
        """Every week of the course with its task, in order."""
        numbers = {number for number in self._planned if number < 99} | set(self.visit.weeks.values())
        return [self.week(number) for number in range(1, max(numbers) + 1)] if numbers else []

    @cached_property
    def _planned(self) -> dict[int, tuple[list[Item], list[tuple[Item, Step]]]]:
        """Week to what is read in it and the steps that belong to it: gone through once, and not for each week."""
        planned: dict[int, tuple[list[Item], list[tuple[Item, Step]]]] = {}
        for item in self.counted:
            if not item.activity.steps:
                planned.setdefault(item.week, ([], []))[0].append(item)
            for week in dict.fromkeys(step.week for step in item.activity.steps):
                step = item.step_in(week)
                assert step is not None
                planned.setdefault(week, ([], []))[1].append((item, step))
        return planned

    def week(self, number: int) -> Week:
        """One week: a lesson counts when it is done, a step when its assignment has been handed in."""
        items, steps = self._planned.get(number, ((), ()))
        minutes = sum(item.activity.minutes for item in items) + sum(step.minutes for _item, step in steps)
        done = sum(item.activity.minutes for item in items if item.done)
        # Work that came back was made all the same: its hours do not vanish.
        done += sum(
            step.minutes for item, step in steps if item.done or item.state.waiting or item.state.kind == "back"
        )
        task_item, task = steps[0] if steps else (None, None)
        return Week(
            number=number,
            starts=schedule.week_starts(number, self.visit.dates, self.visit.weeks),
            task=task,
            task_item=task_item,
            items=tuple(items),
            minutes=minutes,
            done_minutes=done,
            days=tuple(day for day, week in sorted(self.visit.weeks.items()) if week == number),
            current=number == self.visit.week,
        )
