"""Filling in a worksheet: rows by plain buttons, a draft that may be half done, and what handing in refuses."""

from lms.db import db

from .conftest import GOOD, JSON, partner, person, sentences


def test_first_page_has_a_blank_row_of_each_part_and_the_empty_grid(sheet):
    page = sheet.page()
    assert 'name="area-een-where"' in page
    assert page.count('name="people" value="') == 2, "one row, and the one that the script copies"
    assert "Het raster is nog leeg." in page
    assert '<option value="Studenten">' in page, "the words of a shared list are offered"
    assert sheet.draft() is None, "looking writes nothing"


def test_the_parts_stand_before_the_fields_and_the_bar_leads_back_to_them(sheet):
    page = sheet.page()
    at_top = page[page.index('id="delen"') : page.index('name="area-een-where"')]
    for place in ("deel-area", "deel-people", "raster-people", "toelichting"):
        assert f'href="#{place}"' in at_top
        assert f'id="{place}"' in page
    assert 'href="#delen"' in page[page.index('class="lp-bar"') :]


def test_draft_may_be_half_filled_and_keeps_what_was_typed(sheet):
    answer = sheet.save(
        {"area": {"where": ""}, "people": {"r1": {"name": "De school", "hours": "een paar"}}}, headers=JSON
    )
    assert (answer.status_code, answer.json["revision"]) == (200, 1)
    assert sheet.rows()[0] | {"id": "r1", "name": "De school", "hours": "een paar"} == sheet.rows()[0]
    assert 'value="een paar"' in sheet.page()


def test_rows_are_added_moved_and_taken_away_by_buttons_alone(sheet):
    two = {"people": {"r1": person("Een"), "r2": person("Twee")}}
    answer = sheet.save(two, doe="up:people:r2")
    assert answer.location.endswith("/werkblad#rij-people-r2")
    assert [row["name"] for row in sheet.rows()] == ["Twee", "Een"]
    answer = sheet.save({"people": {"r2": person("Twee"), "r1": person("Een")}}, doe="add:people")
    [*_old, new] = sheet.rows()
    assert new["id"] not in {"r1", "r2"} and answer.location.endswith(f"#rij-people-{new['id']}")
    sheet.save({"people": {"r2": person("Twee"), "r1": person("Een")}}, doe="remove:people:r2")
    assert [row["id"] for row in sheet.rows()] == ["r1"], "and ids stay with their rows"


def test_buttons_that_mean_nothing_change_nothing(sheet):
    sheet.save(GOOD)
    before = sheet.rows()
    for action in ("up:people:r1", "down:people:r1", "remove:people:zz", "add:area", "add:nergens", "x", "remove::"):
        assert sheet.save(GOOD, doe=action).status_code == 302
        assert sheet.rows() == before


def test_hand_in_keeps_values_and_the_form(sheet):
    rows = {"r1": person(kind="a", hours="1.250,5", on="3-12-2026"), "r2": {"name": ""}}
    answer = sheet.hand_in({"area": {"where": "Oost"}, "people": rows})
    assert answer.status_code == 302, answer.text
    [version] = sheet.versions()
    [row] = version.sheet["data"]["people"]
    assert row == person(id="r1", kind="a", hours=1250.5, on="2026-12-03", interest=4, influence=2, asked="")
    assert (version.sheet["form"]["key"], version.sheet["form"]["version"]) == ("toy.around", 1)
    page = sheet.browser.get(sheet.url(rest="/versies/1")).text
    assert "1.250,5" in page and "3 december 2026" in page and "school" in page and "4 van 5" in page


def test_hand_in_says_what_is_missing_at_its_place(sheet):
    answer = sheet.hand_in({"area": {"where": ""}, "people": {"r1": {"name": "De school", "interest": "4"}}})
    assert answer.status_code == 422
    assert sentences(answer.text) == {
        "area-een-where": "Vul «Waar?» in.",
        "people-r1-influence": "Vul «Invloed» in (De school).",
        "people-r1-felt": "Vul ten minste één vak in bij «Behoefte» (De school).",
    }
    assert "<title>Fout:" in answer.text and 'aria-describedby="people-r1-felt-error"' in answer.text
    assert sheet.versions() == [] and sheet.rows()[0]["name"] == "De school", "what was typed is in the draft"


