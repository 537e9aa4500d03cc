"""A plugin that breaks the contract stops the start with one sentence. Each sentence has a case here.

`test_every_sentence_has_a_case` reads the `raise ContractError` statements of the source and fails for one that no
case reaches.
"""

import ast
import functools
import sys
import types
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from flask import Blueprint
from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from lms import contract, create_app, registry
from lms.api import (
    ActivityType,
    Base,
    CalendarSource,
    CourseContent,
    DemoAccount,
    Event,
    Exchange,
    ExchangeField,
    Grid,
    JobKind,
    Listener,
    LookUp,
    MailKind,
    NavItem,
    Offer,
    Panel,
    Part,
    Permission,
    PersonalData,
    Plugin,
    Role,
    Routine,
    SearchProvider,
    Setup,
    SheetField,
    Vocabularies,
    Worksheet,
    public,
    requires,
)
from lms.errors import ContractError

HERE = Path(__file__).parent
CHECKERS = (Path(registry.__file__), *sorted(Path(contract.__file__).parent.glob("*.py")))
DOCS = HERE.parents[2] / "docs" / "plugins.md"
GOOD = Plugin(name="buren", package="tests.buren", title="Buren")


class Note(ActivityType):
    key, title = "buren.note", "Notitie"

    def view(self, visit):
        return ""


def good(**fields):
    return replace(GOOD, **fields)


def pages(*pages, name="buren", prefix="/buren"):
    """A blueprint with a page for each (address, function)."""
    bp = Blueprint(name, __name__, url_prefix=prefix)
    for address, view in pages:
        bp.get(address)(view)
    return bp


@requires("core.use")
def index():
    return "buren"


@requires("core.use")
def one(number):
    return str(number)


@requires("core.use")
def form():
    return ""


def beside_the_blueprint():
    bp = Blueprint("buren", __name__)
    bp.record(lambda state: state.app.add_url_rule("/los", "los", index))
    return bp


def only_post():
    bp = Blueprint("buren", __name__)
    bp.post("/buren")(form)
    return bp


def static(filename="x"):
    return "a page, whatever its name"


@functools.cache
def package_with_table(table, person=None):
    """The name of a package with a model; a module, so that the registry finds it as it finds anybody's.

    ``person`` is a foreign key to somebody.
    """
    package = f"tests_only_{table}"
    module = types.ModuleType(package)
    sys.modules[package] = module
    columns = {"__tablename__": table, "__module__": package, "__annotations__": {"id": Mapped[int]}}
    if person is not None:
        columns["__annotations__"]["person_id"] = Mapped[int | None]
        columns["person_id"] = mapped_column(person)
    module.Model = type("Model", (Base,), columns | {"id": mapped_column(Integer, primary_key=True)})
    return package


@pytest.fixture(autouse=True)
def tables_stay_here():
    """Models made here are taken away again, so that no other test finds their tables."""
    before = set(Base.metadata.tables)
    yield
    for name in set(Base.metadata.tables) - before:
        table = Base.metadata.tables[name]
        mapper = next(m for m in Base.registry.mappers if m.local_table is table)
        Base.registry._dispose_cls(mapper.class_)
        mapper._dispose_manager = None
        Base.metadata.remove(table)
    package_with_table.cache_clear()


def handle(version):
    pass


def nothing(*_given):
    pass


def to(column, ondelete):
    return ForeignKey(column, ondelete=ondelete)


def books(name="books", **fields):
    given = {"version": 2, "label": "Boeken", "fields": (ExchangeField("title", "Titel"),), "give": nothing}
    return Exchange(name, **(given | fields))


def offer(**fields):
    """A plugin with an offer for books."""
    functions = dict.fromkeys(("targets", "look", "take", "undo"), nothing)
    given = {"version": 2, "key": "buren.books", "label": "Neem over", "permission": "core.use"} | functions
    return good(offers=(Offer("books", **(given | fields)),))


