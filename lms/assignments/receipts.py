"""The receipt of a hand-in: told to the house as an event, and to the participant by mail."""

from flask_babel import gettext as _

from .. import events
from ..files.names import in_words
from ..i18n import moment
from ..notifications import services as notifications
from ..runs import absences
from ..runs.visits import Visit
from .models import Version


def send(visit: Visit, version: Version, url: str) -> None:
    """Tell that this version came in. ``url`` is the address of the version, in full."""
    events.send("core.handed_in", version=version)
    title = visit.activity.title
    lines = [
        _("Dag %(name)s,", name=visit.person.first_name),
        "",
        _(
            "Wij hebben uw werk ontvangen op %(moment)s: versie %(number)s van «%(title)s».",
            moment=moment(version.handed_in_at, "d MMMM yyyy"),
            number=version.number,
            title=title,
        ),
    ]
    if version.late:
        lines.append(_("Het kwam na de inleverdatum. Uw trainer ziet dat, en kijkt gewoon."))
    if version.files:
        lines += ["", _("Bestanden:"), *(f"- {file.name} ({in_words(file.size)})" for file in version.files)]
    lines += [
        "",
        _("Tot uw trainer een oordeel bewaart, kunt u opnieuw inleveren."),
        _("U krijgt een bericht als uw trainer heeft gekeken."),
        "",
        _("Bekijk wat u inleverde: %(url)s", url=url),
    ]
    subject = _("Ontvangen: %(title)s, versie %(number)s", title=title, number=version.number)
    notifications.send(visit.person, "receipt", subject, "\n".join(lines), link=url)
    _tell_trainers(visit, version)


def _tell_trainers(visit: Visit, version: Version) -> None:
    """Only who asked for it: on «Vandaag» every trainer sees what waits, and a line for each hand-in would be noise."""
    page = notifications.link("core.grading.judge", run_id=visit.run.id, version_id=version.id)
    facts = {"name": visit.person.name, "title": visit.activity.title, "number": version.number}
    for trainer in absences.trainers(visit.run):
        if notifications.wants(trainer.person, "handed_in"):
            body = _("%(name)s leverde versie %(number)s in van «%(title)s».", **facts)
            body += "\n\n" + _("Bekijk en beoordeel het werk: %(link)s", link=page)
            notifications.send(
                trainer.person, "handed_in", _("Ingeleverd: %(title)s, %(name)s", **facts), body, link=page
            )
