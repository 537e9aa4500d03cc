"""Reading a paste of people: what counts as a line, and what is said about a bad one."""

import pytest

from lms.runs import people


def read(text):
    lines, problems = people.parse(text, "participants")
    return [(line.name, line.email, line.library) for line in lines], [problem.sentence for problem in problems]


NOOR = ("Noor Bakker", "noor@waterdorp.example", "Bibliotheek Waterdorp")


@pytest.mark.parametrize(
    "text",
    [
        "Noor Bakker; noor@waterdorp.example; Bibliotheek Waterdorp",
        "Noor Bakker\tnoor@waterdorp.example\tBibliotheek Waterdorp",
        "Noor Bakker,noor@waterdorp.example,Bibliotheek Waterdorp",
        '"Noor Bakker","noor@waterdorp.example","Bibliotheek Waterdorp"',
        '"Noor Bakker"; "noor@waterdorp.example"; "Bibliotheek Waterdorp";;',
        "\n\n  Noor\u00a0Bakker ;NOOR@Waterdorp.example;  Bibliotheek  Waterdorp \r\n\r\n",
        "Naam;E-mail;Bibliotheek\nNoor Bakker;noor@waterdorp.example;Bibliotheek Waterdorp",
        "\ufeffnaam\te-mailadres\tbibliotheek\nNoor Bakker\tnoor@waterdorp.example\tBibliotheek Waterdorp",
        "Noor\x00 Bakker;noor@waterdorp.example;Bibliotheek Waterdorp",
    ],
)
def test_one_person_in_many_shapes(app, text):
    assert read(text) == ([NOOR], [])


def test_commas_in_a_quoted_name(app):
    assert read('"Bakker, Noor",noor@waterdorp.example,Bibliotheek Waterdorp')[0][0][0] == "Bakker, Noor"
    assert read("Bakker, Noor; noor@waterdorp.example; Bibliotheek Waterdorp")[0][0][0] == "Bakker, Noor"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("\n\nNoor; noor@; Bieb", "Regel 3: «noor@» is geen e-mailadres."),
        ("Noor; noor@waterdorp; Bieb", "Regel 1: «noor@waterdorp» is geen e-mailadres."),
        ("Noor", "Regel 1: het e-mailadres ontbreekt. Schrijf naam; e-mail; bibliotheek."),
        ("Noor;;Bieb", "Regel 1: het e-mailadres ontbreekt. Schrijf naam; e-mail; bibliotheek."),
        ("A; a@b.example; B; C", "Regel 1: dit zijn meer dan drie delen. Schrijf naam; e-mail; bibliotheek."),
        ("A; a@b.example; B\nA; A@B.example; B", "Regel 2: a@b.example staat al op regel 1."),
        ("x" * 201 + "; a@b.example; B", "Regel 1: de naam of bibliotheek is langer dan 200 tekens."),
    ],
)
def test_a_bad_line_is_named(app, text, sentence):
    assert read(text)[1] == [sentence]


def test_an_unbalanced_quote_spoils_one_line_only(app):
    lines, problems = read('"Noor; noor@waterdorp.example; Bieb\nAnna; anna@waterdorp.example; Bieb')
    assert ("Anna", "anna@waterdorp.example", "Bieb") in lines
    assert len(lines) + len(problems) == 2


def test_the_limit(app):
    text = "\n".join(f"N{n}; n{n}@waterdorp.example; B" for n in range(1001))
    assert read(text) == ([], ["Dit zijn 1001 regels. Plak er hoogstens 1000 tegelijk."])
    assert len(read(text.rpartition("\n")[0])[0]) == 1000
