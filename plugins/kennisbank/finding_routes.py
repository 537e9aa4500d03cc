"""Pages around the search: questions to others, and synonyms."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import Invalid, LmsError, NotFound, current_user, requires
from lms.api import gettext as _

from . import questions
from .models import Synonym
from .routes import bp
from .search import groups


@bp.get("/vragen")
@requires("kennisbank.read")
def asked() -> ResponseReturnValue:
    """What colleagues look for; with ``q`` the form to ask after a search without hits."""
    return _asked(searched=request.args.get("q", "")[:200])


@bp.post("/vragen")
@requires("kennisbank.contribute")
def ask() -> ResponseReturnValue:
    """«Stel deze vraag»."""
    text, searched = request.form.get("text", ""), request.form.get("searched", "")
    try:
        questions.ask(current_user, text, searched)
    except LmsError as error:
        return _asked(text, searched, wrong=str(error)), error.status
    flash(_("Uw vraag staat bij de vragen. U krijgt een bericht als iemand antwoordt."), "success")
    return redirect(url_for(".asked"))


@bp.post("/vragen/<int:number>/antwoord")
@requires("kennisbank.contribute")
def answer(number: int) -> ResponseReturnValue:
    """Answer a question with an entry."""
    question = questions.load(number)
    try:
        entry = questions.answer(current_user, question, request.form.get("address", ""))
    except (Invalid, ValueError) as error:
        said = str(error) if isinstance(error, Invalid) else _("Dit is geen adres.")
        return _asked(number=number, wrong=said), 422
    flash(_("Uw antwoord is bewaard: %(title)s.", title=entry.title), "success")
    return redirect(url_for(".asked"))


@bp.post("/vragen/<int:number>/sluiten")
@requires("kennisbank.contribute")
def close(number: int) -> ResponseReturnValue:
    """Take a question away."""
    questions.close(current_user, questions.load(number))
    flash(_("De vraag is weggehaald."), "success")
    return redirect(url_for(".asked"))


def _asked(text: str = "", searched: str = "", number: int = 0, wrong: str = "") -> str:
    page = request.args.get("page", 1, type=int)
    return render_template(
        "kennisbank/questions.html",
        page=questions.listed(page if 0 < page < 10_000 else 1),
        text=text or (_("Wie heeft ervaring met %(q)s?", q=searched) if searched and not wrong else ""),
        searched=searched,
        number=number,
        wrong=wrong,
        typed=request.form.get("address", ""),
        may_close=lambda question: questions.may_close(current_user, question),
    )


@bp.get("/synoniemen")
@requires("kennisbank.synonyms")
def synonyms() -> ResponseReturnValue:
    """The groups of words that find each other."""
    return render_template("kennisbank/synonyms.html", groups=groups.all_groups())


@bp.get("/synoniemen/nieuw")
@requires("kennisbank.synonyms")
def new_synonym() -> ResponseReturnValue:
    """A form for a new group."""
    return _synonym(None, "")


@bp.post("/synoniemen/nieuw")
@requires("kennisbank.synonyms")
def add_synonym() -> ResponseReturnValue:
    """Add a group."""
    return _save(None)


@bp.get("/synoniemen/<int:number>")
@requires("kennisbank.synonyms")
def synonym(number: int) -> ResponseReturnValue:
    """The form of one group."""
    group = groups.load_group(number)
    return _synonym(group, "\n".join(group.words))


@bp.post("/synoniemen/<int:number>")
@requires("kennisbank.synonyms")
def save_synonym(number: int) -> ResponseReturnValue:
    """Keep a group, or switch it on or off."""
    group = groups.load_group(number)
    what = request.form.get("what", "save")
    if what in {"on", "off"}:
        _say(groups.switch(group, what == "on"), _("De groep staat aan.") if what == "on" else _("De groep staat uit."))
        return redirect(url_for(".synonyms"))
    if what != "save":
        raise NotFound(_("Deze groep synoniemen bestaat niet."))
    return _save(group)


def _save(group: Synonym | None) -> ResponseReturnValue:
    text = request.form.get("words", "")
    try:
        _group, follows = groups.save(group, text)
    except LmsError as error:
        return _synonym(group, text, str(error)), error.status
    _say(follows, _("De synoniemen zijn bewaard."))
    return redirect(url_for(".synonyms"))


def _say(follows: bool, done: str) -> None:
    flash(done if follows else done + " " + _("Over enkele minuten zoekt de site ermee."), "success")


def _synonym(group: Synonym | None, text: str, wrong: str = "") -> str:
    return render_template("kennisbank/synonym.html", group=group, text=text, wrong=wrong)
