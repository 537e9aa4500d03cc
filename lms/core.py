"""The core is the first plugin: what it adds to itself goes through the same door as everybody's."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint
from flask_babel import lazy_gettext as _l

from . import models as models  # the tables
from .accounts.routes import bp as accounts
from .accounts.services import mail_reset
from .admin.routes import bp as admin
from .assignments.activity import Assignment
from .assignments.routes import bp as assignments
from .audit.routes import bp as audit
from .audit.services import judgement_released, judgement_retracted
from .calendar.routes import bp as calendar
from .calendar.services import of_runs
from .demo import content as demo
from .exchange.routes import bp as exchange
from .files.routes import bp as files
from .files.services import forget_bytes
from .grading.routes import bp as grading
from .jobs.routes import bp as jobs
from .lessons.activity import Lesson
from .lessons.routes import bp as lessons
from .notifications import kinds
from .notifications.routes import bp as notifications
from .notifications.services import deliver
from .pages.routes import bp as pages
from .peer.activity import PeerFeedback
from .peer.clockwork import EVERY, tick
from .peer.leases import read_newest
from .peer.letters import feedback_given
from .peer.routes import bp as peer
from .peer.trainer_routes import bp as peer_trainer
from .plan.routes import bp as plan
from .plugins import (
    CalendarSource,
    Demo,
    Event,
    JobKind,
    Listener,
    NavItem,
    Permission,
    PersonalData,
    Plugin,
    Role,
    Routine,
    SearchProvider,
    Vocabularies,
)
from .privacy.erasing import erase
from .privacy.holdings import export
from .privacy.routes import bp as privacy
from .privacy.sweep import sweep_daily
from .runs.routes import bp as runs
from .search import services as searching
from .search.routes import bp as search
from .site.routes import bp as site
from .today.routes import bp as today
from .vocabularies.routes import bp as vocabularies
from .watch.routes import bp as watch
from .worksheets.routes import bp as worksheets

HERE = Path(__file__).parent

bp = Blueprint("core", __name__, cli_group=None)
PARTS = (
    accounts, admin, assignments, audit, calendar, exchange, files, grading, jobs, lessons, notifications, pages, peer,
    peer_trainer, plan, privacy, runs, search, site, today, vocabularies, watch, worksheets,
)  # fmt: skip
for part in PARTS:
    bp.register_blueprint(part)

core = Plugin(
    name="core",
    package="lms",
    title=_l("De kern"),
    blueprint=bp,
    migrations=HERE / "migrations" / "versions",
    roles=(
        Role("member", _l("Lid")),
        Role("admin", _l("Beheerder")),
        Role("contact", _l("Contactpersoon van een bibliotheek"), scope="library"),
        Role("participant", _l("Deelnemer"), scope="run"),
        Role("trainer", _l("Trainer"), scope="run"),
    ),
    permissions=(
        Permission("core.use", _l("Aangemeld zijn"), roles={"member"}),
        Permission("core.follow", _l("Een cursus volgen of geven"), roles={"participant", "trainer", "admin"}),
        Permission("core.take_part", _l("Werk maken en inleveren"), roles={"participant"}),
        Permission("core.judge", _l("Werk beoordelen"), roles={"trainer"}),
        Permission("core.announce", _l("Een groep leiden"), roles={"trainer", "admin"}),
        Permission("core.manage", _l("De site beheren"), roles={"admin"}),
    ),
    nav=(
        NavItem(_l("Vandaag"), "core.today.index", "core.use", icon="sun", position=10),
        NavItem(
            _l("Cursus"), "core.runs.mine", "core.follow", icon="book", area="slate", position=20, under=("/runs",)
        ),
        NavItem(_l("Beheer"), "core.admin.index", "core.manage", icon="gear", position=90),
    ),
    activity_types=(Lesson, Assignment, PeerFeedback),
    vocabularies=(Vocabularies(HERE / "vocabularies" / "taxonomie.json"),),
    demo_accounts=demo.accounts,
    demo=(Demo(demo.load),),
    events=(
        Event("core.handed_in", ("version",)),
        Event("core.released", ("assessment",)),
        Event("core.retracted", ("assessment",)),
        Event("core.enrolled", ("enrolment",)),
        Event("core.feedback_given", ("review",)),
        Event("core.term_changed", ("term",)),
        Event("core.terms_merged", ("old", "new")),
        Event("core.taken", ("taking",)),
        Event("core.taking_undone", ("taking",)),
    ),
    listeners=(
        Listener("core.released", judgement_released),
        Listener("core.retracted", judgement_retracted),
        Listener("core.feedback_given", feedback_given),
        Listener("core.handed_in", read_newest),
    ),
    personal_data=(
        PersonalData(_l("account, rollen, deelname, voortgang, werk, oordelen, berichten en mails"), export, erase),
    ),
    jobs=(
        JobKind("core.reset", mail_reset, _l("Een link voor een nieuw wachtwoord maken")),
        JobKind("core.mail", deliver, _l("Een mail versturen")),
        JobKind("core.forget_bytes", forget_bytes, _l("Een verwijderd bestand opruimen")),
    ),
    routines=(
        Routine("core.sweep", sweep_daily, every=timedelta(days=1)),
        Routine("core.peer", tick, every=EVERY),
    ),
    mail_kinds=kinds.CORE,
    calendar=(CalendarSource(_l("Lesdagen en inleverdata"), of_runs, "core.follow"),),
    search=(
        SearchProvider(_l("Lessen en opdrachten"), searching.lessons, "core.follow"),
        SearchProvider(_l("Materiaal van de cursus"), searching.pages, "core.follow"),
    ),
)
