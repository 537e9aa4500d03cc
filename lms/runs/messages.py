"""What the people of a run are told by mail."""

from collections.abc import Iterable

from flask_babel import format_date
from flask_babel import gettext as _

from .. import clock
from ..accounts.models import Person
from ..i18n import hour
from ..notifications.services import link, send
from .models import TRAINER, Announcement, Enrolment, Run, RunDay


def enrolled(enrolment: Enrolment, run: Run) -> None:
    """Tell somebody who has an account that they take part, with the lesson days."""
    person = enrolment.person
    names = {"course": run.course.title, "run": run.name}
    if enrolment.role == TRAINER:
        subject = _("U bent trainer van %(run)s", **names)
        first = _("U bent trainer van de cursus %(course)s, groep %(run)s.", **names)
    else:
        subject = _("U bent ingeschreven voor %(course)s", **names)
        first = _("U bent ingeschreven voor de cursus %(course)s, groep %(run)s.", **names)
    days = "\n".join(_on_one_line(day) for day in run.days)
    send(
        person,
        "enrolled",
        subject,
        _letter(person, first, days, _("Bekijk de cursus: %(link)s", link=link("core.runs.run", run_id=run.id))),
    )


def day_changed(people: Iterable[Person], run: Run, day: RunDay, *, moved: bool, dues: Iterable[str]) -> None:
    """Tell everybody that a lesson day is at another time or place, and which dates moved along."""
    if moved:
        subject = _("Lesdag %(number)s is verplaatst", number=day.number)
        first = _(
            "Lesdag %(number)s van %(run)s is verplaatst. Dit zijn de nieuwe gegevens.", number=day.number, run=run.name
        )
    else:
        subject = _("Lesdag %(number)s is gewijzigd", number=day.number)
        first = _("De gegevens van Lesdag %(number)s van %(run)s zijn gewijzigd.", number=day.number, run=run.name)
    facts = [_on_one_line(day)]
    if day.travel_note:
        facts.append(_("Reis: %(note)s", note=day.travel_note))
    if day.video_url:
        facts.append(_("Online meedoen: %(link)s", link=day.video_url))
    dates = "\n".join(dues)
    along = _("Deze inleverdata horen bij deze lesdag:") + "\n" + dates if dates else ""
    away = _(
        "Kunt u niet komen? Meld u af op de pagina van de lesdag: %(link)s",
        link=link("core.runs.day", run_id=run.id, number=day.number),
    )
    for person in people:
        send(person, "day", subject, _letter(person, first, "\n".join(facts), along, away))


def announced(people: Iterable[Person], run: Run, announcement: Announcement) -> None:
    """Send an announcement to everybody in the run."""
    author = announcement.author.name if announcement.author else ""
    first = _("%(name)s schreef een bericht aan %(run)s.", name=author, run=run.name)
    where = _("Bekijk het bericht in de cursus: %(link)s", link=link("core.runs.run", run_id=run.id))
    for person in people:
        send(person, "announcement", announcement.title, _letter(person, first, announcement.body, where))


def _letter(person: Person, *parts: str) -> str:
    return "\n\n".join([_("Beste %(name)s,", name=person.first_name), *(part for part in parts if part)])


def _on_one_line(day: RunDay) -> str:
    line = _(
        "Lesdag %(number)s: %(date)s, %(start)s–%(end)s uur",
        number=day.number,
        date=format_date(clock.local(day.starts_at), "EEEE d MMMM yyyy", rebase=False),
        start=hour(day.starts_at),
        end=hour(day.ends_at),
    )
    return f"{line}, {day.place}" if day.place else line
