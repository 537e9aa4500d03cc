"""Mail: a row first, then on its way, never twice, and no way to smuggle a header into it."""

import asyncio
import email
import email.policy
import socket
from contextlib import contextmanager

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from lms.db import db
from lms.errors import ConfigError
from lms.jobs.models import Job
from lms.jobs.services import run_due
from lms.notifications.models import Mail
from lms.notifications.services import deliver, link, send
from lms.site.settings import set_demo
from lms.testing import Make


class Box:
    """What a mail server got."""

    def __init__(self, answer="250 OK"):
        self.answer = answer
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):
        self.envelopes.append(envelope)
        return self.answer


@contextmanager
def server(box):
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller cannot choose a free port itself
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


@pytest.fixture
def noor(make):
    return make.person("Noor de Wit")


def outbox(app):
    return getattr(app.extensions["mailman"], "outbox", [])


def row():
    return db.session.scalar(select(Mail))


def test_a_mail_is_a_row_and_then_sent(app, noor, worker):
    send(noor, "receipt", "Ingeleverd", "We hebben uw werk.")
    assert (row().to, row().kind, row().sent_at) == (noor.email, "receipt", None)
    assert outbox(app) == []
    worker()
    [sent] = outbox(app)
    assert (sent.to, sent.subject) == ([noor.email], "Ingeleverd")
    assert sent.body.startswith("We hebben uw werk.\n\n-- \n")
    assert row().sent_at is not None


def test_a_mail_is_never_sent_twice(app, noor, worker):
    mail = send(noor, "receipt", "Ingeleverd", "Tekst.")
    worker()
    deliver({"message_id": mail.message_id})
    db.session.scalar(select(Job)).state = "waiting"
    worker()
    assert len(outbox(app)) == 1


def test_a_mail_that_is_gone_is_no_failure(app, noor, worker):
    send(noor, "receipt", "Ingeleverd", "Tekst.")
    db.session.delete(row())
    worker()
    assert outbox(app) == []
    assert db.session.scalar(select(Job.state)) == "done"


def test_over_a_real_line(make_app):
    box = Box()
    with server(box) as url:
        app = make_app(MAIL_URL=url, BASE_URL="https://leren.example/plein")
        with app.app_context():
            person = Make().person("Zoë van Dam")
            send(person, "receipt", "Reçu: «Zoë»", "Één regel.\n.\nFrom hier.\n" + "x" * 2000)
            db.session.commit()
            assert run_due() == 1
            assert row().sent_at is not None
            to, message_id = person.email, row().message_id
    [envelope] = box.envelopes
    assert envelope.mail_from == "leerplein@leren.example"
    assert envelope.rcpt_tos == [to]
    got = email.message_from_bytes(envelope.content, policy=email.policy.default)
    assert got["Subject"] == "Reçu: «Zoë»"
    assert got["From"].addresses[0].addr_spec == "leerplein@leren.example"
    assert got["From"].addresses[0].display_name == "Leerplein"
    assert got["To"] == to
    assert got["Message-ID"] == message_id and message_id.endswith("@leren.example>")
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Date"].datetime is not None
    assert got.get_content_type() == "text/plain"
    assert got.get_content().splitlines()[:3] == ["Één regel.", ".", "From hier."]


class Rude(Box):
    """Takes the mail, then says something else than goodbye, or nothing at all."""

    def __init__(self, goodbye):
        super().__init__()
        self.goodbye = goodbye

    async def handle_QUIT(self, server, session, envelope):
        if self.goodbye == "hang up":
            server.transport.abort()
        if self.goodbye == "be silent":
            await asyncio.sleep(2)
        return self.goodbye


@pytest.mark.parametrize(
    "goodbye", ["554 go away", "hang up", "be silent", "221 " + "bye " * 3000], ids=lambda words: words[:11]
)
def test_a_mail_that_was_taken_is_sent_whatever_the_goodbye(make_app, goodbye):
    box = Rude(goodbye)
    with server(box) as url:
        app = make_app(MAIL_URL=url)
        app.extensions["mailman"].timeout = 0.5  # seconds
        with app.app_context():
            send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
            db.session.commit()
            assert run_due() == 1
            assert row().sent_at is not None
            assert db.session.scalar(select(Job.state)) == "done"
    assert len(box.envelopes) == 1


