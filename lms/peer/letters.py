"""What an author hears when feedback comes in, and who is asked by the trainer."""

from flask_babel import gettext as _

from ..accounts.models import Person
from ..notifications.letters import letter
from ..notifications.services import link, send
from . import terms
from .models import FILLED, Review


def feedback_given(review: Review) -> None:
    """Tell the author, without the giver's name where givers are hidden."""
    activity, person = review.round.activity, review.author.person
    page = link("core.runs.activity", run_id=review.round.run_id, slug=activity.slug)
    asked = terms.of(activity)
    facts = {"title": activity.title}
    if asked.hidden and review.origin == FILLED:
        first = _("Uw trainer heeft feedback gegeven op uw werk: «%(title)s».", **facts)
    elif asked.hidden or review.reviewer is None:
        first = _("Een collega heeft feedback gegeven op uw werk: «%(title)s».", **facts)
    else:
        facts["name"] = review.reviewer.person.name
        first = _("%(name)s heeft feedback gegeven op uw werk: «%(title)s».", **facts)
    more = _("Beantwoord elke tip: doen, deels of niet.")
    body = letter(person, first, more, _("Lees de feedback: %(link)s", link=page))
    send(person, "peer_feedback", _("Feedback op uw werk: %(title)s", title=activity.title), body, link=page)


def asked(review: Review, reviewer: Person, author: Person) -> None:
    """Tell the reviewer that the trainer asks them to read a work."""
    activity = review.round.activity
    page = link("core.runs.activity", run_id=review.round.run_id, slug=activity.slug)
    facts = {"title": activity.title, "name": author.name}
    first = _("Uw trainer vraagt of u het werk van %(name)s leest: «%(title)s».", **facts)
    body = letter(reviewer, first, _("Begin hier: %(link)s", link=page))
    send(reviewer, "peer_open", _("U kunt feedback geven: %(title)s", title=activity.title), body, link=page)
