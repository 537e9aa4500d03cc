"""What cannot be done is said in one sentence, and changes nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import zipfile

import pytest

from lms.accounts.models import Person
from lms.db import db
from lms.testing import Make

pytestmark = pytest.mark.slow  # each makes, fills and restores places; test_round_trip is the quick relative

BACKENDS = ("sqlite", "postgresql")
COMMAND = "from lms.cli import main; main(prog_name='lms')"
LIMITED = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0})); " + COMMAND
MEASURED = (
    "import resource, sys; from lms.cli import main; main(prog_name='lms', standalone_mode=False); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == 'darwin' else 1024) // 1_000_000)"
)
# By way of a shell that waits: what Linux counts for a process begins with the size of the one that started it.
SHELL = ["sh", "-c", '"$@"; :', "sh"]


def process(site, program, *arguments, shell=()):
    """A process of its own with the command line of a site."""
    env = {"PATH": os.environ["PATH"], "LMS_INSTANCE": str(site.folder), "LMS_SECRET_KEY": "only-for-tests"}
    env["LMS_DATABASE_URL"] = site.address
    command = [*shell, sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def is_untouched(site):
    return site.tables() == [] and site.files() == {}


# --- making one ----------------------------------------------------------------------------------------------


def test_a_file_that_is_there_already(filled, tmp_path):
    path = tmp_path / "b.zip"
    path.write_text("mine")
    assert "exists already" in filled().run("backup", path, code=1)
    assert path.read_text() == "mine"
    filled().run("backup", path, "--force")
    assert zipfile.is_zipfile(path)


@pytest.mark.parametrize("place", ["", "not/there/b.zip", "x" * 300])
def test_a_place_where_nothing_can_be_written(filled, tmp_path, place):
    filled().run("backup", tmp_path / place, code=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_site_without_tables(make_site, tmp_path, backend):
    site = make_site(backend)
    assert "no tables yet" in site.run("backup", tmp_path / "b.zip", code=1)
    assert not (tmp_path / "b.zip").exists() and site.tables() == []


def test_a_full_disk(filled, tmp_path):
    """The system refuses to let a file grow beyond a megabyte."""
    path = tmp_path / "b.zip"
    path.write_text("the old one")
    done = process(filled(), LIMITED.format(1_000_000), "backup", path, "--force")
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 1
    # Before it, on a slow machine, stands how far it came.
    assert errors.splitlines()[-1] == f"Error: The backup {path} cannot be written: File too large."
    assert [found.name for found in tmp_path.iterdir()] == ["b.zip"] and path.read_text() == "the old one"


@pytest.fixture
def large(make_site, archive):
    """A site with a file of 120 MB (of nothing, which the disk does not have to hold)."""
    site = make_site()
    site.run("restore", archive)
    folder = site.folder / "files" / "00"
    folder.mkdir(exist_ok=True)
    with (folder / ("0" * 40)).open("wb") as file:
        file.truncate(120_000_000)
    return site


def test_a_backup_that_is_killed(large, tmp_path):
    path = tmp_path / "out" / "b.zip"
    path.parent.mkdir()
    running = process(large, COMMAND, "backup", path)
    while running.poll() is None and not any(part.stat().st_size > 10_000_000 for part in path.parent.iterdir()):
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.communicate(timeout=60)
    assert running.returncode == -signal.SIGKILL and not path.exists()
    large.run("backup", path)
    assert zipfile.is_zipfile(path)


def test_files_are_never_in_memory_as_a_whole(filled, large, make_site, archive, tmp_path):
    peaks = []  # in megabytes
    for site, arguments in (
        (filled(), ["backup", tmp_path / "small.zip"]),
        (large, ["backup", tmp_path / "large.zip"]),
        (make_site(), ["restore", archive]),
        (make_site(), ["restore", tmp_path / "large.zip"]),
    ):
        printed, _ = process(site, MEASURED, *arguments, shell=SHELL).communicate(timeout=120)
        peaks.append(int(printed.split()[-1]))
    assert peaks[1] - peaks[0] < 60 and peaks[3] - peaks[2] < 60, peaks


# --- putting one back ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_place_with_people(archive, make_site, backend):
    site = make_site(backend)
    site.initialise()
    with site.app.app_context():
        Make().person()
        db.session.commit()
    before = site.rows()
    assert "There are 1 people in this site" in site.run("restore", archive, code=1)
    assert site.rows() == before and site.files() == {}


def test_what_is_no_archive(filled, make_site, tmp_path):
    site = make_site()
    (tmp_path / "text.zip").write_text("Geachte heer, mevrouw")
    (tmp_path / "empty.zip").touch()
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as file:
        file.writestr("hello.txt", "hello")
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as file:
        file.writestr("manifest.json", "[1, 2]")
    for name in ("text", "empty", "other", "foreign"):
        assert "is damaged or is no backup" in site.run("restore", tmp_path / f"{name}.zip", code=1)
    assert "No such file" in site.run("restore", tmp_path / "absent.zip", code=1)
    assert "cannot be read" in site.run("restore", tmp_path, code=1)
    assert is_untouched(site)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.9, 0.99, 0.9999])
def test_an_archive_that_was_cut_off(archive, make_site, tmp_path, share):
    site, data = make_site(), archive.read_bytes()
    (tmp_path / "cut.zip").write_bytes(data[: int(len(data) * share)])
    assert "damaged" in site.run("restore", tmp_path / "cut.zip", code=1)
    assert is_untouched(site)


def test_any_byte_may_be_damaged(make_site, tmp_path):
    """Wherever a bit falls over, the archive is refused, or it was a bit that nobody reads."""
    source = make_site(PLUGINS=())
    source.initialise()
    with source.app.app_context():
        db.session.add(Person(name="Anna", email="anna@test.example"))
        db.session.commit()
    key = source.folder / "files" / "ab" / ("c" * 40)
    key.parent.mkdir(parents=True)
    key.write_bytes(b"bytes" * 100)
    source.run("backup", tmp_path / "b.zip")
    data, rows = (tmp_path / "b.zip").read_bytes(), source.rows()
    chance, site, refused = random.Random(7), make_site(PLUGINS=()), 0
    # All over the file, and every kind of byte of its table of contents, where a zip is most delicate.
    places = [*range(0, len(data), len(data) // 60), *range(len(data) - 150, len(data), 4)]
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << chance.randrange(8)
        (tmp_path / "damaged.zip").write_bytes(changed)
        try:
            site.run("restore", tmp_path / "damaged.zip", code=1)
        except AssertionError:
            assert site.rows() == rows and len(site.files()) == 1, place
            site = make_site(PLUGINS=())
        else:
            refused += 1
            assert is_untouched(site), place
    assert refused > len(places) / 2  # the rest are times and flags in the headers of the zip


def test_a_manifest_that_fills_the_memory(make_site, tmp_path):
    site, path = make_site(), tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("manifest.json", "{}")
    packed = bytearray(path.read_bytes())
    at = packed.index(b"PK\x01\x02") + 24  # where the table of contents says how large it is
    packed[at : at + 4] = (2**32 - 2).to_bytes(4, "little")
    path.write_bytes(packed)
    assert "its manifest is too large" in site.run("restore", path, code=1)
    assert is_untouched(site)


def test_another_format(changed, make_site):
    site = make_site()
    printed = site.run("restore", changed({}, format=2, version="9.9"), code=1)
    assert "has format 2" in printed and "Restore it with the version that made it: 9.9." in printed
    assert is_untouched(site)


def test_a_newer_revision(changed, make_site, filled):
    site = make_site()
    path = changed({}, revisions={**filled().revisions(), "core": "core_9999"})
    assert "'core' in this archive are at core_9999" in site.run("restore", path, code=1)
    assert is_untouched(site)


@pytest.mark.parametrize(
    "key", ["../evil", "/etc/evil", "a/../../evil", "..", "a//b", "C:\\evil", "a\0b", ".hidden", ""]
)
def test_no_name_leads_out_of_the_archive(changed, make_site, tmp_path, key):
    site = make_site()
    files = [{"key": key, "size": 4, "sha256": "0" * 64}]
    path = changed({f"files/{key}": lambda _: b"evil"}, files=files)
    assert "damaged" in site.run("restore", path, code=1)
    assert is_untouched(site) and not [*tmp_path.rglob("*evil*")]


@pytest.mark.parametrize("name", ["core_person; DROP TABLE x", "../x", 'core"person', "sqlite_master", ""])
def test_no_name_leads_into_a_statement(archive, changed, make_site, name):
    with zipfile.ZipFile(archive) as file:
        tables = json.loads(file.read("manifest.json"))["tables"]
    tables[0]["name"] = name
    site = make_site()
    with zipfile.ZipFile(changed({}), "a") as file:
        file.writestr(f"tables/{name}.jsonl", "")
        path = file.filename
    manifest = json.dumps({"tables": tables})
    assert name in json.loads(manifest)["tables"][0]["name"]
    site.run("restore", path, code=1)
    assert is_untouched(site)


def test_what_the_manifest_does_not_name(changed, make_site):
    site = make_site()
    assert "not those of its manifest" in site.run("restore", changed({"extra.txt": lambda _: b"x"}), code=1)
    assert "not those of its manifest" in site.run("restore", changed({}, secret=True), code=1)
    assert is_untouched(site)


def test_contents_that_are_not_what_was_written(archive, make_site, tmp_path):
    """Whole as a zip, and still not what the manifest says."""
    site = make_site()
    for start in ("tables/core_person", "files/"):
        with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "new.zip", "w") as new:
            victim = next(name for name in old.namelist() if name.startswith(start))
            for name in old.namelist():
                data = old.read(name)
                new.writestr(name, data[:-2] + b"!\n" if name == victim else data)
        printed = site.run("restore", tmp_path / "new.zip", code=1)
        assert f"{victim} has other contents" in printed or f"{victim} has another size" in printed
    assert is_untouched(site)


def test_a_manifest_of_the_wrong_shape(changed, make_site):
    site = make_site()
    for wrong in (
        {"tables": None},
        {"tables": [{"name": "core_person"}]},
        {"files": [[]]},
        {"files": "x"},
        {"revisions": {"core": 1}},
        {"revisions": {"core": "../x"}},
        {"missing": ["../x"]},
        {"secret": "yes"},
        {"version": None},
    ):
        assert "damaged" in site.run("restore", changed_or_raw(changed, wrong), code=1)
    assert is_untouched(site)


def changed_or_raw(changed, manifest):
    path = changed({})
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    described = {**json.loads(members["manifest.json"]), **manifest}
    members["manifest.json"] = json.dumps(described).encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, data in members.items():
            new.writestr(name, data)
    return path


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    ("member", "change", "sentence"),
    [
        ("tables/core_library.jsonl", lambda _: b"", "refer"),
        ("tables/core_person.jsonl", lambda rows: rows + rows.splitlines(True)[0], "do not fit this database"),
        ("tables/core_person.jsonl", lambda rows: rows + b"{}\n", "of 'core_person' has no 'id'"),
        ("tables/core_person.jsonl", lambda rows: rows + b"[1]\n", "of 'core_person' is not sound"),
        ("tables/core_person.jsonl", lambda rows: rows.replace(b'"created_at":"20', b'"created_at":"x'), "not sound"),
        ("tables/core_version_file.jsonl", lambda rows: rows.replace(b"1", b"99999999"), "refer"),
    ],
)
def test_rows_that_do_not_fit(changed, make_site, backend, member, change, sentence):
    """A restore that fails halfway leaves an empty place empty; PostgreSQL says it in its own words."""
    site = make_site(backend)
    printed = site.run("restore", changed({member: change}), code=1)
    if backend == "postgresql" and sentence == "refer":
        sentence = "foreign key"
    assert sentence in printed
    assert is_untouched(site)


def test_numbers_that_are_none(changed, make_site):
    """SQLite takes any text in a column of numbers, so a site on SQLite may have it; PostgreSQL does not."""
    site = make_site("postgresql")
    path = changed({"tables/core_run_day.jsonl": lambda rows: rows.replace(b'"number":1', b'"number":"een"')})
    assert "The rows of 'core_run_day' do not fit this database" in site.run("restore", path, code=1)
    assert is_untouched(site)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_initialised_place_keeps_what_it_had(changed, make_site, backend):
    site = make_site(backend)
    site.initialise()
    before = site.rows()
    site.run("restore", changed({"tables/core_library.jsonl": lambda _: b""}), code=1)
    assert site.rows() == before and site.files() == {}


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_full_disk_at_the_files(archive, make_site, backend):
    """No file may grow beyond a megabyte; some have been put back already."""
    site = make_site(backend)
    restore_on_a_full_disk(site, archive, 1_000_000, "The files cannot be put back: ")


def test_a_full_disk_at_the_very_end(archive, changed, make_site):
    """SQLite writes most of it when it commits."""
    with zipfile.ZipFile(archive) as file:
        files = [name for name in file.namelist() if name.startswith("files/")]
    path = changed(dict.fromkeys(files, lambda _: None), files=[])
    restore_on_a_full_disk(make_site(), path, 200_000, "The database refuses this: ")


def restore_on_a_full_disk(site, path, limit, sentence):
    done = process(site, LIMITED.format(limit), "restore", path)
    _, errors = done.communicate(timeout=60)
    assert done.returncode == 1 and errors.splitlines()[-1].startswith(f"Error: {sentence}"), errors
    assert is_untouched(site)


def test_a_restore_that_was_killed_is_done_again(archive, filled, make_site):
    """It left files and no rows."""
    site = make_site()
    with zipfile.ZipFile(archive) as file:
        key = next(name for name in file.namelist() if name.startswith("files/"))
    left = site.folder / key
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    site.run("restore", archive)
    assert site.rows() == filled().rows() and site.files() == filled().files()


def test_a_half_made_demo_is_no_longer_one(archive, make_site):
    site = make_site()
    (site.folder / "demo-unfinished").touch()
    site.run("restore", archive)
    assert not (site.folder / "demo-unfinished").exists()
