"""Where the bytes lie: a folder by default, another folder or a bucket by setting; and when that is full or away."""

import logging
import os
import re
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import current_app

from lms.config import files_url
from lms.db import db
from lms.errors import ConfigError
from lms.files import store
from lms.testing_s3 import Kept

from .conftest import PDF, Uploader, open_bytes, picture

LARGE = b"%PDF-1.7" + bytes(range(256)) * 50_000  # 12.8 MB: more than two parts of an upload in parts
SMALL = b"%PDF-1.7" + bytes(range(256)) * 1600  # 400 kB: a form keeps it in memory


@pytest.fixture
def there(make_app, make, bucket):
    """A site whose files lie in a bucket, and somebody who adds some."""
    app = make_app(FILES_URL=bucket.url)
    with app.app_context():

        def sign_in(person):
            db.session.commit()
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"], session["_fresh"] = person.get_id(), True
            return client

        yield Uploader(type(make)(), sign_in)


# ---- the setting ----


def test_the_address(tmp_path):
    assert files_url(None, tmp_path) == files_url("", tmp_path) == (tmp_path / "files").as_uri()
    assert files_url("s3://leerplein-noord/site/", tmp_path) == "s3://leerplein-noord/site"
    assert files_url("file:///srv/met%20spatie", tmp_path) == "file:///srv/met%20spatie"


@pytest.mark.parametrize(
    "wrong",
    ["/srv/files", "s3://", "s3:///x", "s3://key:secret@bucket/x", "s3://Bucket", "gs://bucket/x", "memory:///", "file:///",
     "file://server/x", "http://bucket/x", "s3://bucket/x?region=eu", "files", "s3:bucket"],
)  # fmt: skip
def test_an_address_that_is_none(tmp_path, monkeypatch, make_app, wrong):
    monkeypatch.setenv("LMS_FILES_URL", wrong)
    with pytest.raises(
        ConfigError, match=r"LMS_FILES_URL is no place for files: write s3://BUCKET/FOLDER or file:///FOLDER"
    ):
        make_app()


def test_another_folder(make_app, monkeypatch, tmp_path):
    monkeypatch.setenv("LMS_FILES_URL", (tmp_path / "met spatie" / "é").as_uri())
    app = make_app()
    with app.app_context():
        key = store.put(open_bytes(PDF))
        assert (tmp_path / "met spatie" / "é" / key).read_bytes() == PDF
    assert not (app.config["INSTANCE"] / "files").exists()


# ---- a bucket ----


def test_hand_in_and_download_by_a_bucket(there, bucket):
    """From the form to the bucket and back, with the person's own name; in the bucket it has another."""
    answer = there.hand_in(("Kaart van Noord.pdf", PDF), ("groot.pdf", LARGE), ("foto.png", picture()))
    assert answer.status_code == 302
    small, large, photo = there.files()
    assert bucket.objects[f"een/site/{small.key}"].content == PDF
    assert bucket.objects[f"een/site/{large.key}"].content == LARGE
    assert any("partNumber=3" in line for line in bucket.asked), "a large one goes in parts"
    assert "Kaart" not in "".join(bucket.asked)
    trainer = there.sign_in(there.trainer)
    for browser in (there.browser, trainer):
        assert there.download(large, browser).data == LARGE
        got = there.download(small, browser)
        assert got.data == PDF and 'filename="Kaart van Noord.pdf"' in got.headers["Content-Disposition"]
    assert trainer.get(f"/bestanden/{photo.id}/beeld").data == picture()
    assert there.download(small, there.sign_in(there.peer)).status_code == 404


def test_a_download_comes_in_pieces(there):
    there.hand_in(("groot.pdf", LARGE))
    pieces = list(store.read(there.files()[0].key))
    assert b"".join(pieces) == LARGE and len(pieces) > 10


def test_all_there_is_in_a_bucket(there, bucket):
    """More than fits on one page of its list, and nothing of the neighbours."""
    bucket.objects["een/sitemap.pdf"] = bucket.objects["twee/x"] = Kept(b"x")
    keys = {store.put(open_bytes(PDF)) for _ in range(8)}
    assert set(store.keys()) == keys
    for key in keys:
        store.delete(key)
        store.delete(key)  # once more is no fault
    assert list(store.keys()) == [] and len(bucket.objects) == 2
    with pytest.raises(FileNotFoundError):
        store.read("aa/bb")


def test_a_wrong_key_to_the_bucket(there, bucket, monkeypatch, caplog):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "een-ander-geheim")
    answer = there.hand_in(("kaart.pdf", PDF))
    assert answer.status_code == 503 and not bucket.objects
    assert caplog.messages[-1].endswith("403 Forbidden: SignatureDoesNotMatch")
    assert "een-ander-geheim" not in caplog.text


@pytest.mark.parametrize("status", [503, 403, 507])
def test_a_bucket_that_refuses(there, bucket, status):
    """The sentence stands at the field, the text is in the draft, and nothing is half there."""
    bucket.refusal = status
    for data in (PDF, LARGE):
        answer = there.hand_in(("kaart.pdf", data), revision=there.draft().revision if there.draft() else 0)
        page = answer.get_data(as_text=True)
        assert answer.status_code == (507 if status == 507 else 503)
        problem = "Er is geen ruimte meer" if status == 507 else "De opslag van bestanden antwoordt niet"
        assert f"kaart.pdf: Dit bestand is niet bewaard. {problem}" in page
        assert re.search(r'<input[^>]*aria-invalid="true"[^>]*type="file"', page), "at the field"
        assert there.draft().text == "Mijn werk over de leesclub, met een bron."
        assert not there.files() and not there.versions() and not bucket.objects and not bucket.uploads
    bucket.refusal = None
    assert there.hand_in(("kaart.pdf", PDF), revision=there.draft().revision).status_code == 302


