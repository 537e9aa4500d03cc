"""Community: one working community for each library, walking the steps of a plan."""

from pathlib import Path

from lms.api import CalendarSource, Demo, DemoAccount, NavItem, Panel, Permission, PersonalData, Plugin, Role, Setup
from lms.api import lazy_gettext as _l

from . import calendar, demo, offers, plan, privacy, waiting
from . import models as models  # the tables
from .activity import OurCommunity
from .routes import bp

plugin = Plugin(
    name="community",
    package=__name__,
    title=_l("Community"),
    blueprint=bp,
    migrations=Path(__file__).parent / "migrations",
    roles=(
        Role("community.lead", _l("Programmaleider")),
        Role("community.coach", _l("Coach"), scope="library"),
    ),
    permissions=(
        Permission("community.read", _l("De community van de eigen bibliotheek zien"), roles={"member"}),
        Permission("community.edit", _l("De community van de eigen bibliotheek bijhouden"), roles={"member"}),
        Permission("community.manage", _l("Programma's leiden"), roles={"community.lead"}),
        Permission("community.guide", _l("Communities begeleiden"), roles={"community.coach", "community.lead"}),
    ),
    nav=(NavItem(_l("Community"), "community.index", "community.read", icon="people", area="brick", position=40),),
    activity_types=(OurCommunity,),
    exchanges=offers.EXCHANGES,
    offers=offers.OFFERS,
    setup=(Setup(_l("Het stappenplan van een community"), plan.load),),
    demo_accounts=(
        DemoAccount("coach", "Wouter Alkema", "Bibliotheek Lindehove", roles=("community.coach",), offer=_l("Coach")),
        DemoAccount(
            "programmaleider",
            "Saskia Brouwer",
            "Bibliotheekhuis Polderzicht",
            roles=("community.lead",),
            offer=_l("Programmaleider"),
        ),
    ),
    calendar=(CalendarSource(_l("Activiteiten van uw community"), calendar.dates_of, "community.read"),),
    panels=(Panel(_l("Uw community"), waiting.rows, "community.edit"),),
    personal_data=(
        PersonalData(
            _l("welke community u begon, welke stappen u afrondde, wat u erbij schreef en plande, en wie u coacht"),
            privacy.export,
            privacy.erase,
        ),
    ),
    demo=(Demo(demo.load),),
)
