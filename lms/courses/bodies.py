"""Checks the Markdown of a course's texts: headings, answers, links and drawings, and what has to fit between them."""

from collections.abc import Mapping

from flask_babel import gettext as _

from .content import ActivityText, CourseText
from .drawings import FOLDER, Drawing
from .pages import GLOSSARY, SCRIPT, PageText
from .prose import Link, Picture, Prose
from .report import Report, shown

DEEPEST_HEADING = 4


def check_bodies(course: CourseText, report: Report) -> None:
    """Look at every text of the course, and whether each drawing is used."""
    texts: list[ActivityText | PageText] = [*course.activities, *course.pages]
    read = {text.slug: Prose(text.body) for text in texts}
    listed = {slug for module in course.modules for slug, _line in module.listed}
    listed |= {slug for slug, _line in course.listed_pages}
    scripts = {page.slug for page in course.pages if page.kind == SCRIPT}
    shown_drawings: set[str | None] = set()
    for text in texts:
        prose = read[text.slug]
        said = _Body(text, report)
        said.headings(prose)
        if isinstance(text, PageText) and text.kind == GLOSSARY:
            said.terms(prose)
        said.answers(prose)
        for link in prose.links():
            said.link(link, listed, read.get(link.name or text.slug))
            if link.name in scripts and text.slug not in scripts:
                said.error(link.line, _("Deelnemers kunnen een draaiboek niet openen. Haal deze link weg."))
        for picture in prose.pictures():
            said.picture(picture, course.drawings)
            shown_drawings.add(picture.name)
    for name, drawing in course.drawings.items():
        if name not in shown_drawings and drawing is not None:
            report.warn(drawing.file, 1, _("Deze tekening staat in geen enkele tekst."))


class _Body:
    """What can be wrong with one text."""

    def __init__(self, text: ActivityText | PageText, report: Report) -> None:
        self.text = text
        self.report = report
        self.pictures: set[str] = set()

    def error(self, line: int, sentence: str) -> None:
        self.report.error(self.text.file, self.text.body_line + line, sentence)

    def headings(self, prose: Prose) -> None:
        above = 1
        for level, line, _words, in_answer in prose.headings():
            if in_answer:
                self.error(line, _("In een antwoord kan geen kop staan."))
            elif level == 1 or level > DEEPEST_HEADING:
                self.error(line, _("Een kop begint met ##, ### of ####. De titel van de pagina staat bij title."))
            elif level > above + 1:
                self.error(line, _("Deze kop slaat een niveau over. Gebruik hier %(marks)s.", marks="#" * (above + 1)))
            above = level

    def terms(self, prose: Prose) -> None:
        above = ""
        for level, line, term, _in_answer in prose.headings():
            word = term.casefold()
            if level == 2 and word == above:
                self.error(line, _("Het begrip %(term)s staat er twee keer.", term=shown(term)))
            elif level == 2 and word < above:
                self.error(line, _("Zet de begrippen op alfabet: %(term)s hoort hoger.", term=shown(term)))
            above = word if level == 2 else above

    def answers(self, prose: Prose) -> None:
        for line, filled, closed in prose.answers():
            if not closed:
                self.error(line, _("Dit antwoord houdt nergens op. Zet eronder een regel met alleen :::"))
            elif not filled:
                self.error(line, _("Dit antwoord is leeg."))
        for line in prose.strange_marks():
            self.error(line, _("Met ::: begint en eindigt alleen een antwoord: ::: antwoord, de tekst, en dan :::"))

    def link(self, link: Link, listed: set[str], to: Prose | None) -> None:
        if link.name and link.name not in listed:
            self.error(link.line, _("Deze link gaat naar %(name)s, en dat is geen onderdeel of blad van de cursus.",
                                    name=shown(link.name)))  # fmt: skip
        elif link.anchor and to is not None and link.anchor not in to.anchors():
            self.error(link.line, _("Deze link gaat naar de kop %(anchor)s, en die staat niet in %(name)s.",
                                    anchor=shown(f"#{link.anchor}"), name=link.name or self.text.slug))  # fmt: skip

    def picture(self, picture: Picture, drawings: Mapping[str, Drawing | None]) -> None:
        if picture.name is None:
            self.error(picture.line, _("Een afbeelding is een tekening uit de map %(folder)s, zoals "
                                       "../%(folder)s/naam.svg.", folder=FOLDER))  # fmt: skip
        elif picture.name not in drawings:
            self.error(picture.line, _("De tekening %(name)s is er niet.", name=f"{FOLDER}/{picture.name}.svg"))
        elif picture.name in self.pictures:
            self.error(picture.line, _("Deze tekening staat al in deze tekst."))
        if not picture.alt:
            self.error(
                picture.line, _("Deze tekening heeft geen tekstalternatief. Zet tussen [ en ] wat zij laat zien.")
            )
        if not picture.alone:
            self.error(picture.line, _("Zet een tekening in een eigen alinea, niet in een zin, een lijst, een tabel of "
                                       "een antwoord."))  # fmt: skip
        self.pictures.add(picture.name or "")
