"""What the core tells people, as data; the labels stand on the page of one's account."""

from flask_babel import lazy_gettext as _l

from ..plugins import MailKind

CORE = (
    MailKind("invitation", _l("Een uitnodiging"), required=True),
    MailKind("reset", _l("Een link voor een nieuw wachtwoord"), required=True),
    MailKind("address", _l("Uw e-mailadres is gewijzigd"), required=True),
    MailKind("enrolled", _l("U bent ingeschreven voor een cursus")),
    MailKind("announcement", _l("Uw trainer schrijft een bericht aan de groep"), permission="core.follow"),
    MailKind("day", _l("Een lesdag verandert"), permission="core.follow"),
    MailKind("receipt", _l("Ontvangstbewijs van werk dat u inlevert"), permission="core.take_part"),
    MailKind("released", _l("Uw trainer heeft uw werk bekeken"), permission="core.take_part"),
    MailKind("retracted", _l("Uw trainer trekt een oordeel in"), permission="core.take_part"),
    MailKind("peer_open", _l("U kunt feedback geven op werk van collega's"), permission="core.take_part"),
    MailKind("peer_reminder", _l("Herinnering: een collega wacht op uw feedback"), permission="core.take_part"),
    MailKind("peer_feedback", _l("Een collega geeft feedback op uw werk"), permission="core.take_part"),
    MailKind("peer_empty", _l("Een feedbackronde wacht op werk of komt feedback te kort"), permission="core.judge"),
    MailKind("absence", _l("Een deelnemer meldt zich af voor een lesdag"), permission="core.judge"),
    MailKind("handed_in", _l("Een deelnemer levert werk in"), default=False, permission="core.judge"),
)
