"""Pages, folded answers and drawings of a course as text: what goes in, and each thing that is refused."""

import pytest
from sqlalchemy import select

from lms.api import Activity, Course, db
from lms.courses.contents import contents_of
from lms.courses.models import CoursePage

TOML = "course.toml"
LESSON = "1-beginnen/eerste-les.md"
GLOSSARY = "paginas/begrippen.md"
PROGRAMME = "paginas/dag-1.md"
SCRIPT = "paginas/draaiboek-dag-1.md"
HANDOUT = "paginas/hand-out-kaart.md"
SVG = "tekeningen/ladder.svg"
FILES = {
    GLOSSARY: (
        "---\nkind: glossary\ntitle: Begrippen\n---\n\n## Community\n\nMensen.\n\n"
        "## Power-interest grid\n\nEen raster.\n"
    ),
    PROGRAMME: (
        "---\nkind: programme\ntitle: Programma\nday: 1\n---\n\nLees [de les](../1-beginnen/eerste-les.md#kop) en "
        "[het raster](begrippen.md#power-interest-grid).\n"
    ),
    SCRIPT: "---\nkind: script\ntitle: Draaiboek\nday: 1\n---\n\nDeel [de kaart](../paginas/hand-out-kaart.md) uit.\n",
    HANDOUT: (
        "---\nkind: handout\ntitle: Kaart\nday: 1\norientation: landscape\n---\n\n"
        "| Wie | Wat |\n| --- | --- |\n|  |  |\n"
    ),
    SVG: """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 200">
  <title>Ladder</title>
  <defs><marker id="pijl" markerWidth="6" markerHeight="6"><path class="fl-ink" d="M0 0L6 3L0 6z"/></marker></defs>
  <g class="st-ink"><path d="M0 0V90" marker-end="url(#pijl)"/></g>
  <rect class="fl-zone" id="tree" x="1" y="2" width="30" height="40"/>
  <text class="br-t mid" x="9" y="9">Samen &amp; <tspan>meer</tspan></text>
</svg>
""",
}
RICH = """\
Een [community](../paginas/begrippen.md#community) en een [kaart](../paginas/hand-out-kaart.md).

![De ladder heeft twee treden.](../tekeningen/ladder.svg "Ladder van Proef (2024)")

**1. Wat nu?**

::: antwoord
Dat **hangt** ervan af.
:::
"""


@pytest.fixture
def rich(text):
    """The course with a page of each kind, a drawing and an answer."""
    for name, content in FILES.items():
        text.write(name, content)
    slugs = '["begrippen", "dag-1", "draaiboek-dag-1", "hand-out-kaart"]'
    text.edit(TOML, 'licence = "CC BY 4.0"\n', f'licence = "CC BY 4.0"\npages = {slugs}\n')
    text.edit(LESSON, "Tekst van de les.\n", RICH)
    return text


@pytest.fixture
def check(lms_command, text):
    def check():
        result = lms_command("course", "check", text.folder)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.exit_code, result.stdout.replace(f"{text.folder}/", "").splitlines()

    return check


@pytest.fixture
def load(lms_command, text):
    def load():
        result = lms_command("course", "load", text.folder)
        assert result.exit_code == 0, result.output
        return result.stdout.splitlines()[-1]

    return load


def page(slug):
    return db.session.scalars(
        select(CoursePage).join(Course).where(Course.slug == "proef", CoursePage.slug == slug)
    ).one()


def lesson_html():
    return db.session.scalars(select(Activity.body_html).where(Activity.slug == "eerste-les")).one()


def test_a_right_course_is_one_line(check, rich):
    assert check() == (0, ["Proefcursus: geen fouten, 2 modules, 3 onderdelen"])


