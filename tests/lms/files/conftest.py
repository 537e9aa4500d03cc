"""Small files that really are what they say, and somebody who adds them."""

import io
import os
import zipfile

import pytest
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms import testing_s3
from lms.assignments.models import Draft, Version
from lms.db import db
from lms.files import services, store
from lms.files.kinds import KINDS
from lms.files.models import StoredFile
from lms.runs.models import TRAINER

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def open_bytes(data):
    """Bytes as an open file."""
    return io.BytesIO(data)


def picture(kind="PNG", size=(8, 6), mode="RGB", **options):
    """A picture with a different colour in each corner, so that one sees how it is turned."""
    image = Image.new("RGB", size, "white")
    for corner, colour in {(0, 0): "red", (1, 0): "lime", (0, 1): "blue", (1, 1): "black"}.items():
        box = [corner[0] * size[0] // 2, corner[1] * size[1] // 2]
        image.paste(colour, (*box, box[0] + size[0] // 2, box[1] + size[1] // 2))
    out = io.BytesIO()
    image.convert(mode).save(out, kind, **options)
    return out.getvalue()


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
    "png": picture(),
    "jpg": picture("JPEG"),
    "jpeg": picture("JPEG", mode="L"),
    "gif": picture("GIF"),
    "webp": picture("WEBP"),
    "docx": office("word"),
    "xlsx": office("xl", *(f"docProps/{n}.xml" for n in range(9))),
    "pptx": office("ppt"),
    "odt": odf("odt"),
    "ods": odf("ods"),
    "odp": odf("odp"),
    "txt": "Bijen 🐝 en bloemen\r\n".encode(),
    "csv": b"BM;naam\n1;Anna\n",  # begins as a bitmap would
    "md": "\ufeff# Kop".encode(),
}


class Uploader:
    """A participant who hands in with files, and the trainer of the run."""

    def __init__(self, make, sign_in):
        self.run = make.run(participants=2)
        self.person, self.peer = make.people(self.run)
        self.trainer = make.people(self.run, TRAINER)[0]
        self.sign_in = sign_in
        self.browser = sign_in(self.person)
        self.url = f"/runs/{self.run.id}/opdracht"

    def hand_in(self, *files, text="Mijn werk over de leesclub, met een bron.", to="inleveren", **more):
        """Press «Inleveren» with these files: pairs of name and bytes."""
        uploads = [FileStorage(io.BytesIO(data), name) for name, data in files]
        boundary, body = encode_multipart({"text": text, "revision": "0", "files": uploads, **more})
        return self.browser.post(
            f"{self.url}/{to}", data=body, content_type=f"multipart/form-data; boundary={boundary}"
        )

    def files(self):
        """The rows of all files, oldest first."""
        db.session.expire_all()
        return db.session.query(StoredFile).order_by(StoredFile.id).all()

    def versions(self):
        db.session.expire_all()
        return db.session.query(Version).order_by(Version.id).all()

    def draft(self):
        db.session.expire_all()
        return db.session.query(Draft).one_or_none()

    def download(self, stored, browser=None):
        return (browser or self.browser).get(f"/bestanden/{stored.id}/x")


@pytest.fixture
def uploader(app, make, sign_in):
    return Uploader(make, sign_in)


@pytest.fixture
def receive(app):
    """``receive(name, data)``: what becomes of one upload."""

    def receive(name, data):
        return services.receive(FileStorage(io.BytesIO(data), name))

    with app.test_request_context():
        yield receive


@pytest.fixture
def keys(app):
    """``keys()``: all that lies in the file store."""
    return lambda: sorted(store.keys())


@pytest.fixture
def bucket(monkeypatch):
    """A bucket that answers on loopback, with its keys in the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    with testing_s3.Bucket() as bucket:
        for name, value in bucket.environ().items():
            monkeypatch.setenv(name, value)
        yield bucket
