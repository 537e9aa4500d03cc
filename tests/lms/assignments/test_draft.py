"""The draft: it saves itself, is never overwritten in silence, and keeps what can be kept."""

import io
import threading

import pytest
from flask import current_app

from lms import clock
from lms.db import db
from lms.files import store
from lms.runs.models import Enrolment
from lms.testing import Make

from .conftest import JSON, multipart, text_of, upload


def test_first_save_answers_as_the_script_expects(desk):
    answer = desk.save("Een begin.")
    assert answer.status_code == 200
    assert answer.json["revision"] == 1
    assert answer.json["message"].startswith("Concept bewaard om ")
    assert desk.draft().text == "Een begin."
    assert desk.progress() == "draft"


def test_draft_is_there_again(desk):
    desk.save("Een begin.\n\n<script>alert(1)</script> 🐝")
    page = desk.page(desk.sign_in(desk.person))
    assert "Een begin.\n\n&lt;script&gt;alert(1)&lt;/script&gt; 🐝</textarea>" in page
    assert "Concept bewaard om " in page
    assert 'name="revision" type="hidden" value="1"' in page


def test_without_script_one_returns_to_the_work(desk):
    answer = desk.save("Een begin.", headers=None)
    assert answer.status_code == 302
    assert answer.location.endswith(f"{desk.url}#werk")
    assert desk.draft().text == "Een begin."


def test_line_ends_of_a_browser_are_one_kind(desk):
    desk.save("een\r\ntwee\rdrie\x00")
    assert desk.draft().text == "een\ntwee\ndrie"
    assert desk.save("een\r\ntwee\r\ndrie", 1).json["revision"] == 1, "the same text is no new revision"


def test_saving_goes_on_with_the_new_revision(desk):
    desk.save("een")
    assert desk.save("twee", 1).json["revision"] == 2
    assert desk.draft().text == "twee"


def test_the_second_tab_is_told(desk):
    desk.save("Uit venster een.")
    answer = desk.save("Uit venster twee.", 0)
    assert answer.status_code == 409
    assert answer.json == {
        "message": "Dit werk is in een ander venster gewijzigd. Kies welke tekst u bewaart.",
        "theirs": "Uit venster een.",
        "revision": 1,
    }
    assert desk.draft().text == "Uit venster een."


def test_the_writer_may_choose_to_overwrite(desk):
    desk.save("Uit venster een.")
    desk.save("Uit venster twee.", 0)
    answer = desk.save("Uit venster twee.", 1, overwrite="1")
    assert (answer.status_code, answer.json["revision"]) == (200, 2)
    assert desk.draft().text == "Uit venster twee."


def test_overwriting_counts_even_when_a_third_window_was_earlier(desk):
    desk.save("een")
    desk.save("twee", 1)
    assert desk.save("drie", 1, overwrite="1").status_code == 200
    assert desk.draft().text == "drie"


def test_equal_text_never_conflicts(desk):
    desk.save("Hetzelfde.")
    answer = desk.save("Hetzelfde.", 0)
    assert (answer.status_code, answer.json["revision"]) == (200, 1)


@pytest.mark.parametrize("revision", ["", "x", "-1", "99999999999999999999"])
def test_an_odd_revision_is_an_old_one(desk, revision):
    desk.save("een")
    assert desk.save("twee", revision).status_code == 409
    assert desk.draft().text == "een"


def test_without_script_both_texts_stand_on_the_page(desk):
    desk.save("Uit venster een.")
    answer = desk.save("Uit venster twee.", 0, headers=None)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "<title>Fout:" in page
    assert "Uit venster twee.</textarea>" in page and "Uit venster een.</textarea>" in page
    assert 'name="revision" type="hidden" value="1"' in page
    assert desk.draft().text == "Uit venster een."
    assert desk.save("Uit venster twee.", 1, headers=None).status_code == 302
    assert desk.draft().text == "Uit venster twee."


def test_files_chosen_during_a_conflict_are_kept(desk):
    desk.save("een")
    assert desk.save("twee", 0, files=[upload()], headers=None).status_code == 409
    assert [file.name for file in desk.draft().files] == ["verslag.pdf"]
    assert desk.draft().text == "een"


def test_emoji_and_long_text_are_kept(desk):
    text = "👩‍👩‍👧 " + "é" * 99_000
    assert desk.save(text).status_code == 200
    assert desk.draft().text == text