def test_hand_in_refuses_figures_and_dates_that_are_none(sheet):
    row = person(interest="9", kind="z", hours="veel", on="31-2-2026")
    answer = sheet.hand_in({"area": {"where": "Oost"}, "people": {"r1": row}})
    assert answer.status_code == 422
    assert sentences(answer.text)["people-r1-interest"] == "Kies een cijfer van 1 tot en met 5."
    assert sentences(answer.text)["people-r1-kind"] == "Kies een van de antwoorden."
    row = person(hours="veel", on="31-2-2026")
    answer = sheet.hand_in({"area": {"where": "Oost"}, "people": {"r1": row}})
    assert sentences(answer.text) == {
        "people-r1-hours": "Schrijf alleen een getal, zoals 120 of 12,50.",
        "people-r1-on": "Schrijf een datum die bestaat, zoals 3-12-2026.",
    }


def test_a_draft_refuses_what_it_cannot_keep(sheet):
    answer = sheet.save({"people": {"r1": person("x" * 201)}}, headers=JSON)
    assert (answer.status_code, answer.json["message"]) == (422, "Er passen 200 tekens. Haal er 1 weg.")
    many = {f"r{number}": {"name": "Wie"} for number in range(61)}
    answer = sheet.save({"people": many})
    assert answer.status_code == 422
    assert sentences(answer.text)["deel-people"] == "Bij «Mensen» passen 60 rijen. Haal er een paar weg."
    assert sheet.draft().sheet is None and answer.text.count('value="Wie"') >= 61, "the typed rows come back"


def test_exactly_three_means_three(sheet):
    for count, says in ((4, "U hebt er 4."), (2, "U hebt er 2.")):
        rows = {f"r{number}": partner(f"Partner {number}") for number in range(count)}
        answer = sheet.hand_in({"partners": rows}, "tweede")
        assert answer.status_code == 422
        assert sentences(answer.text)["deel-partners"] == f"Bij «Partners» horen er precies 3. {says}"
        assert len(sheet.rows("partners", "tweede")) == count, "a draft may still choose"
    rows = {f"r{number}": partner(f"Partner {number}") for number in range(3)}
    assert sheet.hand_in({"partners": rows}, "tweede").status_code == 302


def test_a_part_counts_as_done_only_when_it_could_be_handed_in(sheet):
    def told():
        part = sheet.browser.get(sheet.url(rest="")).text.split("Mensen (")[1].split("</li>")[0]
        return part[0], "nog niet af" in part

    sheet.save({"area": {"where": "Oost"}, "people": {"r1": {"name": "De school", "interest": "4"}}})
    assert told() == ("1", True)
    sheet.save({"area": {"where": "Oost"}, "people": {"r1": person(felt="")}})
    assert told() == ("1", True), "one of the two needs is asked for"
    sheet.save(GOOD)
    assert told() == ("1", False)


def test_the_same_twice_is_one_version(sheet):
    sheet.hand_in(GOOD)
    assert sheet.hand_in(GOOD, revision=0).status_code == 302
    assert len(sheet.versions()) == 1
    sheet.hand_in({**GOOD, "people": {"r1": person(interest="5")}})
    assert len(sheet.versions()) == 2


