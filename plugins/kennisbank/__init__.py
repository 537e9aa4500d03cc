"""Kennisbank: what libraries did, and what it brought."""

from pathlib import Path

from lms.api import DemoAccount, NavItem, Permission, PersonalData, Plugin, Role, Setup
from lms.api import lazy_gettext as _l

from . import models as models  # the tables
from . import privacy
from .actions import load
from .collection import Collection
from .routes import bp

plugin = Plugin(
    name="kennisbank",
    package=__name__,
    title=_l("Kennisbank"),
    blueprint=bp,
    migrations=Path(__file__).parent / "migrations",
    roles=(Role("kennisbank.editor", _l("Redactie van de kennisbank")),),
    permissions=(
        Permission("kennisbank.read", _l("De kennisbank lezen"), roles={"member"}),
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
    activity_types=(Collection,),
    personal_data=(PersonalData(_l("wat u koos uit de kennisbank, en waarom"), privacy.export, privacy.erase),),
    setup=(Setup(_l("De acties van de kennisbank"), load),),
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
