"""What happens in a round by itself: it opens by date or when enough work is in, and reminds at most three times."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from .. import clock
from ..accounts.models import Person
from ..courses.models import Activity, Course
from ..db import db
from ..notifications.letters import letter
from ..notifications.services import link, send
from ..progress import services as progress
from ..progress.models import Progress
from ..runs import absences
from ..runs.models import Enrolment, Run
from . import rounds, shortfall, terms, turns
from .models import Round
from .plan import next_work

BEFORE = timedelta(hours=48)
LAST_DAY = timedelta(days=1)
EVERY = timedelta(minutes=10)


def tick() -> None:
    """Look at every round of the runs that are under way. Done twice at one moment it does nothing more."""
    rows = db.session.execute(
        select(Run, Activity)
        .join(Activity, Activity.course_id == Run.course_id)
        .where(Run.archived_at.is_(None), Activity.type == terms.KEY, Activity.archived_at.is_(None))
        .options(joinedload(Run.days), joinedload(Run.course).joinedload(Course.days))
        .order_by(Run.id, Activity.position)
    ).unique()
    for run, activity in rows.all():
        look_at(run, activity)


def look_at(run: Run, activity: Activity) -> None:
    """Open this round if it is time, tell what will be missing, and remind who still has something to do."""
    dates = terms.dates(run, activity)
    this = rounds.ensure(run, activity)
    turns.wait(run, activity)
    if this.opened_at is None:
        _open(this, run, activity, dates)
        if this.opened_at is not None:  # they were told just now
            turns.call(this, run, activity)
            return
    else:
        turns.call(this, run, activity)
    over = dates.ends_at is not None and clock.now() >= dates.ends_at
    if this.opened_at is None and not over:
        return
    now = rounds.standing(this, activity)
    missing = shortfall.renew(now, activity, dates)
    if dates.ends_at is not None:
        _remind(now, run, activity, dates, missing, dates.ends_at - clock.now())


def _open(this: Round, run: Run, activity: Activity, dates: terms.Dates) -> None:
    by_date = dates.opens is not None and clock.today() >= dates.opens
    enough = terms.of(activity).start_with
    if not by_date and enough is None:
        return
    now = rounds.standing(this, activity)
    if not by_date and len(now.works) < (enough or 0):
        return
    if rounds.open_round(run, activity, dates) is not None:
        _tell_open(run, activity, now.works, dates)
    elif this.told_at is None:
        this.told_at = clock.now()
        _tell_empty(run, activity)


def _remind(
    now: rounds.Standing,
    run: Run,
    activity: Activity,
    dates: terms.Dates,
    missing: Mapping[int, int],
    left: timedelta,
) -> None:
    """48 hours before the end and on the last day; once it is over, who owes nothing is done."""
    this = now.round
    if left > BEFORE:
        return
    if this.closed_at is not None:
        _complete(now, run, activity)
        return
    busy = {one for one in now.works if _has_to_do(now, one)}
    if left <= timedelta():
        this.closed_at = clock.now()
        _complete(now, run, activity)
        _tell_short(run, activity, missing)
    elif left <= LAST_DAY and this.last_reminded_at is None:
        this.reminded_at, this.last_reminded_at = this.reminded_at or clock.now(), clock.now()
        _tell_reminder(run, activity, busy, dates)
    elif left > LAST_DAY and this.reminded_at is None:
        this.reminded_at = clock.now()
        _tell_short(run, activity, missing)
        _tell_reminder(run, activity, busy, dates)


def _complete(now: rounds.Standing, run: Run, activity: Activity) -> None:
    """The round is over: who found no work to read waits for nobody and is done, also who handed in afterwards. Who let
    promised work lapse is not: they gave less than they got, and can still make up for it."""
    done = select(Progress.enrolment_id).where(Progress.activity_id == activity.id, Progress.completed_at.is_not(None))
    rest = set(now.works) - set(db.session.scalars(done.where(Progress.enrolment_id.in_(now.works))))
    free = [
        one for one in rest if not _has_to_do(now, one) and not (one in now.let_go and now.situation.to_give()[one])
    ]
    if free:
        progress.complete_all(activity, _people(free), run)


def _has_to_do(now: rounds.Standing, one: int) -> bool:
    """Is there work at hand, or work that they would get when they ask?"""
    return one in now.holding or next_work(now.situation, one) is not None


def _people(enrolments: Iterable[int]) -> list[Person]:
    found = select(Person).join(Enrolment, Enrolment.person_id == Person.id)
    return list(db.session.scalars(found.where(Enrolment.id.in_(enrolments)).order_by(Person.id)))


def _tell_open(run: Run, activity: Activity, enrolments: Iterable[int], dates: terms.Dates) -> None:
    page = link("core.runs.activity", run_id=run.id, slug=activity.slug)
    until = _("Geef uw feedback tot en met %(date)s.", date=format_date(dates.due, "EEEE d MMMM")) if dates.due else ""
    for person in _people(enrolments):
        first = _("U kunt het werk van collega's lezen en feedback geven: «%(title)s».", title=activity.title)
        body = letter(person, first, until, _("Begin hier: %(link)s", link=page))
        send(person, "peer_open", _("U kunt feedback geven: %(title)s", title=activity.title), body, link=page)


def _tell_reminder(run: Run, activity: Activity, enrolments: Iterable[int], dates: terms.Dates) -> None:
    page = link("core.runs.activity", run_id=run.id, slug=activity.slug)
    for person in _people(enrolments):
        first = _("Een collega wacht nog op uw feedback: «%(title)s».", title=activity.title)
        until = _("U kunt feedback geven tot en met %(date)s.", date=format_date(dates.due, "EEEE d MMMM"))
        body = letter(person, first, until, _("Ga verder: %(link)s", link=page))
        send(person, "peer_reminder", _("Feedback geven: %(title)s", title=activity.title), body, link=page)


def _tell_short(run: Run, activity: Activity, missing: Mapping[int, int]) -> None:
    """The trainers hear who is short while there is still time to fill in: two days before the date, and on it."""
    page = link("core.runs.activity", run_id=run.id, slug=activity.slug)
    names = ", ".join(sorted(person.name for person in _people(missing)))
    for trainer in absences.trainers(run) if missing else ():
        first = ngettext(
            "In de ronde «%(title)s» komt er %(num)s keer feedback te weinig.",
            "In de ronde «%(title)s» komt er %(num)s keer feedback te weinig.",
            sum(missing.values()),
            title=activity.title,
        )
        who = _("Te weinig feedback krijgen: %(names)s.", names=names)
        more = _("U kunt nog iemand vragen om een werk te lezen, of zelf feedback schrijven.")
        body = letter(trainer.person, first, who, more, _("Bekijk de ronde: %(link)s", link=page))
        subject = _("Te weinig feedback: %(title)s", title=activity.title)
        send(trainer.person, "peer_empty", subject, body, link=page)


def _tell_empty(run: Run, activity: Activity) -> None:
    page = link("core.runs.activity", run_id=run.id, slug=activity.slug)
    for trainer in absences.trainers(run):
        first = _(
            "De ronde «%(title)s» zou nu opengaan, maar er is nog te weinig werk ingeleverd.", title=activity.title
        )
        more = _("De ronde wacht. Ze gaat vanzelf open zodra twee mensen hebben ingeleverd.")
        body = letter(trainer.person, first, more, _("Bekijk de ronde: %(link)s", link=page))
        send(
            trainer.person, "peer_empty", _("De ronde wacht op werk: %(title)s", title=activity.title), body, link=page
        )
