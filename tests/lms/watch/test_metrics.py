"""The figures for Prometheus: who may read them, and what they say."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from lms import clock
from lms.db import db
from lms.jobs.models import Job

TOKEN = "a-long-token-for-figures"


@pytest.fixture
def site(make_app):
    return make_app(METRICS_TOKEN=TOKEN)


def figures(client, **headers):
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}", **headers})
    assert answer.status_code == 200
    return answer.text


def value(text, name):
    """The value of the one line that begins with this name and labels."""
    (found,) = re.findall(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found)


def test_no_such_page_without_a_token_in_the_settings(client):
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("given", [None, "", "Bearer", "Bearer wrong", f"Basic {TOKEN}", TOKEN, "Bearer \u00e9"])
def test_a_wrong_token_is_refused(site, given):
    headers = {} if given is None else {"Authorization": given.encode()}
    answer = site.test_client().get("/metrics", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert "leerplein_" not in answer.text


def test_requests_are_counted_by_endpoint_method_and_status(site):
    client = site.test_client()
    client.get("/over")
    client.get("/over")
    client.post("/over")
    client.get("/vandaag")
    client.get("/no/such/page")
    client.open("/over", method="BREW")
    text = figures(client)

    def counted(endpoint, method, status):
        return value(text, f'leerplein_requests_total{{endpoint="{endpoint}",method="{method}",status="{status}"}}')

    assert counted("core.site.about", "GET", 200) == 2
    assert counted("core.today.index", "GET", 302) == 1
    assert counted("none", "POST", 405) == 1
    assert counted("none", "GET", 404) == 1
    assert counted("none", "other", 405) == 1
    assert value(text, 'leerplein_request_seconds_count{endpoint="core.site.about"}') == 2
    assert value(text, 'leerplein_request_seconds_bucket{endpoint="core.site.about",le="+Inf"}') == 2


def test_jobs_and_database(site):
    with site.app_context():
        late = clock.now() - timedelta(minutes=5)
        db.session.add_all(
            [
                Job(kind="core.mail", due_at=late),
                Job(kind="core.mail", due_at=clock.now() + timedelta(hours=1)),
                Job(kind="core.mail", state="failed", due_at=late),
                Job(kind="core.mail", state="done", due_at=late),
            ]
        )
        text = figures(site.test_client())
    assert value(text, "leerplein_jobs_waiting") == 2
    assert value(text, "leerplein_jobs_failed") == 1
    assert 300 <= value(text, "leerplein_jobs_oldest_seconds") < 320
    assert value(text, "leerplein_database_up") == 1


def test_an_empty_queue_is_not_late(site):
    text = figures(site.test_client())
    assert value(text, "leerplein_jobs_oldest_seconds") == 0
    assert value(text, "leerplein_jobs_waiting") == 0


def test_a_database_that_is_away(make_app, tmp_path):
    site = make_app(METRICS_TOKEN=TOKEN, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/none/none.sqlite")
    with site.app_context(), pytest.raises(OperationalError):
        db.session.execute(db.text("SELECT 1"))
    text = figures(site.test_client())
    assert value(text, "leerplein_database_up") == 0
    assert "leerplein_jobs_waiting" not in text
