"""``lms mail test``: one real mail at once, and what the server said."""

import email
import email.policy

from lms.db import db
from lms.jobs.models import Job

from .test_mail import Box, server


def test_it_tells_what_the_server_said(make_app, lms_command):
    box = Box("250 queued as 4F2A")
    with server(box) as url:
        app = make_app(MAIL_URL=url, BASE_URL="https://leren.example")
        done = lms_command("mail", "test", "ict@bibliotheek.example", site=app)
    assert done.exit_code == 0, done.output
    assert "The server said: 250 queued as 4F2A" in done.output
    assert "From: Leerplein <leerplein@leren.example>" in done.output
    assert "Note:" not in done.output
    [envelope] = box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("leerplein@leren.example", ["ict@bibliotheek.example"])
    got = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert got["Subject"] == "Proef: mail van Leerplein"
    assert f"Message-ID: {got['Message-ID']}" in done.output and got["Message-ID"].endswith("@leren.example>")


def test_it_tells_why_not(make_app, lms_command):
    with server(Box("550 nobody here by that name")) as url:
        done = lms_command("mail", "test", "ict@bibliotheek.example", site=make_app(MAIL_URL=url))
    assert done.exit_code == 1
    assert "The mail was not sent. The server said: 550 nobody here by that name" in done.output


class Closed(Box):
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        return "553 we relay for nobody"


def test_a_recipient_that_is_refused(make_app, lms_command):
    with server(Closed()) as url:
        done = lms_command("mail", "test", "ict@bibliotheek.example", site=make_app(MAIL_URL=url))
    assert (done.exit_code, "The server said of ict@bibliotheek.example: 553 we relay for nobody" in done.output) == (
        1,
        True,
    )


def test_no_server_there_and_no_password_shown(make_app, lms_command):
    app = make_app(MAIL_URL="smtp://naam:geheim@127.0.0.1:9")
    done = lms_command("mail", "test", "ict@bibliotheek.example", site=app)
    assert done.exit_code == 1
    assert "smtp://127.0.0.1:9" in done.output and "cannot be reached" in done.output
    assert "geheim" not in done.output


def test_without_a_mail_server(make_app, lms_command):
    done = lms_command("mail", "test", "ict@bibliotheek.example", site=make_app(MAIL_URL=""))
    assert done.exit_code == 1
    assert "LMS_MAIL_URL is not set, so all mail stays in the site; nothing was sent." in done.output


def test_into_a_folder_and_a_warning_for_a_sender_that_hosts_refuse(make_app, lms_command, tmp_path):
    app = make_app(MAIL_URL=f"file://{tmp_path}/post", BASE_URL="http://127.0.0.1:5000")
    done = lms_command("mail", "test", "ict@bibliotheek.example", site=app)
    assert done.exit_code == 0, done.output
    assert "no server that could answer" in done.output
    assert "hosts elsewhere refuse a sender at 127.0.0.1" in done.output
    [written] = (tmp_path / "post").iterdir()
    assert "Subject: Proef: mail van Leerplein" in written.read_text()


def test_no_address(app, lms_command):
    done = lms_command("mail", "test", "ict")
    assert done.exit_code == 1
    assert "'ict' is no e-mail address" in done.output
    assert db.session.query(Job).count() == 0
