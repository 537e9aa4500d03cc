"""The post office: how mail leaves the house. ``MAIL_URL`` says by which way, ``MAIL_FROM`` in whose name."""

import contextlib
import smtplib
import ssl
from email.utils import format_datetime, formataddr, getaddresses, parseaddr
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from flask import Flask, current_app
from flask_mailman import EmailMessage
from flask_mailman import Mail as Mailman
from flask_mailman.backends.smtp import EmailBackend
from flask_mailman.message import utf8_charset_qp

from ..errors import ConfigError, Hopeless, LmsError
from .models import Mail

TIMEOUT = 10  # seconds for each answer of the mail server; dev.py gives the worker 15 to stop
PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
LOCAL = {"console": "console", "file": "file", "memory": "locmem"}


class NotTaken(LmsError):
    """The mail server did not take a mail, or cannot be reached; the sentence tells administrators what it said."""

    status = 503


class NoSuchAddress(Hopeless, NotTaken):
    """The mail server will never take a mail for this address."""


class _Smtp(smtplib.SMTP):
    """STARTTLS that looks at the server's certificate; Python's own accepts any."""

    def starttls(self, *_args: Any, **options: Any) -> Any:
        return super().starttls(context=options.get("context") or ssl.create_default_context())

    def data(self, msg: Any) -> tuple[int, bytes]:
        code, words = self.said = super().data(msg)
        return code, words


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    """The same for a server that speaks TLS from the first byte."""


class SmtpBackend(EmailBackend):
    """Flask-Mailman's SMTP, more careful."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpOverTls if self.use_ssl else _Smtp


def init_app(app: Flask) -> None:
    """Read ``MAIL_URL``; nothing is opened yet. Raises ConfigError for an address that we cannot use."""
    app.extensions["mailman"] = Mailman.init_mail(_settings(app.config["MAIL_URL"]))
    found = getaddresses([sender(app)])
    if len(found) != 1 or not all(found[0][1].rpartition("@")[::2]):
        raise ConfigError("LMS_MAIL_FROM must be one address, such as Leerplein <leerplein@uw-bibliotheek.nl>.")


def letter(mail: Mail, unsubscribe: dict[str, str] | None = None) -> EmailMessage:
    """The mail as it goes over the line, with the date and the id of its row. ``unsubscribe`` are the headers of one
    that people can choose not to get."""
    headers = {
        "Date": format_datetime(mail.created_at),
        "Message-ID": mail.message_id,
        "Auto-Submitted": "auto-generated",
    }
    headers |= unsubscribe or {}
    answers = [formataddr((one_line(mail.reply_to.name), one_line(mail.reply_to.email)))] if mail.reply_to else None
    return new_letter(one_line(mail.to), one_line(mail.subject), mail.body, headers, answers)


def new_letter(
    to: str, subject: str, body: str, headers: dict[str, str], reply_to: list[str] | None = None
) -> EmailMessage:
    """Plain text to one address, in the name of the site."""
    message = EmailMessage(subject, body, sender(current_app), [to], headers=headers, reply_to=reply_to)
    if not body.isascii():
        # A host on the way that rewrites eight-bit text would break the signature (DKIM) of the host before it.
        message.encoding = utf8_charset_qp
    return message


def hand_over(message: EmailMessage) -> str:
    """Give a mail to the server; returns what it said, such as «250 OK», or nothing if there is no server.

    Raises NotTaken.
    """
    connection = current_app.extensions["mailman"].get_connection()
    message.connection = connection
    try:
        connection.open()  # not left to send(), which would also close: see below
        message.send()
        code, words = getattr(getattr(connection, "connection", None), "said", (0, b""))
    except (OSError, smtplib.SMTPException) as error:
        raise (NoSuchAddress if _is_final(error) else NotTaken)(_reason(error)) from error
    finally:
        # The server has the mail or has refused it; that the goodbye fails must not have it sent once more.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()
    return f"{code} {words.decode(errors='replace')}" if code else ""


def _is_final(error: Exception) -> bool:
    """A refusal of the address with a code of «never». Other refusals may be of our settings, which can be mended."""
    return isinstance(error, smtplib.SMTPRecipientsRefused) and all(
        code >= 500 for code, _words in error.recipients.values()
    )


def _reason(error: Exception) -> str:
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        [(to, (code, words))] = error.recipients.items()
        whom = f" of {to}"
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words, whom = error.smtp_code, error.smtp_error, ""
    else:
        return f"The server cannot be reached: {error}"
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"The server said{whom}: {code} {text}"


def sender(app: Flask) -> str:
    """In whose name the site writes: ``MAIL_FROM``, or leerplein@ the site's own host."""
    chosen = one_line(app.config["MAIL_FROM"])
    if chosen:
        return chosen
    return formataddr((app.config["SITE_NAME"], f"leerplein@{_host(app)}"))


def domain(app: Flask) -> str:
    """The domain of the sender, for the ids of mails."""
    return parseaddr(sender(app))[1].rpartition("@")[2][:80] or _host(app)


def address(endpoint: str, **values: Any) -> str:
    """The full address of a page. From ``BASE_URL``: a request can claim any host it likes."""
    path = current_app.url_map.bind("localhost").build(endpoint, values)
    return current_app.config["BASE_URL"] + path


def one_line(text: str) -> str:
    """The text without line breaks and other control characters, so that it cannot begin a new header."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _host(app: Flask) -> str:
    return urlsplit(app.config["BASE_URL"]).hostname or "localhost"


def _settings(url: str) -> dict[str, Any]:
    try:
        parts = urlsplit(url)
        return _read(parts)
    except ValueError:  # a port that is no number
        raise _refusal() from None


def _read(parts: SplitResult) -> dict[str, Any]:
    if not parts.scheme and not parts.path:
        return {"MAIL_BACKEND": "dummy"}  # no MAIL_URL: mail stays in the site
    if parts.scheme in LOCAL:
        if parts.scheme == "file" and (parts.netloc or not parts.path.startswith("/")):
            raise _refusal()
        return {"MAIL_BACKEND": LOCAL[parts.scheme], "MAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme not in PORTS or not parts.hostname:
        raise _refusal()
    return {
        "MAIL_BACKEND": SmtpBackend,
        "MAIL_SERVER": parts.hostname,
        "MAIL_PORT": parts.port or PORTS[parts.scheme],
        "MAIL_USERNAME": unquote(parts.username or "") or None,
        "MAIL_PASSWORD": unquote(parts.password or "") or None,
        "MAIL_USE_SSL": parts.scheme == "smtps",
        "MAIL_USE_TLS": parts.scheme == "smtp+tls",
        "MAIL_TIMEOUT": TIMEOUT,
    }


def _refusal() -> ConfigError:
    # The address itself is not repeated: it may hold a password.
    return ConfigError(
        "LMS_MAIL_URL is no address we can send by; write smtp://host:25, smtps://name:password@host:465, "
        "smtp+tls://name:password@host:587, file:///folder or console:, or leave it empty."
    )
