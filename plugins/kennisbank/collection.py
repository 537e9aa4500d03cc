"""The activity type «Uit de kennisbank»: a shelf of entries inside a module, from which a participant chooses."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.api import Activity, ActivityType, Visit
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import services
from .facets import Words
from .forms import ChoiceForm, choice_form
from .models import Choice, Entry


class Collection(ActivityType):
    """Settings: ``entries`` are the slugs that are pinned, ``choose`` how many of them to choose."""

    key, title, icon = "kennisbank.collection", _l("Uit de kennisbank"), "collection"

    def view(self, visit: Visit) -> ResponseReturnValue:
        """The task with the pinned entries; a trainer sees who chose what."""
        return Shelf(visit).page()

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The entries are a list of names, and there are as many as one must choose."""
        entries, choose = settings.get("entries"), settings.get("choose", 1)
        if not isinstance(entries, list) or not entries or not all(isinstance(e, str) and e for e in entries):
            yield "entries", _("Noem een of meer acties uit de kennisbank, zoals [nl-01, nl-17].")
            return
        if len(set(entries)) != len(entries):
            yield "entries", _("Elke actie mag één keer in de lijst staan.")
        if not isinstance(choose, int) or isinstance(choose, bool) or not 1 <= choose <= len(entries):
            yield "choose", _("Noem een aantal van 1 tot en met %(num)s.", num=len(entries))


class Shelf:
    """A collection as one person in a run sees it."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        settings = visit.activity.settings
        self.pinned: list[str] = list(settings.get("entries", ()))
        self.choice: Choice | None = None
        if visit.is_participant and visit.enrolment:
            self.choice = services.choice_of(visit.enrolment, visit.activity)
        self.group = services.choices_of_run(visit.run, visit.activity) if visit.is_trainer else []
        picked = {pick.slug for chosen in self.group for pick in chosen.picks}
        self.known: dict[str, Entry] = services.by_slug([*self.pinned, *sorted(picked.difference(self.pinned))])
        self.entries = [self.known[slug] for slug in self.pinned if slug in self.known]
        # Of what has left the kennisbank nobody can choose.
        self.needed = min(int(settings.get("choose", 1)), len(self.entries))

    @property
    def activity(self) -> Activity:
        return self.visit.activity

    def form(self) -> ChoiceForm:
        """The form with what was typed, or else with the kept choice."""
        kept = {pick.slug: pick.reason for pick in self.choice.picks} if self.choice else {}
        return choice_form(self.entries, self.needed, {s: r for s, r in kept.items() if s in self.known})

    def page(self, form: ChoiceForm | None = None) -> str:
        """The page of the collection; ``form`` is one that was refused."""
        if form is None and self.visit.is_participant and self.entries:
            form = self.form()
        return render_template("kennisbank/collection.html", shelf=self, visit=self.visit, form=form, words=Words())
