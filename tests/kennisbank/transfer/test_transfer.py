"""Files in and out: the round trip, each refusal with its row, and files that mean harm."""

import csv
import io
import json
import re
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import delete, func, select

from lms.api import db
from plugins.kennisbank import content
from plugins.kennisbank.actions import FILE
from plugins.kennisbank.lists import Lists
from plugins.kennisbank.models import Entry


@pytest.fixture
def load(lms_command, tmp_path):
    """``load("a.csv", text)`` imports a file with this content; gives what the command said."""

    def load(name, content, code=0):
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        done = lms_command("kennisbank", "import", str(file))
        db.session.expire_all()
        assert done.exit_code == code, done.output
        return done.output

    return load


def entry(slug):
    return db.session.scalar(select(Entry).where(Entry.slug == slug).options(*content.WHOLE))


def snapshots():
    lists = Lists()
    rows = db.session.scalars(select(Entry).options(*content.WHOLE)).all()
    return {row.slug: content.snapshot(row, lists) for row in rows}


def number():
    return db.session.scalar(select(func.count()).select_from(Entry))


def workbook(rows):
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


@pytest.mark.req("R2.8", "R2.10")
@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_what_goes_out_comes_in_again_the_same_and_then_changes_nothing(client, load, kind):
    before = snapshots()
    for data in before.values():
        for row in data["results"]:
            row["method"] = row["method"] or ("onbekend" if row["kind"] == "gemeten" else "")
    file = client.get(f"/kennisbank/bestand.{kind}").data
    db.session.execute(delete(Entry))
    db.session.commit()
    assert load(f"uit.{kind}", file) == "42 new, 0 changed, 0 the same.\n"
    assert snapshots() == before
    assert load(f"uit.{kind}", file) == "0 new, 0 changed, 42 the same.\n"
    assert entry("nl-01").status == "published" and entry("nl-01").revision == 1
    assert "/kennisbank/nl-01?q" in client.get("/kennisbank/?q=lochal").text


def test_the_format_of_the_actions_is_taken_and_found(load, client):
    rows = json.loads(FILE.read_text(encoding="utf-8"))["acties"][:2]
    for row in rows:
        row.update(id=f"eigen-{row['id']}", termen={}, jaar="circa 2017")
        del row["kerncijfer"]
    assert load("a.json", json.dumps({"acties": rows})).startswith("2 new")
    assert entry("eigen-nl-01").period == "circa 2017" and entry("eigen-nl-01").year == 2017
    assert "/kennisbank/eigen-nl-01" in client.get("/kennisbank/?q=lochal").text
    assert load("a.json", json.dumps({"acties": rows})) == "0 new, 0 changed, 2 the same.\n"


def test_free_text_and_unknown_words_are_kept_and_a_missing_method_is_unknown(load):
    load(
        "a.csv",
        "\ufeffNaam;Bibliotheek;jaar;kernfunctie;thema;kanalen;uitkomst;soort 1\r\n"
        "Zeppelin;Bibliotheek Waterdorp;2008-heden;Informeren;luchtvaart;zeppelin, flyers;ruim 300;gemeten\r\n",
    )
    data = snapshots()["zeppelin-bibliotheek-waterdorp"]
    assert (data["period"], data["channels"]) == ("2008-heden", "zeppelin, flyers")
    assert data["terms"]["kernfuncties"] == ["kennis_informatie"] and data["words"] == {"themas": ["luchtvaart"]}
    assert [(row["outcome"], row["method"], row["kind"]) for row in data["results"]] == [
        ("ruim 300", "onbekend", "gemeten")
    ]


def test_a_first_line_for_excel_is_no_heading(load):
    assert load("a.csv", "sep=;\r\nnaam;bibliotheek\r\nZeppelin, hoog;Bibliotheek Waterdorp\r\n").startswith("1 new")
    assert entry("zeppelin-hoog-bibliotheek-waterdorp").title == "Zeppelin, hoog"


def test_a_file_only_changes_what_it_names(load):
    before = snapshots()["nl-01"]
    load("a.csv", "id;naam;doel\nnl-01;Opening LocHal;meer lezers\n")
    assert snapshots()["nl-01"] == before | {"title": "Opening LocHal", "goal": "meer lezers"}


def test_each_wrong_row_is_named_and_nothing_comes_in(load):
    said = load(
        "a.csv",
        "naam,bibliotheek,soort,land\nGoed,Waterdorp,actie,NL\n,Waterdorp,actie,NL\nLand,Waterdorp,actie,Nederland\n"
        f"Soort,Waterdorp,recept,NL\n{'x' * 301},Waterdorp,actie,NL\nGoed,Waterdorp,actie,NL\n",
        1,
    )
    assert re.findall(r"Rij \d(?=:)", said) == ["Rij 3", "Rij 4", "Rij 5", "Rij 6", "Rij 7"]
    assert "De naam ontbreekt." in said and "«land» heeft 9 tekens; er passen er 2." in said
    assert "Dit is dezelfde actie als in rij 2." in said and number() == 42


