"""The whole way over HTTP: hand in, judge, release, and what the participant sees at each moment."""

from io import BytesIO

import pytest

from lms.assignments.models import Version
from lms.db import db
from lms.runs.models import TRAINER


def text_of(response):
    return response.get_data(as_text=True)


class Way:
    def __init__(self, judging):
        self.judging = judging
        self.participant = judging.sign_in(judging.participants[0])
        self.address = f"/runs/{judging.run.id}/opdracht"

    def hand_in(self, text, *files):
        db.session.rollback()
        revision = self.participant.get(self.address).get_data(as_text=True).partition('name="revision"')[2]
        return self.participant.post(
            self.address + "/inleveren",
            data={"text": text, "revision": revision.partition('value="')[2].partition('"')[0], "files": list(files)},
            content_type="multipart/form-data",
        )

    def page(self):
        return text_of(self.participant.get(self.address))

    def newest(self):
        db.session.expire_all()
        return db.session.query(Version.id).order_by(Version.id.desc()).first()[0]


@pytest.fixture
def way(judging):
    return Way(judging)


def test_from_hand_in_to_a_new_version(way):
    judging = way.judging
    assert way.hand_in("Mijn **eerste** versie.").status_code == 302
    first = way.newest()
    screen = text_of(judging.browser.get(judging.url(first)))
    assert "<strong>eerste</strong>" in screen

    judging.save(first, words="Nog geheim.", overall="nog_niet")
    assert "Nog geheim." not in way.page()
    assert "Over bronnen." not in way.page()
    assert way.hand_in("Te laat bedacht.").status_code == 409
    assert way.newest() == first

    judging.release(first, revision=1, words="Nu te lezen.", overall="nog_niet")
    assert "Nu te lezen." in way.page()
    assert "Over bronnen." in way.page()

    assert way.hand_in("Mijn tweede versie.").status_code == 302
    second = way.newest()
    assert second != first
    screen = text_of(judging.browser.get(judging.url(second)))
    assert "Versie 1 met het oordeel" in screen and "Nu te lezen." in screen

    judging.release(second, overall="goed", words="Nu is het af.")
    assert "Nu is het af." in way.page()
    assert judging.progress().completed_at is not None


def test_retracted_judgement_disappears_for_the_participant(way):
    judging = way.judging
    way.hand_in("Mijn versie.")
    version = way.newest()
    judging.release(version, words="Per ongeluk.", overall="goed")
    assert "Per ongeluk." in way.page()
    judging.retract(version, "Ik las het werk van iemand anders.")
    page = way.page()
    assert "Per ongeluk." not in page
    assert "Over bronnen." not in page


def test_script_in_words_is_text_for_the_participant_too(way):
    way.hand_in("Mijn versie.")
    way.judging.release(way.newest(), words="<img src=x onerror=alert(1)>", words_bronnen="<b>vet</b>")
    assert "<img src=x" not in way.page()
    assert "&lt;b&gt;vet&lt;/b&gt;" in way.page()


def test_trainer_downloads_the_file_that_was_handed_in(way):
    judging = way.judging
    assert way.hand_in("Zie bijlage.", (BytesIO(b"%PDF-1.4\n%%EOF\n"), "kaart.pdf")).status_code == 302
    screen = text_of(judging.browser.get(judging.url(way.newest())))
    link = screen.partition('href="/bestanden/')[2].partition('"')[0]
    answer = judging.browser.get("/bestanden/" + link)
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")


def test_newer_version_over_http_stops_the_old_judgement(way):
    judging = way.judging
    way.hand_in("Eerste.")
    first = way.newest()
    way.hand_in("Tweede.")
    answer = judging.save(first, words="Over de eerste.")
    assert answer.status_code == 409
    assert "Over de eerste." in text_of(answer)
    assert judging.url(way.newest()) in text_of(answer)


def test_todays_page_of_the_trainer_leads_here(way):
    judging = way.judging
    way.hand_in("Mijn versie.")
    second = judging.make.person()
    judging.make.enrol(judging.run, second, TRAINER)
    for browser in (judging.browser, judging.sign_in(second)):
        page = text_of(browser.get("/vandaag"))
        assert judging.url(way.newest()) in page
