"""What the people of a run are told by mail."""

from collections.abc import Iterable

from flask_babel import format_date
from flask_babel import gettext as _

from .. import plaintext
from ..accounts.models import Person
from ..i18n import hour
from ..notifications.letters import letter
from ..notifications.services import link, send
from .models import TRAINER, Announcement, Enrolment, Run, RunDay
from .planning import DayPlan, plan_of


def enrolled(enrolment: Enrolment, run: Run) -> None:
    """Tell somebody who has an account that they take part, with the lesson days."""
    person, page = enrolment.person, link("core.runs.run", run_id=run.id)
    names = {"course": run.course.title, "run": run.name}
    if enrolment.role == TRAINER:
        subject = _("U bent trainer van %(run)s", **names)
        first = _("U bent trainer van de cursus %(course)s, groep %(run)s.", **names)
    else:
        subject = _("U bent ingeschreven voor %(course)s", **names)
        first = _("U bent ingeschreven voor de cursus %(course)s, groep %(run)s.", **names)
    begin = first_steps(run) if enrolment.role == TRAINER else ""
    where = _("Bekijk de cursus: %(link)s", link=page)
    send(person, "enrolled", subject, letter(person, first, days_of(run), begin, where), link=page)


def day_changed(
    enrolments: Iterable[Enrolment], run: Run, day: RunDay, old: DayPlan, *, moved: bool, dues: Iterable[str]
) -> None:
    """Tell everybody that a lesson day is at another time or place than in ``old``, and which dates moved along."""
    names = {"number": day.number, "run": run.name}
    if moved:
        subject = _("Lesdag %(number)s is verplaatst", **names)
        first = _("Lesdag %(number)s van %(run)s is verplaatst.", **names)
        facts = [_("Was: %(when)s", when=_when(old)), _("Wordt: %(when)s", when=_when(plan_of(day)))]
    else:
        subject = _("Lesdag %(number)s is gewijzigd", **names)
        first = _("De gegevens van Lesdag %(number)s van %(run)s zijn gewijzigd.", **names)
        facts = [_on_one_line(day)]
    if day.travel_note:
        facts.append(_("Reis: %(note)s", note=day.travel_note))
    if day.video_url:
        facts.append(_("Online meedoen: %(link)s", link=day.video_url))
    dates = "\n".join(dues)
    along = _("Deze inleverdata horen bij deze lesdag:") + "\n" + dates if dates else ""
    page = link("core.runs.day", run_id=run.id, number=day.number)
    closing = {
        True: _("Bekijk de lesdag: %(link)s", link=page),
        False: _("Kunt u niet komen? Meld u af op de pagina van de lesdag: %(link)s", link=page),
    }
    for enrolment in enrolments:
        body = letter(enrolment.person, first, "\n".join(facts), along, closing[enrolment.is_trainer])
        send(enrolment.person, "day", subject, body, link=page)


def announced(people: Iterable[Person], run: Run, announcement: Announcement) -> None:
    """Send an announcement to these people."""
    author, page = announcement.author, link("core.runs.run", run_id=run.id)
    first = _("%(name)s schreef een bericht aan %(run)s.", name=author.name if author else "", run=run.name)
    text = plaintext.from_html(announcement.body_html)
    where = _("Bekijk het bericht in de cursus: %(link)s", link=page)
    for person in people:
        body = letter(person, first, text, where)
        send(person, "announcement", announcement.title, body, link=page, reply_to=author)


def days_of(run: Run) -> str:
    """The lesson days of a run, each on a line."""
    return "\n".join(_on_one_line(day) for day in run.days)


def first_steps(run: Run) -> str:
    """What a trainer does first."""
    steps = [
        _("Zo begint u als trainer:"),
        _("- Lees de cursus. U ziet wat deelnemers zien."),
        _("- Bekijk wie er komen: %(link)s", link=link("core.admin.roster", run_id=run.id)),
        _("- Schrijf de groep een welkom: %(link)s", link=link("core.admin.announce", run_id=run.id)),
        _("Levert iemand werk in, dan staat het op «Vandaag». U beoordeelt het daar."),
    ]
    return "\n".join(steps)


def _on_one_line(day: RunDay) -> str:
    return _("Lesdag %(number)s: %(when)s", number=day.number, when=_when(plan_of(day)))


def _when(plan: DayPlan) -> str:
    """Date, hours and place."""
    line = _(
        "%(date)s, %(start)s–%(end)s uur",
        date=format_date(plan.day, "EEEE d MMMM yyyy"),
        start=hour(plan.starts_at),
        end=hour(plan.ends_at),
    )
    return f"{line}, {plan.place}" if plan.place else line