def test_two_tabs_are_told_and_nothing_is_overwritten(sheet):
    sheet.save(GOOD, revision=0)
    mine = {**GOOD, "people": {"r1": person("De moskee")}}
    answer = sheet.save(mine, revision=0, headers=JSON)
    assert answer.status_code == 409
    assert "in een ander venster gewijzigd" in answer.json["message"]
    for send in (sheet.save, sheet.hand_in):
        answer = send(mine, revision=0)
        assert answer.status_code == 409
        assert "Was: De school" in answer.text and 'value="De moskee"' in answer.text
        assert sheet.rows()[0]["name"] == "De school" and not sheet.versions()
    assert sheet.save(mine, revision=1).status_code == 302
    assert sheet.rows()[0]["name"] == "De moskee"


def test_what_was_filled_in_before_is_offered_and_its_row_remembered(sheet):
    sheet.save(GOOD)
    assert '<option value="De school">' in sheet.page("tweede")
    sheet.save({"partners": {"p1": partner("De school"), "p2": partner("Iemand anders")}}, "tweede")
    [known, new] = sheet.rows("partners", "tweede")
    assert known["links"] == {"name": "r1"} and "links" not in new
    sheet.save({**GOOD, "people": {"r1": person("De nieuwe school")}})
    sheet.save({"partners": {"p1": partner("De school", they="rust"), "p2": partner("Ander")}}, "tweede")
    assert sheet.rows("partners", "tweede")[0]["links"] == {"name": "r1"}, "renamed there is still the same"


def test_a_row_that_another_sheet_uses_stays_until_somebody_says_so(sheet):
    both = {**GOOD, "people": {"r1": person(), "r2": person("Huisarts")}}
    sheet.save(both)
    sheet.save({"partners": {"p1": partner("De school")}}, "tweede")
    answer = sheet.save(both, doe="remove:people:r1")
    assert answer.status_code == 409
    assert "«De school» staat ook op uw werkblad «Drie vragen»." in answer.text and "Toch weghalen" in answer.text
    gone = {**GOOD, "people": {"r2": person("Dokter")}}
    assert sheet.save(gone, headers=JSON).status_code == 409, "also when the row is just not sent"
    assert [row["name"] for row in sheet.rows()] == ["De school", "Dokter"], "the rest was kept"
    assert sheet.save(gone, force="people:r1").status_code == 302
    assert [row["id"] for row in sheet.rows()] == ["r2"]
    assert sheet.rows("partners", "tweede")[0]["name"] == "De school", "what stands elsewhere stays"


def test_others_see_the_empty_sheet_only(sheet, make):
    sheet.save({**GOOD, "area": {"where": "Geheime plek"}})
    for browser, status in ((sheet.judge, 200), (sheet.sign_in(sheet.other), 200), (sheet.sign_in(make.person()), 403)):
        for rest in ("/werkblad", "/werkblad/leeg"):
            page = browser.get(sheet.url(rest=rest))
            assert page.status_code == status and "Geheime plek" not in page.text
    assert sheet.judge.get(sheet.url(rest="/werkblad/afdruk")).status_code == 403
    assert "Geheime plek" not in sheet.sign_in(sheet.other).get(sheet.url(rest="/werkblad/afdruk")).text
    assert "Geheime plek" in sheet.browser.get(sheet.url(rest="/werkblad/afdruk")).text


def test_sixty_rows_ask_no_more_of_the_database(sheet, queries):
    many = {f"r{number}": person(f"Wie {number}") for number in range(60)}
    sheet.save({**GOOD, "people": many})
    sheet.save({"partners": {"p1": partner("Wie 1")}}, "tweede")
    for address in (sheet.url(), sheet.url("tweede"), sheet.url(rest=""), sheet.url(rest="/werkblad/afdruk")):
        with queries() as seen:
            assert sheet.browser.get(address).status_code == 200
        assert len(seen) <= 12, (address, len(seen), seen)
    assert sheet.hand_in({**GOOD, "people": many}).status_code == 302
    with queries() as seen:
        assert sheet.browser.get(sheet.url(rest="/versies/1")).status_code == 200
    assert len(seen) <= 12
    db.session.rollback()
    with queries() as seen:
        assert sheet.judge.get(sheet.judging()).status_code == 200
    assert len(seen) <= 12
