"""The kinds of records, each with its place in the address, its table and its form."""

from dataclasses import dataclass
from typing import Any

from flask_wtf import FlaskForm

from lms.api import lazy_gettext as _l

from . import record_forms as forms
from .models import Concept, Contact, Evaluation, Goal, Partner, Precondition, TargetGroup


@dataclass(frozen=True)
class Kind:
    """``slug`` stands in the address; ``intro`` says what it is for; ``add`` is on the button."""

    slug: str
    model: Any
    form: type[FlaskForm]
    title: Any
    intro: Any
    add: Any
    empty: Any
    offers: tuple[str, ...] = ()
    """The offers of coursework that make records of this kind."""


KINDS = {
    kind.slug: kind
    for kind in (
        Kind(
            "doelgroepen",
            TargetGroup,
            forms.TargetGroupForm,
            _l("Doelgroepen"),
            _l("Welke groepen zijn voor uw bibliotheek belangrijk, en welke kiest u? Liefst een groep die al komt."),
            _l("Doelgroep toevoegen"),
            _l("Er staat nog geen doelgroep."),
            ("community.target-groups",),
        ),
        Kind(
            "randvoorwaarden",
            Precondition,
            forms.PreconditionForm,
            _l("Randvoorwaarden"),
            _l("Wat moet er geregeld zijn om het vol te houden, zoals vaste uren, en wie gaat daarover?"),
            _l("Randvoorwaarde toevoegen"),
            _l("Er staat nog geen randvoorwaarde."),
        ),
        Kind(
            "contact",
            Contact,
            forms.ContactForm,
            _l("Contact met de doelgroep"),
            _l("Wanneer sprak u mensen, met hoeveel, en wat leerde u? Schrijf over de groep, niet over personen."),
            _l("Contact toevoegen"),
            _l("Er staat nog geen contact."),
        ),
        Kind(
            "concept",
            Concept,
            forms.ConceptForm,
            _l("Concept"),
            _l("Wat wordt de community? Elke keer dat u bewaart, is een nieuwe versie. Eerdere versies blijven staan."),
            _l("Nieuwe versie schrijven"),
            _l("Er is nog geen concept."),
        ),
        Kind(
            "doelen",
            Goal,
            forms.GoalForm,
            _l("Doelen"),
            _l("Elk doel van de community hoort bij een doel van uw organisatie. Meet het een paar keer per jaar."),
            _l("Doel toevoegen"),
            _l("Er staat nog geen doel."),
        ),
        Kind(
            "partners",
            Partner,
            forms.PartnerForm,
            _l("Partners"),
            _l("Wie doen er mee of hebben er belang bij, en wat levert het hun en u op? Alleen werkgegevens."),
            _l("Partner toevoegen"),
            _l("Er staat nog geen partner."),
            ("community.stakeholders", "community.partners"),
        ),
        Kind(
            "terugblik",
            Evaluation,
            forms.EvaluationForm,
            _l("Terugblik"),
            _l("Wat is er bereikt, wat zou u anders doen, en hoe gaat het verder?"),
            _l("Terugblik schrijven"),
            _l("Er is nog niet teruggekeken."),
        ),
    )
}
