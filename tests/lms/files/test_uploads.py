"""Files through the browser: what is taken, what is refused and how it is said, who sees a picture, and what goes."""

import io
import re
import threading
import time
import zipfile

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms import clock
from lms.db import db
from lms.files import names, services
from lms.files.kinds import KINDS
from lms.files.models import StoredFile
from lms.jobs.models import Job

from .conftest import GOOD, PDF, picture, zipped


def text_of(answer):
    return answer.get_data(as_text=True)


# ---- refused at the field, all else kept ----


def test_one_good_and_four_that_are_not(uploader, keys):
    """Each refusal is a sentence with the name of its file; the text and the good file are in the draft."""
    answer = uploader.hand_in(
        ("goed.pdf", PDF),
        ("leeg.pdf", b""),
        ("virus.pdf", b"MZ\x90\x00" + bytes(300)),
        ("tekening.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("alles.zip", zipped("a.txt")),
    )
    page = text_of(answer)
    assert answer.status_code == 422
    for sentence in (
        "leeg.pdf: Dit bestand is leeg. Kies een ander bestand.",
        "virus.pdf: De naam eindigt op .pdf, maar het bestand is iets anders.",
        "tekening.svg: In een svg kan een programma zitten. Bewaar de tekening als png of pdf en kies die.",
        "alles.zip: Ingepakte bestanden nemen we niet aan. Pak het uit en kies pdf, Word, Excel",
    ):
        assert page.count(sentence) >= 1, sentence
    assert "Mijn werk over de leesclub, met een bron." in page
    assert [stored.name for stored in uploader.files()] == ["goed.pdf"] and len(keys()) == 1
    assert uploader.draft().text == "Mijn werk over de leesclub, met een bron." and not uploader.versions()


def test_the_pages_say_beforehand_what_is_welcome(uploader):
    page = text_of(uploader.browser.get(uploader.url))
    assert "Hoogstens 5 bestanden, elk tot 20 MB: pdf, Word, Excel" in page
    accept = re.search(r'accept="([^"]*)"', page)[1].split(",")
    assert {".pdf", ".docx", ".jpg"} <= set(accept) and {".svg", ".zip", ".docm"}.isdisjoint(accept)


def test_a_name_is_shown_as_text(uploader):
    """In the list, on the page of the version, and in the sentence that refuses it."""
    name = "<img src=x onerror=alert(1)>.pdf"
    page = text_of(uploader.hand_in((name, PDF), ("<b>x.exe", b"MZ")))
    assert "&lt;img src=x onerror=alert(1)&gt;" in page and "<img src=x" not in page
    assert "&lt;b&gt;x.exe: Dit soort bestand" in page and "<b>x.exe" not in page
    assert uploader.files()[0].name == name


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Voortgang \u202efdp.pdf", "Voortgang fdp.pdf"),
        ("kaart.exe.pdf", "kaart.exe.pdf"),
        ("../../../etc/passwd.pdf", "passwd.pdf"),
        ("CON.pdf", "CON.pdf"),
        ("地图 van Noord – versie 2 (echt).pdf", "地图 van Noord – versie 2 (echt).pdf"),
        ("é" * 300 + ".pdf", "é" * 251 + ".pdf"),
        ("kaart%0D%0AX-Kwaad: 1.pdf", "kaart%0D%0AX-Kwaad: 1.pdf"),  # as browsers send the end of a line
        ("  kaart.pdf  ", "kaart.pdf"),
    ],
)
def test_names_come_back_as_they_were(uploader, keys, given, kept):
    """Without what deceives or harms. In the store the name is nowhere."""
    assert uploader.hand_in((given, PDF)).status_code == 302
    stored = uploader.files()[0]
    assert stored.name == kept
    answer = uploader.download(stored)
    assert answer.data == PDF
    header = answer.headers["Content-Disposition"]
    assert header.startswith("attachment; filename") and "X-Kwaad" not in answer.headers
    assert all(re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{40}", key) for key in keys())


def test_two_of_one_name_are_two(uploader):
    """And both come out of the zip with all of one's work, on any computer."""
    uploader.hand_in(("CON.pdf", PDF), ("con.pdf", PDF + b"%"), ("🐝" * 90 + ".pdf", PDF + b"%%"))
    first, second, _third = uploader.files()
    assert (uploader.download(first).data, uploader.download(second).data) == (PDF, PDF + b"%")
    with zipfile.ZipFile(io.BytesIO(uploader.browser.get("/mijn-werk.zip").data)) as whole:
        found = [entry for entry in whole.namelist() if entry.endswith(".pdf") and "versie 1" in entry]
        assert len({entry.lower() for entry in found}) == 3
        parts = [part for entry in found for part in entry.split("/")]
        assert all(len(part.encode()) <= 255 for part in parts)
        assert {part.rpartition("/")[2].lower() for part in parts}.isdisjoint({"con.pdf", "con"})


def test_a_page_in_a_pdf_stays_a_download(uploader):
    """A file that is a pdf and a page at once: a browser is told thrice that it is no page."""
    both = b"%PDF-1.7\n<html><script>alert(document.cookie)</script></html>\n" + PDF
    uploader.hand_in(("kaart.pdf", both))
    answer = uploader.browser.get(f"/bestanden/{uploader.files()[0].id}/kaart.html")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "attachment; filename=kaart.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_more_than_a_request_may_hold(uploader, app):
    app.config["MAX_CONTENT_LENGTH"] = 2 * 1024 * 1024
    answer = uploader.hand_in(("groot.pdf", PDF + bytes(3 * 1024 * 1024)))
    assert answer.status_code == 413
    assert "Dit is te groot om te versturen. Kies kleinere bestanden" in text_of(answer)


# ---- pictures within the page ----


def images(page):
    return re.findall(r'<img src="(/bestanden/\d+/beeld)" width="(\d+)" height="(\d+)" alt="([^"]*)"', page)


def test_a_picture_shows_below_the_text(uploader):
    """For the participant and for the trainer, with words for who does not see it, and to download too."""
    uploader.hand_in(("leesclub.jpg", picture("JPEG", (80, 60))), ("kaart.pdf", PDF))
    photo = uploader.files()[0]
    trainer = uploader.sign_in(uploader.trainer)
    version = uploader.versions()[0]
    for browser, url in (
        (uploader.browser, f"{uploader.url}/versies/1"),
        (trainer, f"/runs/{uploader.run.id}/beoordelen/{version.id}"),
    ):
        page = text_of(browser.get(url))
        assert images(page) == [(f"/bestanden/{photo.id}/beeld", "80", "60", "Afbeelding bij het werk: leesclub.jpg")]
        assert f"/bestanden/{photo.id}/leesclub.jpg" in page
        assert page.index("Mijn werk over de leesclub") < page.index("<img") < page.index("kaart.pdf")
        answer = browser.get(f"/bestanden/{photo.id}/beeld")
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Content-Disposition"] == "inline; filename=leesclub.jpg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.data == uploader.download(photo, browser).data


def test_only_for_whom_the_file_is(uploader, client, make):
    uploader.hand_in(("leesclub.png", picture()), to="concept")
    url = f"/bestanden/{uploader.files()[0].id}/beeld"
    assert uploader.browser.get(url).status_code == 200
    for person in (uploader.trainer, uploader.peer, make.person(roles=("admin",))):
        assert uploader.sign_in(person).get(url).status_code == 404, "a draft is one's own"
    assert client.get(url).status_code == 302


def test_nothing_else_shows_within_a_page(uploader):
    """A file that is no picture, and a picture that we did not draw ourselves (its row was made by hand)."""
    uploader.hand_in(("kaart.pdf", PDF), ("foto.png", picture()))
    document, photo = uploader.files()
    photo.width = photo.height = None
    assert uploader.browser.get(f"/bestanden/{document.id}/beeld").status_code == 404
    assert uploader.browser.get(f"/bestanden/{photo.id}/beeld").status_code == 404
    assert not images(text_of(uploader.browser.get(f"{uploader.url}/versies/1")))
    assert uploader.download(photo).status_code == 200


def test_pages_with_many_pictures_ask_no_more(uploader, queries):
    uploader.hand_in(*((f"{n}.png", picture("PNG", (10 + n, 10))) for n in range(5)))
    with queries() as seen:
        page = text_of(uploader.browser.get(f"{uploader.url}/versies/1"))
    assert len(images(page)) == 5 and len(seen) <= 12


# ---- removal ----


def test_bytes_go_with_their_owner(uploader, lms_command, worker, keys):
    """The rows at once, the bytes by the worker; those of others stay."""
    uploader.hand_in(("kaart.pdf", PDF), ("foto.png", picture()))
    uploader.hand_in(("nieuw.pdf", PDF + b"%"), to="concept", revision=uploader.draft().revision)
    mine = {stored.key for stored in uploader.files()}
    uploader.browser = uploader.sign_in(uploader.peer)
    uploader.hand_in(("van-een-ander.pdf", PDF))
    theirs = ({stored.key for stored in uploader.files()} - mine).pop()
    result = lms_command("user", "remove", uploader.person.email, "--yes")
    assert result.exit_code == 0, result.output
    assert [stored.key for stored in uploader.files()] == [theirs]
    assert len(mine) == 3 and set(keys()) == mine | {theirs}, "the bytes wait until the rows are gone for certain"
    worker()
    assert keys() == [theirs]
    assert uploader.browser.get(f"/bestanden/{uploader.files()[0].id}/x").data == PDF


def test_a_store_that_is_away_is_asked_again(uploader, bucket, app, worker):
    """The job waits and comes back; until then the queue says what is wrong."""
    app.config["FILES_URL"] = bucket.url
    uploader.hand_in(("kaart.pdf", PDF), to="concept")
    bucket.is_away = True
    stored = uploader.files()[0]
    uploader.hand_in(to="concept", remove_file=str(stored.id), revision=uploader.draft().revision)
    worker()
    job = db.session.scalar(select(Job).where(Job.kind == "core.forget_bytes"))
    assert job.state == "waiting" and "De opslag van bestanden antwoordt niet" in job.error and len(bucket.objects) == 1
    bucket.is_away = False
    job.due_at = clock.now()
    worker()
    assert not bucket.objects and db.session.scalar(select(StoredFile)) is None


# ---- names on a disk ----


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("Com1.tar.gz", "_Com1.tar.gz"),
        ("COM¹.pdf", "_COM¹.pdf"),
        ("contact.pdf", "contact.pdf"),
        ('a<b>:"c|d?e*.pdf', "a_b___c_d_e_.pdf"),
        ("kaart.pdf. ", "kaart.pdf"),
        ("...", "bestand"),
    ],
)
def test_a_name_that_every_computer_takes(app, name, there):
    with app.test_request_context():
        assert names.on_disk(name) == there


