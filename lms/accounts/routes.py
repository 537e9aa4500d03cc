"""Coming in and going out, and one's own account."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from ..db import keep, reads_first, write_now
from ..errors import TooMany
from ..headers import keep_address
from ..notifications.forms import mails_form
from ..policies import public, requires
from ..site.settings import is_demo
from . import attempts, demo, passwords, services, session, tokens
from .forms import AddressForm, ChangePasswordForm, LoginForm, NewPasswordForm

bp = Blueprint("accounts", __name__)


@bp.get("/login")
@public
def login() -> ResponseReturnValue:
    target = _safe(request.args.get("next", ""))
    # In a demo somebody who is in comes here to change roles.
    if current_user.is_authenticated and not is_demo():
        return redirect(target or url_for("core.today.index"))
    return _login_page(LoginForm(formdata=None, next=target))


@bp.post("/login")
@public
@reads_first
def sign_in() -> ResponseReturnValue:
    form = LoginForm()
    if not form.validate():
        return _login_page(form, 422)
    email, limits = form.email.data, _limits("login", form.email.data)
    try:
        attempts.check(limits)
        checked = services.check_sign_in(email, form.password.data)
        write_now()
        person = services.settle_sign_in(checked, limits)
    except TooMany as error:
        form.form_errors.append(str(error))
        return _login_page(form, 429, error)
    if person is None:
        keep()
        form.form_errors.append(_("Dit e-mailadres en dit wachtwoord horen niet bij elkaar. Kijk ze allebei na."))
        return _login_page(form, 422)
    session.sign_in(person)
    return redirect(_safe(form.next.data) or url_for("core.today.index"))


@bp.post("/login/demo")
@public
def demo_login() -> ResponseReturnValue:
    """Come in as somebody of the demo."""
    session.sign_in(demo.person(request.form.get("user", "")))
    return redirect(_safe(request.form.get("next", "")) or url_for("core.today.index"))


@bp.post("/logout")
@requires("core.use")
def logout() -> ResponseReturnValue:
    session.sign_out()
    flash(_("U bent afgemeld."))
    response = redirect(url_for("core.accounts.login"))
    # The next person at this computer finds nothing by going back or by looking into the browser's store.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.get("/account")
@requires("core.use")
def account() -> ResponseReturnValue:
    return _account_page(ChangePasswordForm(address=current_user.email))


@bp.post("/account")
@requires("core.use")
@reads_first
def change_password() -> ResponseReturnValue:
    person = current_user._get_current_object()
    form = ChangePasswordForm(address=person.email)
    if not form.validate():
        return _account_page(form), 422
    limits = [attempts.by_address("password", person.email)]
    try:
        attempts.check(limits)
        checked = services.check_sign_in(person.email, form.current.data)
        hashed = passwords.make_hash(form.new.data) if checked else ""
        write_now()
        known = services.settle_sign_in(checked, limits)
    except TooMany as error:
        form.current.errors = [str(error)]
        return _waiting(_account_page(form), error)
    if known is None:
        keep()
        form.current.errors = [_("Dit is niet uw huidige wachtwoord.")]
        return _account_page(form), 422
    services.use_hash(known, hashed)
    session.sign_in(known)
    flash(_("Uw nieuwe wachtwoord is bewaard. Al uw andere sessies zijn afgemeld."), "good")
    return redirect(url_for("core.accounts.account"))


@bp.post("/account/sessies")
@requires("core.use")
def end_sessions() -> ResponseReturnValue:
    """End all sessions but this one: a computer elsewhere was left open."""
    session.sign_out_elsewhere(current_user._get_current_object())
    flash(_("Al uw andere sessies zijn afgemeld. Hier blijft u aangemeld."), "good")
    return redirect(url_for("core.accounts.account"))


@bp.get("/wachtwoord-vergeten")
@public
def forgotten() -> ResponseReturnValue:
    return render_template("accounts/forgotten.html", form=AddressForm())


@bp.post("/wachtwoord-vergeten")
@public
def ask_reset() -> ResponseReturnValue:
    form = AddressForm()
    if not form.validate():
        return render_template("accounts/forgotten.html", form=form), 422
    limits = _limits("reset", form.email.data)
    try:
        attempts.check(limits, hold=True)
    except TooMany as error:
        form.email.errors = [str(error)]
        return _waiting(render_template("accounts/forgotten.html", form=form), error)
    attempts.note(limits)
    services.ask_reset(form.email.data)
    return redirect(url_for("core.accounts.reset_sent"))


@bp.get("/wachtwoord-vergeten/verstuurd")
@public
def reset_sent() -> ResponseReturnValue:
    """The same for an address that we know and one that we do not."""
    return render_template("accounts/reset_sent.html")


@bp.get("/wachtwoord/<token>")
@public
def reset(token: str) -> ResponseReturnValue:
    return keep_address(_choose_page(tokens.RESET, token))


@bp.post("/wachtwoord/<token>")
@public
@reads_first
def use_reset(token: str) -> ResponseReturnValue:
    return keep_address(_choose(tokens.RESET, token))


@bp.get("/uitnodiging/<token>")
@public
def invitation(token: str) -> ResponseReturnValue:
    return keep_address(_choose_page(tokens.INVITATION, token))


@bp.post("/uitnodiging/<token>")
@public
@reads_first
def use_invitation(token: str) -> ResponseReturnValue:
    return keep_address(_choose(tokens.INVITATION, token))


def _account_page(form: ChangePasswordForm) -> str:
    return render_template("accounts/account.html", form=form, mails=mails_form(current_user))


def _choose_page(purpose: tokens.Purpose, token: str) -> ResponseReturnValue:
    try:
        person = tokens.read(purpose, token)
    except tokens.Gone as error:
        return _gone(error)
    return _choose_form(purpose, person, NewPasswordForm(address=person.email)), 200


def _choose(purpose: tokens.Purpose, token: str) -> ResponseReturnValue:
    try:
        form = NewPasswordForm(address=tokens.read(purpose, token).email)
        if not form.validate():
            return _choose_form(purpose, tokens.read(purpose, token), form), 422
        hashed = passwords.make_hash(form.new.data)
        write_now()
        # Looked at again, now that nobody else writes: of two that come with one link, one is late.
        person = tokens.read(purpose, token, lock=True)
    except tokens.Gone as error:
        return _gone(error)
    services.use_hash(person, hashed)
    session.sign_in(person)
    flash(_("Uw wachtwoord is bewaard. U bent aangemeld."), "good")
    return redirect(url_for("core.today.index"))


def _choose_form(purpose: tokens.Purpose, person: Any, form: NewPasswordForm) -> str:
    invited = purpose is tokens.INVITATION
    runs = services.runs_of(person) if invited else []
    return render_template("accounts/choose_password.html", form=form, person=person, invited=invited, runs=runs)


def _gone(error: tokens.Gone) -> ResponseReturnValue:
    return render_template("accounts/gone.html", sentence=str(error)), error.status


def _login_page(form: LoginForm, status: int = 200, error: TooMany | None = None) -> ResponseReturnValue:
    page = render_template("accounts/login.html", form=form, offers=demo.offers(), demo_password=demo.PASSWORD)
    return _waiting(page, error) if error else (page, status)


def _waiting(page: str, error: TooMany) -> ResponseReturnValue:
    return page, error.status, {"Retry-After": str(error.retry_after)}


def _limits(what: str, email: str) -> list[attempts.Limit]:
    return [attempts.by_address(what, email), attempts.by_network(what, request.remote_addr)]


def _safe(target: str | None) -> str:
    """The target when it is a page of this site, else nothing.

    Browsers take a backslash for a slash and skip control characters, so ``/\\evil.example`` leads elsewhere too.
    """
    target = target or ""
    if not target.startswith("/") or target.startswith("//") or "\\" in target or not target.isprintable():
        return ""
    parts = urlsplit(target)
    return "" if parts.scheme or parts.netloc or parts.path in {"/login", "/logout"} else target
