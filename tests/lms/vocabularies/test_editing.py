"""An administrator edits the word lists on screen; what hangs on a word stays, and every word is still found."""

import json
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from lms import clock
from lms.api import Term, db, resolve, terms
from lms.audit.models import AuditEntry
from lms.setup import load_reference_data
from lms.vocabularies import editing, loading
from lms.vocabularies.models import Vocabulary
from plugins.kennisbank.models import Entry, EntryTerm, Filed, TakeOver

LIST = "/beheer/woordenlijsten/doelgroepen/"


@pytest.fixture
def admin(make, sign_in):
    return sign_in(make.person(roles=("admin",)))


def term(code, vocabulary="doelgroepen"):
    return db.session.scalars(
        select(Term).join(Vocabulary).where(Vocabulary.key == vocabulary, Term.code == code)
    ).one()


def two():
    """Two words of the list, of which both hang on something."""
    used = (
        select(Term).join(EntryTerm, EntryTerm.term_id == Term.id).join(Vocabulary, Vocabulary.id == Term.vocabulary_id)
    )
    counted = used.where(Vocabulary.key == "doelgroepen").group_by(Term.id).order_by(func.count().desc(), Term.id)
    return db.session.scalars(counted.limit(2)).all()


def fields(one, **changed):
    own = "\n".join(alias.label for alias in one.aliases if not alias.earlier)
    given = {"label": one.label, "definition": one.definition, "aliases": own, "enabled": "y", "revision": one.revision}
    return given | changed


def save(browser, one, **changed):
    return browser.post(f"{LIST}{one.id}", data=fields(one, **changed))


def merge(browser, one, word):
    """Look at what will happen, then do it."""
    page = browser.post(f"{LIST}{one.id}/samenvoegen", data={"other": word})
    if page.status_code != 200:
        return page
    hidden = dict(re.findall(r'type="hidden" name="(other|zeker)" value="([^"]+)"', page.text))
    return browser.post(f"{LIST}{one.id}/samenvoegen", data=hidden)


def test_renaming_keeps_the_links_and_the_old_name(admin):
    one, _other = two()
    name, links = one.label, db.session.scalar(select(func.count()).where(EntryTerm.term_id == one.id))
    assert save(admin, one, label="Bouwers van zandkastelen", aliases="Een alias").status_code == 302
    assert [found.id for found in resolve("doelgroepen", [name])] == [one.id]
    assert resolve("doelgroepen", ["een ALIAS", "Bouwers van zándkastelen", one.code]) == [one]
    assert db.session.scalar(select(func.count()).where(EntryTerm.term_id == one.id)) == links > 0
    assert f"Heette eerder: {name}" in admin.get(f"{LIST}{one.id}").text.replace("&#39;", "'")
    # Those who keep words elsewhere hear of it: the search finds by the new word, and by the new alias.
    has_it = select(Entry.slug).join(EntryTerm, EntryTerm.entry_id == Entry.id).where(EntryTerm.term_id == one.id)
    slugs = db.session.scalars(has_it).all()
    assert any(f"/kennisbank/{slug}" in admin.get("/kennisbank/?q=zandkastelen").text for slug in slugs)
    # And back: the earlier name is a name again, and the other one is the earlier.
    assert save(admin, one, label=name).status_code == 302
    assert [alias.label for alias in one.aliases if alias.earlier] == ["Bouwers van zandkastelen"]
    # An earlier name can be let go, so that another word may have it.
    (earlier,) = [alias for alias in one.aliases if alias.earlier]
    assert admin.post(LIST, data={"label": "Bouwers van zandkastelen"}).status_code == 422
    assert save(admin, one, forget=[str(earlier.id)]).status_code == 302
    assert resolve("doelgroepen", ["Bouwers van zandkastelen"]) == []
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.details) == ("core.term_changed", {"vocabulary": "doelgroepen", "code": one.code})
    assert "doelgroepen: " in admin.get("/beheer/logboek").text