def test_no_byte_on_the_line_is_above_127_and_no_line_too_long(make_app):
    """A host that would have to rewrite the text breaks the signature of the host before it."""
    box = Box()
    with server(box) as url:
        app = make_app(MAIL_URL=url)
        with app.app_context():
            for body in ("Één «bericht»", "Plain.", "x" * 3000):
                send(Make().person(), "receipt", "Één", body)
            db.session.commit()
            run_due()
    assert len(box.envelopes) == 3
    for envelope in box.envelopes:
        envelope.content.decode("ascii")
        assert max(map(len, envelope.content.splitlines())) <= 998


def test_an_answer_goes_to_the_one_who_wrote(app, make, noor, worker):
    trainer = make.person("Joke Smits, trainer")
    send(noor, "announcement", "Morgen", "Tekst.", reply_to=trainer)
    worker()
    [sent] = outbox(app)
    answer = email.message_from_bytes(sent.message().as_bytes(), policy=email.policy.default)["Reply-To"].addresses
    assert [(one.display_name, one.addr_spec) for one in answer] == [("Joke Smits, trainer", trainer.email)]
    assert sent.message()["From"] == "Leerplein <leerplein@localhost>", "the site signs for no domain but its own"


@pytest.mark.parametrize("sender", ["Leerplein", "a@x.example, b@y.example", "@x.example", "leerplein@"])
def test_a_sender_that_is_not_one_address_stops_the_start(make_app, sender):
    with pytest.raises(ConfigError, match="LMS_MAIL_FROM must be one address"):
        make_app(MAIL_FROM=sender)


def test_a_server_that_refuses_makes_it_wait(make_app):
    box = Box("451 later please")
    with server(box) as url:
        app = make_app(MAIL_URL=url)
        with app.app_context():
            send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
            db.session.commit()
            assert run_due() == 1
            job = db.session.scalar(select(Job))
            assert (job.state, row().sent_at) == ("waiting", None)
            assert "451" in job.error


class Closed(Box):
    async def handle_RCPT(self, server, session, envelope, address, options):
        return self.answer


def test_an_address_that_is_refused_for_now_waits(make_app):
    """As servers do that see a sender for the first time."""
    with server(Closed("450 4.2.0 greylisted")) as url:
        app = make_app(MAIL_URL=url)
        with app.app_context():
            send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
            db.session.commit()
            assert run_due() == 1
            assert db.session.scalar(select(Job.state)) == "waiting"


def test_the_log_tells_what_went_wrong_and_of_whom_nothing(make_app, caplog):
    """An administrator reads on the site which address it was; the log is kept by others and for longer."""
    with server(Closed("550 5.1.1 <noor@molenveen.example>: no such user here")) as url:
        app = make_app(MAIL_URL=url)
        with app.app_context():
            person = Make().person()
            person.email = "noor@molenveen.example"
            send(person, "receipt", "Ingeleverd", "Tekst.")
            db.session.commit()
            assert run_due() == 1
            job = db.session.scalar(select(Job))
            assert (job.state, job.attempts, job.error) == (
                "failed",
                1,
                "The server said of noor@molenveen.example: 550 5.1.1 <noor@molenveen.example>: no such user here",
            )
    written = [record.getMessage() for record in caplog.records if record.name.startswith("lms")]
    failed = f"job {job.id} (core.mail) failed: The server said of …: 550 5.1.1 <…>: no such user here"
    assert written == [failed, failed.replace("failed:", "is given up:")]
    assert not any(record.exc_info for record in caplog.records)


def test_no_server_at_all_makes_it_wait(make_app):
    app = make_app(MAIL_URL="smtp://127.0.0.1:9")
    with app.app_context():
        send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
        db.session.commit()
        assert run_due() == 1
        assert db.session.scalar(select(Job.state)) == "waiting"


def test_without_an_address_mail_stays_in_the_site(make_app):
    app = make_app(MAIL_URL="")
    with app.app_context():
        send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
        db.session.commit()
        assert run_due() == 1
        assert row().sent_at is None
        assert db.session.scalar(select(Job.state)) == "done"


def test_into_a_folder(make_app, tmp_path):
    app = make_app(MAIL_URL=f"file://{tmp_path}/post")
    with app.app_context():
        send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
        db.session.commit()
        run_due()
    [written] = (tmp_path / "post").iterdir()
    assert "Subject: Ingeleverd" in written.read_text()


