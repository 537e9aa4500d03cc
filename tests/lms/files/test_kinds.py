"""What a file is, is told by its bytes."""

import pytest

from lms.errors import Invalid
from lms.files import pictures, store
from lms.files.kinds import KINDS

from .conftest import GOOD, PDF, picture, zipped

TEXTS = {"txt", "csv", "md"}


def test_each_kind_has_an_example():
    assert set(GOOD) == set(KINDS)


@pytest.mark.parametrize("extension", GOOD)
def test_a_real_one_is_taken(receive, extension):
    received = receive(f"Mijn kaart.{extension.upper()}", GOOD[extension])
    assert received.media_type == KINDS[extension]
    assert received.name == f"Mijn kaart.{extension.upper()}"
    stored = b"".join(store.read(received.key))
    assert received.size == len(stored)
    if received.media_type in pictures.FORMATS:
        assert (received.width, received.height) == (8, 6)
    else:
        assert stored == GOOD[extension] and received.width is None
    assert "kaart" not in received.key


@pytest.mark.parametrize("extension", sorted(set(GOOD) - TEXTS))
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


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("plan.docm", r"Bestanden met macro’s nemen we niet aan\. Bewaar het als \.docx"),
        ("plan.xlsm", r"macro’s .* als \.xlsx"),
        ("plan.doc", r"nemen we niet aan\. Bewaar het als \.docx en kies het dan weer"),
        ("plan.pages", r"Bewaar het als \.pdf"),
        ("foto.HEIC", r"Bewaar de foto als jpg"),
        ("kaart.svg", r"In een svg kan een programma zitten\. Bewaar de tekening als png of pdf"),
        ("alles.zip", r"Ingepakte bestanden nemen we niet aan\. Pak het uit en kies pdf, Word, Excel"),
        ("alles.tar.gz", r"Pak het uit"),
    ],
)
def test_what_to_do_with_a_kind_that_is_refused(receive, keys, name, sentence):
    with pytest.raises(Invalid, match=rf"{name}: .*{sentence}"):
        receive(name, PDF)
    assert not keys()


UNKNOWN = [
    "a.exe",
    "a.html",
    "a.pdf.js",
    "a.pdf.exe",
    "rood\u202efdp.exe",
    "pdf",
    ".pdf",
    "a.pdf.",
    "NUL",
    "a.pdf:b.exe",
]


@pytest.mark.parametrize("name", UNKNOWN)
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


def test_a_refused_file_is_not_stored(receive, keys):
    with pytest.raises(Invalid):
        receive("a.pdf", b"MZ")
    assert not keys()


def test_a_pdf_that_is_also_a_zip_is_refused(receive):
    """A jar behind a pdf: two programs would read two different files."""
    with pytest.raises(Invalid, match="maar het bestand is iets anders"):
        receive("a.pdf", PDF + zipped("META-INF/MANIFEST.MF", "Kwaad.class"))


def test_a_picture_that_is_also_a_zip_is_refused(receive):
    with pytest.raises(Invalid, match="maar het bestand is iets anders"):
        receive("a.gif", picture("GIF") + zipped("Kwaad.class"))


def test_a_pdf_with_a_zip_inside_is_a_pdf(receive):
    """An attachment, or the document that LibreOffice puts into its own pdf."""
    data = PDF[:-7] + zipped("content.xml") + b"\n%%EOF\n"
    assert receive("a.pdf", data).media_type == "application/pdf"


def test_a_moving_png_is_a_png(receive):
    frames = picture("PNG", save_all=True, append_images=[], default_image=False)
    assert receive("a.png", frames).media_type == "image/png"
