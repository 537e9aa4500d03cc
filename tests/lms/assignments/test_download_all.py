"""All of one's own work in one file, and nobody else's."""

import io
import zipfile

from lms import clock
from lms.db import db
from lms.runs.models import Enrolment

from .conftest import PDF, upload


def taken_along(browser):
    answer = browser.get("/mijn-werk.zip")
    assert answer.status_code == 200
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=mijn-werk-")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_everything_of_ones_own(desk):
    desk.hand_in("Versie *een*.", files=[upload("Mijn kaart.pdf")])
    desk.judge(overall="nog_niet", words="Hier mist een bron.")
    desk.hand_in("Versie twee.")
    desk.judge(action="opslaan", overall="goed", words="Nog geheim.")
    desk.save("Verder in concept.", 2)
    found = taken_along(desk.browser)
    folder = f"{desk.run.course.title} - {desk.run.name}/Opdracht"
    assert set(found) == {
        "leesmij.txt",
        f"{folder}/concept/concept.md",
        f"{folder}/concept/Mijn kaart.pdf",
        f"{folder}/versie 1/versie 1.md",
        f"{folder}/versie 1/Mijn kaart.pdf",
        f"{folder}/versie 1/oordeel.txt",
        f"{folder}/versie 2/versie 2.md",
        f"{folder}/versie 2/Mijn kaart.pdf",
    }
    assert found[f"{folder}/versie 1/versie 1.md"] == b"Versie *een*."
    assert found[f"{folder}/versie 1/Mijn kaart.pdf"] == PDF
    assert found[f"{folder}/concept/concept.md"] == b"Verder in concept."
    judgement = found[f"{folder}/versie 1/oordeel.txt"].decode()
    assert "Het geheel: Nog niet" in judgement and "Hier mist een bron." in judgement and "Over bronnen." in judgement
    assert not any(b"Nog geheim" in text for text in found.values())


def test_nothing_of_somebody_else(desk):
    desk.hand_in("Alleen van mij.", files=[upload()])
    other = taken_along(desk.sign_in(desk.people[1]))
    assert set(other) == {"leesmij.txt"}
    assert set(taken_along(desk.sign_in(desk.trainer))) == {"leesmij.txt"}


def test_names_are_safe_and_each_its_own(desk):
    names = ["../../etc/a.pdf", "a.pdf", "b<>:|?*.pdf", "CON .pdf", "🐝.pdf"]
    files = [upload(name, f"%PDF-1.7 {name}".encode()) for name in names]
    desk.save(files=files)
    found = taken_along(desk.browser)
    short = {name.rpartition("/")[2] for name in found}
    assert {"a.pdf", "a (2).pdf", "b______.pdf", "🐝.pdf"} <= short
    assert not any(".." in name or name.startswith("/") for name in found)
    assert len({content for content in found.values() if content.startswith(b"%PDF")}) == 5


def test_who_left_a_run_still_has_their_work(desk):
    desk.hand_in("Van toen.")
    db.session.query(Enrolment).filter_by(person_id=desk.person.id).one().left_at = clock.now()
    assert b"Van toen." in taken_along(desk.browser).values()


def test_the_number_of_queries_does_not_grow(desk, queries):
    desk.hand_in("een", files=[upload()])
    with queries() as few:
        taken_along(desk.browser)
    for n in range(6):
        desk.hand_in(f"versie {n}", files=[upload(f"{n}.pdf", f"%PDF-1.7 {n}".encode())] if n < 4 else ())
    with queries() as many:
        taken_along(desk.browser)
    assert len(many) == len(few) <= 12


def test_anonymous_takes_nothing(client):
    answer = client.get("/mijn-werk.zip")
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_asking_for_the_head_leaves_nothing_open(desk):
    desk.hand_in()
    answer = desk.browser.head("/mijn-werk.zip")
    answer.close()
    assert answer.status_code == 200
