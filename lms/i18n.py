"""Dutch first: message ids are Dutch, an English catalogue can follow without touching code."""

from datetime import date, timedelta
from functools import cache, lru_cache

from babel import dates
from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context
from flask_babel import (
    Babel,
    Domain,
    gettext,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
)
from wtforms.i18n import messages_path

from . import clock

LANGUAGE = "nl"
"""The one language of a site. When people can choose, what this module remembers must be remembered by language."""
__all__ = ["gettext", "init_app", "lazy_gettext", "lazy_ngettext", "moment", "ngettext"]


def format_date(day: date, form: str) -> str:
    """A date in words, in the form that Babel knows: ``"d MMMM"`` gives «12 november»."""
    return _date_in_words(day.toordinal(), form)


@lru_cache(maxsize=4096)
def _date_in_words(ordinal: int, form: str) -> str:
    # Remembered, since a list has the same few dates again and again and Babel takes each form apart anew.
    return dates.format_date(date.fromordinal(ordinal), form, locale=LANGUAGE)


def moment(value, form: str = "d MMMM") -> str:
    """A moment in words, on the clock in Amsterdam: «12 november om 9.15 uur»."""
    day = format_date(clock.local(value), form)
    return gettext("%(day)s om %(time)s uur", day=day, time=hour(value))


def hour(value) -> str:
    """The hour as Dutch writes it: «9.15»."""
    at = clock.local(value)
    return f"{at.hour}.{at.minute:02d}"


def times(entry) -> str:
    """When something is that begins on a date which stands beside it: «9.30 – 16.30 uur», or its last day as well.

    Empty for what lasts one whole day. What ends at midnight isn't on the day that begins then.
    """
    first, last = (clock.local(at).date() for at in (entry.starts_at, entry.ends_at - timedelta(microseconds=1)))
    if getattr(entry, "all_day", False):
        return "" if last == first else gettext("tot en met %(day)s", day=format_date(last, "d MMMM"))
    if last == first:
        return gettext("%(start)s – %(end)s uur", start=hour(entry.starts_at), end=hour(entry.ends_at))
    return gettext("van %(start)s uur tot %(end)s", start=hour(entry.starts_at), end=moment(entry.ends_at))


def duration(minutes: int) -> str:
    """Minutes in words: «4 uur en 10 minuten»."""
    hours, rest = divmod(int(minutes), 60)
    in_minutes = ngettext("%(num)d minuut", "%(num)d minuten", rest)
    if not hours:
        return in_minutes
    in_hours = gettext("%(num)d uur", num=hours)
    return gettext("%(hours)s en %(minutes)s", hours=in_hours, minutes=in_minutes) if rest else in_hours


class OneLanguage(Domain):
    """The words of the one language of this site, looked up once and not for every word of a page."""

    _known: Translations | None = None

    def get_translations(self) -> Translations | NullTranslations:
        if self._known is None:
            if not has_app_context():
                return NullTranslations()
            self._known = super().get_translations()
        return self._known


@cache
def words_of_forms() -> Translations | NullTranslations:
    """What WTForms itself says. Flask-WTF would read the file of words again for each request that has a form."""
    return Translations.load(messages_path(), [LANGUAGE], domain="wtforms")


def init_app(app: Flask) -> None:
    """Set Dutch and Amsterdam, and give the templates the words for dates."""
    babel = Babel(app, default_locale=LANGUAGE, default_timezone="Europe/Amsterdam")
    babel.domain_instance = OneLanguage()
    app.jinja_env.globals.update(format_date=format_date, today=clock.today)
    app.jinja_env.filters.update(
        moment=moment, hour=hour, times=times, duration=duration, local_date=lambda m: clock.local(m).date()
    )
