"""The forms of an activity: to plan it, and to look back on it."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Optional

from lms.api import DayField, HourField, at, local
from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from .calendar import MOST_REPEATS
from .fields import AtMost, ChoiceField, Filled, line, number_of, one_line, paragraph, whole
from .models import FOR, OFFLINE, Goal, Item
from .words import MODES, STARTERS


class ItemForm(FlaskForm):
    """An activity. Days and hours are those of the clock in Amsterdam."""

    title = line(_l("Wat gaat u doen?"), required=_l("Geef de activiteit een naam."), most=160)
    goal_id = SelectField(
        _l("Bij welk doel hoort het?"),
        [Filled(_l("Kies bij welk doel deze activiteit hoort. Zonder doel komt zij niet in de kalender."))],
        coerce=number_of,
        validate_choice=False,
    )
    day = DayField(_l("Welke dag?"), [InputRequired(_l("Kies een dag."))])
    all_day = BooleanField(_l("De hele dag"))
    starts = HourField(_l("Begint om"), [Optional()])
    ends = HourField(_l("Eindigt om"), [Optional()])
    last_day = DayField(_l("Tot en met"), [Optional()], description=_l("Alleen als het meer dagen duurt."))
    mode = ChoiceField(_l("Waar is het?"), MODES.items(), default=OFFLINE)
    place = line(_l("Plek"))
    online_url = StringField(_l("Link om online mee te doen"), filters=[one_line], validators=[AtMost(500)])
    started_by = ChoiceField(_l("Wie begon ermee?"), STARTERS.items(), default=FOR)
    owner = line(_l("Wie trekt het?"), most=120, description=_l("Een functie of een groep. Geen naam."))
    description = paragraph(_l("Wat gebeurt er?"))
    is_public = BooleanField(
        _l("Iedereen mag dit zien"), description=_l("Ook andere bibliotheken, en wie de openbare kalender volgt.")
    )
    repeat = whole(
        _l("Hoeveel weken daarna nog een keer?"),
        most=MOST_REPEATS,
        description=_l("Voor een vaste inloop. 3 zet de activiteit vier keer in de kalender, elke week om die tijd."),
    )

    def offer(self, goals: Sequence[Goal]) -> None:
        """Offer the goals of the community."""
        self.goal_id.choices = [(0, _("Kies een doel")), *((goal.id, goal.text) for goal in goals)]

    def validate(self, extra_validators: Any = None) -> bool:
        """Hours are needed unless it takes the whole day."""
        fits = super().validate(extra_validators)
        wanted = ((self.starts, _("Kies een begintijd, of kies «De hele dag».")), (self.ends, _("Kies een eindtijd.")))
        for field, sentence in wanted:
            if field.data is None and not field.errors and not self.all_day.data:
                field.errors, fits = [sentence], False
        return bool(fits)

    def validate_online_url(self, field: Field) -> None:
        """A link that a browser opens safely."""
        if field.data and not _is_web_address(field.data):
            raise ValidationError(_("Schrijf de hele link, met https:// ervoor."))

    def values(self) -> dict[str, Any]:
        """The columns of :class:`Item`; only after the form was found valid."""
        last = self.last_day.data or self.day.data
        if self.all_day.data:
            starts, ends = at(self.day.data, time()), at(last + timedelta(days=1), time())
        else:
            starts, ends = at(self.day.data, self.starts.data), at(last, self.ends.data)
        names = ("title", "mode", "place", "online_url", "started_by", "owner", "description", "is_public", "all_day")
        return {
            **{name: self[name].data for name in names},
            "goal_id": self.goal_id.data or None,
            "starts_at": starts,
            "ends_at": ends,
        }


def filled(item: Item) -> ItemForm:
    """The form with what the activity has now."""
    starts, ends = local(item.starts_at), local(item.ends_at)
    last = _last_day(item, ends)
    return ItemForm(
        obj=item,
        goal_id=item.goal_id or 0,
        day=starts.date(),
        starts=None if item.all_day else starts.time(),
        ends=None if item.all_day else ends.time(),
        last_day=last if last != starts.date() else None,
    )


def _last_day(item: Item, ends: datetime) -> Any:
    return (ends - timedelta(days=1)).date() if item.all_day else ends.date()


class LookBackForm(FlaskForm):
    """How it went: numbers and what was learned."""

    turnout = whole(_l("Hoeveel mensen kwamen er?"), required=_l("Schrijf hoeveel mensen er kwamen."))
    first_time = whole(_l("Hoeveel van hen voor het eerst?"))
    learned = paragraph(_l("Wat leerde u?"))


def _is_web_address(text: str) -> bool:
    try:
        return urlsplit(text).scheme in {"http", "https"} and " " not in text
    except ValueError:  # such as an unclosed bracket of an IPv6 address
        return False
