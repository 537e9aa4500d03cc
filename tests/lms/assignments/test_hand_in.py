"""Handing in: an immutable version, its receipt, and everything that may not make a second one."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from lms import events
from lms.db import db
from lms.files import store
from lms.plugins import Listener

from .conftest import text_of, upload


def test_a_version_and_its_receipt(desk):
    answer = desk.hand_in("Mijn *werk*.", files=[upload()])
    assert answer.status_code == 302
    assert answer.location.endswith(desk.url)
    (version,) = desk.versions()
    assert (version.number, version.text, version.html) == (1, "Mijn *werk*.", "<p>Mijn <em>werk</em>.</p>\n")
    assert [file.name for file in version.files] == ["verslag.pdf"]
    assert not version.late
    assert desk.progress() == "handed_in"
    page = desk.page()
    assert "Versie 1 is ingeleverd." in page
    assert "Versie 1: ingeleverd op " in page
    assert "Tot uw trainer een oordeel bewaart, kunt u opnieuw inleveren." in page


def test_the_receipt_comes_by_mail(desk, worker):
    desk.hand_in(files=[upload()])
    (mail,) = desk.mails()
    assert mail.to == desk.person.email
    assert mail.subject == "Ontvangen: Opdracht, versie 1"
    assert "verslag.pdf (1 kB)" in mail.body
    assert f"http://localhost{desk.url}" in mail.body
    worker()
    assert desk.mails()[0].sent_at is not None


def test_others_hear_of_it_inside_the_transaction(desk, app):
    heard = []
    events.connect(app, Listener("core.handed_in", lambda version: heard.append((version.number, version.text))))
    desk.hand_in("Werk.")
    desk.hand_in("Werk.")
    assert heard == [(1, "Werk.")]


def test_the_draft_goes_on_where_the_version_stopped(desk):
    desk.hand_in("Mijn werk.")
    assert "Mijn werk.</textarea>" in desk.page()
    desk.save("Mijn werk, beter.", 1)
    page = desk.page()
    assert "Dat staat in uw concept en is nog niet ingeleverd." in page
    assert desk.versions()[0].text == "Mijn werk."
    assert desk.progress() == "handed_in", "work on a next version does not take the hand-in back"


def test_one_can_hand_in_again_until_there_is_a_judgement(desk):
    desk.hand_in("een")
    desk.hand_in("twee")
    assert [(version.number, version.text) for version in desk.versions()] == [(1, "een"), (2, "twee")]
    assert len(desk.mails()) == 2


def test_script_in_the_text_is_harmless(desk):
    desk.hand_in("<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n[k](javascript:alert(1)) **goed**")
    html = desk.versions()[0].html
    assert "<strong>goed</strong>" in html
    assert not any(part in html for part in ("<script", "<img", 'href="javascript'))
    page = text_of(desk.browser.get(f"{desk.url}/versies/1"))
    assert "<script>alert" not in page and "<img src=x" not in page


def test_empty_work_is_refused_at_the_field(desk):
    answer = desk.hand_in(" \n ")
    page = text_of(answer)
    assert answer.status_code == 422
    assert "Schrijf eerst iets of kies een bestand." in page
    assert 'id="text-error"' in page and "<title>Fout:" in page
    assert desk.versions() == [] and desk.mails() == []


def test_a_file_alone_is_work(desk):
    assert desk.hand_in("", files=[upload()]).status_code == 302
    assert len(desk.versions()) == 1


def test_huge_text_is_not_handed_in(desk):
    text = "y" * 100_001
    answer = desk.hand_in(text)
    assert answer.status_code == 422
    assert text in text_of(answer)
    assert desk.versions() == []


def test_text_that_is_hard_to_read_comes_through(desk):
    for number, part in enumerate(("[", "> ", "*a_", "- a\n"), 1):
        assert desk.hand_in(part * 2_500).status_code == 302
        assert len(desk.versions()) == number


def test_a_refused_file_hands_nothing_in(desk):
    answer = desk.hand_in("Mijn werk.", files=[upload("raar.exe", b"MZ\x90\x00")])
    page = text_of(answer)
    assert answer.status_code == 422
    assert "raar.exe: Dit soort bestand nemen we niet aan." in page
    assert desk.versions() == [] and desk.mails() == []
    assert desk.draft().text == "Mijn werk."


def test_a_file_of_31_mb(desk):
    answer = desk.hand_in("Mijn werk.", files=[upload("film.pdf", b"%PDF-1.7" + bytes(31 * 1024 * 1024 - 8))])
    assert answer.status_code == 422
    assert "film.pdf: Dit bestand is 31 MB. Kies een bestand tot 20 MB." in text_of(answer)
    assert desk.versions() == []


def test_more_than_the_site_takes_at_once_is_a_sentence(desk, app):
    app.config["MAX_CONTENT_LENGTH"] = 100_000
    answer = desk.hand_in("Mijn werk.", "0", files=[upload("film.pdf", b"%PDF-1.7" + bytes(200_000))])
    assert answer.status_code == 413
    assert "te groot om te versturen" in text_of(answer)


# ---- late ----


def test_late_work_is_taken_and_marked_in_words(desk):
    desk.due(-1)
    assert "U kunt nog inleveren" in desk.page()
    assert desk.hand_in().status_code == 302
    assert desk.versions()[0].late
    page = desk.page()
    assert '<span class="lp-status is-warn">' in page and "te laat" in page
    assert "De inleverdatum was " in page and "Lever in tot en met " not in page
    assert "na de inleverdatum" in desk.mails()[0].body


def test_the_day_itself_is_in_time(desk):
    desk.due(0)
    desk.hand_in()
    assert not desk.versions()[0].late


# ---- twice ----


def test_the_same_press_twice_gives_the_same_receipt(desk):
    first = desk.hand_in("Mijn werk.", 0, files=[upload()])
    second = desk.hand_in("Mijn werk.", 0, files=[upload()])  # with the revision of the page, which is old by now
    assert (second.status_code, second.location) == (302, first.location)
    assert len(desk.versions()) == 1 and len(desk.mails()) == 1 and len(desk.files()) == 1
    assert "U had dit al ingeleverd om " in desk.page()


def test_the_same_again_the_next_day(desk, app):
    desk.hand_in()
    app.config["CLOCK"] = lambda: datetime.now(UTC) + timedelta(days=1)
    desk.hand_in()
    assert len(desk.versions()) == 1
    assert "U had dit al ingeleverd." in desk.page()


def test_another_file_is_another_version(desk):
    desk.hand_in(files=[upload()])
    desk.hand_in(files=[upload("tweede.pdf", b"%PDF-1.7 twee")])
    assert [len(version.files) for version in desk.versions()] == [1, 2]
    assert len(desk.files()) == 2, "the first file belongs to both"


def test_the_second_press_leaves_a_newer_draft_alone(desk):
    desk.hand_in("een", 0)
    desk.save("een, en meer", 1)
    assert desk.hand_in("een", 0).status_code == 302
    assert desk.draft().text == "een, en meer"
    assert len(desk.versions()) == 1


def test_an_old_window_with_another_text_hands_nothing_in(desk):
    desk.save("Uit venster een.")
    answer = desk.hand_in("Uit venster twee.", 0)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Kies welke tekst u bewaart" in page
    assert "Uit venster een.</textarea>" in page and "Uit venster twee.</textarea>" in page
    assert desk.versions() == []
    assert desk.draft().text == "Uit venster een."


def press_together(app, person, count, do):
    """``do(browser, n)`` at the same moment in so many threads, each with a browser of its own; the answers."""
    identity = person.get_id()
    db.session.commit()
    gate, answers = threading.Barrier(count), [None] * count

    def press(n):
        browser = app.test_client()
        with browser.session_transaction() as session:
            session["_user_id"], session["_fresh"] = identity, True
        gate.wait()
        answers[n] = do(browser, n)

    threads = [threading.Thread(target=press, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_presses_at_the_same_moment_make_one_version(desk, app):
    answers = press_together(
        app, desk.person, 4, lambda browser, n: desk.hand_in("Mijn werk.", 0, files=[upload()], browser=browser)
    )
    assert [answer.status_code for answer in answers] == [302] * 4
    assert len(desk.versions()) == 1 and len(desk.mails()) == 1 and len(desk.files()) == 1


def test_different_texts_at_the_same_moment_make_one_version(desk, app):
    answers = press_together(app, desk.person, 4, lambda browser, n: desk.hand_in(f"Tekst {n}.", 0, browser=browser))
    assert sorted(answer.status_code for answer in answers) == [302, 409, 409, 409]
    assert len(desk.versions()) == 1
    assert desk.versions()[0].text == desk.draft().text


def test_drafts_at_the_same_moment_make_one_draft(desk, app):
    answers = press_together(app, desk.person, 4, lambda browser, n: desk.save(f"Tekst {n}.", 0, browser=browser))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    kept = next(n for n, answer in enumerate(answers) if answer.status_code == 200)
    assert (desk.draft().text, desk.draft().revision) == (f"Tekst {kept}.", 1)


# ---- and the judgement ----


def test_a_saved_judgement_closes_the_door_without_a_word_of_it(desk):
    desk.hand_in("een")
    desk.judge(action="opslaan", overall="goed", words="Prachtig werk.")
    answer = desk.hand_in("twee", 1)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Uw trainer is begonnen met kijken. Opnieuw inleveren kan pas weer na het oordeel." in page
    assert "twee</textarea>" in page
    assert ">Inleveren</button>" not in page
    assert "Prachtig" not in page and "Over bronnen." not in page
    assert [version.text for version in desk.versions()] == ["een"]
    assert desk.draft().text == "twee"
    again = desk.page()
    assert "Prachtig" not in again and 'id="oordeel"' not in again


def test_the_same_press_after_a_saved_judgement_still_gets_its_receipt(desk):
    desk.hand_in("een", 0)
    desk.judge(action="opslaan")
    assert desk.hand_in("een", 0).status_code == 302
    assert len(desk.versions()) == 1


def test_after_not_yet_a_new_version_is_open_with_the_old_judgement_beside_it(desk):
    desk.hand_in("een", files=[upload()])
    desk.judge(overall="nog_niet", words="Hier mist een bron.")
    assert desk.progress() == "returned"
    page = desk.page()
    assert "Nog niet. Lees wat er mist en lever opnieuw in." in page
    assert "Hier mist een bron." in page and "Over bronnen." in page
    assert "een</textarea>" in page and "verslag.pdf" in page, "the draft begins as the last version"
    assert desk.save("een, met bron", desk.revision()).status_code == 200
    assert desk.progress() == "returned"
    assert desk.hand_in("een, met bron").status_code == 302
    assert [version.text for version in desk.versions()] == ["een", "een, met bron"]
    assert desk.progress() == "handed_in"
    page = desk.page()
    assert "Versie 2: ingeleverd op " in page
    assert "Oordeel over versie 1" in page and "Hier mist een bron." in page


def test_after_not_yet_the_same_work_is_refused(desk):
    desk.hand_in("een")
    desk.judge(overall="nog_niet")
    answer = desk.hand_in("een")
    assert answer.status_code == 422
    assert "Dit is hetzelfde als versie 1. Pas uw werk aan en lever dan in." in text_of(answer)
    assert len(desk.versions()) == 1


@pytest.mark.parametrize("overall", ["voldoende", "goed"])
def test_good_work_is_finished(desk, overall):
    desk.hand_in("een")
    desk.judge(overall=overall, words="Mooi gedaan.")
    assert desk.progress() == overall
    page = desk.page()
    assert "Mooi gedaan." in page and f"Beoordeeld: {overall}." in page
    assert ">Inleveren</button>" not in page and "<textarea" not in page
    answer = desk.hand_in("twee", 1)
    assert answer.status_code == 409
    assert "U hoeft niet opnieuw in te leveren." in text_of(answer)
    assert "twee</textarea>" in text_of(answer)
    assert len(desk.versions()) == 1
    assert desk.progress() == overall


def test_a_retracted_judgement_is_hidden_again_and_says_why(desk):
    desk.hand_in("een")
    desk.judge(overall="goed", words="Prachtig werk.")
    desk.retract("Ik las de verkeerde versie.")
    page = desk.page()
    assert "Het oordeel is ingetrokken: Ik las de verkeerde versie." in page
    assert "Prachtig" not in page and ">Inleveren</button>" not in page
    answer = desk.hand_in("twee", 1)
    assert answer.status_code == 409
    assert "Opnieuw inleveren kan pas weer na het oordeel." in text_of(answer)
    assert len(desk.versions()) == 1
    assert desk.progress() == "retracted"


def test_a_version_never_changes(desk, worker):
    desk.hand_in("een", files=[upload()])
    file_id, key = desk.files()[0].id, desk.files()[0].key
    desk.hand_in("twee")
    desk.save("drie", 2, remove_file=str(file_id))
    worker()
    first = desk.versions()[0]
    assert (first.text, [file.name for file in first.files]) == ("een", ["verslag.pdf"])
    assert b"".join(store.read(key))


def test_over_the_page_of_a_refusal_one_comes_back(desk):
    desk.save("Mijn werk.")
    for name in ("inleveren", "concept"):
        answer = desk.browser.get(f"{desk.url}/{name}")
        assert answer.status_code == 200
        assert "Mijn werk.</textarea>" in text_of(answer)