def test_huge_text_is_refused_and_given_back(desk):
    text = "x" * 100_001
    answer = desk.save(text)
    assert answer.status_code == 422
    assert "100.001 tekens" in answer.json["message"] and "100.000" in answer.json["message"]
    page = desk.save(text, headers=None)
    assert page.status_code == 422
    assert text in text_of(page)
    assert 'aria-invalid="true"' in text_of(page)
    assert desk.draft().text == ""


def test_text_beyond_the_form_is_a_sentence(desk):
    answer = desk.save("x" * 5_000_000)
    assert answer.status_code == 413
    assert "te groot" in answer.json["message"]


# ---- files ----


def test_files_join_the_draft_and_leave_it(desk):
    desk.save("Met bijlagen.", files=[upload("een.pdf"), upload("twee.pdf", b"%PDF-1.7 twee")], headers=None)
    page = desk.page()
    assert "een.pdf" in page and "twee.pdf" in page and "Verwijderen" in page
    first = desk.files()[0]
    answer = desk.save("Met bijlagen, en meer tekst.", 1, headers=None, remove_file=str(first.id))
    assert answer.status_code == 302
    assert [file.name for file in desk.draft().files] == ["twee.pdf"]
    assert desk.draft().text == "Met bijlagen, en meer tekst.", "what was typed is kept by the same press"


def test_a_removed_file_is_gone_from_the_store(desk, worker):
    desk.save(files=[upload()])
    file_id, key = desk.files()[0].id, desk.files()[0].key
    assert b"".join(store.read(key)).startswith(b"%PDF")
    desk.save(remove_file=str(file_id))
    assert desk.files() == []
    worker()
    with pytest.raises(FileNotFoundError):
        store.read(key)


def test_removing_twice_or_a_strange_id_does_nothing(desk):
    desk.save(files=[upload()])
    file_id = desk.files()[0].id
    other = desk.sign_in(desk.people[1])
    assert desk.save(browser=other, remove_file=str(file_id)).status_code == 200
    assert len(desk.draft().files) == 1, "somebody else's file is left alone"
    for odd in (str(file_id), str(file_id), "x", "-3"):
        assert desk.save(remove_file=odd).status_code == 200
    assert desk.files() == []


def test_a_file_of_a_version_stays_when_it_leaves_the_draft(desk, worker):
    desk.hand_in(files=[upload()])
    file_id, key = desk.files()[0].id, desk.files()[0].key
    desk.save("Mijn werk.", 1, remove_file=str(file_id))
    worker()
    assert desk.draft().files == []
    assert [file.id for file in desk.versions()[0].files] == [file_id]
    assert b"".join(store.read(key)).startswith(b"%PDF")


def test_the_same_file_twice_is_one_file(desk):
    desk.save(files=[upload("een.pdf"), upload("een.pdf")])
    desk.save(files=[upload("een.pdf")])
    assert [file.name for file in desk.draft().files] == ["een.pdf"]
    assert len(stored_bytes()) == 1, "no bytes are left behind"


def test_six_files_are_too_many(desk):
    six = [upload(f"{n}.pdf", b"%PDF-1.7 " + str(n).encode()) for n in range(6)]
    answer = desk.save("Tekst.", files=six, headers=None)
    assert answer.status_code == 422
    assert "U kunt hoogstens 5 bestanden meesturen. Dit zijn er 6." in text_of(answer)
    assert desk.draft().files == []
    assert desk.draft().text == "Tekst."
    assert not stored_bytes()


def test_the_sixth_file_is_too_many_too(desk):
    desk.save(files=[upload(f"{n}.pdf", b"%PDF-1.7 " + str(n).encode()) for n in range(5)])
    answer = desk.save(files=[upload("6.pdf", b"%PDF-1.7 zes")])
    assert answer.status_code == 422
    assert "hoogstens 5" in answer.json["message"]
    assert len(desk.draft().files) == 5


def test_a_refused_file_leaves_the_others_and_the_text(desk):
    bad = upload("programma.pdf", b"MZ\x90\x00 this is no pdf")
    answer = desk.save("Mijn tekst.", files=[upload("goed.pdf"), bad], headers=None)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "programma.pdf: De naam eindigt op .pdf, maar het bestand is iets anders." in page
    assert "Mijn tekst.</textarea>" in page and "goed.pdf" in page
    assert 'id="files-error"' in page and "<title>Fout:" in page
    assert desk.draft().text == "Mijn tekst."
    assert [file.name for file in desk.draft().files] == ["goed.pdf"]


