"""Everything that the site holds about somebody, in one zip, for who may have it."""

import io
import json
import zipfile

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.db import db
from lms.grading.models import Assessment

from .conftest import EMAIL, NAME, PASSWORD, TRAINER_NAME, WORDS


def unpack(answer):
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def download(browser, path="/account/gegevens", password=PASSWORD):
    return browser.post(path, data={"current": password})


def test_one_takes_all_along(house):
    files = unpack(download(house.sign_in(house.noor)))
    data = json.loads(files["data.json"])
    core = data["core"]
    assert core["account"][0]["naam"] == NAME
    assert core["account"][0]["e_mailadres"] == EMAIL
    assert core["uitvoeringen"][0]["groep"] == "Najaarsgroep"
    assert core["ingeleverd_werk"][0]["tekst"] == WORDS["work"]
    assert core["concepten"][0]["tekst"] == WORDS["draft"]
    assert core["afmeldingen"][0]["toelichting"] == WORDS["absence"]
    assert core["ontvangen_oordelen"][0]["toelichting"] == "Dit leest prettig."
    assert {row["criterium"] for row in core["ontvangen_niveaus"]} == {
        "doelgroepen", "behoeften", "stakeholders", "bronnen",
    }  # fmt: skip
    assert [(row["onderdeel"], row["stand"]) for row in core["voortgang"]] == [("Opdracht", "goed")]
    assert [row["waarvoor"] for row in core["mislukte_pogingen"]] == [f"login:{EMAIL}", f"reset:{EMAIL}"]
    (file,) = core["bestanden"]
    assert files[f"bestanden/{file['nummer']}-{file['naam']}"] == WORDS["file"].encode()
    assert NAME in files["leesmij.txt"].decode()
    assert set(data) >= {"core"}
    assert set(files) == {"data.json", "leesmij.txt", f"bestanden/{file['nummer']}-{file['naam']}"}


def test_a_trainer_takes_along_what_was_given(house):
    core = json.loads(unpack(download(house.sign_in(house.ineke)))["data.json"])["core"]
    assert len(core["gegeven_oordelen"]) == 2
    assert len(core["gegeven_niveaus"]) == 8
    assert core["berichten"][0]["titel"] == "Nieuws"
    assert core["ingeleverd_werk"] == []
    actions = {row["wat"] for row in core["logboek_van_u"]}
    assert "core.judgement_released" in actions


def test_it_holds_no_key_no_hidden_judgement_and_no_other_name(house):
    raw = unpack(download(house.sign_in(house.noor)))["data.json"].decode()
    data = json.loads(raw)["core"]
    (reset,) = (mail for mail in data["mails"] if mail["soort"] == "reset")
    assert reset["tekst"] == ""
    assert "/wachtwoord/" not in raw
    assert "argon2" not in raw
    assert house.other.name not in raw
    assert TRAINER_NAME not in json.dumps(
        {key: rows for key, rows in data.items() if key not in {"mails", "berichten_op_de_site"}}
    )
    judgement = db.session.scalar(select(Assessment).order_by(Assessment.id))
    judgement.released_at = None
    db.session.commit()
    core = json.loads(unpack(download(house.sign_in(house.noor)))["data.json"])["core"]
    assert core["ontvangen_oordelen"] == core["ontvangen_niveaus"] == []


def test_an_administrator_takes_it_out_for_somebody_and_the_log_tells(house):
    admin = house.sign_in(house.admin)
    path = f"/beheer/mensen/{house.noor.id}/gegevens"
    assert f"Gegevens van {NAME}" in admin.get(path).text
    core = json.loads(unpack(download(admin, path))["data.json"])["core"]
    assert core["account"][0]["naam"] == NAME
    log = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "core.account_exported")).one()
    assert (log.actor_id, log.person_id) == (house.ids["admin"], house.ids["noor"])


@pytest.mark.parametrize(
    ("password", "sentence"), [("", "Vul uw wachtwoord in."), ("geraden wachtwoord", "Dit is niet uw wachtwoord.")]
)
def test_without_the_password_nothing_comes_out(house, password, sentence):
    answer = download(house.sign_in(house.noor), password=password)
    assert answer.status_code == 422
    assert answer.mimetype == "text/html"
    assert sentence in answer.text
    assert WORDS["work"] not in answer.text


def test_the_password_is_that_of_who_asks(house):
    house.admin.password_hash = None
    db.session.commit()
    assert download(house.sign_in(house.admin), f"/beheer/mensen/{house.noor.id}/gegevens").status_code == 422


def test_five_downloads_and_five_guesses(house):
    browser = house.sign_in(house.noor)
    for _time in range(5):
        assert download(browser).status_code == 200
    sixth = download(browser)
    assert sixth.status_code == 429
    assert int(sixth.headers["Retry-After"]) > 60
    guesser = house.sign_in(house.ineke)
    for _time in range(5):
        assert download(guesser, password="geraden wachtwoord").status_code == 422
    assert download(guesser).status_code == 429


def test_the_account_page_leads_there(house):
    browser = house.sign_in(house.noor)
    assert "/account/gegevens" in browser.get("/account").text
    page = browser.get("/account/gegevens").text
    assert "Download al mijn gegevens" in page
    assert "/account/verwijderen" in page


def test_the_command_writes_the_zip_once(house, lms_command, tmp_path):
    target = tmp_path / "noor.zip"
    done = lms_command("user", "export", EMAIL, "--output", target)
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(target) as archive:
        assert WORDS["work"] in archive.read("data.json").decode()
    before = target.read_bytes()
    again = lms_command("user", "export", EMAIL, "--output", target)
    assert again.exit_code == 1
    assert "is er al" in again.output
    assert target.read_bytes() == before
    nowhere = lms_command("user", "export", EMAIL, "--output", tmp_path / "map" / "noor.zip")
    assert nowhere.exit_code == 1
    assert "Error: We kunnen" in nowhere.output
    unknown = lms_command("user", "export", "niemand@test.example")
    assert (unknown.exit_code, "Er is geen account" in unknown.output) == (1, True)
    log = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "core.account_exported")).one()
    assert (log.via, log.actor_id) == ("command", None)
