"""What a file is, is told by its bytes."""

import io

import pytest
from werkzeug.datastructures import FileStorage

from lms.errors import Invalid
from lms.files import services, store
from lms.files.kinds import KINDS

from .conftest import GOOD, PDF, zipped


@pytest.fixture
def receive(app):
    def receive(name, data):
        return services.receive(FileStorage(io.BytesIO(data), name))

    with app.test_request_context():
        yield receive


def test_each_kind_has_an_example():
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("extension", GOOD)
def test_a_real_one_is_taken(receive, extension):
    received = receive(f"Mijn kaart.{extension.upper()}", GOOD[extension])
    assert received.media_type == KINDS[extension]
    assert received.name == f"Mijn kaart.{extension.upper()}"
    assert received.size == len(GOOD[extension])
    assert b"".join(store.read(received.key)) == GOOD[extension]
    assert "kaart" not in received.key


@pytest.mark.parametrize("extension", [extension for extension in GOOD if extension not in {"txt", "csv", "md"}])
def test_a_program_under_another_name_is_refused(receive, extension):
    with pytest.raises(Invalid, match=rf"raar\.{extension}: De naam eindigt op \.{extension}, maar"):
        receive(f"raar.{extension}", b"MZ\x90\x00\x03\x00\x00\x00" + bytes(100))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", GOOD["png"]),
        ("a.docx", GOOD["xlsx"]),
        ("a.docx", GOOD["odt"]),
        ("a.docx", zipped("a.txt")),
        ("a.docx", b"PK\x03\x04 broken"),
        ("a.odt", zipped("content.xml", "mimetype", mimetype="text/plain")),
        ("a.pdf", GOOD["docx"]),
        ("a.pdf", b"tekst"),
    ],
)
def test_another_kind_under_this_name_is_refused(receive, name, data):
    with pytest.raises(Invalid, match="maar het bestand is iets anders"):
        receive(name, data)


@pytest.mark.parametrize("data", [b"\x00\x01\x02", "é".encode("latin-1"), "tekst".encode("utf-16"), PDF + b"\x00"])
def test_text_must_be_text(receive, data):
    with pytest.raises(Invalid, match=r"lijst\.csv: Dit is geen tekst in UTF-8"):
        receive("lijst.csv", data)


@pytest.mark.parametrize("name", ["a.exe", "a.html", "a.svg", "a.zip", "a.doc", "a.docm", "pdf", ".pdf", "a.pdf.js"])
def test_an_unknown_kind_is_refused(receive, name):
    with pytest.raises(Invalid, match=r"Dit soort bestand nemen we niet aan\. Kies pdf, Word"):
        receive(name, PDF)


def test_an_empty_file_is_refused(receive):
    with pytest.raises(Invalid, match=r"leeg\.pdf: Dit bestand is leeg"):
        receive("leeg.pdf", b"")


def test_the_limit_is_the_sites(receive, app):
    app.config["UPLOAD_MAX_BYTES"] = 1024 * 1024
    assert receive("past.txt", b"a" * 1024 * 1024).size == 1024 * 1024
    with pytest.raises(Invalid, match=r"film\.txt: Dit bestand is 1,1 MB\. Kies een bestand tot 1 MB\."):
        receive("film.txt", b"a" * (1024 * 1024 + 1))


def test_a_refused_file_is_not_stored(receive, app):
    with pytest.raises(Invalid):
        receive("a.pdf", b"MZ")
    assert not list((app.config["INSTANCE"] / "files").rglob("*/*"))
