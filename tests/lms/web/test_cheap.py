"""What is remembered to make pages cheap gives the same as what it takes the place of."""

from datetime import date

import pytest
from flask import render_template_string, url_for
from itsdangerous import BadSignature

from lms import drawings
from lms.i18n import format_date

ROW = (
    "{% macro row(title, done) %}<li>{{ title }}{{ ' klaar' if done }}</li>{% endmacro %}"
    "{{ drawn_once(row, title, done) }}"
)


@pytest.fixture
def request_of(app):
    with app.test_request_context("/"):
        yield app


def test_a_drawing_is_made_once_for_the_same_values(request_of):
    assert render_template_string(ROW, title="<Les> 1", done=False) == "<li>&lt;Les&gt; 1</li>"
    assert render_template_string(ROW, title="<Les> 1", done=True) == "<li>&lt;Les&gt; 1 klaar</li>"
    assert len(request_of.extensions["lms.drawn"]) == 2
    render_template_string(ROW, title="<Les> 1", done=True)
    assert len(request_of.extensions["lms.drawn"]) == 2


def test_drawings_do_not_pile_up(request_of, monkeypatch):
    monkeypatch.setattr("lms.templating.MOST_DRAWN", 3)
    for number in range(10):
        assert render_template_string(ROW, title=f"Les {number}", done=False) == f"<li>Les {number}</li>"
        assert len(request_of.extensions["lms.drawn"]) <= 3


def test_a_book_is_safe_and_stands_beside_the_one_before():
    books = [
        {"state": "done", "minutes": 45, "title": "<b>Een</b>", "number": "1"},
        {"state": "now", "minutes": 0, "title": "Twee", "number": ""},
        {"state": "todo", "minutes": 900, "title": "Drie", "number": "3"},
    ]
    drawn = drawings.draw_books(books)
    assert "<title>1 &lt;b&gt;Een&lt;/b&gt;</title>" in drawn
    assert 'class="bk bk-done" x="2"' in drawn and 'width="25"' in drawn
    assert '<path class="bk-ribbon"' in drawn and ">2</text>" in drawn
    assert 'class="bk" x="51"' in drawn and 'width="50"' in drawn
    assert drawn.startswith('<svg width="104" ')


def test_an_address_is_found_again_whoever_asks(request_of):
    for _again in range(2):
        assert url_for("core.runs.activity", run_id=3, slug="les") == "/runs/3/les"
        assert request_of.url_for("core.runs.activity", run_id=3, slug="les") == "/runs/3/les"
        assert url_for("core.runs.activity", run_id=3, slug="les", _anchor="kop") == "/runs/3/les#kop"
        assert url_for("core.runs.activity", run_id=3, slug="les", _external=True) == "http://localhost/runs/3/les"
    assert len([key for key in request_of._links if key[1] == "core.runs.activity"]) == 1


def test_dates_in_words(app):
    assert [format_date(date(2026, 3, 1), form) for form in ("d MMMM", "EEEE d MMMM yyyy")] == [
        "1 maart",
        "zondag 1 maart 2026",
    ]


def test_another_secret_signs_otherwise(app):
    cookies = app.session_interface
    first = cookies.get_signing_serializer(app)
    assert cookies.get_signing_serializer(app) is first
    signed = first.dumps({"a": 1})
    app.secret_key = "another-secret-for-the-same-app"
    second = cookies.get_signing_serializer(app)
    with pytest.raises(BadSignature):
        second.loads(signed)
    app.config["SECRET_KEY_FALLBACKS"] = [first.secret_keys[0]]
    assert cookies.get_signing_serializer(app).loads(signed) == {"a": 1}
