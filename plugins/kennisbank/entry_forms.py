"""The forms of an entry: beginning one, its fields with rows of results, its state, and taking it over."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

from lms.api import gettext as _
from lms.api import lazy_gettext as _l

from . import persons
from .content import CHOICES, DATES, FIGURES, TEXTS
from .kinds import KINDS, Kind, kind_of
from .lists import LISTS, RESULT_KIND, UNKNOWN, Lists
from .models import Entry, Visibility

LONGEST = 10_000
MOST_ROWS = 12
MEASURED = "gemeten"
READERS = [(Visibility.PUBLIC.value, _l("Iedereen")), (Visibility.NETWORK.value, _l("Alleen mensen met een account"))]


def _plain(text: str | None) -> str:
    # PostgreSQL stores no zero character.
    return (text or "").replace("\0", "").replace("\r\n", "\n").strip()


def _short(label: Any, most: int, **options: Any) -> StringField:
    wrong = _l("Maak dit korter: hoogstens %(most)s tekens.", most=most)
    return StringField(label, filters=[_plain], validators=[Length(max=most, message=wrong)], **options)


def _long(label: Any) -> TextAreaField:
    wrong = _l("Maak dit korter: hoogstens 10.000 tekens.")
    return TextAreaField(label, filters=[_plain], validators=[Length(max=LONGEST, message=wrong)])


def _terms(key: str) -> SelectMultipleField:
    return SelectMultipleField(LISTS[key], validate_choice=False)


def _day(label: Any) -> DateField:
    return DateField(label, format=["%d-%m-%Y", "%Y-%m-%d"], validators=[Optional()])


class StartForm(FlaskForm):
    """What it is and how it is called; enough to see whether somebody shared it before."""

    kind = RadioField(_l("Wat wilt u delen?"), default=next(iter(KINDS)), validate_choice=True)
    title = StringField(
        _l("Naam"),
        filters=[_plain],
        validators=[
            InputRequired(_l("Geef een naam, zoals «Voorlezen in de wachtkamer».")),
            Length(min=4, max=300, message=_l("Een naam heeft 4 tot 300 tekens.")),
        ],
    )
    other = HiddenField()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.kind.flags.said_above = True
        self.kind.choices = [(kind.key, kind.label.capitalize()) for kind in KINDS.values()]


class ResultForm(Form):
    """One row of figures."""

    indicator = _short(_l("Wat is er geteld of gezien?"), 200)
    baseline = _short(_l("Ervoor"), 80)
    outcome = _short(_l("Erna"), 80)
    unit = _short(_l("Eenheid"), 80)
    period = _short(_l("Periode"), 200)
    kind = SelectField(_l("Hoe weet u dit?"), default=UNKNOWN, validate_choice=False)
    method = _short(_l("Hoe is het gemeten?"), 300)
    source = _short(_l("Bron"), 500)

    @property
    def is_empty(self) -> bool:
        return not any(self[name].data for name in FIGURES if name != "kind")

    @property
    def row(self) -> dict[str, str]:
        """The row as data of an entry."""
        return {name: self[name].data or "" for name in FIGURES}


class EntryForm(FlaskForm):
    """All fields of an entry; its kind says which of them are asked, and how they are called."""

    title = _short(_l("Naam"), 300)
    library = _short(_l("Bibliotheek"), 300)
    period = _short(_l("Wanneer?"), 80)
    goal = _long(_l("Wat was het doel?"))
    doelgroepen = _terms("doelgroepen")
    target = _long(_l("Voor wie, in uw eigen woorden?"))
    kanalen = _terms("kanalen")
    done = _long(_l("Wat hebt u gedaan?"))
    results = FieldList(FormField(ResultForm), max_entries=MOST_ROWS)
    result = _long(_l("Het resultaat in woorden"))
    result_on = _day(_l("Resultaat volgt op"))
    kernfuncties = _terms("kernfuncties")
    themas = _terms("themas")
    innovatiefase = _terms("innovatiefase")
    phase_note = _long(_l("Toelichting op de fase"))
    actiedoel = _terms("actiedoel")
    flankerende_prioriteiten = _terms("flankerende_prioriteiten")
    partners = _long(_l("Met wie werkte u samen?"))
    uren = _terms("uren")
    kosten = _terms("kosten")
    evaluatievorm = _terms("evaluatievorm")
    evaluation = _long(_l("Wat kwam er uit de evaluatie?"))
    caution = _long(_l("Waar moet een ander op letten?"))
    otherwise = _long(_l("Wat zou u anders doen?"))
    overnamemogelijkheid = _terms("overnamemogelijkheid")
    takeover = _long(_l("Kan een ander dit overnemen, en hoe?"))
    materials = _long(_l("Materialen, of waar ze staan"))
    contact = _short(_l("Wie kan er meer over vertellen? Noem een functie of team"), 200)
    source = _long(_l("Bronnen"))
    visibility = RadioField(_l("Wie mag dit lezen?"), default=Visibility.PUBLIC.value, validate_choice=False)
    revision = HiddenField()
    based_on = HiddenField()

    kind: Kind

    @classmethod
    def of(cls, entry: Entry, lists: Lists, data: dict[str, Any] | None = None) -> "EntryForm":
        """The form of an entry: what was sent, or else ``data``."""
        form = cls(data=_flat(data) if data is not None else None)
        form.kind = kind_of(entry.kind)
        if not len(form.results):
            form.results.append_entry()
        for key in LISTS:
            if key in form:
                form[key].choices = [(term.code, term.label) for term in lists.terms[key] if term.active]
        form.visibility.choices = READERS
        kinds = [(term.code, term.label) for term in lists.terms[RESULT_KIND]] + [(UNKNOWN, _("weet ik niet"))]
        for row in form.results:
            row.form.kind.choices = kinds
        # The page says once what is needed: a name and what was done.
        for field in (*form, *(field for row in form.results for field in row.form)):
            field.flags.said_above = True
        for name, heading in form.kind.headings.items():
            form[name].label.text = heading
        return form

    @property
    def data_of_entry(self) -> dict[str, Any]:
        """What was typed as data of an entry: only the fields of its kind."""
        asked = [name for name in self.kind.fields if name in self]
        data: dict[str, Any] = {name: self[name].data or "" for name in asked if name in (*TEXTS, *CHOICES)}
        for name in DATES:
            if name in asked:
                data[name] = self[name].data.isoformat() if self[name].data else ""
        if data.get("visibility") not in (None, *Visibility):
            data["visibility"] = Visibility.PUBLIC.value
        data["terms"] = {key: _known(self[key]) for key in LISTS if key in asked}
        if "results" in asked:
            data["results"] = [row.form.row for row in self.results if not row.form.is_empty]
        return data

    def validate(self, extra_validators: Any = None) -> bool:
        """Ready to be read by others: named, told, measured by a method, and without anybody's address."""
        super().validate(extra_validators)
        if not self.title.data:
            self._wrong(self.title, _("Geef een naam."))
        if not self.done.data:
            self._wrong(self.done, _("Vertel in een paar zinnen wat u deed."))
        for row in self.results:
            if row.form.kind.data == MEASURED and not row.form.method.data:
                self._wrong(
                    row.form.method, _("Schrijf hoe het is gemeten. Of kies bij «Hoe weet u dit?» iets anders.")
                )
        for name, sentence in persons.wrong_in({n: self[n].data for n in TEXTS if n in self}):
            self._wrong(self[name], sentence)
        for row in self.results:
            for name in FIGURES:
                if said := persons.wrong(row.form[name].data or ""):
                    self._wrong(row.form[name], said)
        # WTForms wrote down the errors of the rows before we looked at them.
        if any(row.form.errors for row in self.results):
            self.results.errors = [row.form.errors for row in self.results]
        return not self.errors

    @staticmethod
    def _wrong(field: Any, sentence: str) -> None:
        field.errors = [*field.errors, sentence]