def test_a_name_that_fits_on_every_disk(app):
    with app.test_request_context():
        for letter in ("a", "é", "地", "🐝"):
            kept = names.on_disk(letter * 300 + ".docx")
            assert len(kept.encode()) <= names.ON_DISK and len(kept) <= 80 and kept.endswith(f"{letter}.docx")


def test_what_one_person_may_keep_in_all(uploader, app, keys, make, sign_in):
    """Counted over all versions; the refusal stands at the field, and the text and the earlier files stay."""
    app.config["UPLOAD_MAX_TOTAL"] = 1024 * 1024
    large, larger = (PDF + bytes([n]) * 600_000 for n in (1, 2))
    assert uploader.hand_in(("eerste.pdf", large)).status_code == 302
    answer = uploader.hand_in(("tweede.pdf", larger), text="Het vervolg.", revision="1")
    assert answer.status_code == 422
    sentence = "Dit past niet meer. Al uw bestanden zijn dan samen 1,2 MB, en u hebt ruimte voor 1 MB."
    assert sentence in text_of(answer)
    assert 'aria-invalid="true"' in text_of(answer)
    assert [stored.name for stored in uploader.files()] == ["eerste.pdf"] and len(keys()) == 1
    assert uploader.draft().text == "Het vervolg." and len(uploader.versions()) == 1
    page = text_of(sign_in(make.person(roles=("admin",))).get(f"/beheer/mensen/{uploader.person.id}"))
    assert "1 bestand: 586 kB van de 1 MB die één persoon mag bewaren." in page
    assert "Nog geen bestanden." in text_of(
        sign_in(make.person(roles=("admin",))).get(f"/beheer/mensen/{uploader.peer.id}")
    )
    assert uploader.hand_in(("klein.pdf", PDF), text="Het vervolg.", revision="2").status_code == 302
    app.config["UPLOAD_MAX_TOTAL"] *= 2
    assert uploader.hand_in(("tweede.pdf", larger), text="Meer.", revision="2").status_code == 302


