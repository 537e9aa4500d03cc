"""A backup of a site that people are working in: one moment, nobody held up, nothing out of step."""

import contextvars
import os
import threading

import pytest
import sqlalchemy as sa

from lms.assignments.models import Submission, Version, version_file
from lms.backup import services
from lms.db import db
from lms.files import services as files
from lms.files import store
from lms.files.models import StoredFile
from lms.notifications.models import Mail
from lms.testing import Make

from .conftest import PDF, hand_in

pytestmark = pytest.mark.slow  # others write meanwhile, in processes of their own

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def busy(request, make_site, archive):
    """A site full of data, to work in."""
    site = make_site(request.param)
    site.run("restore", archive)
    return site


def elsewhere(site, work):
    """Do some work in the site as another process would, and commit it."""

    def run():
        with site.app.app_context():
            work()
            db.session.commit()

    failed = []
    thread = threading.Thread(target=lambda: failed.extend(_outcome(run)))
    thread.start()
    thread.join()
    assert not failed, failed


def _outcome(run):
    try:
        contextvars.Context().run(run)
    except Exception as error:
        yield error


def back_up(site, path, at, work):
    """Make a backup, and do some work elsewhere when it has come to ``at``: «tables» or «files»."""
    told = []

    def tell(what, done, total):
        if what == at and what not in told:
            elsewhere(site, work)
        told.append(what)

    with site.app.app_context():
        made = services.back_up(path, tell=tell)
    assert at in told
    return made


def test_others_write_meanwhile_and_it_is_one_moment(busy, make_site, tmp_path):
    before = busy.rows()
    back_up(busy, tmp_path / "b.zip", "tables", lambda: Make().run(participants=5))
    assert busy.rows() != before
    target = make_site()
    target.run("restore", tmp_path / "b.zip")
    assert target.rows() == before


def first_file():
    return db.session.scalar(sa.select(StoredFile).order_by(StoredFile.id))


def test_a_file_that_is_removed_meanwhile(busy, make_site, tmp_path):
    with busy.app.app_context():
        stored = first_file()
        key, file_id = stored.key, stored.id

    def remove():
        db.session.execute(version_file.delete().where(version_file.c.file_id == file_id))
        files.forget(db.session.get(StoredFile, file_id))
        store.delete(key)

    made = back_up(busy, tmp_path / "b.zip", "tables", remove)
    assert made.problems == (f"File {key} was removed while the backup was made; its row is in the backup, its bytes "
                             "are not.",)  # fmt: skip
    assert made.manifest.missing == (key,)
    target = make_site()
    assert "1 files were missing" in target.run("restore", tmp_path / "b.zip")
    with target.app.app_context():
        assert first_file().key == key
    assert key not in target.files()


def test_a_file_that_goes_between_list_and_copy(busy, tmp_path):
    with busy.app.app_context():
        last = sorted(store.keys())[-1]
    made = back_up(busy, tmp_path / "b.zip", "files", lambda: store.delete(last))
    assert made.manifest.missing == (last,) and last not in {part.key for part in made.manifest.files}


def test_a_file_that_is_missing_or_has_changed(busy, tmp_path):
    with busy.app.app_context():
        keys = sorted(store.keys())
    (busy.folder / "files" / keys[0]).unlink()
    (busy.folder / "files" / keys[1]).write_bytes(b"not what it was")
    (busy.folder / "files" / "Foto's van mij.jpg").write_bytes(b"?")
    printed = busy.run("backup", tmp_path / "b.zip")
    assert f"Warning: File {keys[0]} is missing: a row names it" in printed
    assert f"Warning: File {keys[1]} is not what it was when it was handed in" in printed
    assert "'s van mij.jpg\" in the file store is none of Leerplein's and stays out." in printed
    assert "5 files" in printed


def test_forty_hand_ins_during_backups(busy, make_site, tmp_path):
    """Eight people hand in with files, again and again, while one backup after the other is made."""
    with busy.app.app_context():
        run = Make().run(participants=8)
        run_id, people = run.id, [person.id for person in Make().people(run)]
        db.session.commit()
    failed, started = [], threading.Barrier(len(people) + 1)

    def work(person_id):
        try:
            browser = busy.sign_in(person_id)
            started.wait()
            for number in range(1, 6):  # what was added stays in the draft: version 5 has five files
                hand_in(browser, run_id, f"Versie {number}", (f"{number}.pdf", PDF + os.urandom(2000)))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    started.wait()
    archives = []
    while any(thread.is_alive() for thread in threads):
        archives.append(tmp_path / f"{len(archives)}.zip")
        assert "Warning" not in busy.run("backup", archives[-1])
    for thread in threads:
        thread.join()
    assert not failed
    counts = []
    for number in sorted({0, len(archives) // 2, len(archives) - 1}):
        target = make_site(BACKENDS[number % 2])
        target.run("restore", archives[number])
        counts.append(check(target))
    assert counts == sorted(counts) and counts[-1] <= check(busy) == 40


def check(site):
    """Every hand-in is there as a whole: version, files, bytes and receipt; returns how many there are."""
    stored = site.files()
    with site.app.app_context():
        handed_in = db.session.execute(
            sa.select(Version.id, Version.submission_id, Version.number)
            .join(Submission)
            .where(Version.text.startswith("Versie "))
            .order_by(Version.submission_id, Version.number)
        ).all()
        files_of = {}
        for version_id, key, sha256 in db.session.execute(
            sa.select(version_file.c.version_id, StoredFile.key, StoredFile.sha256).join(
                StoredFile, StoredFile.id == version_file.c.file_id
            )
        ):
            assert stored[key] == sha256
            files_of[version_id] = files_of.get(version_id, 0) + 1
        numbers = {}
        for version_id, submission_id, number in handed_in:
            numbers.setdefault(submission_id, []).append(number)
            assert files_of[version_id] == number
        assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
        receipts = db.session.scalar(sa.select(sa.func.count(Mail.id)).where(Mail.kind == "receipt"))
        assert receipts == db.session.scalar(sa.select(sa.func.count(Version.id)))
    return len(handed_in)
