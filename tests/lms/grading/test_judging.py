"""Saving and releasing a judgement, over HTTP."""

import pytest
from sqlalchemy import func, select

from lms.courses.models import Activity
from lms.db import db
from lms.grading.models import Assessment
from lms.grading.rubric import suggest

CRITERIA = ["doelgroepen", "behoeften", "stakeholders", "bronnen"]


def text_of(response):
    return response.get_data(as_text=True)


def test_screen_shows_work_rubric_and_both_buttons(judging):
    version = judging.hand_in(html="<h2>Mijn wijk</h2><p>In Oost wonen 900 nieuwkomers.</p>", late=True)
    page = judging.browser.get(judging.url(version))
    assert page.status_code == 200
    html = text_of(page)
    name = judging.participants[0].first_name
    for seen in (
        "In Oost wonen 900 nieuwkomers.", "Opdracht 1 · versie 1", "te laat", "1. Doelgroepen", "4. Bronnen",
        "Is er, met bron.", "Het geheel", f"Aan {name}",
        f"{name} ziet dit nog niet", "1 van 1 uit al uw groepen, oudste eerst",
    ):  # fmt: skip
        assert seen in html, seen
    assert html.index('value="opslaan"') < html.index('value="vrijgeven"'), "Enter must save, not release"
    assert html.count("<h1") == 1


def test_save_keeps_half_a_judgement_and_shows_nothing(judging):
    version = judging.hand_in()
    answer = judging.post(version, {"action": "opslaan", "revision": "0", "words-bronnen": "Noem het jaar."})
    assert answer.status_code == 302
    saved = judging.assessment(version)
    assert (saved.overall, saved.words, saved.released_at, saved.revision) == ("", "", None, 1)
    assert saved.assessor_id == judging.trainer.id
    assert judging.levels(version)["bronnen"] == ("", "Noem het jaar.")
    assert judging.progress().state == "handed_in"
    assert judging.mails("released") == []
    assert "Noem het jaar." in text_of(judging.browser.get(judging.url(version)))


def test_save_again_replaces_and_raises_the_revision(judging):
    version = judging.hand_in()
    judging.save(version)
    judging.save(version, revision=1, overall="goed", words="Beter gelezen.", level_bronnen="nog_niet")
    saved = judging.assessment(version)
    assert (saved.overall, saved.words, saved.revision) == ("goed", "Beter gelezen.", 2)
    assert judging.levels(version)["bronnen"] == ("nog_niet", "Over bronnen.")
    assert len(saved.criteria) == 4


@pytest.mark.parametrize("overall", ["voldoende", "goed"])
def test_release_tells_the_participant_and_completes_the_assignment(judging, overall):
    version = judging.hand_in()
    answer = judging.release(version, overall=overall, words="Mooi: geheim woord.")
    assert answer.status_code == 302
    saved = judging.assessment(version)
    assert saved.released_at is not None
    stored = judging.progress()
    assert (stored.state, stored.completed_at is not None) == (overall, True)
    (mail,) = judging.mails("released")
    assert mail.to == judging.participants[0].email
    assert f"http://localhost/runs/{judging.run.id}/opdracht" in mail.body
    assert "geheim woord" not in mail.body, "the judgement itself stays in the house"
    assert overall not in mail.body


def test_not_yet_returns_the_work(judging):
    version = judging.hand_in()
    judging.release(version, overall="nog_niet")
    stored = judging.progress()
    assert (stored.state, stored.completed_at) == ("returned", None)


def test_release_after_save(judging):
    version = judging.hand_in()
    judging.save(version)
    assert judging.release(version, revision=1, overall="goed").status_code == 302
    assert judging.assessment(version).overall == "goed"


def test_pressing_release_twice_releases_once(judging):
    version = judging.hand_in()
    assert [judging.release(version).status_code for _ in range(2)] == [302, 302]
    assert len(judging.mails("released")) == 1
    assert judging.assessment(version).revision == 1


