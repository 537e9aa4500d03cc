"""Questions to others, and the synonyms that the redactie keeps."""

import re

import pytest
from sqlalchemy import select

from lms.api import db
from plugins.kennisbank.models import Question, Synonym
from plugins.kennisbank.search import groups


@pytest.fixture
def editor(make, sign_in):
    return sign_in(make.person(roles=("kennisbank.editor",)))


@pytest.mark.req("R2.13")
def test_a_search_without_hits_becomes_a_question_that_an_action_answers(make, sign_in, member, client):
    asker = sign_in(make.person())
    page = asker.get("/kennisbank/?q=zeppelinvlucht")
    assert "/kennisbank/vragen?q=zeppelinvlucht" in page.text
    assert "Wie heeft ervaring met zeppelinvlucht?" in asker.get("/kennisbank/vragen?q=zeppelinvlucht").text
    asker.post("/kennisbank/vragen", data={"text": "Wie vloog er met een zeppelin?", "searched": "zeppelinvlucht"})
    question = db.session.scalar(select(Question))
    assert question.text in member.get("/kennisbank/vragen").text
    said = member.post(
        f"/kennisbank/vragen/{question.id}/antwoord", data={"address": "http://localhost/kennisbank/nl-08?q=a"}
    )
    assert said.status_code == 302
    assert "Community Tabletcafé" in asker.get("/kennisbank/vragen").text
    assert "antwoord op uw vraag" in asker.get("/berichten").text
    assert client.get("/kennisbank/vragen").status_code == 302


@pytest.mark.parametrize(
    ("data", "status"), [({"text": "Zeppelin"}, 422), ({"text": "x" * 301}, 422), ({"text": "Wie weet dit toch?"}, 409)]
)
def test_a_question_that_does_not_fit_is_kept_as_typed(member, data, status):
    member.post("/kennisbank/vragen", data={"text": "Wie weet dit toch?"})
    page = member.post("/kennisbank/vragen", data=data)
    assert page.status_code == status and data["text"][:300] in page.text and 'id="text-error"' in page.text


def test_only_the_asker_and_the_redactie_take_a_question_away(member, editor):
    member.post("/kennisbank/vragen", data={"text": "Wie weet <script>dit</script>?"})
    page = editor.get("/kennisbank/vragen").text
    assert "<script>dit" not in page
    number = re.search(r"/kennisbank/vragen/(\d+)/sluiten", page)[1]
    assert member.post(f"/kennisbank/vragen/{number}/antwoord", data={"address": "nergens"}).status_code == 422
    assert editor.post(f"/kennisbank/vragen/{number}/sluiten").status_code == 302
    assert "Wie weet" not in member.get("/kennisbank/vragen").text
    member.post("/kennisbank/vragen", data={"text": "Nog een vraag hierover?"})


def test_a_stranger_does_not_close_anothers_question(make, sign_in, member):
    member.post("/kennisbank/vragen", data={"text": "Wie weet dit toch?"})
    number = db.session.scalar(select(Question.id))
    assert sign_in(make.person()).post(f"/kennisbank/vragen/{number}/sluiten").status_code == 403


@pytest.mark.req("R2.9")
def test_a_new_group_of_synonyms_is_searched_at_once_both_ways_until_it_is_off(editor):
    assert "nl-08" not in editor.get("/kennisbank/?q=wafelijzer").text
    assert editor.post("/kennisbank/synoniemen/nieuw", data={"words": "wafelijzer\ntablet\n"}).status_code == 302
    assert "/kennisbank/nl-08" in editor.get("/kennisbank/?q=wafelijzers").text
    number = db.session.scalar(select(Synonym.id).where(Synonym.key.is_(None)))
    editor.post(f"/kennisbank/synoniemen/{number}", data={"what": "off"})
    assert "/kennisbank/nl-08" not in editor.get("/kennisbank/?q=wafelijzers").text
    groups.load()
    assert db.session.scalar(select(Synonym).where(Synonym.id == number)).active is False


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        ("een", 422, "ten minste twee woorden"),
        ("de\nhet", 422, "kan niemand zoeken"),
        ("x" * 81 + "\nbibliotheek2", 422, "langer dan 80 tekens"),
        ("\n".join(f"woord{n}" for n in range(21)), 422, "hooguit 20 woorden"),
        ("senior\nvergrijsd", 409, "staat al in de groep"),
    ],
)
def test_a_group_that_does_not_fit_is_refused_and_kept_as_typed(editor, words, status, says):
    page = editor.post("/kennisbank/synoniemen/nieuw", data={"words": words})
    assert page.status_code == status and says in page.text and words.split()[0] in page.text


def test_members_keep_no_synonyms(member):
    assert member.get("/kennisbank/synoniemen").status_code == 403
    assert member.post("/kennisbank/synoniemen/nieuw", data={"words": "a1\nb1"}).status_code == 403
