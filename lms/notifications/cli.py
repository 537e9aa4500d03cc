"""``lms mail test``: does mail leave this house?"""

from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

import click
from email_validator import EmailNotValidError, validate_email
from flask import current_app
from flask.cli import AppGroup
from flask_babel import gettext as _

from . import post

mail_group = AppGroup("mail", help="Mail that the site sends.")


@mail_group.command("test")
@click.argument("address")
def test_command(address: str) -> None:
    """Send one mail to ADDRESS at once, and tell what the mail server says."""
    app, url = current_app._get_current_object(), current_app.config["MAIL_URL"]  # type: ignore[attr-defined]
    if not url:
        raise click.ClickException("LMS_MAIL_URL is not set, so all mail stays in the site; nothing was sent.")
    try:
        to = validate_email(address, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise click.ClickException(f"{address!r} is no e-mail address: {error}") from None
    domain = post.domain(app)
    headers = {"Date": formatdate(), "Message-ID": make_msgid(domain=domain), "Auto-Submitted": "auto-generated"}
    body = _("Deze mail laat zien dat %(site)s mail kan versturen.", site=app.config["SITE_NAME"])
    body += "\n\n" + _("U hoeft niets te doen.") + "\n"
    click.echo(f"From: {post.sender(app)}\nTo: {to}\nMessage-ID: {headers['Message-ID']}\nBy: {_way(url)}")
    try:
        said = post.hand_over(post.new_letter(to, _("Proef: mail van Leerplein"), body, headers))
    except post.NotTaken as error:
        raise click.ClickException(f"The mail was not sent. {error}") from None
    click.echo(f"The server said: {said}" if said else "Written; there is no server that could answer.")
    if domain.replace(".", "").isdigit() or "." not in domain:
        click.echo(f"Note: hosts elsewhere refuse a sender at {domain}; set LMS_BASE_URL or LMS_MAIL_FROM.")


def _way(url: str) -> str:
    # Without the name and the password that may stand in it.
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or post.PORTS[parts.scheme]}" if parts.hostname else url
