"""The bench measures each page that it promises, and compares what it should."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import event

from bench import load, report

ROOT = Path(__file__).resolve().parents[1]


HEAVY = pytest.mark.exhaustive  # three apps and a generator of load, in processes of their own


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """A bench of two small runs, a moment for each page: its JSON and its table."""
    file = tmp_path_factory.mktemp("bench") / "figures.json"
    command = [sys.executable, "-m", "bench", "--quick", "--seconds", "0.05", "--sizes", "2,6", "--json", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(file.read_text()), done.stdout


@HEAVY
def test_every_page_is_measured_at_both_sizes(figures):
    result, table = figures
    assert [page["size"] for page in result["pages"]] == [2, 6] * (len(result["pages"]) // 2)
    names = {page["name"] for page in result["pages"]}
    assert {"sign in", "«Vandaag»", "course page", "lesson", "assignment", "hand in", "trainer's list"} <= names
    assert 500 < result["bare_calls"] < 5000
    for page in result["pages"]:
        assert page["failed"] == 0, page
        assert page["calls"] > result["bare_calls"]
        assert page["queries"] <= 30, page
        for connections in ("1", "8"):
            seen = page[connections]
            assert seen["requests"] >= 1
            assert seen["per_second"] > 0
            assert 0 < seen["p50"] <= seen["p95"]
            assert seen["ratio"] > 0
        assert f"| {page['name']} |" in table


def test_the_yardstick_is_a_page_of_16_kb_with_a_session_and_one_query(app, make, sign_in, monkeypatch):
    person = make.person("Noor Visser")
    browser = sign_in(person)
    monkeypatch.setenv("LMS_SECRET_KEY", app.config["SECRET_KEY"])
    monkeypatch.setenv("LMS_DATABASE_URL", app.config["SQLALCHEMY_DATABASE_URI"])
    bare = importlib.import_module("bench.bare")
    yardstick = bare.create_app()
    client = yardstick.test_client()
    client.set_cookie("leerplein", browser.get_cookie("leerplein").value)
    statements = []
    with yardstick.app_context():
        event.listen(bare.db.engine, "before_cursor_execute", lambda *about: statements.append(about[2]))
        pages = [client.get("/") for _again in range(2)]
        bare.db.engine.dispose()
    assert all(16_000 <= len(page.data) <= 17_000 and "Welkom, Noor Visser." in page.text for page in pages)
    assert len(statements) == 2, "one for each"
    assert "Set-Cookie" not in pages[1].headers, "a cookie is not signed in vain"
    template = yardstick.jinja_env.get_template("page.html")
    assert template is yardstick.jinja_env.get_template("page.html"), "compiled once"


@HEAVY
def test_the_table_names_yardstick_and_noise(figures):
    result, table = figures
    bare = result["bare"]["1"]
    assert 16_000 <= bare["bytes"] <= 17_000
    assert bare["times"] == 2 * len(result["pages"]), "before and after each page"
    assert "Noise at 1:" in table
    assert result["machine"]["processor"] in table


@HEAVY
def test_queries_do_not_grow_with_the_run(figures):
    result, _table = figures
    counts = {}
    for page in result["pages"]:
        counts.setdefault(page["name"], set()).add(page["queries"])
    assert all(len(both) == 1 for both in counts.values()), counts


@HEAVY
def test_a_cold_page_counts_all_that_a_browser_fetches(figures):
    cold = figures[0]["cold"]
    kinds = {Path(address).suffix for address in cold["parts"]}
    assert {".css", ".js", ".svg", ".woff2"} <= kinds
    assert all(small for _length, small in cold["parts"].values())
    assert cold["gzip"] < cold["bytes"]


def test_the_table_shows_a_failed_page():
    seen = {"per_second": 10.0, "p50": 1.0, "p95": 2.0, "ratio": 0.5, "cpu_ratio": 0.25}
    page = {
        "name": "lesson",
        "size": 3,
        "failed": 7,
        "queries": 4,
        "bytes": 2000,
        "gzip": 500,
        "calls": 80,
        "1": seen,
        "8": seen,
    }
    result = {
        "when": "today", "machine": {"processor": "x", "cores": 1, "load": 0, "python": "3"}, "database": "sqlite",
        "seconds": 1, "server": "s", "bare": {}, "bare_calls": 20, "pages": [page],
        "cold": {"page": "/", "requests": 1, "bytes": 1, "gzip": 1},
    }  # fmt: skip
    assert "| lesson (7 failed) | 3 | 4 | 2.0 | 0.5 | 80 | 25% | 10 | 1.0 | 2.0 | 50% | 25% |" in report.table(result)


def test_the_middle_and_the_slow_end():
    assert load.at([1.0, 2.0, 3.0, 4.0], 0.5) == 3.0
    assert load.at([1.0, 2.0, 3.0, 4.0], 1.0) == 4.0
    assert load.at([], 0.5) == 0.0
