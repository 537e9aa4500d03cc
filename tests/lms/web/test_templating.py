"""What was made cheap for templates gives what it gave before."""

import pytest
from flask import url_for
from jinja2 import Environment

from lms.templating import icon_drawer


@pytest.fixture
def render(app):
    """``render("{{ … }}", name=…)`` as a page would."""

    def render(text, **values):
        with app.test_request_context("/"):
            return app.jinja_env.from_string(text).render(**values)

    return render


def test_words_are_filled_in_and_escaped(render):
    assert render("{{ _('Dag %(name)s', name=name) }}", name="<b>Noor</b>") == "Dag &lt;b&gt;Noor&lt;/b&gt;"
    assert render("{{ _('100%%') }}") == "100%"
    assert render("{{ _('<b>%(n)d</b>', n=3) }}") == "<b>3</b>"
    assert render("{{ ngettext('%(num)s les', '%(num)s lessen', 1) }}") == "1 les"
    assert render("{{ ngettext('%(num)d les', '%(num)d lessen', 2) }}") == "2 lessen"
    assert render("{{ gettext('Dag') }}") == "Dag"


def test_text_that_is_not_html_is_left_as_it_is(app, render):
    name = "<Noor & co>"
    assert render("{% autoescape false %}{{ _('Dag %(name)s', name=name) }}{% endautoescape %}", name=name) == (
        "Dag <Noor & co>"
    )


def test_an_address_is_the_same_the_second_time(app):
    for _number in range(2):
        with app.test_request_context("/"):
            assert url_for("core.runs.run", run_id=7) == "/runs/7/"
            assert url_for("core.runs.run", run_id=7, page=2) == "/runs/7/?page=2"
            assert url_for("core.runs.run", run_id=7, _anchor="weken") == "/runs/7/#weken"
            assert url_for("core.runs.run", run_id="7") == "/runs/7/"


def test_a_whole_address_has_the_host_of_this_request(app):
    for host in ("a.example", "b.example"):
        with app.test_request_context("/", base_url=f"https://{host}"):
            assert url_for("core.runs.mine", _external=True) == f"https://{host}/courses/"
            assert url_for("core.runs.mine", _external=1) == f"https://{host}/courses/"
            assert url_for("core.runs.mine", _scheme="https") == f"https://{host}/courses/"


def test_a_site_under_a_path_has_it_in_its_addresses(app):
    for path in ("", "/leren", ""):
        with app.test_request_context("/", base_url=f"https://a.example{path}"):
            assert url_for("core.runs.mine") == f"{path}/courses/"


def test_what_is_remembered_has_an_end(app, monkeypatch):
    monkeypatch.setattr("lms.templating.MOST_LINKS", 10)
    with app.test_request_context("/"):
        for number in range(50):
            assert url_for("core.runs.run", run_id=number) == f"/runs/{number}/"
    assert len(app._links) <= 10


def test_an_icon_is_drawn_as_the_page_asks():
    icon = icon_drawer({"sun": "<path/>"}, {"day": "sun"}, "<circle/>")
    frame = '<svg class="lp-icon{}" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{}</svg>'
    assert icon("sun") == frame.format("", "<path/>")
    assert icon("day", "lp-tick") == frame.format(" lp-tick", "<path/>")
    assert icon("none of ours") == icon(None) == frame.format("", "<circle/>")
    assert icon("sun", '"><script>') == frame.format(" &#34;&gt;&lt;script&gt;", "<path/>")
    assert Environment(autoescape=True).from_string("{{ icon('sun') }}").render(icon=icon).startswith("<svg ")
