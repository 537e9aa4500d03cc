"""Forms for running a run. What is wrong with the plan itself is said by the services."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, Form, FormField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from ..courses.models import Course
from .planning import END, START, DayPlan
from .problems import Problems
from .services import Due


def no_nul(text: str | None) -> str:
    """The text without NUL, which PostgreSQL cannot store."""
    return (text or "").replace("\x00", "")


def strip(text: str | None) -> str:
    """The text without space around it and without NUL."""
    return no_nul(text).strip()


class DayField(DateField):
    """A date from the browser's own field, or as people write it: 6-11-2026."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError(_l("We herkennen deze datum niet. Schrijf hem als 6-11-2026.")) from None


class HourField(TimeField):
    """An hour from the browser's own field, or as people write it: 9.30."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, format=["%H:%M", "%H.%M", "%H:%M:%S"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError(_l("We herkennen deze tijd niet. Schrijf hem als 9.30.")) from None


class DayFields:
    """The fields of one lesson day."""

    date = DayField(_l("Datum"), [InputRequired(_l("Kies een datum voor deze lesdag."))])
    start = HourField(_l("Begint om"), [InputRequired(_l("Kies een begintijd."))], default=START)
    end = HourField(_l("Eindigt om"), [InputRequired(_l("Kies een eindtijd."))], default=END)
    place = StringField(_l("Plek"), filters=[strip])
    travel_note = TextAreaField(_l("Reis"), filters=[strip])
    video_url = StringField(_l("Videolink"), filters=[strip])

    def plan(self) -> DayPlan:
        """The day as it was filled in; only after the form was found valid."""
        names = ("start", "end", "place", "travel_note", "video_url")
        return DayPlan(self.date.data, **{name: getattr(self, name).data for name in names})


class DayPart(DayFields, Form):
    """A lesson day within the form of a run."""


class DayForm(DayFields, FlaskForm):
    """One lesson day of a run that there is."""

    notify = BooleanField(_l("Stuur deelnemers en trainers een mail"), default=True)


class NameForm(FlaskForm):
    """What a run is called."""

    name = StringField(_l("Naam"), [DataRequired(_l("Geef de uitvoering een naam, bijvoorbeeld Najaar 2026."))])


class RunForm(NameForm):
    """A new run. :func:`run_form` adds the lesson days of the course, and the people after them."""

    trainers: TextAreaField
    participants: TextAreaField

    @property
    def days(self) -> list[FormField]:
        """The parts for the lesson days, in order."""
        return [field for field in self if isinstance(field, FormField)]


def run_form(course: Course) -> RunForm:
    """The form for a run of this course, with a part ``day1``, ``day2`` … for each of its lesson days."""
    parts = {
        f"day{day.number}": FormField(_day_part(day.number), _l("Lesdag %(number)s", number=day.number))
        for day in course.days
    }
    people = {
        "trainers": TextAreaField(_l("Trainers"), filters=[no_nul]),
        "participants": TextAreaField(_l("Deelnemers"), filters=[no_nul]),
    }
    return type("RunFormWithDays", (RunForm,), parts | people)()


def _day_part(number: int) -> type[DayPart]:
    # The summary of errors names each day, so that four missing dates are told apart.
    missing = InputRequired(_l("Kies een datum voor Lesdag %(number)s.", number=number))
    return type("NumberedDayPart", (DayPart,), {"date": DayField(_l("Datum"), [missing])})


class PeopleForm(FlaskForm):
    """People to add to a run, one on a line."""

    people = TextAreaField(
        _l("Mensen"), [DataRequired(_l("Schrijf op elke regel: naam; e-mail; bibliotheek."))], filters=[no_nul]
    )


class ReplaceForm(FlaskForm):
    """Who comes instead of somebody."""

    people = StringField(
        _l("Wie komt ervoor in de plaats?"),
        [DataRequired(_l("Schrijf één regel: naam; e-mail; bibliotheek."))],
        filters=[strip],
    )


class RemoveForm(FlaskForm):
    """To let somebody leave; ``sure`` is asked for the last trainer only."""

    sure = BooleanField(_l("Ik weet dat deze groep dan geen trainer heeft"))


class RemoveRunForm(FlaskForm):
    """To remove a run for good."""

    sure = BooleanField(
        _l("Ik wil deze uitvoering verwijderen"),
        [DataRequired(_l("Kruis aan dat u deze uitvoering wilt verwijderen."))],
    )


class AnnouncementForm(FlaskForm):
    """A message to everybody in a run."""

    title = StringField(
        _l("Onderwerp"),
        [
            DataRequired(_l("Schrijf waar het bericht over gaat.")),
            Length(max=200, message=_l("Dit onderwerp is te lang. Schrijf hoogstens 200 tekens.")),
        ],
        filters=[strip],
    )
    body = TextAreaField(
        _l("Bericht"),
        [
            DataRequired(_l("Schrijf uw bericht.")),
            Length(max=10_000, message=_l("Dit bericht is te lang. Schrijf hoogstens 10.000 tekens.")),
        ],
        filters=[strip],
    )


class _MayBeEmpty(Optional):
    """Not required, which the page says once above all fields."""

    def __init__(self) -> None:
        super().__init__()
        self.field_flags = {"optional": True, "said_above": True}


def due_form(dues: Iterable[Due]) -> FlaskForm:
    """A form with a date ``due12`` for each activity; empty means that the date follows from the lesson days."""
    fields = {f"due{due.activity.id}": DayField(due.name, [_MayBeEmpty()], default=due.own) for due in dues}
    return type("DueForm", (FlaskForm,), fields)()


def show(form: Form, error: Problems) -> None:
    """Put each sentence at its field, or above the form when the form has no such field."""
    for problem in error.problems:
        field = _field(form, problem.field)
        if field is None:
            form.form_errors.append(problem.sentence)
        else:
            field.errors = [*field.errors, problem.sentence]


def _field(form: Form, name: str) -> Any:
    part, dash, inner = name.partition("-")
    if dash and part in form:
        return _field(form[part].form, inner)
    return form._fields.get(name)
