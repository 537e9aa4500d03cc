"""``lms files sweep`` and ``lms files check``: rows and bytes beside each other."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lms.db import db
from lms.files import store
from lms.files.models import StoredFile

from .conftest import PDF, open_bytes

OLD = timedelta(days=2)


@pytest.fixture
def folder(app):
    return Path(app.config["INSTANCE"]) / "files"


@pytest.fixture
def loose(folder):
    """``loose(age)``: bytes without a row, as a refused request leaves them."""

    def loose(age=OLD, data=PDF):
        key = store.put(open_bytes(data))
        set_age(folder / key, age)
        return key

    return loose


def set_age(path, age):
    at = (datetime.now(UTC) - age).timestamp()
    os.utime(path, (at, at))


def run(lms_command, *args, code=0):
    result = lms_command("files", *args)
    assert result.exit_code == code, result.output
    return result.output


def test_loose_bytes_go_and_all_else_stays(uploader, lms_command, loose, keys):
    uploader.hand_in(("kaart.pdf", PDF))
    kept = uploader.files()[0]
    old, young = loose(), loose(timedelta(hours=20))
    said = run(lms_command, "sweep", "--dry-run")
    assert "1 files that no row knows would go" in said and old in said
    assert len(keys()) == 3
    said = run(lms_command, "sweep")
    assert "1 files that no row knows removed" in said and "1 files without a row are younger than a day" in said
    assert keys() == sorted([kept.key, young])
    assert uploader.download(kept).data == PDF
    assert "0 files that no row knows removed" in run(lms_command, "sweep")


def test_what_a_killed_process_left_half_written(uploader, lms_command, folder):
    uploader.hand_in(("kaart.pdf", PDF))
    key = uploader.files()[0].key
    old, young = folder / f"{key[:2]}/{'a' * 40}#1", folder / f"{key[:2]}/{'b' * 40}#12"
    for path in (old, young):
        path.write_bytes(b"half")
    set_age(old, OLD)
    run(lms_command, "sweep")
    assert not old.exists() and young.exists() and (folder / key).exists()


def test_what_is_not_ours_is_left_alone(uploader, lms_command, folder):
    uploader.hand_in(("kaart.pdf", PDF))
    strange = folder / "Foto's van mij.jpg"
    strange.write_bytes(b"x")
    set_age(strange, OLD)
    assert "1 files are none of Leerplein's and are left alone, such as" in run(lms_command, "sweep")
    assert strange.exists()


def test_another_sites_files_are_not_swept(lms_command, loose, keys):
    """With the wrong database, or in another's bucket, everything looks loose."""
    loose()
    said = run(lms_command, "sweep", code=1)
    assert "None of the 1 files in file://" in said and "repeat with --force" in said and len(keys()) == 1
    assert "would go" in run(lms_command, "sweep", "--dry-run")
    run(lms_command, "sweep", "--force")
    assert not keys()


def test_rows_that_lost_their_bytes_are_told(uploader, lms_command, folder):
    uploader.hand_in(("kaart.pdf", PDF), ("foto.pdf", PDF + b"%"), ("plan.pdf", PDF + b"%%"))
    gone, short, changed = uploader.files()
    (folder / gone.key).unlink()
    (folder / short.key).write_bytes(PDF)
    (folder / changed.key).write_bytes(PDF + b"!!")
    for command, code in (("sweep", 0), ("check", 1)):
        said = run(lms_command, command, code=code)
        assert f"file {gone.id} of person {uploader.person.id} ({gone.key}): has lost its bytes" in said
        assert f"({short.key}): has another size than it had" in said
        assert changed.key not in said and "kaart" not in said
    said = run(lms_command, "check", "--read", code=1)
    assert f"({changed.key}): is not what it was when it was added" in said
    assert db.session.query(StoredFile).count() == 3, "no row is removed"
    answer = uploader.download(gone)
    assert answer.status_code == 410
    assert "De inhoud van dit bestand is er niet meer. Vraag uw beheerder ernaar." in answer.get_data(as_text=True)


def test_all_is_well(uploader, lms_command, keys):
    uploader.hand_in(("kaart.pdf", PDF), ("groot.pdf", PDF + bytes(2_000_000)))
    before = keys()
    said = run(lms_command, "check", "--read")
    assert "files can be stored and read" in said and "2 rows, 2 files, 2.0 MB" in said
    assert keys() == before, "what the check tries out is gone again"


def test_a_place_that_cannot_be_written(make_app, lms_command, tmp_path):
    (tmp_path / "bezet").write_text("a file where a folder should be")
    site = make_app(FILES_URL=(tmp_path / "bezet" / "files").as_uri())
    result = lms_command("files", "check", site=site)
    assert result.exit_code == 1 and "refuses: " in result.output and "Traceback" not in result.output


def test_a_bucket_is_swept_too(make_app, lms_command, bucket):
    site = make_app(FILES_URL=bucket.url)
    with site.app_context():
        old, young = store.put(open_bytes(PDF)), store.put(open_bytes(PDF))
    bucket.objects[f"een/site/{old}"].at -= OLD
    bucket.objects["een/ander"] = bucket.objects[f"een/site/{old}"]
    result = lms_command("files", "sweep", "--force", site=site)
    assert result.exit_code == 0 and "1 files that no row knows removed" in result.output
    assert set(bucket.objects) == {f"een/site/{young}", "een/ander"}
    bucket.refusal = 403
    result = lms_command("files", "check", site=site)
    assert result.exit_code == 1 and "refuses: " in result.output and "403 Forbidden" in result.output