def test_a_row_named_like_a_page_can_be_read(load, client):
    load("a.csv", "naam\nRedactie\n")
    assert "<h1>Redactie</h1>" in client.get("/kennisbank/redactie-actie").text


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(210):
                sheet.write(b"\0" * 1024 * 1024)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "file", "says"),
    [
        ("a.csv", "naam;kleur\nA;rood\n", "Deze kolom hoort niet in het bestand: «kleur»."),
        ("a.json", '[{"naam": "A", "kleur": 1}]', "Deze kolom hoort niet in het bestand: «kleur»."),
        ("a.csv", "id;naam\nvragen;A\n", "Rij 2: De id «vragen» is al het adres van een bladzijde."),
        ("a.csv", "naam;naam\nA;B\n", "De kolom «naam» staat er twee keer in."),
        ("a.csv", "naam;doel\nA;B;C\n", "Rij 2: Er staan meer waarden dan kolommen."),
        ("a.csv", "naam;doel\nCaf\xe9;x\n".encode("latin-1"), "Dit bestand is niet in UTF-8."),
        ("a.csv", 'naam;doel\n"A;B\n', "Dit CSV-bestand is niet goed opgebouwd"),
        ("a.csv", "naam\n" + "x" * 140_000 + "\n", "Dit CSV-bestand is niet goed opgebouwd"),
        ("a.csv", "naam\n" + "a\n" * 20_001, "meer dan 20.000 rijen"),
        ("a.csv", "", "In dit bestand staan geen rijen."),
        ("a.json", "[" * 100_000, "Dit is geen geldig JSON-bestand"),
        ("a.json", r'[{"naam": "half een teken: \ud83d"}]', "Dit is geen geldig JSON-bestand"),
        ("a.json", '{"acties": 3}', "geen lijst «acties»"),
        ("a.xlsx", b"PK\x03\x04 niets", "Dit is geen geldig Excel-bestand (.xlsx)."),
        ("a.xlsx", bomb, "uitgepakt veel te groot"),
        ("a.txt", "naam", "eindigt op .json, .csv of .xlsx"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(load, name, file, says):
    said = load(name, file() if callable(file) else file, 1)
    assert says in said and "Traceback" not in said and number() == 42


def test_too_large_a_file_is_not_read(load):
    assert "groter dan 20 MB" in load("a.csv", b"naam\n" + b"x" * 21 * 1024 * 1024, 1)


def test_a_workbook_with_numbers_and_utf16_are_taken(load):
    load("a.xlsx", workbook([["naam", "jaar"], ["Zeppelin", 2019], [None, None], ["Ballon", 2020.0]]))
    load("b.csv", "naam;jaar\nVlieger;2021\n".encode("utf-16"))
    assert [entry(slug).period for slug in ("zeppelin", "ballon", "vlieger")] == ["2019", "2020", "2021"]


def test_the_file_is_the_selection_and_no_cell_is_a_formula(client, load):
    load("a.json", json.dumps([{"naam": '=HYPERLINK("http://kwaad.example")', "doel": "+31", "id": "kwaad"}]))
    text = client.get("/kennisbank/bestand.csv?q=hyperlink").data.decode("utf-8-sig")
    head, row = csv.reader(io.StringIO(text), delimiter=";")
    assert row[head.index("naam")].startswith("'=") and row[head.index("doel")] == "'+31"
    sheet = load_workbook(io.BytesIO(client.get("/kennisbank/bestand.xlsx?q=hyperlink").data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert len(json.loads(client.get("/kennisbank/bestand.json?resultaat=prijs").data)["acties"]) == 2
    assert client.get("/kennisbank/bestand.pdf").status_code == 404


@pytest.mark.parametrize("mark", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_no_sign_at_the_beginning_of_a_cell_calculates(client, load, mark):
    """And what was written comes back as it was when the file is taken in."""
    load("a.json", json.dumps([{"naam": f"{mark}SUM(kwaad)", "id": "kwaad"}]))
    file = client.get("/kennisbank/bestand.csv?q=kwaad").data
    head, row = csv.reader(io.StringIO(file.decode("utf-8-sig")), delimiter=";")
    assert row[head.index("naam")] == f"'{mark}SUM(kwaad)"
    load("b.csv", file)
    assert entry("kwaad").title == f"{mark}SUM(kwaad)"


def test_search_at_the_command_line(lms_command):
    found = json.loads(lms_command("kennisbank", "search", "kalender tablet", "--json").output)
    assert found == []
    first = json.loads(lms_command("kennisbank", "search", "tablet", "--json").output)[0]
    assert first.keys() == {"id", "title", "score", "matched"} and first["id"] == "nl-08" and first["score"] > 0
    assert {"asked": "tablet", "found": "tabletcafé", "field": "title"} in first["matched"]
    assert lms_command("kennisbank", "reindex").output.endswith("42 entries can be found.\n")
