"""Who may do what. The house fails closed: an endpoint without a declared permission stops the start.

``@requires`` guards the door of a page: has the person the permission anywhere? Whether they may see *this* run or
*this* library is decided by the loader that fetches it, which answers 404.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy import BindParameter, CompoundSelect, ScalarSelect, bindparam, func, select, union_all
from werkzeug.local import LocalProxy
from werkzeug.wrappers import Response

from .accounts.models import Person, RoleGrant
from .db import SAFE_METHODS, db, once
from .runs.models import Enrolment

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"


def requires(permission: str) -> Callable[[View], View]:
    """Let a page in only for people with this permission. Put it directly under the route."""

    def declare(view: View) -> View:
        view.lms_permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Let everybody in, also without an account."""
    # A bound method, such as Flask's own for static files, takes no attribute itself.
    function: Any = getattr(view, "__func__", view)
    function.lms_permission = PUBLIC
    return view


def declared(view: Callable[..., Any]) -> str | None:
    """The permission that a page declares, ``PUBLIC``, or None."""
    return getattr(view, "lms_permission", None)


def roles_of(person: Person) -> frozenset[str]:
    """The keys of all roles that somebody has anywhere. One query for each request and person."""
    if isinstance(person, LocalProxy):
        person = person._get_current_object()  # looked up once, and not for each of the words below
    if not person.is_authenticated:
        return frozenset()
    cache: dict[int, frozenset[str]] = g.setdefault("lms_roles", {})
    if person.id not in cache:
        cache[person.id] = frozenset(db.session.scalars(_roles(), {"person_id": person.id})) | {"member"}
    return cache[person.id]


@once
def _roles() -> CompoundSelect[str]:
    whose: BindParameter[int] = bindparam("person_id")
    granted = select(RoleGrant.role).where(RoleGrant.person_id == whose)
    return union_all(granted, select(Enrolment.role).where(Enrolment.person_id == whose, Enrolment.left_at.is_(None)))


def roles_within() -> tuple[ScalarSelect[str], ScalarSelect[str]]:
    """The same as two columns beside a person in a query, for :func:`keep_roles`."""
    granted = select(func.aggregate_strings(RoleGrant.role, " ")).where(RoleGrant.person_id == Person.id)
    enrolled = select(func.aggregate_strings(Enrolment.role, " ")).where(
        Enrolment.person_id == Person.id, Enrolment.left_at.is_(None)
    )
    return granted.correlate(Person).scalar_subquery(), enrolled.correlate(Person).scalar_subquery()


def keep_roles(person: Person, *roles: str | None) -> None:
    """Remember for this request what :func:`roles_within` found."""
    found = " ".join(words or "" for words in roles).split()
    g.setdefault("lms_roles", {})[person.id] = frozenset(found) | {"member"}


def may(person: Person, permission: str) -> bool:
    """Has the person a role that has this permission? An unknown permission is nobody's."""
    known = current_app.extensions["lms"].permissions.get(permission)
    return known is not None and not roles_of(person).isdisjoint(known.roles)


def init_app(app: Flask) -> None:
    """Ask every request, before anything else looks at it."""
    app.before_request(_guard)


def _guard() -> Response | None:
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None:
        return None  # no such page: 404 or 405 follows
    permission = declared(view)
    if permission == PUBLIC:
        return None
    if not current_user.is_authenticated:
        if request.method in SAFE_METHODS:
            return redirect(url_for("core.accounts.login", next=request.full_path.rstrip("?")))
        abort(401)
    if permission is None or not may(current_user, permission):
        abort(403)
    return None


def has_role(person: Person, role: str) -> bool:
    """Has the person this role anywhere?"""
    return role in roles_of(person)


def libraries_with_role(person: Person, role: str) -> list[int]:
    """The ids of the libraries for which the person was given a role of scope library."""
    return list(
        db.session.scalars(
            select(RoleGrant.library_id).where(
                RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.library_id.is_not(None)
            )
        )
    )
