"""Zips that call themselves documents: bombs, lies, macros, and zips within zips."""

import io
import random
import struct
import time
import zipfile

import pytest

from lms.errors import Invalid
from lms.files import packed

from .conftest import GOOD, office, zipped

TOO_MUCH = r"plan\.docx: Dit bestand is uitgepakt te groot\. Bewaar het als pdf of maak het kleiner\."
BROKEN = r"plan\.docx: De naam eindigt op \.docx, maar het bestand is iets anders"
PARTS = ("[Content_Types].xml", "word/document.xml")
MEGABYTE = 1024 * 1024


def document(contents, compression=zipfile.ZIP_DEFLATED):
    """A Word document with these parts more: names to bytes, or to (number of zero bytes in megabytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as whole:
        for name in PARTS:
            whole.writestr(name, "<x/>")
        for name, content in contents.items():
            with whole.open(name, "w") as part:
                if isinstance(content, int):
                    for _ in range(content):
                        part.write(bytes(MEGABYTE))
                else:
                    part.write(content)
    return out.getvalue()


def refuse(receive, data, sentence, name="plan.docx"):
    started = time.monotonic()
    with pytest.raises(Invalid, match=sentence):
        receive(name, data)
    assert time.monotonic() - started < 15, "a refusal takes a moment, whatever is in it"


def test_real_documents_come_through(receive):
    """Text that packs well, a photo that does not, and a chart with its own workbook inside."""
    text = "".join(f'<c r="A{n}" t="s"><v>{n % 7}</v></c>' for n in range(400_000)).encode()
    chart = document({"word/embeddings/Blad.xlsx": GOOD["xlsx"]})
    parts = {
        "word/media/foto.jpg": random.randbytes(300_000),
        "word/lang.xml": text,
        "word/embeddings/Grafiek.docx": chart,
    }
    assert receive("plan.docx", document(parts)).size > 300_000


@pytest.mark.parametrize("megabytes", [20, 300])
def test_a_bomb(receive, keys, megabytes):
    """Zeros pack a thousand times smaller; no text does."""
    data = document({"word/media/nul.bin": megabytes})
    assert len(data) < 400_000
    refuse(receive, data, TOO_MUCH)
    assert not keys()


def test_many_parts_that_are_too_much_together(receive):
    """Each of them is below the line where a ratio counts."""
    parts = {f"word/media/{n}.bin": 7 for n in range(40)}
    refuse(receive, document(parts), TOO_MUCH)


def test_too_many_parts(receive):
    data = zipped(*PARTS, *(f"word/{n}.xml" for n in range(packed.MAX_PARTS)))
    refuse(receive, data, TOO_MUCH)


def rewritten(data, change):
    """The zip with its table of contents changed: ``change(entry)`` gets the bytes of each entry of 46 and its name."""
    out = bytearray(data)
    at = 0
    while (at := out.find(b"PK\x01\x02", at)) >= 0:
        change(out, at)
        at += 4
    return bytes(out)


def test_a_bomb_that_lies_about_its_size(receive):
    """The table says that it is small; what comes out is counted."""

    def lie(out, at):
        if struct.unpack_from("<I", out, at + 24)[0] > MEGABYTE:
            struct.pack_into("<I", out, at + 24, 100)

    refuse(receive, rewritten(document({"word/media/nul.bin": 300}), lie), TOO_MUCH)
    refuse(receive, rewritten(document({"word/media/nul.bin": 7}), lie), BROKEN)


def test_parts_that_share_their_bytes(receive):
    """Fifield's bomb: a thousand parts of one kernel."""
    data = document({f"word/{n}.xml": b"kern" * 1000 for n in range(4)}, zipfile.ZIP_STORED)
    assert receive("plan.docx", data)
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        kernel = whole.getinfo("word/0.xml").header_offset

    def share(out, at):
        if struct.unpack_from("<I", out, at + 24)[0] == 4000:
            struct.pack_into("<I", out, at + 42, kernel)

    refuse(receive, rewritten(data, share), BROKEN)


def test_zips_within_zips(receive):
    """A bomb in a workbook in a document is counted with the rest; deeper than an office program goes is refused."""
    bomb = document({"word/media/nul.bin": 100})
    refuse(receive, document({f"word/embeddings/{n}.docx": bomb for n in range(3)}), TOO_MUCH)
    data = GOOD["docx"]
    for _ in range(packed.MAX_DEPTH + 1):
        data = document({"word/embeddings/dieper.docx": data})
    refuse(receive, data, TOO_MUCH)


@pytest.mark.parametrize("name", ["word/vbaProject.bin", "xl/macrosheets/sheet1.xml", "Basic/Standard/Module1.xml"])
def test_macros_under_another_name(receive, name):
    refuse(
        receive,
        document({name: b"Sub AutoOpen()"}),
        r"In dit bestand zitten macro’s\. Bewaar het zonder macro’s als \.docx",
    )


def test_macros_in_what_is_inside(receive):
    inner = document({"word/vbaProject.bin": b"Sub"})
    refuse(receive, document({"word/embeddings/Oud.docx": inner}), "In dit bestand zitten macro’s")


def test_a_password(receive):
    refuse(receive, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), r"heeft een wachtwoord of is verouderd")

    def lock(out, at):
        struct.pack_into("<H", out, at + 8, 1)

    refuse(receive, rewritten(GOOD["docx"], lock), r"Dit bestand heeft een wachtwoord\. Bewaar het opnieuw zonder")


def test_a_program_with_a_document_behind_it(receive):
    """It would run as a program and open as a document."""
    refuse(receive, b"MZ\x90\x00" + bytes(100) + GOOD["docx"], BROKEN)


@pytest.mark.parametrize("at", range(0, 100, 7))
def test_damage_anywhere(receive, at):
    """Cut off or with other bits, it is refused with a sentence or it is whole; never an error of ours."""
    data = bytearray(office("word", "docProps/app.xml"))
    data[len(data) * at // 100] ^= 0xFF
    for wrong in (bytes(data), bytes(data[: len(data) * at // 100])):
        try:
            receive("plan.docx", wrong)
        except Invalid as error:
            assert str(error).startswith("plan.docx: ")


def test_an_archive_as_large_as_an_upload_may_be(receive):
    """Twenty megabytes of table of contents: refused before anything is made of each line."""
    entry = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 1, 0, 0) + bytes(12) + b"a"
    count = 20 * MEGABYTE // len(entry) - 10
    data = b"PK\x03\x04" + entry * count
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, len(entry) * count, 4, 0)
    refuse(receive, data + end, TOO_MUCH)
