"""Taking a released judgement back."""

from lms.db import db


def text_of(response):
    return response.get_data(as_text=True)


def test_released_judgement_is_read_only(judging):
    version = judging.hand_in()
    judging.release(version)
    html = text_of(judging.browser.get(judging.url(version)))
    assert 'name="overall"' not in html
    assert 'value="vrijgeven"' not in html
    assert "Vrijgegeven op" in html
    assert "Oordeel intrekken" in html
    assert "Over bronnen." in html


def test_retract_takes_the_judgement_back_and_tells_why(judging):
    version = judging.hand_in()
    judging.release(version, overall="goed")
    answer = judging.retract(version, "Ik las versie 2 van iemand anders.")
    assert answer.status_code == 302
    saved = judging.assessment(version)
    assert saved.released_at is None
    assert saved.retracted_at is not None
    assert saved.retraction_reason == "Ik las versie 2 van iemand anders."
    stored = judging.progress()
    assert (stored.state, stored.completed_at) == ("retracted", None)
    (mail,) = judging.mails("retracted")
    assert "Ik las versie 2 van iemand anders." in mail.body
    assert "Goed gekeken." not in mail.body
    html = text_of(judging.browser.get(judging.url(version)))
    assert "Dit oordeel is ingetrokken op" in html
    assert "Over bronnen." in html, "the judgement can be changed"


def test_the_participant_sees_it_on_vandaag_too(judging, sign_in):
    version = judging.hand_in()
    judging.release(version, overall="goed")
    participant = sign_in(judging.participants[0])
    told = "Uw trainer trok het oordeel in. U krijgt een nieuw oordeel."
    assert told not in text_of(participant.get("/vandaag"))
    judging.retract(version)
    page = text_of(participant.get("/vandaag"))
    assert told in page
    assert "Beoordeeld: goed." not in page
    judging.release(version, revision=2, overall="goed")
    assert told not in text_of(participant.get("/vandaag"))


def test_after_a_retraction_one_changes_and_releases_again(judging):
    version = judging.hand_in()
    judging.release(version, overall="goed")
    judging.retract(version)
    answer = judging.release(version, revision=2, overall="nog_niet", words="Toch nog niet.")
    assert answer.status_code == 302
    saved = judging.assessment(version)
    assert (saved.overall, saved.words, saved.released_at is not None) == ("nog_niet", "Toch nog niet.", True)
    assert judging.progress().state == "returned"
    assert len(judging.mails("released")) == 2


def test_retracting_needs_a_reason(judging):
    version = judging.hand_in()
    judging.release(version)
    for reason in ("", "  \r\n "):
        answer = judging.retract(version, reason)
        assert answer.status_code == 422
        assert text_of(answer).count("Schrijf waarom u het oordeel intrekt. De deelnemer leest dit.") == 2
        assert '<details class="lp-fold mt-4" open>' in text_of(answer)
    assert judging.browser.post(judging.url(version) + "/intrekken").status_code == 422
    assert judging.assessment(version).released_at is not None
    assert judging.mails("retracted") == []


def test_huge_reason_is_refused_and_kept(judging):
    version = judging.hand_in()
    judging.release(version)
    answer = judging.retract(version, "b" * 2_001)
    assert answer.status_code == 422
    assert "Er passen 2.000 tekens. Haal er 1 weg." in text_of(answer)
    assert "b" * 2_001 in text_of(answer)


def test_what_was_never_released_cannot_be_retracted(judging):
    version = judging.hand_in()
    assert judging.retract(version).status_code == 409
    judging.save(version)
    assert judging.retract(version).status_code == 409
    assert judging.assessment(version).retracted_at is None


def test_pressing_retract_twice_retracts_once(judging):
    version = judging.hand_in()
    judging.release(version)
    assert [judging.retract(version).status_code for _ in range(2)] == [302, 302]
    assert len(judging.mails("retracted")) == 1


def test_retracted_work_waits_again(judging):
    version = judging.hand_in()
    judging.release(version)
    listing = f"/runs/{judging.run.id}/beoordelen"
    assert "In deze groep wacht geen werk op u." in text_of(judging.browser.get(listing))
    judging.retract(version)
    assert "oordeel bewaard, nog niet vrijgegeven" in text_of(judging.browser.get(listing))


def test_correcting_an_old_version_leaves_the_progress_with_the_newest(judging):
    first = judging.hand_in(hours_ago=5)
    judging.release(first, overall="nog_niet")
    second = judging.hand_in()
    judging.retract(first)
    assert judging.progress().state == "handed_in"
    judging.release(second, overall="goed")
    assert judging.release(first, revision=2, overall="nog_niet", words="Met een bron erbij.").status_code == 302
    stored = judging.progress()
    assert (stored.state, stored.completed_at is not None) == ("goed", True)


def test_retraction_for_somebody_who_left_sends_no_mail(judging):
    version = judging.hand_in()
    judging.release(version)
    enrolment = judging.enrolment()
    enrolment.left_at = enrolment.created_at
    db.session.commit()
    assert judging.retract(version).status_code == 302
    assert judging.mails("retracted") == []
