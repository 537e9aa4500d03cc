"""A participant and a trainer who did everything that one can do, each in words that stand nowhere else."""

import io
import json
import zipfile

import pytest
from sqlalchemy import MetaData, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.accounts import services as accounts
from lms.assignments.models import Submission, Version
from lms.db import db
from lms.runs.models import TRAINER, Enrolment
from lms.testing import RUBRIC

PASSWORD = "drie losse woorden"
NAME, EMAIL = "Noor Achterberg", "noor.achterberg@test.example"
TRAINER_NAME, TRAINER_EMAIL = "Ineke O'Vermaas & Zn", "ineke.vermaas@test.example"
# What the participant wrote; the draft differs from the hand-in, since it was changed after it.
WORDS = {
    "draft": "kwispelstaartconcept", "work": "zeepaardverslag", "absence": "ooievaarsbezoek", "file": "otterbytes",
    "file name": "dagboekvannoor",
}  # fmt: skip


def give_password(person):
    """Let somebody have a password of which the tests know."""
    accounts.set_password(person, PASSWORD)
    db.session.commit()


class House:
    """A run with a participant, a second one, a trainer and an administrator."""

    def __init__(self, make, sign_in):
        self.sign_in = sign_in
        self.run = make.run(participants=1, trainers=0, name="Najaarsgroep")
        self.noor, self.ineke = make.person(NAME), make.person(TRAINER_NAME)
        self.noor.email, self.ineke.email = EMAIL, TRAINER_EMAIL
        self.other = make.people(self.run)[0]
        self.admin = make.person("Bea Beheer", roles=("admin",))
        make.enrol(self.run, self.noor)
        make.enrol(self.run, self.ineke, TRAINER)
        for person in (self.noor, self.ineke, self.admin):
            give_password(person)
        self.url = f"/runs/{self.run.id}/opdracht"
        self.ids = {"noor": self.noor.id, "ineke": self.ineke.id, "admin": self.admin.id}

    def post(self, person, path, expect=302, **form):
        boundary, body = encode_multipart(form)
        answer = self.sign_in(person).post(
            path, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers={"Accept": "text/html"}
        )
        assert answer.status_code == expect, (path, answer.status_code)
        return answer

    def live(self):
        """Let them do everything."""
        noor, ineke = self.noor, self.ineke
        file = FileStorage(io.BytesIO(WORDS["file"].encode()), f"{WORDS['file name']}.txt")
        self.post(noor, f"{self.url}/inleveren", text=WORDS["work"], revision="0", files=[file])
        self.judge(noor)
        self.post(noor, f"{self.url}/concept", text=WORDS["draft"], revision="1")
        self.post(noor, f"/runs/{self.run.id}/lesdagen/2", note=WORDS["absence"], action="sign_off")
        self.post(self.other, f"{self.url}/inleveren", text="Van een ander.", revision="0")
        self.judge(self.other, words=f"Mooi werk. Groet, {ineke.name}")
        self.post(
            ineke, f"/runs/{self.run.id}/berichten/nieuw", title="Nieuws", body=f"Tot dan.\n\nGroet, {ineke.name}"
        )
        client = self.sign_in(noor).application.test_client()
        assert client.post("/login", data={"email": EMAIL, "password": "fout fout fout"}).status_code == 422
        assert client.post("/wachtwoord-vergeten", data={"email": EMAIL}).status_code == 302
        accounts.mail_reset({"person_id": noor.id})  # as the worker does it
        db.session.commit()
        return self

    def judge(self, person, words="Dit leest prettig."):
        version = db.session.scalar(
            select(Version.id).join(Submission).join(Enrolment).where(Enrolment.person_id == person.id)
        )
        form = {"action": "vrijgeven", "revision": "0", "overall": "goed", "words": words}
        for criterion in RUBRIC:
            form |= {f"level-{criterion['slug']}": "goed", f"words-{criterion['slug']}": f"Over {criterion['slug']}."}
        self.post(self.ineke, f"/runs/{self.run.id}/beoordelen/{version}", **form)


@pytest.fixture
def house(app, make, sign_in):
    """People who did everything."""
    return House(make, sign_in).live()


def found_in_tables(*words):
    """Table, column and value wherever one of the words stands, whatever the case, in the whole database."""
    words = [word.lower() for word in words]
    hits = []
    db.session.commit()  # or its lock would be in the way
    metadata = MetaData()
    metadata.reflect(db.engine)
    assert len(metadata.tables) > 30
    with db.engine.connect() as connection:
        for table in metadata.tables.values():
            for row in connection.execute(select(table)).mappings():
                for column, value in row.items():
                    text = json.dumps(value, ensure_ascii=False, default=str).lower()
                    hits += [(table.name, column, text) for word in words if word in text]
    return hits


def found_in_files(folder, *words):
    """The files under a folder that hold one of the words, also within a zip."""
    hits = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for name, data in _contents(path.name, path.read_bytes()):
                hits += [(str(path), name, word) for word in words if word.lower().encode() in data.lower()]
    return hits


def _contents(name, data):
    yield name, data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for inner in archive.namelist():
                yield from _contents(inner, inner.encode() + archive.read(inner))


def close_database():
    """Fold the write-ahead log into the file, as happens by itself when the last process ends."""
    db.session.commit()
    db.session.remove()
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
    db.engine.dispose()