def test_merging_takes_everything_along(admin, sign_in, make):
    one, other = two()
    both = {
        row.entry_id for row in db.session.scalars(select(EntryTerm).where(EntryTerm.term_id.in_([one.id, other.id])))
    }
    name, alias = one.label, "Bijnaam voor de proef"
    save(admin, one, aliases=alias)
    assert merge(admin, one, other.label).status_code == 302
    links = db.session.scalars(select(EntryTerm).where(EntryTerm.term_id.in_([one.id, other.id]))).all()
    assert {(row.entry_id, row.term_id) for row in links} == {(entry, other.id) for entry in both}
    assert resolve("doelgroepen", [name, alias, one.code]) == [other]
    assert one not in terms("doelgroepen") and one in terms("doelgroepen", active=False)
    assert sign_in(make.person()).get("/kennisbank/").status_code == 200
    filed = select(func.count()).select_from(Filed).where(Filed.term_id == one.id)
    assert db.session.scalar(filed) == 0, "the filters of the kennisbank follow too"
    # The same again, on a page that was still open: it says what happened and changes nothing.
    assert merge(admin, one, other.label).status_code == 409
    assert save(admin, one, label="Toch weer").status_code == 409


def test_merging_into_itself_or_in_a_circle_is_refused(admin):
    one, other = two()
    save(admin, one, aliases="Mijn eigen alias")
    for word, sentence in {
        one.label: "Dit is hetzelfde woord",
        "mijn eigen Alias": "Dit is al een ander woord voor deze term",
        "bestaat niet": "Dit woord staat niet in deze lijst",
        "": "Kies een woord uit de lijst",
    }.items():
        answer = merge(admin, one, word)
        assert answer.status_code == 422, word
        assert sentence in answer.text
    name = one.label
    merge(admin, one, other.label)
    answer = merge(admin, other, name)
    assert answer.status_code == 422, "the one went up in the other, so its word is a word of the other"
    with pytest.raises(editing.Invalid):
        editing.merge(editing.load_vocabulary("doelgroepen"), other, one)


def test_a_chain_of_merges_is_followed(admin):
    first, second = two()
    third = next(one for one in terms("doelgroepen") if one not in (first, second))
    names = [first.label, second.label]
    merge(admin, first, second.label)
    merge(admin, second, third.label)
    assert resolve("doelgroepen", names) == [third]
    # What was stored meanwhile by a plugin that was off comes along at the next upgrade.
    db.session.add(
        EntryTerm(
            entry_id=db.session.scalar(select(func.max(EntryTerm.entry_id))), term_id=first.id, vocabulary="doelgroepen"
        )
    )
    load_reference_data()
    db.session.commit()
    assert not db.session.scalar(select(func.count()).where(EntryTerm.term_id.in_([first.id, second.id])))


def test_outside_its_days_a_word_is_read_and_not_offered(admin, monkeypatch):
    one, _other = two()
    today = clock.today()
    save(admin, one, valid_to=(today - timedelta(days=1)).isoformat())
    assert one not in terms("doelgroepen")
    assert one in terms("doelgroepen", active=False)
    assert resolve("doelgroepen", [one.label]) == [one]
    assert db.session.scalar(select(EntryTerm).where(EntryTerm.term_id == one.id).limit(1)).term.label == one.label
    save(admin, one, valid_from=(today + timedelta(days=1)).isoformat(), valid_to="")
    assert one not in terms("doelgroepen")
    save(admin, one, valid_from=today.isoformat(), valid_to=today.isoformat())
    assert one in terms("doelgroepen") and one.active
    answer = save(admin, one, valid_from=today.isoformat(), valid_to=(today - timedelta(days=1)).isoformat())
    assert answer.status_code == 422
    assert "De laatste dag ligt vóór de eerste." in answer.text
    save(admin, one, enabled="")
    assert one not in terms("doelgroepen")


def test_what_is_refused_and_kept_as_typed(admin):
    one, other = two()
    for changed, sentence in (
        ({"label": other.label.upper()}, f"hoort al bij «{other.label}»"),
        ({"aliases": f"Goed\n{other.label}"}, f"hoort al bij «{other.label}»"),
        ({"label": ""}, "Vul een woord in."),
        ({"label": "a" * 201}, "te lang"),
        ({"valid_from": "gisteren"}, "We herkennen deze datum niet"),
        ({"aliases": "\n".join(map(str, range(31)))}, "hoogstens 30 andere woorden"),
    ):
        answer = save(admin, one, definition="Wat ik typte", **changed)
        assert answer.status_code == 422, changed
        assert sentence in answer.text
        assert "Wat ik typte" in answer.text
    old = fields(one)
    save(admin, one, definition="Van een ander venster")
    assert admin.post(f"{LIST}{one.id}", data=old).status_code == 409
    assert one.definition == "Van een ander venster"


