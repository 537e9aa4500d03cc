"""The calendar of a community: where one arrives, and the activities in it."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.api import Invalid, current_user, may, now, offers_for, origins, requires, today
from lms.api import gettext as _

from .. import calendar, records, services
from ..item_forms import ItemForm, LookBackForm, filled
from ..models import DRAFT, PLANNED, Community, Goal, Item
from .blueprint import bp


@bp.get("/")
@requires("community.read")
def index() -> ResponseReturnValue:
    """The calendar of the own community, or the way to one."""
    community = services.community_of(current_user.library_id)
    if community is not None:
        return _calendar(community)
    if may(current_user, "community.guide"):
        return redirect(url_for(".guided"))
    return render_template("community/none.html")


@bp.get("/<int:community_id>")
@requires("community.read")
def show(community_id: int) -> ResponseReturnValue:
    """The calendar of a community: by month, or as a list."""
    return _calendar(services.load_community(current_user, community_id))


@bp.get("/<int:community_id>/kalender/nieuw")
@requires("community.edit")
def new_item_form(community_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    day = asked_day(request.args.get("dag", ""))
    return _form(community, ItemForm(formdata=None, data={"day": day}))


@bp.post("/<int:community_id>/kalender/nieuw")
@requires("community.edit")
def new_item(community_id: int) -> ResponseReturnValue:
    """Plan an activity."""
    community = services.load_community(current_user, community_id, own=True)
    form = ItemForm()
    if not form.validate():
        return _form(community, form), 422
    try:
        items = calendar.plan_item(community, current_user, repeat=form.repeat.data or 0, **form.values())
    except Invalid as invalid:
        form[invalid.field or "title"].errors = [str(invalid)]
        return _form(community, form), invalid.status
    flash(_("«%(title)s» staat in de kalender.", title=items[0].title), "success")
    month = calendar.days_of(items[0])[0]
    return redirect(url_for(".show", community_id=community.id, maand=month.strftime("%Y-%m")))


@bp.get("/<int:community_id>/kalender/<int:item_id>")
@requires("community.read")
def item(community_id: int, item_id: int) -> ResponseReturnValue:
    """One activity, and after it how it went."""
    community = services.load_community(current_user, community_id)
    found = calendar.load_item(community, item_id)
    return _item(community, found, LookBackForm(obj=found))


@bp.get("/<int:community_id>/kalender/<int:item_id>/wijzigen")
@requires("community.edit")
def change_item_form(community_id: int, item_id: int) -> ResponseReturnValue:
    community = services.load_community(current_user, community_id, own=True)
    found = calendar.load_item(community, item_id)
    return _form(community, filled(found), found)


@bp.post("/<int:community_id>/kalender/<int:item_id>/wijzigen")
@requires("community.edit")
def change_item(community_id: int, item_id: int) -> ResponseReturnValue:
    """Change an activity; a draft comes into the calendar by it."""
    community = services.load_community(current_user, community_id, own=True)
    found = calendar.load_item(community, item_id)
    form = ItemForm()
    if not form.validate():
        return _form(community, form, found), 422
    status = {"status": PLANNED} if found.status == DRAFT else {}
    try:
        calendar.change_item(community, found, **form.values(), **status)
    except Invalid as invalid:
        form[invalid.field or "title"].errors = [str(invalid)]
        return _form(community, form, found), invalid.status
    flash(_("«%(title)s» is bewaard.", title=found.title), "success")
    return redirect(url_for(".item", community_id=community.id, item_id=found.id))


@bp.post("/<int:community_id>/kalender/<int:item_id>/terugblik")
@requires("community.edit")
def look_back(community_id: int, item_id: int) -> ResponseReturnValue:
    """How many people came, and what was learned."""
    community = services.load_community(current_user, community_id, own=True)
    found = calendar.load_item(community, item_id)
    form = LookBackForm()
    if not form.validate():
        return _item(community, found, form), 422
    try:
        calendar.look_back(
            community,
            found,
            turnout=form.turnout.data or 0,
            first_time=form.first_time.data,
            learned=form.learned.data or "",
        )
    except Invalid as invalid:
        form[invalid.field or "turnout"].errors = [str(invalid)]
        return _item(community, found, form), invalid.status
    flash(_("De opkomst is bewaard."), "success")
    return redirect(url_for(".item", community_id=community.id, item_id=found.id))


@bp.post("/<int:community_id>/kalender/<int:item_id>/afgelasten")
@requires("community.edit")
def cancel_item(community_id: int, item_id: int) -> ResponseReturnValue:
    """Call an activity off. It stays to be seen."""
    community = services.load_community(current_user, community_id, own=True)
    found = calendar.load_item(community, item_id)
    calendar.cancel(community, found)
    flash(_("«%(title)s» is afgelast.", title=found.title), "info")
    return redirect(url_for(".item", community_id=community.id, item_id=found.id))


@bp.post("/<int:community_id>/kalender/<int:item_id>/verwijderen")
@requires("community.edit")
def remove_draft(community_id: int, item_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    community = services.load_community(current_user, community_id, own=True)
    calendar.remove_draft(community, calendar.load_item(community, item_id))
    flash(_("Het concept is weggegooid."), "info")
    return redirect(url_for(".show", community_id=community.id))


def asked_day(text: str) -> date | None:
    """The day that an address asks for, as 2026-11-03 or 2026-11; None for anything else."""
    try:
        day = date.fromisoformat(text if len(text) == 10 else f"{text}-01")
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2100 else None


def _calendar(community: Community) -> str:
    as_list = request.args.get("weergave") == "lijst"
    day = asked_day(request.args.get("maand", "")) or today()
    mine = community.library_id == current_user.library_id
    return render_template(
        "community/calendar.html",
        community=community,
        walk=community.walk(),
        mix=calendar.mix(community),
        month=None if as_list else calendar.month(community, day),
        coming=calendar.upcoming(community) if as_list else None,
        past=calendar.past(community),
        drafts=calendar.drafts(community) if mine else (),
        today=today(),
        mine=mine,
    )


def _item(community: Community, found: Item, form: LookBackForm) -> str:
    mine = community.library_id == current_user.library_id
    shares = offers_for(current_user, "evaluated-activities", found.uid, found.title) if mine else []
    return render_template(
        "community/item.html",
        shares=shares if found.turnout is not None else [],
        origin=origins("community.activity-plan", [str(found.id)]).get(str(found.id)),
        community=community,
        item=found,
        form=form,
        was=found.starts_at <= now(),
        mine=mine,
    )


def _form(community: Community, form: ItemForm, found: Item | None = None) -> str:
    goals = records.of(community, Goal)
    form.offer(goals)
    return render_template("community/item_form.html", community=community, form=form, item=found, goals=goals)