PRIVATE = Worksheet("buren.kaart", "Kaart", (Part("straat", "Straat", (SheetField("title", "Titel", private=True),)),))
SHELF = Plugin(name="plank", package="tests.plank", title="Plank", exchanges=(books(),))
SHEET = Worksheet("buren.sheet", "Werkblad", (Part("people", "Mensen", (SheetField("name", "Naam"),)),))


def sheet(**part):
    return replace(SHEET, parts=(replace(SHEET.parts[0], **part),))


READ = Permission("buren.read", "Lezen", roles={"member"})
TO_INDEX = NavItem("Buren", "buren.index", "core.use")

CASES = {
    # the plugin by itself
    "a list instead of a tuple": (
        lambda: [good(permissions=[READ])],
        "Plugin.permissions must be a tuple of Permission",
    ),
    "one noun without a tuple": (lambda: [good(permissions=READ)], "must be a tuple of Permission"),
    "another noun": (lambda: [good(permissions=(Role("buren.lead", "Trekker"),))], "must be a tuple of Permission"),
    "one text as requires": (lambda: [good(requires="core")], "Plugin.requires must be a tuple of str"),
    "an activity type made into an object": (
        lambda: [good(activity_types=(Note(),))],
        "Plugin.activity_types must be a tuple of ActivityType classes",
    ),
    "no blueprint": (lambda: [good(blueprint="buren")], "Plugin.blueprint must be Blueprint or None"),
    "migrations as a text": (lambda: [good(migrations="migrations")], "Plugin.migrations must be Path or None"),
    "roles as one text": (
        lambda: [good(permissions=(Permission("buren.read", "Lezen", roles="member"),))],
        "Permission.roles must be a set",
    ),
    "a scope that is none": (
        lambda: [good(roles=(Role("buren.lead", "Trekker", scope="street"),))],
        "Role.scope must be 'site' or 'library'",
    ),
    "a function that is none": (lambda: [good(setup=(Setup("Gegevens", "load"),))], "Setup.load must be a function"),
    "a name with capitals": (lambda: [good(name="Buren")], "a name begins with a small letter"),
    "a name with a dot": (lambda: [good(name="buren.straat")], "a name begins with a small letter"),
    "no title": (lambda: [good(title="")], "has no title"),
    "another contract": (lambda: [good(api=2)], "is written for contract 2, this is 1"),
    "a blueprint of another name": (
        lambda: [good(blueprint=pages(("/", index), name="straat"))],
        "has a blueprint named 'straat'",
    ),
    "a permission without prefix": (
        lambda: [good(permissions=(Permission("read", "Lezen"),))],
        "permission 'read' must begin with 'buren.'",
    ),
    "a permission of the core's": (
        lambda: [good(permissions=(Permission("core.manage", "Beheren", roles={"member"}),))],
        "permission 'core.manage' must begin with 'buren.'",
    ),
    "a role without prefix": (lambda: [good(roles=(Role("lead", "Trekker"),))], "role 'lead' must begin with"),
    "a role that is all prefix": (lambda: [good(roles=(Role("buren.", "Trekker"),))], "role 'buren.' must begin with"),
    "an activity type without key": (
        lambda: [good(activity_types=(type("Keyless", (Note,), {"key": ""}),))],
        "activity type '' must begin with 'buren.'",
    ),
    "an event without prefix": (lambda: [good(events=(Event("moved"),))], "event 'moved' must begin with"),
    "a job kind without prefix": (lambda: [good(jobs=(JobKind("mail", nothing),))], "job kind 'mail' must begin with"),
    "a calendar for an unknown permission": (
        lambda: [good(calendar=(CalendarSource("Kringen", nothing, "buren.fly"),))],
        "calendar 'Kringen' names the permission 'buren.fly'",
    ),
    "a panel for an unknown permission": (
        lambda: [good(panels=(Panel("Kringen", nothing, "buren.fly"),))],
        "panel 'Kringen' names the permission 'buren.fly'",
    ),
    "a routine without prefix": (
        lambda: [good(routines=(Routine("tidy", dict, every=timedelta(days=1)),))],
        "routine 'tidy' must begin with 'buren.'",
    ),
    "a mail kind without prefix": (
        lambda: [good(mail_kinds=(MailKind("receipt", "Ontvangen"),))],
        "mail kind 'receipt' must begin with 'buren.'",
    ),
    "a mail kind twice": (
        lambda: [good(mail_kinds=(MailKind("buren.moved", "Nieuw"), MailKind("buren.moved", "Weg")))],
        "declares mail kind 'buren.moved' twice",
    ),
    "a table without prefix": (
        lambda: [good(package=package_with_table("straat_huis"), migrations=HERE)],
        "table 'straat_huis' must begin with 'buren_'",
    ),
    "a permission twice": (lambda: [good(permissions=(READ, READ))], "declares permission 'buren.read' twice"),
    "a job kind twice": (
        lambda: [good(jobs=(JobKind("buren.mail", nothing), JobKind("buren.mail", nothing)))],
        "declares job kind 'buren.mail' twice",
    ),
    "tables without migrations": (
        lambda: [good(package=package_with_table("buren_huis"))],
        "has the table 'buren_huis' but no folder of migrations",
    ),
    "a table about people of which nothing is said": (
        lambda: [
            good(package=package_with_table("buren_bewoner", to("core_person.id", "CASCADE")), migrations=HERE)
        ],
        "has the table 'buren_bewoner', which refers to 'core_person', but no PersonalData",
    ),
    "a table about people at a distance": (
        lambda: [
            good(package=package_with_table("buren_hof", to("core_version.id", "CASCADE")), migrations=HERE)
        ],
        "has the table 'buren_hof', which refers to 'core_version', but no PersonalData",
    ),
    "a table that keeps people from leaving": (
        lambda: [
            good(
                package=package_with_table("buren_tuin", to("core_person.id", None)),
                migrations=HERE,
                personal_data=(PersonalData("tuinen", nothing, nothing),),
            )
        ],
        "buren_tuin.person_id would keep somebody from leaving",
    ),
    "an activity type without view": (
        lambda: [good(activity_types=(type("Viewless", (ActivityType,), {"key": "buren.x", "title": "X"}),))],
        "activity type 'buren.x' has no view()",
    ),
    "an activity type without title": (
        lambda: [good(activity_types=(type("Nameless", (Note,), {"title": ""}),))],
        "activity type 'buren.note' has no title",
    ),
    "a vocabulary that is not there": (
        lambda: [good(vocabularies=(Vocabularies(HERE / "words.json"),))],
        "words.json, which is not there",
    ),
    "a course that is not there": (
        lambda: [good(courses=(CourseContent(HERE / "content"),))],
        "course.toml, which is not there",
    ),
    "a worksheet without prefix": (
        lambda: [good(worksheets=(replace(SHEET, key="sheet"),))],
        "worksheet 'sheet' must begin with 'buren.'",
    ),
    "a part of a worksheet without its comma": (
        lambda: [good(worksheets=(replace(SHEET, parts=SHEET.parts[0]),))],
        "Worksheet.parts must be a tuple of Part",
    ),
    "a kind of field that is none": (
        lambda: [good(worksheets=(sheet(fields=(SheetField("name", "Naam", "colour"),)),))],
        "SheetField.kind must be 'text' or 'long'",
    ),
    "a choice without a word": (
        lambda: [good(worksheets=(sheet(fields=(SheetField("kind", "Soort", "choice", choices=(("a",),)),)),))],
        "SheetField.choices must be a tuple of a tuple of 2",
    ),
    "a field with the name of the row's id": (
        lambda: [good(worksheets=(sheet(fields=(SheetField("id", "Nummer"),)),))],
        "worksheet buren.sheet:people cannot have the name 'id'",
    ),
    "two parts of one name": (
        lambda: [good(worksheets=(replace(SHEET, parts=SHEET.parts * 2),))],
        "worksheet buren.sheet cannot have the name 'people'",
    ),
    "a grid of a field that is none": (
        lambda: [good(worksheets=(sheet(grid=Grid("x", "name", ("a", "b", "c", "d"))),))],
        "worksheet buren.sheet:people draws the field 'x'",
    ),
    "a source that is none": (
        lambda: [good(worksheets=(sheet(fields=(SheetField("name", "Naam", source="straat.sheet:people.name"),)),))],
        "buren.sheet:people.name takes from 'straat.sheet:people.name', which no worksheet has",
    ),
    "a colour that is none": (
        lambda: [good(nav=(replace(TO_INDEX, area="pink"),))],
        "area 'pink' is no colour; choose slate, ochre or brick",
    ),
    "a role for a run": (
        lambda: [good(roles=(Role("buren.guest", "Gast", scope="run"),))],
        "role 'buren.guest' has the scope 'run'",
    ),
    # plugins together
    "two of one name": (lambda: [GOOD, GOOD], "Two plugins are named 'buren'"),
    "the name of the core": (lambda: [good(name="core")], "Two plugins are named 'core'"),
    "a name that begins with another": (
        lambda: [GOOD, good(name="buren_dag")],
        "The name of plugin 'buren_dag' begins with that of plugin 'buren'",
    ),
    "a name that begins another": (
        lambda: [good(name="buren_dag"), GOOD],
        "The name of plugin 'buren_dag' begins with that of plugin 'buren'",
    ),
    "requires what is off": (lambda: [good(requires=("straat",))], "requires 'straat', which is not there"),
    "requires itself": (lambda: [good(requires=("buren",))], "in a circle: buren → buren"),
    "requires each other": (
        lambda: [good(requires=("straat",)), good(name="straat", requires=("buren",))],
        "in a circle: buren → straat → buren",
    ),
    "a permission for a role that nobody has": (
        lambda: [good(permissions=(Permission("buren.read", "Lezen", roles={"neighbour"}),))],
        "permission 'buren.read' names the role 'neighbour', which no plugin declares",
    ),
    "a mail kind with a permission that nobody has": (
        lambda: [good(mail_kinds=(MailKind("buren.moved", "Nieuw", permission="buren.see"),))],
        "mail kind 'buren.moved' names the permission 'buren.see'",
    ),
    "a search provider with a permission that nobody has": (
        lambda: [good(search=(SearchProvider("Buren", nothing, "buren.see"),))],
        "search provider 'Buren' names the permission 'buren.see'",
    ),
    "a menu item with a permission that nobody has": (
        lambda: [good(blueprint=pages(("/", index)), nav=(NavItem("Buren", "buren.index", "buren.see"),))],
        "menu item 'buren.index' names the permission 'buren.see'",
    ),
    "a look-up with a permission that nobody has": (
        lambda: [good(blueprint=pages(("/", index)), lookups=(LookUp("Zoek", "buren.index", "buren.see"),))],
        "look-up 'buren.index' names the permission 'buren.see'",
    ),
    "a listener to an event that is none": (
        lambda: [good(listeners=(Listener("core.handed_out", nothing),))],
        "listens to 'core.handed_out', which plugin 'core' does not declare",
    ),
    "a listener that cannot take it": (
        lambda: [good(listeners=(Listener("core.released", handle),))],
        "the function that hears 'core.released' must take assessment",
    ),
    "a demo account with a role that is none": (
        lambda: [good(demo_accounts=(DemoAccount("buurman", "Bas", "Bibliotheek Waterdorp", roles=("neighbour",)),))],
        "demo account 'buurman' has the role 'neighbour', which no plugin declares",
    ),
    "a demo account with a role of a run": (
        lambda: [good(demo_accounts=(DemoAccount("buurman", "Bas", "Bibliotheek Waterdorp", roles=("trainer",)),))],
        "demo account 'buurman' has the role 'trainer', which somebody gets in a run",
    ),
    "a demo account twice": (
        lambda: [good(demo_accounts=(DemoAccount("beheerder", "Bas", "Bibliotheek Waterdorp"),))],
        "plugin 'core' has a demo account 'beheerder' too",
    ),
    "an exchange with a prefix": (
        lambda: [good(exchanges=(books("buren.books"),))],
        "exchange 'buren.books' must be named with small letters, digits and -",
    ),
    "an exchange without fields": (
        lambda: [good(exchanges=(books(fields=()),))],
        "exchange 'books' needs fields, each with a key of its own",
    ),
    "an exchange with a field twice": (
        lambda: [good(exchanges=(books(fields=(ExchangeField("title", "Titel"),) * 2),))],
        "exchange 'books' needs fields, each with a key of its own",
    ),
    "an exchange that gives nothing": (
        lambda: [good(exchanges=(books(give=None),))],
        "exchange 'books' needs either give=… or sheet=…; correct it",
    ),
    "an exchange of a worksheet that is not there": (
        lambda: [good(exchanges=(books(give=None, sheet="buren.kaart", part="straat"),))],
        "exchange 'books' hands out buren.kaart:straat, which no worksheet has",
    ),
    "an exchange of a private field": (
        lambda: [good(worksheets=(PRIVATE,), exchanges=(books(give=None, sheet="buren.kaart", part="straat"),))],
        "exchange 'books' hands out the field 'title', which is private or not there in buren.kaart:straat",
    ),
    "an exchange that two hand out": (
        lambda: [good(exchanges=(books(),)), SHELF],
        "Plugins 'buren' and 'plank' both hand out 'books'; rename one of them",
    ),
    "an offer without prefix": (lambda: [offer(key="books")], "offer 'books' must begin with 'buren.'"),
    "an offer with a permission that nobody has": (
        lambda: [offer(permission="buren.see")],
        "offer 'buren.books' names the permission 'buren.see'",
    ),
    "an offer for an older version": (
        lambda: [offer(version=1), SHELF],
        "offer 'buren.books' takes version 1 of 'books', but version 2 is handed out",
    ),
    "an offer for a field that is not there": (
        lambda: [offer(fields=("title", "price")), SHELF],
        "offer 'buren.books' takes the field 'price', which 'books' does not have",
    ),
    # pages
    "a page that nobody guards": (
        lambda: [good(blueprint=pages(("/", lambda: "")))],
        "declares no permission; put @requires",
    ),
    "a page called static that nobody guards": (
        lambda: [good(blueprint=pages(("/geheim", static)))],
        "endpoint 'buren.static' declares no permission",
    ),
    "a page with a permission that is none": (
        lambda: [good(blueprint=pages(("/", requires("buren.see")(lambda: ""))))],
        "requires 'buren.see', which no plugin declares",
    ),
    "a page beside the blueprint": (
        lambda: [good(blueprint=beside_the_blueprint())],
        "Endpoint 'los' has no plugin's prefix",
    ),
    "a page of the core": (
        lambda: [good(blueprint=pages(("/vandaag", index), prefix=None))],
        "both answer GET /vandaag",
    ),
    "two pages of one name": (
        lambda: [good(blueprint=pages(("/", index), ("/b", requires("core.use")(functools.wraps(index)(lambda: "")))))],
        "Flask refuses its blueprint: View function mapping is overwriting",
    ),
    "a menu item that leads nowhere": (
        lambda: [good(nav=(TO_INDEX,))],
        "menu item 'Buren' leads to 'buren.index', which does not exist",
    ),
    "a menu item to a page that needs a number": (
        lambda: [good(blueprint=pages(("/<int:number>", one)), nav=(NavItem("Buren", "buren.one", "core.use"),))],
        "menu item 'Buren' leads to 'buren.one', which cannot be opened as it is",
    ),
    "a look-up that does not know for which work": (
        lambda: [good(blueprint=pages(("/", index)), lookups=(LookUp("Zoek", "buren.index", "core.use"),))],
        "look-up 'Zoek' leads to 'buren.index', which is no page that takes run_id and slug",
    ),
    "a menu item to a page that only takes": (
        lambda: [good(blueprint=only_post(), nav=(NavItem("Buren", "buren.form", "core.use"),))],
        "menu item 'Buren' leads to 'buren.form', which cannot be opened as it is",
    ),
}  # fmt: skip

