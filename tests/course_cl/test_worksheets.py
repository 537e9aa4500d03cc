"""The four worksheets of the course: what they ask, what they refuse, and what they take up from each other."""

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from lms.api import db
from lms.api import worksheets as reading
from plugins.course_cl import worksheets

SHEETS = {
    "gebied": worksheets.surroundings,
    "activiteit": worksheets.activity,
    "partners": worksheets.partners,
    "tools": worksheets.tools,
}
TYPED = {"scale": "4", "number": "90", "euro": "12,50", "date": "3-12-2026", "time": "9.15"}


def filled(sheet, number=None, **rows_by_part):
    """A sheet in which all that is asked for is filled in, with ``number`` rows in each part that repeats."""
    sent = MultiDict({"text": "", "revision": "0", "overwrite": "1"})
    for part in sheet.parts:
        count = rows_by_part.get(part.name, number or part.least) if part.rows else 1
        for row in range(count):
            row_id = f"r{row}" if part.rows else "een"
            sent.add(part.name, row_id)
            for place, field in enumerate(part.fields):
                typed = field.choices[0][0] if field.kind == "choice" else TYPED.get(field.kind, f"Iets {row}")
                if field.required or field.one_of or place == 0:
                    sent[f"{part.name}-{row_id}-{field.name}"] = typed
    return sent


def versions():
    """The ids of what was handed in."""
    return list(db.session.scalars(text("SELECT id FROM core_version")))


@pytest.fixture
def run(make):
    settings = {
        slug: {"number": number, "purpose": "Doel.", "worksheet": sheet.key}
        for number, (slug, sheet) in enumerate(SHEETS.items(), 1)
    }
    return make.run(make.course(activities=dict.fromkeys(SHEETS, "core.assignment"), **settings))


@pytest.fixture
def browser(run, make, sign_in):
    return sign_in(make.people(run)[0])


@pytest.mark.parametrize("slug", SHEETS)
def test_what_is_asked_is_enough(slug, run, browser, make, sign_in):
    answer = browser.post(f"/runs/{run.id}/{slug}/inleveren", data=filled(SHEETS[slug]))
    assert answer.status_code == 302, answer.text
    [version] = versions()
    [one] = reading.handed_in(make.people(run)[0])
    assert (one.slug, one.filled.sheet.key) == (slug, SHEETS[slug].key)
    trainer = sign_in(make.people(run, "trainer")[0])
    page = trainer.get(f"/runs/{run.id}/beoordelen/{version}")
    assert page.status_code == 200 and "Iets 0" in page.text
    for rest in ("/werkblad/leeg", "/werkblad/afdruk"):
        assert browser.get(f"/runs/{run.id}/{slug}{rest}").status_code == 200


@pytest.mark.parametrize(("slug", "part", "count"), [("partners", "partners", 4), ("tools", "tools", 2)])
def test_exactly_three(slug, part, count, run, browser):
    answer = browser.post(f"/runs/{run.id}/{slug}/inleveren", data=filled(SHEETS[slug], **{part: count}))
    assert answer.status_code == 422
    assert f"horen er precies 3. U hebt er {count}." in answer.text
    assert versions() == []
    assert f'name="{part}" value="r{count - 1}"' in browser.get(f"/runs/{run.id}/{slug}/werkblad").text, "still a draft"


def test_half_a_row_and_interest_nine(run, browser):
    sent = filled(SHEETS["gebied"])
    sent["stakeholders-r1-interest"] = "9"
    sent["stakeholders-r2-relation"] = ""
    answer = browser.post(f"/runs/{run.id}/gebied/inleveren", data=sent)
    assert answer.status_code == 422 and "Kies een cijfer van 1 tot en met 5." in answer.text
    sent["stakeholders-r1-interest"] = "5"
    answer = browser.post(f"/runs/{run.id}/gebied/inleveren", data=sent)
    assert answer.status_code == 422 and "Vul «Uw relatie nu» in (Iets 2)." in answer.text


def test_a_stakeholder_that_became_a_partner_is_not_taken_away_unasked(run, browser):
    sent = filled(SHEETS["gebied"])
    browser.post(f"/runs/{run.id}/gebied/concept", data=sent)
    assert '<option value="Iets 3">' in browser.get(f"/runs/{run.id}/partners/werkblad").text
    partners = filled(SHEETS["partners"])
    partners["partners-r0-name"] = "Iets 3"
    browser.post(f"/runs/{run.id}/partners/concept", data=partners)
    answer = browser.post(f"/runs/{run.id}/gebied/concept", data=sent | {"doe": "remove:stakeholders:r3"})
    assert answer.status_code == 409 and "«Iets 3» staat ook op uw werkblad «Drie partners»." in answer.text
    assert 'id="rij-stakeholders-r3"' in browser.get(f"/runs/{run.id}/gebied/werkblad").text


def test_expected_resistance_and_its_answer_stay_within_the_run():
    private = [
        (sheet.key, field.name)
        for sheet in SHEETS.values()
        for part in sheet.parts
        for field in part.fields
        if field.private
    ]
    assert private == [("course_cl.partners", "resistance"), ("course_cl.partners", "answer")]


@pytest.mark.parametrize("slug", ["gebied", "activiteit"])
def test_sixty_rows_in_every_part(slug, run, browser, queries, make, sign_in):
    answer = browser.post(f"/runs/{run.id}/{slug}/inleveren", data=filled(SHEETS[slug], 60))
    assert answer.status_code == 302, answer.text
    [version] = versions()
    trainer = sign_in(make.people(run, "trainer")[0])
    for who, address in (
        (browser, f"/runs/{run.id}/{slug}/werkblad"),
        (browser, f"/runs/{run.id}/{slug}"),
        (trainer, f"/runs/{run.id}/beoordelen/{version}"),
    ):
        with queries() as seen:
            assert who.get(address).status_code == 200
        assert len(seen) <= 12, (address, seen)