def test_on_the_console(make_app, capsys):
    app = make_app(MAIL_URL="console:")
    with app.app_context():
        send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
        db.session.commit()
        run_due()
    assert "Subject: Ingeleverd" in capsys.readouterr().out


def test_two_sites_in_one_process_keep_their_mail_apart(make_app):
    first, second = make_app(), make_app()
    with first.app_context():
        send(Make().person(), "receipt", "Voor de eerste", "Tekst.")
        db.session.commit()
        run_due()
    assert [mail.subject for mail in outbox(first)] == ["Voor de eerste"]
    assert outbox(second) == []


@pytest.mark.parametrize(
    "url",
    [
        "smtp.test.example",
        "http://test.example",
        "smtp://",
        "smtp://user:geheim@host:poort",
        "file://server/dir",
        "file:dir",
        "mail",
    ],
)
def test_an_address_that_we_cannot_use_stops_the_start(make_app, url):
    with pytest.raises(ConfigError, match="LMS_MAIL_URL") as refusal:
        make_app(MAIL_URL=url)
    assert "geheim" not in str(refusal.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://host", ("host", 25, None, None, False, False)),
        ("smtps://naam%40x:p%3Aw@host", ("host", 465, "naam@x", "p:w", True, False)),
        ("smtp+tls://naam:pw@host:2525", ("host", 2525, "naam", "pw", False, True)),
    ],
)
def test_addresses_of_servers(make_app, url, expected):
    state = make_app(MAIL_URL=url).extensions["mailman"]
    assert (state.server, state.port, state.username, state.password, state.use_ssl, state.use_tls) == expected


def test_no_header_can_be_smuggled_in(app, make, worker):
    person = make.person("Noor\r\nBcc: x@evil.example")
    send(person, "receipt", "Hallo\r\nBcc: x@evil.example\n\nTekst", "Tekst.")
    assert "\n" not in row().subject
    worker()
    [sent] = outbox(app)
    assert "Bcc" not in sent.message()


def test_the_sender_can_be_chosen(make_app):
    app = make_app(MAIL_FROM="Het Plein <plein@mail.example>")
    with app.app_context():
        send(Make().person(), "receipt", "Ingeleverd", "Tekst.")
        assert row().message_id.endswith("@mail.example>")
        db.session.commit()
        run_due()
        assert outbox(app)[0].message()["From"] == "Het Plein <plein@mail.example>"


def test_a_very_long_subject_is_cut(app, noor):
    send(noor, "receipt", "x" * 1000, "Tekst.")
    assert len(row().subject) == 300


def test_links_begin_with_the_address_of_the_site(make_app):
    app = make_app(BASE_URL="https://leren.example/plein")
    with app.app_context():
        assert link("core.accounts.reset", token="abc") == "https://leren.example/plein/wachtwoord/abc"


# --- the page of a demo -----------------------------------------------------------------------------


def test_the_administrator_of_a_demo_reads_the_mails(app, make, sign_in, queries):
    set_demo()
    admin = make.person(roles=("admin",))
    for number in range(25):
        send(make.person(), "receipt", f"Bericht {number}", "<b>Tekst</b> http://localhost/vandaag")
    client = sign_in(admin)
    with queries() as seen:
        page = client.get("/beheer/mails")
    assert page.status_code == 200
    assert "Bericht 24" in page.text and "Bericht 0<" not in page.text
    assert "<b>Tekst" not in page.text
    assert '<a href="http://localhost/vandaag"' in page.text
    assert len(seen) <= 6
    assert "Bericht 0<" in client.get("/beheer/mails?page=2").text
    for odd in ("0", "-1", "99", "x"):
        assert client.get(f"/beheer/mails?page={odd}").status_code == 200


def test_an_empty_list_says_so(app, make, sign_in):
    set_demo()
    assert "Nog geen mails." in sign_in(make.person(roles=("admin",))).get("/beheer/mails").text


def test_the_mails_of_a_real_site_are_nobodys(app, make, sign_in):
    assert sign_in(make.person(roles=("admin",))).get("/beheer/mails").status_code == 404


def test_the_mails_are_for_administrators(app, client, make, sign_in):
    set_demo()
    assert sign_in(make.person()).get("/beheer/mails").status_code == 403
    assert client.get("/beheer/mails").location.startswith("/login")
