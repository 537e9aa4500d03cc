"""Two trainers at one work, and a newer version that comes in between."""

import pytest

from lms import events
from lms.accounts.models import Setting
from lms.db import db
from lms.plugins import Listener
from lms.runs.models import TRAINER


def text_of(response):
    return response.get_data(as_text=True)


@pytest.fixture
def two(make_judging):
    judging = make_judging(trainers=2)
    other = judging.make.people(judging.run, TRAINER)[1]
    other.name = "Thijs Kuipers"
    judging.other = judging.sign_in(other)
    return judging


def test_second_first_save_is_refused_with_both(two):
    version = two.hand_in()
    two.save(version, browser=two.other, words="Van Thijs.", words_bronnen="Thijs mist een bron.")
    answer = two.save(version, words="Van mij.", words_bronnen="Ik mis niets.")
    html = text_of(answer)
    assert answer.status_code == 409
    for both in ("Van Thijs.", "Thijs mist een bron.", "Van mij.", "Ik mis niets.", "Thijs Kuipers heeft dit oordeel"):
        assert both in html, both
    assert two.assessment(version).words == "Van Thijs."
    assert two.levels(version)["bronnen"] == ("voldoende", "Thijs mist een bron.")


def test_after_seeing_the_other_text_one_may_replace_it(two):
    version = two.hand_in()
    two.save(version, browser=two.other, words="Van Thijs.")
    refused = text_of(two.save(version, words="Van mij."))
    assert 'name="revision" type="hidden" value="1"' in refused
    assert two.save(version, revision=1, words="Van mij.").status_code == 302
    assert two.assessment(version).words == "Van mij."


def test_stale_release_is_refused(two):
    version = two.hand_in()
    two.save(version)
    two.save(version, browser=two.other, revision=1, words="Van Thijs.")
    assert two.release(version, revision=1, words="Van mij.").status_code == 409
    assert two.assessment(version).released_at is None
    assert two.mails("released") == []


def test_other_trainer_releases_meanwhile(two):
    version = two.hand_in()
    two.save(version)
    two.release(version, browser=two.other, revision=1)
    answer = two.save(version, revision=1, words="Nog een gedachte.")
    assert answer.status_code == 409
    assert "Nog een gedachte." in text_of(answer)
    assert "intussen vrijgegeven" in text_of(answer)
    assert two.assessment(version).words == "Goed gekeken."


def test_own_second_window_is_called_that(judging):
    version = judging.hand_in()
    judging.save(version)
    answer = judging.save(version, words="Uit het tweede venster.")
    assert answer.status_code == 409
    assert "U hebt dit oordeel in een ander venster gewijzigd" in text_of(answer)


@pytest.mark.parametrize("action", ["opslaan", "vrijgeven"])
def test_newer_version_stops_judging_the_old_one(judging, action):
    old = judging.hand_in(hours_ago=2)
    newer = judging.hand_in(html="<p>Veel beter.</p>")
    answer = judging.save(old, action=action, words="Over de oude versie.")
    html = text_of(answer)
    assert answer.status_code == 409
    assert f'href="{judging.url(newer)}"' in html
    assert "Over de oude versie." in html
    assert f'action="{judging.url(newer)}"' in html, "the words can be kept with the newer version"
    assert 'value="vrijgeven"' not in html
    assert judging.assessment(old) is None
    assert judging.assessment(newer) is None


def test_old_version_without_judgement_is_to_read_only(judging):
    old = judging.hand_in(hours_ago=2)
    newer = judging.hand_in()
    html = text_of(judging.browser.get(judging.url(old)))
    assert "Er is een nieuwere versie: versie 2" in html
    assert f'href="{judging.url(newer)}"' in html
    assert 'id="oordeel"' not in html


def test_earlier_version_stands_beside_with_its_judgement(judging):
    old = judging.hand_in(hours_ago=2, html="<p>Eerste poging.</p>")
    judging.release(old, overall="nog_niet", words="Er mist een bron.")
    newer = judging.hand_in(html="<p>Tweede poging.</p>")
    html = text_of(judging.browser.get(judging.url(newer)))
    assert "Versie 1 met het oordeel" in html
    assert html.index("Tweede poging.") < html.index('<details class="lp-fold') < html.index("Eerste poging.")
    assert "Er mist een bron." in html
    assert 'id="oordeel"' in html


def test_events_are_heard_in_the_same_transaction(app, judging):
    def hear(name):
        def handle(assessment):
            db.session.add(Setting(key=f"heard.{name}", value=str(assessment.version_id)))

        return handle

    for name in ("core.released", "core.retracted"):
        events.connect(app, Listener(name, hear(name)))
    version = judging.hand_in()
    judging.save(version)
    assert db.session.get(Setting, "heard.core.released") is None
    judging.release(version, revision=1)
    assert db.session.get(Setting, "heard.core.released").value == str(version)
    judging.retract(version)
    assert db.session.get(Setting, "heard.core.retracted").value == str(version)


def test_only_what_differs_stands_beside_ones_own(two):
    version = two.hand_in()
    two.save(version, browser=two.other, level_bronnen="nog_niet")
    html = text_of(two.save(version))
    assert html.count("Bewaard door Thijs Kuipers") == 1


def test_of_many_versions_the_last_ones_are_shown_and_the_others_linked(judging, queries):
    versions = [judging.hand_in(hours_ago=9 - nth, html=f"<p>Poging {nth}.</p>") for nth in range(9)]
    judging.browser.get(judging.url(versions[0]))
    with queries() as seen:
        html = text_of(judging.browser.get(judging.url(versions[-1])))
    assert len(seen) <= 12
    assert "Poging 8." in html and "Poging 3." in html
    assert "Poging 2." not in html
    assert f'href="{judging.url(versions[2])}"' in html
    assert "Poging 2." in text_of(judging.browser.get(judging.url(versions[2])))
