"""The forms of who leads a programme."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import InputRequired, Optional

from lms.api import DayField
from lms.api import lazy_gettext as _l

from .fields import ChoiceField, line, number_of, paragraph, whole
from .models import PARTICIPANT, TAKING_PART
from .words import PARTICIPATION_ROLES, PARTICIPATION_STATES


class ProgrammeForm(FlaskForm):
    """What a programme is, and its test of «werkend»."""

    title = line(_l("Naam van het programma"), required=_l("Geef het programma een naam."))
    purpose = paragraph(_l("Waar is het voor?"), description="")
    starts_on = DayField(_l("Begint op"), [Optional()])
    ends_on = DayField(_l("Eindigt op"), [Optional()])
    contact_people = whole(
        _l("Met hoeveel mensen spreekt elke bibliotheek vooraf?"),
        required=_l("Schrijf een getal."),
        most=500,
    )
    working_days = whole(_l("Over hoeveel dagen?"), required=_l("Schrijf een getal."), most=730)
    working_held = whole(_l("Hoeveel activiteiten met opkomst?"), required=_l("Schrijf een getal."), most=100)
    working_together = whole(
        _l("Hoeveel daarvan met of door de community?"), required=_l("Schrijf een getal."), most=100
    )
    working_both = BooleanField(_l("In de bibliotheek én online"))
    tasks = paragraph(_l("Taken van een coach"), description=_l("Eén taak per regel."))


class SessionForm(FlaskForm):
    """A meeting of the programme."""

    kind = line(
        _l("Soort"), required=_l("Noem de soort, zoals werksessie."), most=80, description=_l("Zoals «werksessie».")
    )
    plural = line(_l("Meervoud"), most=80, description=_l("Zoals «werksessies». Alleen nodig voor een nieuwe soort."))
    on = DayField(_l("Dag"), [Optional()])
    place = line(_l("Plek"))
    yields = paragraph(_l("Wat neemt elke bibliotheek mee naar huis?"), most=1_000, description="")
    evaluates = BooleanField(_l("Op deze dag kijkt u terug en vergelijkt u de communities"))
    seen = HiddenField(filters=[lambda seen: int(seen) if str(seen).isdecimal() and len(str(seen)) < 6 else None])


class JoinForm(FlaskForm):
    """A library that takes part."""

    library = line(_l("Bibliotheek"), required=_l("Noem de bibliotheek."))
    role = ChoiceField(_l("Doet mee als"), PARTICIPATION_ROLES.items(), default=PARTICIPANT)


class ParticipationForm(FlaskForm):
    """How a library takes part, and how it ended."""

    role = ChoiceField(_l("Doet mee als"), PARTICIPATION_ROLES.items(), default=PARTICIPANT)
    status = ChoiceField(_l("Hoe staat het ervoor?"), PARTICIPATION_STATES.items(), default=TAKING_PART)
    ended_on = DayField(_l("Wanneer eindigde het?"), [Optional()])
    outcome = paragraph(_l("Wat is de uitkomst, of waarom stopte het?"), most=1_000)
    succeeded_by_id = SelectField(_l("Opgevolgd door"), coerce=number_of, validate_choice=False)


class CoachForm(FlaskForm):
    """Who coaches a library, and from when until when."""

    person_id = SelectField(_l("Coach"), coerce=number_of, validate_choice=False)
    starts_on = DayField(_l("Van"), [InputRequired(_l("Kies de eerste dag."))])
    ends_on = DayField(_l("Tot en met"), [InputRequired(_l("Kies de laatste dag."))])
