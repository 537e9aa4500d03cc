"""The words for what the tables keep as a code."""

from lms.api import lazy_gettext as _l

LIBRARY_ROLES = {
    "create": _l("Creëren: wij zetten de community op"),
    "organise": _l("Organiseren: wij regelen wat er gebeurt"),
    "facilitate": _l("Faciliteren: wij geven ruimte, tijd en kennis"),
    "participate": _l("Participeren: wij doen mee in een community van anderen"),
}
CONTACT_FORMS = {
    "talk": _l("Gesprek"),
    "visit": _l("Op bezoek"),
    "meeting": _l("Bijeenkomst"),
    "online": _l("Online"),
    "survey": _l("Vragenlijst"),
}
PARTNER_KINDS = {"partner": _l("Partner: doet mee"), "stakeholder": _l("Stakeholder: heeft er belang bij")}
DECISIONS = {"continue": _l("Gaat door"), "change": _l("Verandert"), "stop": _l("Stopt")}
MODES = {"offline": _l("in de bibliotheek"), "online": _l("online"), "both": _l("beide")}
MODE_ICONS = {"offline": "house-door", "online": "globe", "both": "arrow-repeat"}
STARTERS = {"for": _l("voor de community"), "with": _l("met de community"), "by": _l("door de community")}
PARTICIPATION_ROLES = {"co-creator": _l("Co-creator"), "participant": _l("Deelnemer")}
PARTICIPATION_STATES = {
    "active": _l("Doet mee"),
    "finished": _l("Afgerond"),
    "stopped": _l("Gestopt"),
    "unknown": _l("Uitkomst niet bekend"),
}
PASSAGES = {
    "passed": _l("afgerond"),
    "early": _l("eerder door, door de programmaleider"),
    "reopened": _l("weer geopend"),
}
