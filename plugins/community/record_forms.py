"""One form for each kind of record."""

from collections.abc import Sequence
from secrets import token_urlsafe

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, HiddenField, SelectField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.api import DayField, today
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from .fields import ChoiceField, DecimalField, OneOf, line, number_of, paragraph, whole
from .models import OrganisationGoal, Question
from .words import CONTACT_FORMS, DECISIONS, PARTNER_KINDS

MOST = 9_999_999
TOO_MUCH = _l("Schrijf een getal van 0 tot 9.999.999.")
SCALE = [(str(score), str(score)) for score in range(1, 6)]


class TargetGroupForm(FlaskForm):
    """A group that matters; who chooses it says why, how and what it takes."""

    name = line(_l("Welke groep?"), required=_l("Geef de groep een naam, zoals «jonge ouders»."))
    importance = paragraph(_l("Waarom is deze groep belangrijk?"), most=1_000)
    profile = paragraph(_l("Wat weet u van hen?"), description=_l("Wat doen zij al, waar treft u hen, wat willen zij?"))
    in_touch = BooleanField(_l("Zij komen al bij de bibliotheek"))
    chosen = BooleanField(
        _l("Dit is de groep die wij kiezen"), description=_l("Een andere gekozen groep wordt dan losgelaten.")
    )
    why = paragraph(_l("Waarom kiest u deze groep?"), most=1_000)
    how = paragraph(_l("Hoe pakt u het aan?"), most=1_000)
    takes = paragraph(_l("Wat is daarvoor nodig?"), most=1_000)


class PreconditionForm(FlaskForm):
    text = paragraph(_l("Wat moet er geregeld zijn?"), required=_l("Schrijf wat er geregeld moet zijn."), most=500)
    owner = line(
        _l("Wie gaat erover?"),
        required=_l("Noem de functie die erover gaat."),
        most=120,
        description=_l("Een functie, zoals «teamleider». Geen naam."),
    )
    is_met = BooleanField(_l("Dit is geregeld"))


class ContactForm(FlaskForm):
    on = DayField(_l("Wanneer?"), [InputRequired(_l("Kies de dag van het contact."))], default=today)
    form = ChoiceField(_l("Hoe sprak u hen?"), CONTACT_FORMS.items())
    people = whole(_l("Met hoeveel mensen?"), required=_l("Schrijf met hoeveel mensen u sprak."), most=10_000)
    learned = paragraph(
        _l("Wat leerde u?"),
        required=_l("Schrijf wat u van hen leerde."),
        description=_l("Schrijf over de groep. Noem geen namen van bezoekers."),
    )

    def validate_on(self, field: Field) -> None:
        """It has been."""
        if field.data and field.data > today():
            raise ValidationError(_("Die dag komt nog. Kies een dag die geweest is."))


class ConceptForm(FlaskForm):
    text = paragraph(
        _l("Wat wordt de community?"),
        required=_l("Beschrijf wat mensen er doen en wat de bibliotheek daarin doet."),
        most=6_000,
    )
    content = paragraph(
        _l("Rond welke inhoud?"), most=1_000, description=_l("Een onderwerp of een deel van de collectie.")
    )


class GoalForm(FlaskForm):
    """A goal hangs on one of the organisation: one that is there, or one that is written now."""

    organisation_goal_id = SelectField(
        _l("Bij welk doel van uw organisatie hoort dit?"),
        [OneOf()],
        coerce=number_of,
        validate_choice=False,
        description=_l("Kies er een, of schrijf hieronder een nieuw doel."),
    )
    new_organisation_goal = line(
        _l("Of schrijf hier een nieuw doel van uw organisatie"),
        most=300,
        description=_l("Zoals het in uw beleidsplan staat."),
    )
    text = line(_l("Wat is het doel van de community?"), required=_l("Schrijf wat u wilt bereiken."), most=300)
    indicator = line(_l("Wat telt u, of waaraan ziet u het?"), required=_l("Noem wat u gaat tellen of zien."), most=200)
    target = DecimalField(_l("Hoeveel wilt u bereiken?"), [Optional(), NumberRange(0, MOST, TOO_MUCH)])
    by = DayField(_l("Wanneer?"), [Optional()])

    def offer(self, goals: Sequence[OrganisationGoal]) -> None:
        """Offer the goals that the organisation has."""
        self.organisation_goal_id.choices = [(0, _("Kies een doel")), *((goal.id, goal.text) for goal in goals)]


class MeasurementForm(FlaskForm):
    on = DayField(_l("Wanneer gemeten?"), [InputRequired(_l("Kies de dag van de meting."))], default=today)
    value = DecimalField(
        _l("Hoeveel was het?"), [InputRequired(_l("Schrijf hoeveel het was.")), NumberRange(0, MOST, TOO_MUCH)]
    )
    note = line(_l("Toelichting"), most=300)


class PartnerForm(FlaskForm):
    kind = ChoiceField(_l("Wat zijn zij?"), PARTNER_KINDS.items())
    organisation = line(_l("Welke organisatie?"), required=_l("Noem de organisatie."))
    function = line(
        _l("Met wie spreekt u daar?"), most=120, description=_l("Een functie, zoals «buurtwerker». Geen naam.")
    )
    about = paragraph(_l("Wat doen zij, en hoe is uw relatie?"), description="")
    for_them = paragraph(_l("Wat levert het hun op?"), required=_l("Schrijf wat het hun oplevert."), most=2_000)
    for_us = paragraph(_l("Wat levert het de bibliotheek op?"), required=_l("Schrijf wat het u oplevert."), most=2_000)


class EvaluationForm(FlaskForm):
    on = DayField(_l("Wanneer keek u terug?"), [InputRequired(_l("Kies de dag."))], default=today)
    findings = paragraph(_l("Wat is er bereikt, en wat niet?"), required=_l("Schrijf wat er bereikt is."))
    otherwise = paragraph(_l("Wat zou u anders doen?"), most=1_000)
    decision = ChoiceField(_l("Hoe gaat het verder?"), DECISIONS.items())


def response_form(questions: Sequence[Question]) -> "ResponseForm":
    """A form with a scale of 1 to 5 for each of these questions."""
    fields = {f"q{question.id}": ChoiceField(question.text, SCALE) for question in questions}
    return type("ResponseFormOf", (ResponseForm,), fields)()


class ResponseForm(FlaskForm):
    """One filled-in list of questions; see :func:`response_form`."""

    once = HiddenField(default=lambda: token_urlsafe(16), validators=[Length(max=40)])

    def scores(self) -> dict[int, int]:
        """The score by question."""
        return {int(name[1:]): int(value) for name, value in self.data.items() if name.startswith("q")}
