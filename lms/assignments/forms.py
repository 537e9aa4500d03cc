"""The hand-in form: text and files in one."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, MultipleFileField, TextAreaField

from ..files.kinds import ACCEPT
from .models import Draft


class WorkForm(FlaskForm):
    """``revision`` is the number of the stored text with which the page was made."""

    text = TextAreaField(_l("Uw tekst"))
    files = MultipleFileField(_l("Bestanden toevoegen"), render_kw={"accept": ACCEPT})
    # Not filled in again by a browser that reloads: it belongs to this page.
    revision = HiddenField(render_kw={"autocomplete": "off"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.text.flags.one_of = self.files.flags.one_of = True


def work_form(draft: Draft | None, text: str | None = None) -> WorkForm:
    """The form with the draft in it, or with ``text`` when that was typed and not kept."""
    stored = draft.text if draft else ""
    revision = str(draft.revision if draft else 0)
    return WorkForm(formdata=None, data={"text": stored if text is None else text, "revision": revision})


def refuse(form: WorkForm, field: str | None, sentences: list[str]) -> None:
    """Put sentences at a field, as a validator would."""
    form[field if field in form else "text"].errors = sentences