# file, what stands there, what comes there, the words of the line that is named (None: the new text), the sentence
WRONG = {
    "unknown kind": (GLOSSARY, "kind: glossary", "kind: woordenlijst", None, "Mogelijk zijn: glossary, programme"),
    "no kind": (GLOSSARY, "kind: glossary\n", "", "title: Begrippen", "kind ontbreekt"),
    "no title": (GLOSSARY, "title: Begrippen\n", "", "kind: glossary", "title ontbreekt"),
    "unknown key": (HANDOUT, "orientation: landscape", "orientatie: landscape", None, "Bedoelt u orientation?"),
    "no day": (PROGRAMME, "day: 1\n", "", "kind: programme", "day ontbreekt"),
    "a glossary with a day": (GLOSSARY, "title: Begrippen", "title: Begrippen\nday: 1", "day: 1", "hele cursus"),
    "a day that is not there": (PROGRAMME, "day: 1", "day: 7", None, "Lesdag 7 bestaat niet"),
    "a programme with an orientation": (
        PROGRAMME,
        "day: 1",
        "day: 1\norientation: landscape",
        "orien",
        "Alleen een hand",
    ),
    "unknown orientation": (HANDOUT, "landscape", "liggend", None, "Mogelijk zijn: portrait, landscape"),
    "two programmes of a day": (
        SCRIPT,
        "kind: script",
        "kind: programme",
        None,
        "dag-1.md is al het programma van lesdag",
    ),
    "two scripts of a day": (
        PROGRAMME,
        "kind: programme",
        "kind: script",
        "kind: script\ntitle: Draaiboek",
        "dag-1.md is al het draaiboek van lesdag 1",
    ),
    "two glossaries": (
        HANDOUT,
        "handout\ntitle: Kaart\nday: 1\n",
        "glossary\ntitle: Kaart\n",
        None,
        "de begrippenlijst",
    ),
    "a page with the slug of an activity": (
        TOML,
        '"begrippen", ',
        '"begrippen", "vragen", ',
        None,
        "vragen’ staat ook",
    ),
    "a page twice": (TOML, '"begrippen", ', '"begrippen", "begrippen", ', None, "begrippen’ staat ook"),
    "a page that is not there": (TOML, '"begrippen", ', '"begrippen", "weg", ', None, "paginas/weg.md"),
    "a slug with a capital": (TOML, '"begrippen", ', '"begrippen", "Weg", ', None, "kleine letters"),
    "a page that cannot be read": (GLOSSARY, "---\nkind", "kind", "kind", "begint niet met een regel ---"),
    "a heading of the first level": (GLOSSARY, "## Power", "# Power", None, "begint met ##"),
    "terms in another order": (GLOSSARY, "## Power", "## Begin", None, "hoort hoger"),
    "a term twice": (GLOSSARY, "## Power-interest grid", "## Community", "## Community\n\nEen raster", "twee keer"),
    "a link to a page that is not there": (LESSON, "hand-out-kaart.md", "hand-out-weg.md", None, "‘hand-out-weg’"),
    "a link to a term that is not there": (
        LESSON,
        "#community",
        "#persona",
        None,
        "‘#persona’, en die staat niet in begr",
    ),
    "a link to a heading that is not there": (PROGRAMME, "#kop", "#kap", None, "‘#kap’"),
    "a link to a place in the same text": (LESSON, "**1.", "[x](#weg) **1.", None, "‘#weg’"),
    "a link of a participant to a script": (
        LESSON,
        "hand-out-kaart.md",
        "draaiboek-dag-1.md",
        None,
        "draaiboek niet openen",
    ),
    "an answer that never ends": (LESSON, "ervan af.\n:::\n", "ervan af.\n", "::: antwoord", "houdt nergens op"),
    "an answer without words": (LESSON, "Dat **hangt** ervan af.\n", "", "::: antwoord", "is leeg"),
    "another word behind the marks": (LESSON, "::: antwoord", "::: tip", None, "alleen een antwoord"),
    "marks that end nothing": (
        LESSON,
        "**1. Wat nu?**\n",
        "**1. Wat nu?**\n\n:::\n",
        "\n:::\n\n:::",
        "alleen een antwoord",
    ),
    "a heading in an answer": (LESSON, "Dat **hangt**", "### Kop\n\nDat", "### Kop", "geen kop"),
    "an image of elsewhere": (
        LESSON,
        "../tekeningen/ladder.svg",
        "https://example.org/x.png",
        None,
        "tekening uit de map",
    ),
    "a drawing that is not there": (LESSON, "tekeningen/ladder", "tekeningen/trap", None, "trap.svg is er niet"),
    "a drawing without words": (LESSON, "![De ladder heeft twee treden.]", "![]", None, "geen tekstalternatief"),
    "a drawing in a sentence": (LESSON, "![De ladder", "Zie ![De ladder", None, "eigen alinea"),
    "a drawing in a list": (LESSON, "![De ladder", "- ![De ladder", None, "eigen alinea"),
    "a drawing in an answer": (
        LESSON,
        "::: antwoord\n",
        "::: antwoord\n![x](../tekeningen/ladder.svg)\n\n",
        "![x]",
        "eigen alinea",
    ),
    "a drawing twice": (LESSON, "**1. Wat", "![x](../tekeningen/ladder.svg)\n\n**1. Wat", "![x]", "staat al"),
    "svg that is none": (SVG, "</g>", "", "</svg>", "geen goede SVG"),
    "svg with a doctype": (SVG, "<svg xmlns", '<!DOCTYPE svg [<!ENTITY a "b">]>\n<svg xmlns', "<!DOCTYPE", "DOCTYPE"),
    "svg with an instruction": (SVG, "  <title>", "<?xml-stylesheet href='x'?>\n  <title>", "<?xml-style", "kan niet"),
    "svg with a script": (SVG, "<title>Ladder</title>", "<script>alert(1)</script>", None, "‘<script>’ kan niet"),
    "svg with a picture": (SVG, "<rect ", '<image href="x.png"/><rect ', None, "‘<image>’ kan niet"),
    "svg with html": (
        SVG,
        "<title>Ladder</title>",
        "<foreignObject><p>a</p></foreignObject>",
        None,
        "‘<foreignObject>’",
    ),
    "svg in svg": (SVG, "<rect ", "<svg/><rect ", None, "‘<svg>’ kan niet"),
    "svg that begins otherwise": (SVG, "<svg xmlns", "<g xmlns", None, "‘<g>’ kan niet"),
    "svg without a namespace": (SVG, ' xmlns="http://www.w3.org/2000/svg"', "", "<svg ", "Begin de tekening met"),
    "svg with a handler": (SVG, "<rect ", '<rect onclick="alert(1)" ', None, "‘onclick’ kan niet bij <rect>"),
    "svg with a style": (SVG, "<rect ", '<rect style="fill: red" ', None, "Kleuren komen van een klasse"),
    "svg with a colour": (SVG, "<rect ", '<rect fill="red" ', None, "Kleuren komen van een klasse"),
    "svg with a link": (SVG, "<rect ", '<rect href="#a" ', None, "‘href’ kan niet"),
    "svg with an address": (
        SVG,
        '<rect class="fl-zone"',
        '<rect class="fl-zone" transform="url(x)"',
        None,
        "waarde van transform",
    ),
    "svg with a marker of elsewhere": (SVG, "url(#pijl)", "url(x.svg#pijl)", None, "pijlpunt in de tekening zelf"),
    "svg with a marker that is not there": (SVG, "url(#pijl)", "url(#punt)", None, "geen onderdeel met id ‘punt’"),
    "svg with an id twice": (SVG, 'id="tree"', 'id="pijl"', '<rect class="fl-zone" id="pijl"', "twee keer"),
    "svg with a strange id": (SVG, 'id="tree"', 'id="1 a"', None, "begint met een letter"),
    "svg with an unknown class": (SVG, '"fl-zone"', '"rood"', None, "‘rood’ bestaat niet in drawings.css"),
    "svg without a class": (SVG, '<rect class="fl-zone" ', "<rect ", "<rect ", "geen klasse"),
    "svg without a view box": (SVG, ' viewBox="0 0 340 200"', "", "<svg ", "viewBox nodig"),
    "svg with an odd view box": (SVG, "0 0 340 200", "-5 0 340 200", None, "viewBox nodig"),
    "svg too wide": (SVG, "0 0 340 200", "0 0 400 200", None, "ten hoogste 360 breed"),
    "svg with letters without a size": (SVG, '"br-t mid"', '"fl-ink mid"', None, "haar grootte bepaalt"),
    "svg with small letters": (SVG, '"br-t mid"', '"bk-n"', None, "kleiner dan 13 pixels"),
    "svg with loose words": (SVG, "  <rect ", "  los <rect ", None, "<text>, <tspan>"),
    "svg too large": (SVG, "M0 0V90", "M0 0" + "V90" * 15000, "<svg ", "te groot"),
}


