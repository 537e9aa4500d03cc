"""The people of the site: find them, change them, give them roles, close an account."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts import attempts, session
from ..accounts import services as accounts
from ..accounts.models import Person
from ..errors import Invalid
from ..files import services as files
from ..libraries.services import all_libraries
from ..policies import requires
from . import services
from .blueprint import bp
from .forms import PersonForm, RolesForm


@bp.get("/beheer/mensen")
@requires("core.manage")
def people() -> ResponseReturnValue:
    """Everybody with an account, by name, or those whose name or address begins with what was typed."""
    text = request.args.get("q", "").replace("\x00", "")
    page = services.find_people(text)
    return render_template("admin/people.html", page=page, q=text, roles=services.roles_by_person(page.items))


@bp.get("/beheer/mensen/<int:person_id>")
@requires("core.manage")
def person(person_id: int) -> ResponseReturnValue:
    """One person with roles and runs."""
    found = services.load_person(person_id)
    return _page(found, _roles_form(services.granted(found)))


@bp.post("/beheer/mensen/<int:person_id>/wijzigen")
@requires("core.manage")
def change(person_id: int) -> ResponseReturnValue:
    """Change name, address or library."""
    found = services.load_person(person_id)
    form = PersonForm()
    try:
        if form.validate_on_submit():
            changed = accounts.change_person(found, form.name.data, form.email.data, form.library.data)
            if "email" in changed and found.id == current_user.id:
                session.sign_in(found)  # another address ends all sessions; this one goes on
            flash(_told(found, changed), "success" if changed else "info")
            return redirect(url_for(".person", person_id=person_id))
    except Invalid as error:
        form[error.field or "name"].errors = [str(error)]
    return _page(found, _roles_form(services.granted(found)), form), 422


@bp.post("/beheer/mensen/<int:person_id>/rollen")
@requires("core.manage")
def give_roles(person_id: int) -> ResponseReturnValue:
    """Give the person exactly the chosen roles for the whole site."""
    found = services.load_person(person_id)
    form = _roles_form()
    if not form.validate_on_submit():
        return _page(found, form), 422
    services.give_roles(found, form.roles.data or [], by=current_user)
    flash(_("De rollen van %(name)s zijn bewaard.", name=found.name), "success")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/beheer/mensen/<int:person_id>/sluiten")
@requires("core.manage")
def close(person_id: int) -> ResponseReturnValue:
    """Close the account."""
    found = services.load_person(person_id)
    services.set_active(found, False, by=current_user)
    flash(_("Het account van %(name)s is gesloten. Wat deze persoon maakte, blijft.", name=found.name), "success")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/beheer/mensen/<int:person_id>/openen")
@requires("core.manage")
def reopen(person_id: int) -> ResponseReturnValue:
    """Open the account again."""
    found = services.load_person(person_id)
    services.set_active(found, True, by=current_user)
    flash(_("Het account van %(name)s is weer open.", name=found.name), "success")
    return redirect(url_for(".person", person_id=person_id))


@bp.post("/beheer/mensen/<int:person_id>/uitnodigen")
@requires("core.manage")
def invite(person_id: int) -> ResponseReturnValue:
    """Send the invitation once more, with a fresh link; no mailbox is filled with them."""
    found = services.load_person(person_id)
    limits = [attempts.by_address("invitation", found.email)]
    attempts.check(limits, hold=True)
    attempts.note(limits)
    accounts.invite_again(found)
    flash(_("%(name)s krijgt een mail met een nieuwe link.", name=found.name), "success")
    return redirect(url_for(".person", person_id=person_id))


def _roles_form(granted: Collection[str] = ()) -> RolesForm:
    form = RolesForm(roles=sorted(granted))
    form.roles.choices = [(role.key, str(role.label)) for role in services.site_roles()]
    return form


def _told(found: Person, changed: Collection[str]) -> str:
    if not changed:
        return _("Er is niets veranderd.")
    sentences = [_("De gegevens van %(name)s zijn bewaard.", name=found.name)]
    if "email" in changed:
        sentences.append(_("Het oude adres krijgt een mail. Aanmelden kan nu met %(email)s.", email=found.email))
        if found.password_hash is None and found.active:
            sentences.append(_("De uitnodiging is opnieuw verstuurd."))
    return " ".join(sentences)


def _page(found: Person, form: RolesForm, person_form: PersonForm | None = None) -> str:
    if person_form is None:
        library = found.library.name if found.library else ""
        person_form = PersonForm(formdata=None, name=found.name, email=found.email, library=library)
    return render_template(
        "admin/person.html",
        found=found,
        form=form,
        person_form=person_form,
        libraries=all_libraries(),
        library_roles=services.library_roles(found),
        enrolments=services.enrolments(found),
        use=files.use_of(found),
        is_self=found.id == current_user.id,
    )