PACKAGES = {
    "no plugin in it": ("x = 1", "has no `plugin = Plugin(…)`"),
    "something else by that name": ("plugin = 'straat'", "has no `plugin = Plugin(…)`"),
    "another name": (
        "from lms.api import Plugin\nplugin = Plugin(name='laan', package=__name__, title='Laan')",
        "Plugin 'laan' stands under the name 'straat'",
    ),
    "another package": (
        "from lms.api import Plugin\nplugin = Plugin(name='straat', package='straat', title='Straat')",
        "Plugin 'straat' has the package 'straat'; write `package=__name__`",
    ),
    "a noun that is not whole": (
        "from lms.api import Plugin\n\nplugin = Plugin(name='straat', package=__name__)",
        "cannot be imported: __init__.py, line 3: TypeError: Plugin.__init__() missing 1 required",
    ),
    "a field that does not exist": (
        "from lms.api import Plugin\nplugin = Plugin(name='straat', package=__name__, title='S', menu=())",
        "cannot be imported: __init__.py, line 2: TypeError: Plugin.__init__() got an unexpected",
    ),
    "an import that does not exist": (
        "from lms.api import Plugin, Plugins",
        "cannot be imported: __init__.py, line 1: ImportError: cannot import name 'Plugins'",
    ),
    "an error of many lines": (
        "x = 1\nraise LookupError('one\\ntwo')",
        "cannot be imported: __init__.py, line 2: LookupError: one two",
    ),
    "no Python": ("plugin = = 1", "cannot be imported: SyntaxError: invalid syntax"),
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder of plugins of our own in place of the one of the checkout: ``shelf(straat="…source…")``."""
    (tmp_path / "planks").mkdir()
    (tmp_path / "planks" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "FOLDER", "planks")

    def shelf(**sources):
        for name, source in sources.items():
            (tmp_path / "planks" / name).mkdir()
            (tmp_path / "planks" / name / "__init__.py").write_text(source)

    yield shelf
    for name in [name for name in sys.modules if name.partition(".")[0] == "planks"]:
        del sys.modules[name]


@pytest.fixture
def refuse(tmp_path):
    """``refuse(plugins)`` starts an app with these plugins and gives the error; nothing asks its database."""

    def refuse(plugins):
        with pytest.raises(ContractError) as error:
            create_app({"SECRET_KEY": "only-for-tests", "INSTANCE": tmp_path}, plugins)
        return error

    return refuse


def refusal(error):
    """The sentence, after a look at its form: one line that ends as a sentence does."""
    sentence = str(error.value)
    assert "\n" not in sentence
    return sentence


def place(error):
    """File and line of the `raise` that gave the error."""
    frame = error.value.__traceback__
    while frame.tb_next is not None:
        frame = frame.tb_next
    return Path(frame.tb_frame.f_code.co_filename), frame.tb_lineno


@pytest.mark.parametrize("case", CASES)
def test_it_stops_the_start_with_one_sentence(refuse, case):
    build, says = CASES[case]
    assert says in refusal(refuse(build()))


@pytest.mark.parametrize("case", PACKAGES)
def test_a_package_that_is_no_plugin(shelf, case):
    source, says = PACKAGES[case]
    shelf(straat=source)
    with pytest.raises(ContractError) as error:
        registry.discover()
    assert says in refusal(error)


def test_a_plugin_that_is_not_there(shelf):
    shelf(straat="", laan="")
    with pytest.raises(ContractError) as error:
        registry.discover(["plein"])
    assert refusal(error) == "LMS_PLUGINS names 'plein', but there is no such plugin; choose from laan, straat."


STRAAT = "from lms.api import Plugin\nplugin = Plugin(name='straat', package=__name__, title='Straat')"


def test_a_plugin_of_another_package_comes_by_its_entry_point(shelf, tmp_path, monkeypatch):
    (tmp_path / "elsewhere.py").write_text(STRAAT)
    points = [EntryPoint("straat", "elsewhere:plugin", registry.ENTRY_POINTS)]
    monkeypatch.setattr(registry, "entry_points", lambda group: [p for p in points if p.group == group])
    try:
        assert [plugin.package for plugin in registry.discover()] == ["elsewhere"]
        shelf(straat=STRAAT)
        with pytest.raises(ContractError) as error:
            registry.discover()
        assert refusal(error) == "Plugin 'straat' is in 'planks.straat' and in 'elsewhere'; take one of them away."
    finally:
        sys.modules.pop("elsewhere", None)


def test_what_lms_plugins_leaves_out_is_not_even_imported(shelf):
    shelf(straat=STRAAT, stuk="raise SystemExit('imported')")
    assert [plugin.name for plugin in registry.discover(["straat"])] == ["straat"]
    assert registry.discover([]) == []


def test_without_a_folder_of_plugins_there_are_none(monkeypatch):
    monkeypatch.setattr(registry, "FOLDER", "planks_that_are_not_there")
    assert registry.discover() == []


# --- what is allowed ------------------------------------------------------------------------------


def test_a_good_plugin_starts(make_app):
    app = make_app(
        plugins=[
            good(
                blueprint=pages(("/", index), ("/<int:number>", one), ("/open", public(lambda: "open"))),
                permissions=(READ,),
                nav=(TO_INDEX,),
                activity_types=(Note,),
                listeners=(Listener("core.released", lambda assessment: None), Listener("straat.moved", nothing)),
                demo_accounts=(DemoAccount("buurman", "Bas Baak", "Bibliotheek Waterdorp"),),
            )
        ]
    )
    assert app.test_client().get("/buren/open").text == "open"


def test_each_comes_after_what_it_requires(make_app):
    app = make_app(plugins=[good(requires=("straat",)), good(name="straat")])
    assert [plugin.name for plugin in app.extensions["lms"].plugins] == ["core", "straat", "buren"]


def test_files_that_a_plugin_ships_are_public(make_app, tmp_path):
    (tmp_path / "x.css").write_text("a {}")
    bp = Blueprint("buren", __name__, url_prefix="/buren", static_folder=str(tmp_path), static_url_path="/static")
    client = make_app(plugins=[good(blueprint=bp)]).test_client()
    with client.get("/buren/static/x.css") as answer:
        assert answer.text == "a {}"


# --- nothing is left out --------------------------------------------------------------------------


def sentences():
    """File and lines of each `raise ContractError(…)`."""
    for path in CHECKERS:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Raise) and getattr(getattr(node.exc, "func", None), "id", "") == "ContractError":
                yield path, range(node.lineno, (node.end_lineno or node.lineno) + 1)


BY_DISCOVERY = ("LMS_PLUGINS names", "take one of them away", "cannot be imported", "has no `plugin", "stands under",
                "has the package")  # fmt: skip


def test_every_sentence_has_a_case(refuse):
    reached = {place(refuse(build())) for build, _says in CASES.values()}
    missed = []
    for path, lines in sentences():
        text = "\n".join(path.read_text(encoding="utf-8").splitlines()[lines.start - 1 : lines.stop - 1])
        # Those of discover() are provoked one by one above.
        if not any(words in text for words in BY_DISCOVERY) and not any((path, line) in reached for line in lines):
            missed.append(f"{path.name}, line {lines.start}: {text}")
    assert not missed, "No case provokes:\n" + "\n".join(missed)


def test_sentences_are_raised_nowhere_else():
    elsewhere = [
        str(path)
        for path in Path(registry.__file__).parent.rglob("*.py")
        if path not in CHECKERS and "raise ContractError" in path.read_text(encoding="utf-8")
    ]
    assert not elsewhere