def test_a_long_word_can_be_chosen(admin, make, sign_in):
    """Where a plugin keeps the code of what was chosen, there is room for it."""
    words = [f"Geteld door de gemeente en de bibliotheek samen, {when}" for when in ("elk jaar", "elke week")]
    for word in words:
        assert admin.post("/beheer/woordenlijsten/resultaatsoort/", data={"label": word}).status_code == 302
    codes = [found.code for word in words for found in resolve("resultaatsoort", [word])]
    assert len(set(codes)) == 2 and max(map(len, codes)) <= TakeOver.kind.type.length
    member = sign_in(make.person())
    assert member.post("/kennisbank/nl-04/overgenomen", data={"since": "nu", "kind": codes[1]}).status_code == 302
    assert db.session.scalars(select(TakeOver.kind)).all() == [codes[1]]


def test_adding_and_moving(admin):
    answer = admin.post(LIST, data={"label": "Mantelzorgers van de proef"})
    added = term("mantelzorgers_van_de_proef")
    assert answer.location.endswith(f"/{added.id}")
    assert admin.post(LIST, data={"label": "mantelzorgers van de PROEF"}).status_code == 422
    order = [one.id for one in terms("doelgroepen")]
    assert order[-1] == added.id
    admin.post(f"{LIST}{added.id}/volgorde", data={"kant": "omhoog"})
    admin.post(f"{LIST}{added.id}/volgorde", data={"kant": "omhoog"})
    admin.post(f"{LIST}{order[0]}/volgorde", data={"kant": "omhoog"})
    expected = [*order[:-3], added.id, *order[-3:-1]]
    assert [one.id for one in terms("doelgroepen")] == expected


def test_corrections_of_a_later_release_leave_what_an_administrator_changed(admin, tmp_path):
    release = tmp_path / "woorden.json"

    def bring(*items):
        release.write_text(json.dumps({"lijsten": {"proef": items}}))
        return loading.load(release)

    assert bring({"label": "Een", "definitie": "De eerste", "alias": ["uno"]}, {"label": "Twee", "alias": ["dos"]}) == (
        2,
        0,
    )
    db.session.commit()
    one, second = term("een", "proef"), term("twee", "proef")
    admin.post(f"/beheer/woordenlijsten/proef/{one.id}", data=fields(one, label="Eén stuks"))
    admin.post("/beheer/woordenlijsten/proef/", data={"label": "Drie"})
    added, changed = bring(
        {"code": "een", "label": "Eentje", "definitie": "Het eerste", "alias": ["uno", "one"]},
        {"code": "twee", "label": "Tweetal", "alias": ["deux"]},
        {"label": "Drie", "definitie": "Van ons"},
        {"label": "Vier"},
    )
    db.session.commit()
    assert (added, changed) == (1, 2)
    assert (one.label, one.definition) == ("Eén stuks", "Het eerste"), (
        "the name was changed by hand, the meaning was not"
    )
    assert second.label == "Tweetal"
    assert term("drie", "proef").definition == "", "it was made here"
    assert resolve("proef", ["one", "Een", "deux", "Twee", "dos"]) == [one, second]
    assert loading.load(release) == (0, 0), "a release that brings nothing new corrects nothing"
    # What one administrator changed stays in all later releases too.
    bring({"code": "een", "label": "Een ding", "definitie": "Het eerste"})
    assert one.label == "Eén stuks"


def test_resolving_and_listing_ask_the_same_of_a_long_list(admin, queries):
    def asked():
        with queries() as seen:
            assert admin.get(LIST).status_code == 200
        return len(seen)

    asked()  # the first page of a process asks more
    few = asked()
    vocabulary = editing.load_vocabulary("doelgroepen")
    for number in range(60):
        vocabulary.terms.append(Term(code=f"proef_{number}", label=f"Proef {number}", position=number, delivered={}))
    db.session.commit()
    assert asked() == few <= 8
    with queries() as seen:
        assert len(resolve("doelgroepen", [f"proef {number}" for number in range(60)])) == 60
    assert len(seen) == 2
