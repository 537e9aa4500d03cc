"""security.txt (RFC 9116) comes from the settings; without them there is none."""

import logging

import pytest

from lms.errors import ConfigError

PATH = "/.well-known/security.txt"
SET = {"SECURITY_CONTACT": "veilig@bieb.example", "SECURITY_EXPIRES": "2099-01-31", "BASE_URL": "https://leer.example"}


def test_it_says_whom_to_tell(make_app):
    answer = make_app(plugins=[], **SET).test_client().get(PATH)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.splitlines() == [
        "Contact: mailto:veilig@bieb.example",
        "Expires: 2099-01-31T00:00:00Z",
        "Preferred-Languages: nl, en",
        "Canonical: https://leer.example/.well-known/security.txt",
    ]


@pytest.mark.parametrize(
    ("given", "lines"),
    [
        ("https://bieb.example/veilig", ["Contact: https://bieb.example/veilig"]),
        ("a@b.nl, tel:+31-20-1234567", ["Contact: mailto:a@b.nl", "Contact: tel:+31-20-1234567"]),
        ("a@b.nl\nExpires: 2000-01-01", None),
    ],
)
def test_contacts_are_addresses(make_app, given, lines):
    text = make_app(plugins=[], **{**SET, "SECURITY_CONTACT": given}).test_client().get(PATH).text
    if lines is None:
        assert text.count("\nExpires:") == 1
    else:
        assert [line for line in text.splitlines() if line.startswith("Contact")] == lines


@pytest.mark.parametrize(
    ("given", "shown"),
    [("2099-01-31T12:00:00+01:00", "2099-01-31T11:00:00Z"), ("2099-01-31T12:00:00", "2099-01-31T12:00:00Z")],
)
def test_a_moment_is_shown_in_utc(make_app, given, shown):
    text = make_app(plugins=[], **{**SET, "SECURITY_EXPIRES": given}).test_client().get(PATH).text
    assert f"Expires: {shown}\n" in text


@pytest.mark.parametrize("missing", ["SECURITY_CONTACT", "SECURITY_EXPIRES", None])
def test_without_settings_there_is_none(make_app, caplog, missing):
    settings = {} if missing is None else {**SET, missing: " "}
    with caplog.at_level(logging.WARNING):
        assert make_app(plugins=[], **settings).test_client().get(PATH).status_code == 404
    assert bool(caplog.messages) == (missing is not None), "half a setting is told at the start"


def test_a_date_that_is_past_is_told_at_the_start(make_app, caplog):
    with caplog.at_level(logging.WARNING):
        make_app(plugins=[], **SET)
        assert not caplog.messages
        app = make_app(plugins=[], **{**SET, "SECURITY_EXPIRES": "2020-01-31"})
    assert caplog.messages == [
        "security.txt expired on 2020-01-31; set LMS_SECURITY_EXPIRES to a later date."
    ]  # fmt: skip
    assert app.test_client().get(PATH).status_code == 200


@pytest.mark.parametrize("given", ["morgen", "2099-02-30", "31-01-2099"])
def test_a_date_that_is_none_stops_the_start(make_app, given):
    with pytest.raises(ConfigError, match="LMS_SECURITY_EXPIRES is no date"):
        make_app(plugins=[], **{**SET, "SECURITY_EXPIRES": given})
