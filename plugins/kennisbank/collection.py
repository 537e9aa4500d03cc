"""The activity type «Uit de kennisbank»: a shelf of entries inside a module, from which a participant chooses."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.api import Activity, ActivityType, Visit
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import services, shelving
from .facets import Words
from .forms import ChoiceForm, choice_form
from .models import Choice, Entry


class Collection(ActivityType):
    """Settings: ``entries`` are the slugs that are pinned, ``search`` the part of a kennisbank address after the
    question mark, of which the first hits stand there too; ``choose`` how many of them to choose. The trainers of a run
    may put other things on the shelf.
    """

    key, title, icon = "kennisbank.collection", _l("Uit de kennisbank"), "collection"

    def view(self, visit: Visit) -> ResponseReturnValue:
        """The task with the entries; a trainer sees who chose what, and what stands on the shelf."""
        return Shelf(visit).page()

    def check(self, settings: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        """The entries are a list of names, or there is a search; and there are as many as one must choose."""
        entries, choose, search = settings.get("entries", []), settings.get("choose", 1), settings.get("search", "")
        if not isinstance(search, str) or len(search) > shelving.LONGEST:
            yield "search", _("Schrijf het deel van het adres na het vraagteken, zoals «thema=jongeren».")
            return
        if (
            not isinstance(entries, list)
            or not (entries or search)
            or not all(isinstance(e, str) and e for e in entries)
        ):
            yield "entries", _("Noem een of meer acties uit de kennisbank, zoals [nl-01, nl-17].")
            return
        if len(set(entries)) != len(entries):
            yield "entries", _("Elke actie mag één keer in de lijst staan.")
        most = shelving.MOST if search else len(entries)
        if not isinstance(choose, int) or isinstance(choose, bool) or not 1 <= choose <= most:
            yield "choose", _("Noem een aantal van 1 tot en met %(num)s.", num=most)


class Shelf:
    """A collection as one person in a run sees it. ``slugs`` are what stands on it, ``known`` those that are there."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.words = visit, Words()
        self.own = shelving.of_run(visit)
        settings = shelving.settings(visit, self.own)
        self.task, self.search = settings.task, settings.search
        self.choice: Choice | None = None
        if visit.is_participant and visit.enrolment:
            self.choice = services.choice_of(visit.enrolment, visit.activity)
        self.group = services.choices_of_run(visit.run, visit.activity) if visit.is_trainer else []
        # What somebody chose stays choosable when a live search no longer brings it.
        chosen = [pick.slug for pick in self.choice.picks] if self.choice and settings.search else []
        live = shelving.hits(settings.search, self.words, visit.person)
        picked = {pick.slug for one in self.group for pick in one.picks}
        found = services.some([*settings.pins, *chosen, *sorted(picked)], live)
        self.known: dict[str, Entry] = {entry.slug: entry for entry in found}
        slugs = {entry.id: entry.slug for entry in found}
        self.slugs = list(dict.fromkeys([*settings.pins, *(slugs[id] for id in live if id in slugs), *chosen]))
        self.entries = [self.known[slug] for slug in self.slugs if slug in self.known]
        # Of what has left the kennisbank nobody can choose.
        self.needed = min(settings.choose, len(self.entries))

    @property
    def activity(self) -> Activity:
        return self.visit.activity

    def form(self) -> ChoiceForm:
        """The form with what was typed, or else with the kept choice."""
        kept = {pick.slug: pick.reason for pick in self.choice.picks} if self.choice else {}
        return choice_form(self.entries, self.needed, {s: r for s, r in kept.items() if s in self.known})

    def page(self, form: ChoiceForm | None = None, shelving_form: shelving.ShelfForm | None = None) -> str:
        """The page of the collection; ``form`` is one that was refused."""
        if form is None and self.visit.is_participant and self.entries:
            form = self.form()
        if self.visit.is_trainer and shelving_form is None:
            shelving_form = shelving.form_of(self.visit, self.own)
        return render_template(
            "kennisbank/collection.html",
            shelf=self,
            visit=self.visit,
            form=form,
            shelving=shelving_form,
            words=self.words,
        )