class SlowLine(io.RawIOBase):
    """A body that comes in slowly: while it is read, somebody else does something."""

    def __init__(self, body, meanwhile):
        self.body = io.BytesIO(body)
        self.meanwhile = meanwhile

    def readable(self):
        return True

    def seek(self, *args):
        return self.body.seek(*args)

    def tell(self):
        return self.body.tell()

    def readinto(self, buffer):
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile:
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join()
        return self.body.readinto(buffer)


def test_a_slow_upload_holds_up_nobody_else(desk):
    other, answers = desk.sign_in(desk.people[1]), []
    form = multipart({"text": "Langzaam.", "revision": "0", "files": upload()})
    answer = desk.browser.post(
        f"{desk.url}/concept",
        input_stream=SlowLine(form["data"], lambda: answers.append(desk.save("Intussen.", browser=other))),
        content_length=len(form["data"]),
        content_type=form["content_type"],
        headers=JSON,
    )
    assert [answer.status_code for answer in answers] == [200]
    assert answer.status_code == 200
    assert (desk.draft().text, desk.draft(desk.people[1]).text) == ("Langzaam.", "Intussen.")


# ---- who may not ----


def test_a_trainer_cannot_post_a_draft(desk):
    answer = desk.save("Van de trainer.", browser=desk.sign_in(desk.trainer))
    assert answer.status_code == 403
    assert desk.hand_in("Werk.", 0, browser=desk.sign_in(desk.trainer)).status_code == 403


def test_a_trainer_who_takes_part_elsewhere_cannot_either(desk, make):
    make.enrol(make.run(), desk.trainer)
    answer = desk.save("Van de trainer.", browser=desk.sign_in(desk.trainer))
    assert answer.status_code == 403
    assert "Alleen een deelnemer" in answer.json["message"]


def test_an_administrator_cannot_post_a_draft(desk, make):
    assert desk.save("x", browser=desk.sign_in(make.person(roles=("admin",)))).status_code == 403


def test_who_is_in_another_run_finds_nothing(desk, make):
    elsewhere = make.people(make.run())[0]
    browser = desk.sign_in(elsewhere)
    assert desk.save("x", browser=browser).status_code == 404
    assert desk.hand_in("x", 0, browser=browser).status_code == 404
    assert browser.get(desk.url).status_code == 404


def test_who_left_the_run_finds_nothing(desk, make):
    make.enrol(make.run(), desk.person)  # still a participant somewhere
    db.session.query(Enrolment).filter_by(run_id=desk.run.id, person_id=desk.person.id).one().left_at = clock.now()
    assert desk.save("x").status_code == 404


def test_a_lesson_takes_no_draft(desk):
    answer = desk.browser.post(f"/runs/{desk.run.id}/les/concept", data={"text": "x"}, headers=JSON)
    assert answer.status_code == 404


def test_an_ended_session_is_told_as_such(desk, client):
    answer = desk.save("Nog niet bewaard.", browser=client)
    assert answer.status_code == 401
    assert "Meld u aan" in answer.json["message"]
    assert desk.draft() is None


def test_a_form_without_token_is_refused_with_the_text(make_app):
    app = make_app(WTF_CSRF_ENABLED=True)
    with app.app_context():
        make = Make()
        run = make.run()
        person = make.people(run)[0]
        db.session.commit()
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = person.get_id()
        text = "Een lange tekst die niemand nog een keer wil typen, echt niet."
        answer = client.post(f"/runs/{run.id}/opdracht/inleveren", data={"text": text, "revision": "0"})
        assert answer.status_code == 400
        assert text in text_of(answer)


def test_preview_is_clean(desk):
    text = "# Kop\n\n<script>alert(1)</script> **vet** [x](javascript:alert(1)) ![f](http://x/y.png)"
    answer = desk.browser.post("/voorbeeld", data={"text": text})
    html = text_of(answer)
    assert answer.status_code == 200
    assert "<strong>vet</strong>" in html and "<h2>Kop</h2>" in html
    assert (
        "<script" not in html and "javascript:" not in html.replace("](javascript:alert(1))", "") and "<img" not in html
    )


def test_preview_refuses(desk, client):
    assert client.post("/voorbeeld", data={"text": "x"}).status_code == 401
    assert desk.browser.post("/voorbeeld", data={"text": "x" * 100_001}).status_code == 422
    assert desk.browser.post("/voorbeeld").status_code == 200


def stored_bytes():
    """The files of the store, whether or not a row names them."""
    return list((current_app.config["INSTANCE"] / "files").rglob("*/*"))