def test_two_hand_ins_at_once_do_not_pass_that_together(uploader, app, make, monkeypatch):
    """Somebody is in two runs and hands in in both at the same moment: each alone would fit, both together do not."""
    app.config["UPLOAD_MAX_TOTAL"] = 1024 * 1024
    other = make.run(participants=0)
    make.enrol(other, uploader.person)
    urls = [uploader.url, f"/runs/{other.id}/opdracht"]
    add = services.add

    def slow(owner, received):
        time.sleep(0.3)  # between counting and the commit, so that the other counts meanwhile if it can
        return add(owner, received)

    monkeypatch.setattr(services, "add", slow)
    barrier, statuses = threading.Barrier(2), []

    def hand_in(browser, url, number):
        upload = FileStorage(io.BytesIO(PDF + bytes([number]) * 600_000), f"werk-{number}.pdf")
        boundary, body = encode_multipart({"text": "Werk.", "revision": "0", "files": [upload]})
        barrier.wait()
        kind = f"multipart/form-data; boundary={boundary}"
        statuses.append(browser.post(f"{url}/inleveren", data=body, content_type=kind).status_code)

    browsers = [uploader.sign_in(uploader.person) for _url in urls]
    db.session.commit()
    some = [
        threading.Thread(target=hand_in, args=(*pair, n)) for n, pair in enumerate(zip(browsers, urls, strict=True))
    ]
    for thread in some:
        thread.start()
    for thread in some:
        thread.join()
    assert sorted(statuses) == [302, 422]
    assert len(uploader.files()) == 1


def test_every_kind_through_the_browser(uploader, app):
    app.config["UPLOAD_MAX_FILES"] = len(GOOD)
    files = [(f"werk {n}.{end}", data) for n, (end, data) in enumerate(GOOD.items())]
    assert uploader.hand_in(*files).status_code == 302
    found = uploader.files()
    assert [stored.name for stored in found] == [name for name, _data in files]
    for stored, (name, _data) in zip(found, files, strict=True):
        answer = uploader.download(stored)
        assert answer.mimetype == KINDS[name.rpartition(".")[2]]
        assert answer.headers["Content-Disposition"].startswith("attachment;")
