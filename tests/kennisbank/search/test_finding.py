"""What the index finds, in which order, and that it is never behind."""

import pytest
from sqlalchemy import delete, func, select, update

from lms.api import db
from plugins.kennisbank import content
from plugins.kennisbank.facets import Selection, Words
from plugins.kennisbank.lists import Lists
from plugins.kennisbank.models import Entry, Indexed, Posting, Visibility
from plugins.kennisbank.search import index
from plugins.kennisbank.search.finding import Search


class Member:
    is_authenticated = True


class Visitor:
    is_authenticated = False


@pytest.fixture
def find(app):
    """``find("kalender", resultaat=["gemeten"])`` gives the slugs of the hits."""

    def find(q, person=Member, **chosen):
        words = Words()
        search = Search(Selection.read(q, lambda key: chosen.get(key, ()), words), words, person())
        return [hit.entry.slug for hit in search.page(0, 50).hits]

    return find


@pytest.fixture
def write(app):
    """``write("a", title="…")`` makes a published entry, as the services do; gives it."""

    def write(slug, **data):
        entry = Entry(slug=slug, kind="actie", status="published", title="", library="", links=[], words=[], results=[])
        entry.visibility = data.pop("visibility", Visibility.PUBLIC)
        content.put(entry, {"title": slug, "library": "Bibliotheek Waterdorp", **data}, Lists())
        content.announce([entry])
        return entry

    return write


@pytest.mark.req("R2.1", "R2.9")
def test_the_title_comes_before_the_channel_and_the_channel_before_the_text(find, write):
    write("in-text", done="Er kwam een zeppelin over.")
    write("in-channel", channels="zeppelin")
    write("in-title", title="De zeppelin")
    write("as-part", title="Zeppelinreclame")
    assert find("zeppelin") == ["in-title", "in-channel", "as-part", "in-text"]
    assert find("zeppelins") == find("ZEPPELIN") == find("zeppelin")


def test_a_word_that_only_another_entry_has_splits_a_compound(find, write):
    write("name", title="De Zorbax")
    write("pass", title="Een zorbaxpas")
    assert find("zorbax") == ["name", "pass"]
    assert index.reindex()
    assert find("zorbax") == ["name", "pass"]


def test_all_words_must_be_there_and_phrases_stand_together(find, write):
    write("both", done="Een zeppelin boven het plein van de bibliotheek.")
    write("one", done="Een zeppelin.")
    assert find("zeppelin plein") == find("pleinen zeppelin") == ["both"]
    assert find('"plein van de bibliotheek"') == ["both"] and find('"bibliotheek van het plein"') == []
    assert "nl-02" in find("«gratis app»")
    assert find("de het een") == []


def test_a_synonym_finds_the_action_that_calls_it_otherwise(find):
    assert "nl-06" in find("YA") and "nl-06" in find("jongvolwassenen")
    assert "nl-05" in find("IDO") and "nl-05" in find("Informatiepunt Digitale Overheid")


def test_the_orders(find, write):
    write("old", title="Zeppelin", period="1999", results=[{"outcome": "5", "kind": "gemeten"}])
    write("new", title="Iets anders met een zeppelin", period="2024")
    assert find("zeppelin") == ["old", "new"]
    assert find("zeppelin", volgorde=["nieuwste"]) == ["new", "old"]
    assert find("zeppelin", volgorde=["gemeten"]) == find("zeppelin", volgorde=["overgenomen"]) == ["old", "new"]


def test_the_index_follows_in_the_same_transaction(find, write):
    entry = write("flight", title="Een zeppelin")
    assert find("zeppelin") == ["flight"]
    content.put(entry, {"title": "Een luchtballon"}, Lists())
    content.announce([entry])
    assert (find("zeppelin"), find("luchtballon")) == ([], ["flight"])
    db.session.rollback()
    assert (find("zeppelin"), find("luchtballon")) == ([], [])


def test_what_is_archived_or_closed_is_not_found(find, write):
    write("closed", title="Een zeppelin", visibility=Visibility.NETWORK)
    gone = write("gone", title="Een zeppelin")
    gone.status = "archived"
    content.announce([gone])
    assert (find("zeppelin"), find("zeppelin", Visitor)) == (["closed"], [])
    assert db.session.scalar(select(func.count()).select_from(Posting).where(Posting.entry_id == gone.id)) == 0


def test_reindexing_makes_the_same_index_again(app):
    def rows():
        return set(db.session.execute(select(Posting.token, Posting.entry_id, Posting.weight)).all())

    index.reindex()
    before = rows()
    assert index.reindex() == 42 == db.session.scalar(select(func.count()).select_from(Indexed))
    assert rows() == before and len(before) > 2_000


def test_an_upgrade_indexes_anew_what_new_rules_threw_out(app, find, lms_command):
    index.reindex()
    before = db.session.scalar(select(func.count()).select_from(Posting))
    db.session.execute(delete(Indexed))
    db.session.execute(update(Posting).values(weight=0))
    db.session.commit()
    assert lms_command("upgrade").exit_code == 0
    assert db.session.scalar(select(func.count()).select_from(Indexed)) == 42
    assert db.session.scalar(select(func.count()).select_from(Posting).where(Posting.weight > 0)) == before


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("bibliothek", "bibliotheek"),
        ("tassenacite", "tassenactie"),
        ("tasenactie", "tassenactie"),
        ("xqzw", ""),
        ("tasenactie seoul", ""),
    ],
)
def test_a_typing_error_suggests_and_finds_nothing_by_itself(client, typed, meant):
    page = client.get("/kennisbank/", query_string={"q": typed})
    assert ("Bedoelde u" in page.text) is bool(meant)
    assert not meant or f'q={meant}">{meant}</a>' in page.text


def test_a_hit_tells_where_the_words_stand(client):
    page = client.get("/kennisbank/?q=tablet")
    assert "titel: <mark>tabletcafé</mark>" in page.text


@pytest.mark.parametrize(("typed", "found"), [("taalcafés", "taal café"), ("voorlezen", "leest")])
def test_a_hit_tells_what_the_text_writes_as_two_words(client, write, typed, found):
    write("apart", done="Het taal café is open. Een vrijwilliger leest elke week voor.")
    db.session.commit()
    page = client.get(f"/kennisbank/?q={typed}").text
    assert "/kennisbank/apart" in page and f"<mark>{found}</mark>" in page


def test_strangers_get_no_suggestion_of_what_they_may_not_read(client, write):
    write("closed", title="Zeppelinvlucht", visibility=Visibility.NETWORK)
    assert "Bedoelde u" not in client.get("/kennisbank/?q=zeppelinvluht").text


def test_the_search_of_the_site_finds_entries_that_the_person_may_read(client, member, write):
    write("closed", title="Een zeppelin", visibility=Visibility.NETWORK)
    assert "Een zeppelin" in member.get("/zoeken?q=zeppelins").text
    assert "Een zeppelin" not in client.get("/zoeken?q=zeppelins").text
    assert "/kennisbank/nl-08?q=tablet" in client.get("/zoeken?q=tablet").text
