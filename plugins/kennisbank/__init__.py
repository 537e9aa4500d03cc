"""Kennisbank: what libraries did, and what it brought."""

from datetime import timedelta
from pathlib import Path

from lms.api import (
    Demo,
    DemoAccount,
    Event,
    JobKind,
    Listener,
    LookUp,
    MailKind,
    NavItem,
    Panel,
    Permission,
    PersonalData,
    Plugin,
    Role,
    Routine,
    SearchProvider,
    Setup,
    Vocabularies,
)
from lms.api import lazy_gettext as _l

from . import beside_routes as beside_routes
from . import contribute_routes as contribute_routes  # pages that add themselves to the blueprint
from . import demo, privacy, reminding, waiting
from . import editor_routes as editor_routes
from . import export_routes as export_routes
from . import finding_routes as finding_routes
from . import models as models  # the tables
from . import reader_routes as reader_routes
from .actions import load
from .cli import add_to
from .collection import Collection
from .offers import OFFERS
from .routes import bp
from .search import groups, index, site

HERE = Path(__file__).parent
add_to(bp)

plugin = Plugin(
    name="kennisbank",
    package=__name__,
    title=_l("Kennisbank"),
    blueprint=bp,
    migrations=HERE / "migrations",
    roles=(Role("kennisbank.editor", _l("Redactie van de kennisbank")),),
    permissions=(
        Permission("kennisbank.read", _l("De kennisbank lezen"), roles={"member"}),
        Permission("kennisbank.contribute", _l("Bijdragen namens de eigen bibliotheek"), roles={"member"}),
        Permission("kennisbank.edit", _l("Redactie van de kennisbank"), roles={"kennisbank.editor"}),
        Permission("kennisbank.shelve", _l("Een verzameling vullen voor de eigen groep"), roles={"trainer"}),
        Permission(
            "kennisbank.synonyms", _l("Synoniemen van de kennisbank beheren"), roles={"kennisbank.editor", "admin"}
        ),
        Permission("kennisbank.choose", _l("Kiezen uit een verzameling"), roles={"participant"}),
    ),
    nav=(
        NavItem(
            _l("Kennisbank"),
            "kennisbank.index",
            "kennisbank.read",
            icon="card-index",
            area="ochre",
            position=30,
        ),
    ),
    events=(Event("kennisbank.changed", ("entries",)),),
    vocabularies=(Vocabularies(HERE / "data" / "lijsten.json"),),
    activity_types=(Collection,),
    offers=OFFERS,
    lookups=(LookUp(_l("Zoek in de kennisbank"), "kennisbank.beside", "kennisbank.choose"),),
    jobs=(JobKind(groups.JOB, groups.reindex, _l("De kennisbank opnieuw doorzoekbaar maken")),),
    routines=(Routine("kennisbank.remind", reminding.remind, every=timedelta(days=1)),),
    mail_kinds=(
        MailKind("kennisbank.question", _l("Iemand antwoordt op uw vraag"), permission="kennisbank.contribute"),
        MailKind("kennisbank.waiting", _l("Er wacht een bijdrage op de redactie"), permission="kennisbank.edit"),
        MailKind("kennisbank.answered", _l("De redactie keek naar uw bijdrage"), permission="kennisbank.contribute"),
        MailKind(
            "kennisbank.doubted", _l("Een lezer denkt dat iets niet meer klopt"), permission="kennisbank.contribute"
        ),
        MailKind("kennisbank.due", _l("Een bijdrage wil weer bekeken worden"), permission="kennisbank.contribute"),
    ),
    personal_data=(
        PersonalData(
            _l("wat u koos uit de kennisbank, en waarom; wat u deelde namens uw bibliotheek; wat u als lezer zei"),
            privacy.export,
            privacy.erase,
        ),
    ),
    search=(SearchProvider(_l("Kennisbank"), site.find, more="kennisbank.index"),),
    panels=(Panel(_l("Kennisbank"), waiting.rows, "kennisbank.contribute"),),
    listeners=(
        Listener("kennisbank.changed", index.changed),
        Listener("core.term_changed", index.renamed),
        Listener("core.terms_merged", index.merged),
    ),
    setup=(
        Setup(_l("De synoniemen van de kennisbank"), groups.load),
        Setup(_l("De acties van de kennisbank"), load),
        Setup(_l("De zoekmachine van de kennisbank"), index.fill),
    ),
    demo=(Demo(demo.load),),
    demo_accounts=(
        DemoAccount(
            "redactie",
            "Hanna Terpstra",
            "Bibliotheek Waterdorp",
            roles=("kennisbank.editor",),
            offer=_l("Redactie"),
        ),
    ),
)
