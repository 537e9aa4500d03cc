"""Whatever stands in the files, checking and loading end in sentences, never in a traceback."""

import shutil

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lms.courses.checks import check_folder
from lms.courses.loader import ContentError, load_folder
from lms.db import db

FILES = ["course.toml", "1-beginnen/eerste-les.md", "1-beginnen/opdracht.md", "2-eindigen/vragen.md"]
SOME = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PIECES = st.one_of(
    st.binary(max_size=30),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            b"---\n",
            b"- ",
            b": ",
            b"{",
            b"[",
            b'"',
            b"'",
            b"&a ",
            b"*a ",
            b"!!",
            b"\n",
            b"  ",
            b"|\n",
            b">\n",
            b"? ",
            b"#",
            b"%YAML 9",
            b"\\u",
            b"\\UFFFFFFFF",
            b"\xff\xfe",
            b"\r",
            b"\x00",
            b"\t",
            b"[[days]]\n",
            b"99999999999999999999",
            b"-1",
            b"true",
            b"null",
            b"1e999",
            b".nan",
            b"2026-01-01",
            b"<<: ",
        ]
    ),
)


def look(folder):
    """Check the folder and, if it is right, load it; every finding is one line with a file and a number."""
    _course, report = check_folder(folder)
    for line in report.lines():
        line.encode()
        assert "\n" not in line
        assert int(line.removeprefix(str(folder)).split(":")[1]) >= 1
    try:
        load_folder(folder)
    except ContentError:
        assert report.errors
    finally:
        db.session.rollback()


@pytest.mark.parametrize("file", FILES)
@given(content=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=20).map(b"".join)))
@example(content=b"\\" * 3)
@SOME
def test_any_bytes_as_a_file(app, text, file, content):
    (text.folder / file).write_bytes(content)
    look(text.folder)


@pytest.mark.parametrize("file", FILES)
@given(data=st.data())
@SOME
def test_a_right_file_with_something_thrown_in(app, text, file, data):
    original = text.folder.with_name("original")
    if not original.exists():
        shutil.copytree(text.folder, original)
    whole = (original / file).read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 10)))
    piece = b"".join(data.draw(st.lists(PIECES, min_size=1, max_size=3)))
    (text.folder / file).write_bytes(whole[:start] + piece + whole[end:])
    look(text.folder)
