"""Dutch first: message ids are Dutch, an English catalogue can follow without touching code."""

from functools import cache

from babel.support import NullTranslations, Translations
from flask import Flask, has_app_context
from flask_babel import (
    Babel,
    Domain,
    format_date,
    format_datetime,
    format_time,
    get_locale,
    gettext,
    lazy_gettext,
    lazy_ngettext,
    ngettext,
)
from wtforms.i18n import messages_path

from . import clock

__all__ = ["gettext", "init_app", "lazy_gettext", "lazy_ngettext", "moment", "ngettext"]


def moment(value, form: str = "d MMMM") -> str:
    """A moment in words, on the clock in Amsterdam: «12 november om 9.15 uur»."""
    day = format_date(clock.local(value), form, rebase=False)
    return gettext("%(day)s om %(time)s uur", day=day, time=hour(value))


def hour(value) -> str:
    """The hour as Dutch writes it: «9.15»."""
    at = clock.local(value)
    return f"{at.hour}.{at.minute:02d}"


def duration(minutes: int) -> str:
    """Minutes in words: «4 uur en 10 minuten»."""
    hours, rest = divmod(int(minutes), 60)
    in_minutes = ngettext("%(num)d minuut", "%(num)d minuten", rest)
    if not hours:
        return in_minutes
    in_hours = gettext("%(num)d uur", num=hours)
    return gettext("%(hours)s en %(minutes)s", hours=in_hours, minutes=in_minutes) if rest else in_hours


class OneLanguage(Domain):
    """The words of the one language of this site, looked up once and not for every word of a page.

    When people can choose a language, what is kept here must be kept by locale.
    """

    _known: Translations | None = None

    def get_translations(self) -> Translations | NullTranslations:
        if self._known is None:
            if not has_app_context():
                return NullTranslations()
            self._known = super().get_translations()
        return self._known


def words_of_forms() -> Translations | NullTranslations:
    """What WTForms itself says, in the language of this request."""
    return _words_of_forms(str(get_locale()))


@cache
def _words_of_forms(locale: str) -> Translations | NullTranslations:
    # Kept, because Flask-WTF would read the file of words again for each request that has a form.
    return Translations.load(messages_path(), [locale], domain="wtforms")


def init_app(app: Flask) -> None:
    """Set Dutch and Amsterdam, and give the templates the words for dates."""
    babel = Babel(app, default_locale="nl", default_timezone="Europe/Amsterdam")
    babel.domain_instance = OneLanguage()
    app.jinja_env.globals.update(
        format_date=format_date, format_datetime=format_datetime, format_time=format_time, today=clock.today
    )
    app.jinja_env.filters.update(
        moment=moment, hour=hour, duration=duration, local_date=lambda m: clock.local(m).date()
    )