@pytest.mark.parametrize(("file", "old", "new", "where", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_named_with_its_line(check, rich, file, old, new, where, sentence):
    rich.edit(file, old, new)
    where = new if where is None else where
    name = next(name for name in (file, *FILES, TOML) if where in (rich.folder / name).read_text())
    whole = (rich.folder / name).read_text()
    line = whole[: whole.index(where)].count("\n") + 1 + (where.startswith("\n"))
    code, lines = check()
    assert code == 1
    assert any(found.startswith(f"{name}:{line}: ") and sentence in found for found in lines), (name, line, lines)


def test_a_drawing_that_nobody_shows_is_a_warning(check, rich):
    rich.write("tekeningen/los.svg", FILES[SVG])
    assert check()[1][0] == "tekeningen/los.svg:1: Let op: Deze tekening staat in geen enkele tekst."


def test_a_drawing_with_a_name_that_is_no_address(check, rich):
    rich.write("tekeningen/Los werk.svg", FILES[SVG])
    assert check()[1][0].startswith("tekeningen/Los werk.svg:1: ")


def test_a_page_that_nobody_listed(check, rich):
    rich.write("paginas/los.md", FILES[GLOSSARY])
    assert check()[1][0].startswith("paginas/los.md:1: Dit bestand staat in geen enkele lijst")


def test_a_page_still_to_write_is_a_warning(check, rich):
    rich.edit(SCRIPT, "Deel [de kaart](../paginas/hand-out-kaart.md) uit.", "")
    code, lines = check()
    assert (code, lines[0].split(": ")[:2]) == (0, [f"{SCRIPT}:6", "Let op"])


def test_pages_come_in_and_a_second_load_changes_nothing(app, load, rich):
    assert load() == "Proefcursus: 12 toegevoegd"
    course = db.session.scalars(select(Course).where(Course.slug == "proef")).one()
    assert [(page.slug, page.kind, page.day_number, page.orientation) for page in contents_of(course).pages] == [
        ("begrippen", "glossary", None, "portrait"),
        ("dag-1", "programme", 1, "portrait"),
        ("draaiboek-dag-1", "script", 1, "portrait"),
        ("hand-out-kaart", "handout", 1, "landscape"),
    ]
    assert '<h2 id="power-interest-grid">Power-interest grid</h2>' in page("begrippen").body_html
    assert load() == "Proefcursus: niets veranderd"


def test_a_change_of_a_page_is_counted_and_seen_at_once(app, load, rich):
    load()
    course = db.session.scalars(select(Course).where(Course.slug == "proef")).one()
    was, revision = page("begrippen").id, course.revision
    rich.edit(GLOSSARY, "Mensen.", "Mensen die iets delen.")
    rich.edit(GLOSSARY, "title: Begrippen", "title: Woorden")
    assert load() == "Proefcursus: 1 gewijzigd"
    assert (page("begrippen").id, page("begrippen").title) == (was, "Woorden")
    assert "die iets delen" in page("begrippen").body_html
    db.session.refresh(course)
    assert course.revision != revision
    assert contents_of(course).pages[0].title == "Woorden"


def test_a_page_that_goes_is_gone(app, load, rich):
    load()
    (rich.folder / SCRIPT).unlink()
    rich.edit(TOML, '"draaiboek-dag-1", ', "")
    assert load() == "Proefcursus: 1 gewijzigd, 1 verwijderd"
    course = db.session.scalars(select(Course).where(Course.slug == "proef")).one()
    assert [page.slug for page in contents_of(course).pages] == ["begrippen", "dag-1", "hand-out-kaart"]


def test_a_changed_drawing_changes_the_texts_that_show_it(app, load, rich):
    load()
    rich.edit(SVG, "meer", "nog meer")
    assert load() == "Proefcursus: 1 gewijzigd"
    assert "<tspan>nog meer</tspan>" in lesson_html()


def test_a_drawing_stands_in_the_text_with_its_words(app, load, rich):
    load()
    shown = lesson_html()
    start = (
        '<figure class="lp-drawing"><svg role="img" aria-label="De ladder heeft twee treden." width="340" height="200"'
    )
    assert start + ' viewBox="0 0 340 200">' in shown
    assert "<figcaption>Ladder van Proef (2024)</figcaption></figure>" in shown
    assert 'id="ladder-1-pijl"' in shown and 'marker-end="url(#ladder-1-pijl)"' in shown
    assert "Samen &amp; <tspan>meer</tspan>" in shown
    assert "<p></p>" not in shown


def test_an_answer_is_folded(app, load, rich):
    load()
    words = "<p>Dat <strong>hangt</strong> ervan af.</p>"
    folded = f'<details class="lp-answer"><summary>Antwoord</summary>\n{words}\n</details>'
    assert folded in lesson_html()


def test_links_lead_to_pages_and_words_say_so(app, load, rich):
    load()
    assert '<a href="materiaal/begrippen#community" class="lp-term">community</a>' in lesson_html()
    assert '<a href="materiaal/hand-out-kaart">kaart</a>' in lesson_html()
    programme = page("dag-1").body_html
    assert '<a href="eerste-les#kop">de les</a>' in programme
    assert 'href="materiaal/begrippen#power-interest-grid"' in programme


def test_a_lesson_on_paper_links_as_the_lesson_does(app, load, rich, make, sign_in):
    load()
    run = make.run(db.session.scalars(select(Course).where(Course.slug == "proef")).one())
    browser = sign_in(make.people(run)[0])
    printed = browser.get(f"/runs/{run.id}/eerste-les/afdruk").text
    assert 'href="../materiaal/begrippen#community"' in printed
    assert 'href="../vragen"' in printed
    assert 'href="vragen"' in browser.get(f"/runs/{run.id}/eerste-les").text
