"""Small files that really are what they say."""

import io
import struct
import zipfile
import zlib

from lms.files.kinds import KINDS

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def png():
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def zipped(*names, **contents):
    """A zip with entries in this order; ``contents`` by name, all else is empty XML."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, contents.get(name, "<x/>"))
    return out.getvalue()


def office(part, *before):
    return zipped("[Content_Types].xml", "_rels/.rels", *before, f"{part}/document.xml")


def odf(extension):
    return zipped("mimetype", "content.xml", mimetype=KINDS[extension])


GOOD = {
    "pdf": PDF,
    "png": png(),
    "jpg": b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9",
    "jpeg": b"\xff\xd8\xff\xe1\x00\x10Exif\x00\x00" + bytes(20),
    "gif": b"GIF89a\x01\x00\x01\x00\x00\x00\x00;",
    "webp": b"RIFF\x1a\x00\x00\x00WEBPVP8L" + bytes(14),
    "docx": office("word"),
    "xlsx": office("xl", *(f"docProps/{n}.xml" for n in range(9))),  # more parts before it than filetype looks at
    "pptx": office("ppt"),
    "odt": odf("odt"),
    "ods": odf("ods"),
    "odp": odf("odp"),
    "txt": "Bijen 🐝 en bloemen\r\n".encode(),
    "csv": b"BM;naam\n1;Anna\n",  # begins as a bitmap would
    "md": "\ufeff# Kop".encode(),
}