def test_pressing_save_twice_is_no_conflict(judging):
    version = judging.hand_in()
    assert [judging.save(version).status_code for _ in range(2)] == [302, 302]
    assert judging.assessment(version).revision == 1


def test_release_of_something_else_after_release_is_refused_and_kept_on_the_page(judging):
    version = judging.hand_in()
    judging.release(version)
    answer = judging.release(version, revision=1, words="Toch anders <b>gezien</b>.")
    assert answer.status_code == 409
    assert "intussen vrijgegeven" in text_of(answer)
    assert "Toch anders &lt;b&gt;gezien&lt;/b&gt;." in text_of(answer)
    assert judging.assessment(version).words == "Goed gekeken."
    assert len(judging.mails("released")) == 1


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"overall": None}, "Kies een oordeel over het geheel."),
        ({"overall": ""}, "Kies een oordeel over het geheel."),
        ({"level_bronnen": None}, "Kies een niveau bij «Bronnen»."),
    ],
)
def test_release_demands_every_level_and_keeps_what_was_typed(judging, missing, sentence):
    version = judging.hand_in()
    answer = judging.release(version, words="Dit wil ik niet kwijt.", words_behoeften="Dit ook niet.", **missing)
    html = text_of(answer)
    assert answer.status_code == 422
    assert html.count(sentence) == 2, "once in the summary, once at the field"
    assert "<title>Fout:" in html
    assert "Dit wil ik niet kwijt." in html
    assert "Dit ook niet." in html
    assert 'name="level-behoeften" value="voldoende" id="level-behoeften-voldoende" checked' in html
    assert judging.assessment(version) is None
    assert judging.mails("released") == []


def test_release_of_an_empty_form_names_every_missing_level(judging):
    version = judging.hand_in()
    answer = judging.post(version, {"action": "vrijgeven"})
    assert answer.status_code == 422
    for criterion in CRITERIA:
        assert f"Kies een niveau bij «{criterion.capitalize()}»." in text_of(answer)


@pytest.mark.parametrize("action", ["opslaan", "vrijgeven"])
@pytest.mark.parametrize("field", ["overall", "level_bronnen"])
def test_unknown_level_is_refused(judging, action, field):
    version = judging.hand_in()
    answer = judging.save(version, action=action, **{field: "uitstekend"})
    assert answer.status_code == 422
    assert "Kies een van de drie niveaus." in text_of(answer)
    assert "Goed gekeken." in text_of(answer)
    assert judging.assessment(version) is None


def test_unknown_criterion_is_refused_and_its_words_are_kept(judging):
    version = judging.hand_in()
    answer = judging.save(version, level_spelling="goed", words_spelling="Let op de d en de t.")
    assert answer.status_code == 422
    assert "De criteria van deze opdracht zijn veranderd." in text_of(answer)
    assert "Let op de d en de t." in text_of(answer)
    assert judging.assessment(version) is None


@pytest.mark.parametrize("field", ["words", "words_bronnen"])
def test_too_many_words_are_refused_with_the_number(judging, field):
    version = judging.hand_in()
    answer = judging.save(version, **{field: "a" * 10_003})
    assert answer.status_code == 422
    assert "Er passen 10.000 tekens. Haal er 3 weg." in text_of(answer)
    assert "a" * 10_003 in text_of(answer)
    assert judging.assessment(version) is None


def test_ten_thousand_characters_fit(judging):
    version = judging.hand_in()
    assert judging.save(version, words="é" * 10_000).status_code == 302
    assert len(judging.assessment(version).words) == 10_000


def test_script_in_words_stays_text(judging):
    version = judging.hand_in()
    judging.release(version, words="<script>alert(1)</script>\r\nTweede regel\x00.")
    assert judging.assessment(version).words == "<script>alert(1)</script>\nTweede regel."
    html = text_of(judging.browser.get(judging.url(version)))
    assert "<script>alert" not in html
    assert '<p class="lp-prose-plain">&lt;script&gt;alert(1)&lt;/script&gt;\nTweede regel.</p>' in html


