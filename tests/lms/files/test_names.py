"""Names stay the person's own, without what could deceive or harm."""

import pytest

from lms.files import names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Mijn kaart (2).pdf", "Mijn kaart (2).pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Noor\\kaart.pdf", "kaart.pdf"),
        ("a\x00b\nc\x1b.pdf", "abc.pdf"),
        ("factuur\u202efdp.exe", "factuurfdp.exe"),
        ("a\u2066b\u200b\ufeff.pdf", "ab.pdf"),
        ("👩\u200d👩\u200d👧.png", "👩\u200d👩\u200d👧.png"),
        ("cafe\u0301.md", "café.md"),
        ("  kaart.pdf  ", "kaart.pdf"),
        ("", "bestand"),
        ("..", "bestand"),
        ("map/", "bestand"),
        ("\u202e", "bestand"),
    ],
)
def test_clean(app, given, kept):
    with app.test_request_context():
        assert names.clean(given) == kept


def test_a_long_name_keeps_its_end(app):
    kept = names.clean("é" * 400 + ".docx")
    assert len(kept) == 255 and kept.endswith("é.docx")
    assert len(names.clean("a." + "b" * 400)) == 255


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "1 kB"), (1, "1 kB"), (1025, "2 kB"), (1024 * 1024 - 1, "1024 kB"), (1024 * 1024, "1 MB"),
        (20 * 1024 * 1024, "20 MB"), (20 * 1024 * 1024 + 1, "20,1 MB"), (31 * 1024 * 1024, "31 MB"),
    ],
)  # fmt: skip
def test_sizes_in_words(app, size, words):
    with app.test_request_context():
        assert names.in_words(size) == words