class StateForm(FlaskForm):
    """To which state, why, and what follows it up."""

    to = SelectField(
        _l("Hoe staat het ervoor?"), validators=[InputRequired(_l("Kies hoe het ervoor staat."))], validate_choice=False
    )
    note = _long(_l("Waarom?"))
    successor = _short(_l("Adres van wat het opvolgt"), 300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in (self.note, self.successor):  # one state asks for it and another does not: their hints tell
            field.flags.said_above = True


class TakeOverForm(FlaskForm):
    """A library took it over: since when, what it did otherwise, and what it brought."""

    since = _short(_l("Sinds wanneer?"), 80)
    changed = _long(_l("Wat deed u anders?"))
    indicator = _short(_l("Wat is er geteld of gezien?"), 200)
    baseline = _short(_l("Ervoor"), 80)
    outcome = _short(_l("Erna"), 80)
    unit = _short(_l("Eenheid"), 80)
    period = _short(_l("Periode"), 200)
    kind = SelectField(_l("Hoe weet u dit?"), default=UNKNOWN, validate_choice=False)
    method = _short(_l("Hoe is het gemeten?"), 300)
    source = _short(_l("Bron"), 500)
    result_on = _day(_l("Resultaat volgt op"))

    def __init__(self, kinds: Iterable[tuple[str, str]], **options: Any) -> None:
        super().__init__(**options)
        for field in self:
            field.flags.said_above = True
        self.kind.choices = [*kinds, (UNKNOWN, _("weet ik niet"))]

    def validate(self, extra_validators: Any = None) -> bool:
        """Measured by a method, without anybody's address."""
        super().validate(extra_validators)
        if self.kind.data == MEASURED and not self.method.data:
            self.method.errors = [_("Schrijf hoe het is gemeten. Of kies bij «Hoe weet u dit?» iets anders.")]
        for field in self:
            if isinstance(field.data, str) and (sentence := persons.wrong(field.data)):
                field.errors = [*field.errors, sentence]
        return not self.errors

    @property
    def values(self) -> dict[str, Any]:
        """The columns of a take-over."""
        values = {name: self[name].data or "" for name in ("since", "changed", *FIGURES)}
        known = {code for code, _label in self.kind.choices}
        return values | {
            "kind": values["kind"] if values["kind"] in known else UNKNOWN,
            "result_on": self.result_on.data,
        }


class ConfirmForm(FlaskForm):
    """«Klopt dit nog?»."""

    holds = BooleanField()
    note = _long(_l("Wat klopt er niet?"))


def _known(field: SelectMultipleField) -> list[str]:
    codes = {code for code, _label in field.choices}
    return [code for code in field.data or () if code in codes]


def _flat(data: dict[str, Any]) -> dict[str, Any]:
    flat = {name: value for name, value in data.items() if name not in ("terms", "words")}
    flat |= data.get("terms", {})
    for name in DATES:
        flat[name] = date.fromisoformat(flat[name]) if flat.get(name) else None
    return flat
