"""The people of the site: find them, give them roles, close an account."""

from collections.abc import Collection

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..accounts import services as accounts
from ..accounts.models import Person
from ..policies import requires
from . import services
from .blueprint import bp
from .forms import RolesForm


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
    """Send the invitation once more, with a fresh link."""
    found = services.load_person(person_id)
    accounts.invite(found)
    flash(_("%(name)s krijgt een mail met een nieuwe link.", name=found.name), "success")
    return redirect(url_for(".person", person_id=person_id))


def _roles_form(granted: Collection[str] = ()) -> RolesForm:
    form = RolesForm(roles=sorted(granted))
    form.roles.choices = [(role.key, str(role.label)) for role in services.site_roles()]
    return form


def _page(found: Person, form: RolesForm) -> str:
    return render_template(
        "admin/person.html",
        found=found,
        form=form,
        library_roles=services.library_roles(found),
        enrolments=services.enrolments(found),
        is_self=found.id == current_user.id,
    )