def test_a_bucket_that_is_away(there, bucket):
    there.hand_in(("kaart.pdf", PDF))
    bucket.is_away = True
    answer = there.download(there.files()[0])
    assert answer.status_code == 503
    assert "De opslag van bestanden antwoordt niet. Probeer het straks nog een keer." in answer.get_data(as_text=True)
    assert there.browser.get(there.url).status_code == 200, "reading goes on"


def test_a_key_that_says_nothing_of_the_person(there, bucket):
    there.hand_in(("Noor de Vries.pdf", PDF))
    assert re.fullmatch(r"een/site/[0-9a-f]{2}/[0-9a-f]{40}", next(iter(bucket.objects)))


@pytest.mark.parametrize("to", ["folder", "bucket"])
def test_backup_out_of_a_bucket(there, bucket, make_app, empty_database, lms_command, tmp_path, to):
    """The site moves: what lay in the bucket lies in the instance afterwards, or in another place of the bucket."""
    there.hand_in(("kaart.pdf", PDF), ("groot.pdf", LARGE))
    keys = sorted(store.keys())
    before = {key: kept.content for key, kept in bucket.objects.items()}
    result = lms_command("backup", tmp_path / "site.zip", site=current_app._get_current_object())
    assert result.exit_code == 0, result.output
    folder = tmp_path / "nieuw"
    folder.mkdir()
    place = {"FILES_URL": "s3://proef/twee"} if to == "bucket" else {}
    target = make_app(INSTANCE=folder, SQLALCHEMY_DATABASE_URI=empty_database(folder), **place)
    result = lms_command("restore", tmp_path / "site.zip", site=target)
    assert result.exit_code == 0, result.output
    if to == "bucket":
        found = {key.removeprefix("twee/"): kept.content for key, kept in bucket.objects.items() if key[:5] == "twee/"}
    else:
        paths = [path for path in (folder / "files").rglob("*") if path.is_file()]
        found = {path.relative_to(folder / "files").as_posix(): path.read_bytes() for path in paths}
    assert sorted(found) == keys
    assert set(found.values()) == {PDF, LARGE}
    assert {key: bucket.objects[key].content for key in before} == before, "the old place is as it was"
    result = lms_command("files", "check", "--read", site=target)
    assert result.exit_code == 0, result.output


def test_a_restore_into_a_bucket_that_refuses_leaves_nothing(
    there, bucket, make_app, empty_database, lms_command, tmp_path
):
    there.hand_in(("kaart.pdf", PDF))
    assert lms_command("backup", tmp_path / "site.zip", site=current_app._get_current_object()).exit_code == 0
    folder = tmp_path / "nieuw"
    folder.mkdir()
    target = make_app(INSTANCE=folder, SQLALCHEMY_DATABASE_URI=empty_database(folder), FILES_URL="s3://proef/twee")
    bucket.refusal = 403
    result = lms_command("restore", tmp_path / "site.zip", site=target)
    assert result.exit_code == 1
    assert "The files cannot be put back" in result.output
    bucket.refusal = None
    assert lms_command("restore", tmp_path / "site.zip", site=target).exit_code == 0, "the place was still empty"


# ---- a disk that is full ----


@contextmanager
def room_for(size):
    """No file of this process may become larger than so many bytes: as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk(uploader, app, caplog):
    """Nothing is half there, the text is kept, reading goes on, and once there is room it works."""
    uploader.hand_in(("eerste.pdf", PDF), to="concept")
    folder = Path(app.config["INSTANCE"]) / "files"
    with room_for(len(SMALL) // 2):
        answer = uploader.hand_in(("kaart.pdf", SMALL), revision=uploader.draft().revision)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 507
        assert (
            "kaart.pdf: Dit bestand is niet bewaard. Er is geen ruimte meer voor bestanden. Vraag uw beheerder" in page
        )
        assert uploader.draft().text == "Mijn werk over de leesclub, met een bron."
        assert uploader.download(uploader.files()[0]).data == PDF
    assert [path.stat().st_size for path in folder.rglob("*") if path.is_file()] == [len(PDF)]
    assert len(uploader.files()) == 1 and not uploader.versions()
    assert [record.levelno for record in caplog.records if record.name == "lms.files.store"] == [logging.ERROR]
    answer = uploader.hand_in(("kaart.pdf", SMALL), revision=uploader.draft().revision)
    assert answer.status_code == 302 and len(uploader.versions()[0].files) == 2


def test_no_second_try_where_there_is_no_room(there, bucket):
    """Four more that each wait for the same answer would keep somebody waiting long."""
    bucket.refusal = 503
    there.hand_in(*((f"{n}.pdf", PDF + bytes([n])) for n in range(5)))
    assert len({line for line in bucket.asked if line.startswith("PUT")}) == 1


def test_a_new_file_is_on_the_disk_before_its_row(uploader, app, monkeypatch):
    """A power cut takes what was only in memory; the row is written through, so the bytes must be."""
    synced, fsync = [], os.fsync

    def note(handle):
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    uploader.hand_in(("kaart.pdf", PDF))
    folder = Path(app.config["INSTANCE"]) / "files"
    key = uploader.files()[0].key
    assert synced == [str(folder / key), str(folder / key[:2]), str(folder)]