@pytest.mark.parametrize("revision", ["", "één", "-1", "9" * 30, "²"])
def test_nonsense_for_a_revision_is_a_conflict_and_no_fault(judging, revision):
    version = judging.hand_in()
    judging.save(version)
    assert judging.save(version, revision=revision, words="Anders.").status_code == 409
    assert judging.assessment(version).words == "Goed gekeken."


def test_get_never_writes(judging, queries):
    version = judging.hand_in()
    with queries() as seen:
        judging.browser.get(judging.url(version))
        judging.browser.get(f"/runs/{judging.run.id}/beoordelen?toon=alles")
    assert not [statement for statement in seen if statement.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert judging.browser.get(judging.url(version) + "/intrekken").status_code == 405
    assert judging.browser.get(judging.url(version) + "?action=vrijgeven&overall=goed").status_code == 200
    assert db.session.scalar(select(func.count(Assessment.id))) == 0


def test_rubric_that_changed_keeps_the_old_words(judging):
    version = judging.hand_in()
    judging.save(version)
    activity = db.session.query(Activity).filter_by(course_id=judging.run.course_id, slug="opdracht").one()
    activity.settings = {**activity.settings, "rubric": activity.settings["rubric"][:3]}
    db.session.commit()
    form = {"action": "vrijgeven", "revision": "1", "overall": "goed", "words": "Zo goed."}
    for slug in CRITERIA[:3]:
        form[f"level-{slug}"] = "goed"
    assert judging.post(version, form).status_code == 302
    html = text_of(judging.browser.get(judging.url(version)))
    assert "Een eerder criterium: bronnen" in html
    assert "Over bronnen." in html


def test_assignment_without_a_rubric_asks_for_the_whole_only(make, make_judging):
    course = make.course(opdracht={"number": 1, "purpose": "Doel."})
    judging = make_judging(course=course)
    version = judging.hand_in()
    assert "Kies bij elk criterium" not in text_of(judging.browser.get(judging.url(version)))
    assert judging.post(version, {"action": "vrijgeven", "overall": "goed"}).status_code == 302
    assert judging.progress().state == "goed"


@pytest.mark.parametrize(
    ("levels", "suggestion"),
    [
        ("goed goed goed goed", "goed"),
        ("voldoende voldoende nog_niet", "voldoende"),
        ("goed goed voldoende voldoende", "voldoende"),
        ("nog_niet nog_niet goed goed", "nog_niet"),
    ],
)
def test_suggestion_is_the_level_in_the_middle(levels, suggestion):
    assert suggest(levels.split()) == suggestion


def test_no_suggestion_while_a_level_is_missing():
    assert suggest(["goed", "", "goed"]) == ""
    assert suggest([]) == ""


def test_screen_says_the_suggestion_in_words(judging):
    version = judging.hand_in()
    assert "Dan staat hier een voorstel. U beslist." in text_of(judging.browser.get(judging.url(version)))
    judging.save(version, overall="", level_bronnen="goed")
    assert ">Voorstel uit de criteria: voldoende. U beslist.</p>" in text_of(judging.browser.get(judging.url(version)))


def test_participant_who_left_gets_no_mail(judging, make):
    version = judging.hand_in()
    enrolment = judging.enrolment()
    enrolment.left_at = enrolment.created_at
    db.session.commit()
    page = text_of(judging.browser.get(judging.url(version)))
    assert "doet niet meer mee" in page
    assert "oudste eerst" not in page
    assert judging.release(version).status_code == 302
    assert judging.assessment(version).released_at is not None
    assert judging.mails("released") == []


def test_completion_of_others_is_left_alone(make_judging):
    judging = make_judging(participants=2)
    first, second = judging.participants
    version = judging.hand_in(first)
    judging.hand_in(second)
    judging.release(version)
    assert judging.progress(second).state == "handed_in"
