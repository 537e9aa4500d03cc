"""The command line explains itself, and says in one sentence why it does not start."""

import click
import pytest
from click.testing import CliRunner

from lms.cli import main


def tree(command, path=()):
    """Every command and group under this one, with the words that lead to it."""
    yield path, command
    if isinstance(command, click.Group):
        for name, sub in sorted(command.commands.items()):
            yield from tree(sub, (*path, name))


COMMANDS = dict(tree(main))


def lms(*command, **settings):
    return CliRunner().invoke(main, command, env={"LMS_SECRET_KEY": "only-for-tests", **settings})


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_it_explains_itself(path):
    command = COMMANDS[path]
    assert len((command.help or "").split()) > 3, "say what it does in its docstring"
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, f"say what {option.opts[0]} does"
    done = lms(*path, "--help")
    assert done.exit_code == 0, done.output
    assert " ".join(command.help.split())[:40] in " ".join(done.output.split())


def test_the_names_that_stay_are_there():
    for path in ("init", "user add", "run add", "runs", "plugins", "worker", "plugin new", "course check"):
        assert tuple(path.split()) in COMMANDS


def test_help_works_in_a_fresh_clone(checkout):
    done = checkout.run(".venv/bin/lms --help", LMS_SECRET_KEY="")
    assert done.returncode == 0
    for path in COMMANDS:
        assert not path or path[0] in done.stdout
    assert done.stderr.strip() == "Error: This site has no secret yet: run `lms init`, or set LMS_SECRET_KEY."


SENTENCE = "Plugin 'stuk' has no title; give it the name that people see."


@pytest.fixture
def broken(checkout):
    """A checkout with a plugin that breaks the contract."""
    folder = checkout.root / "plugins" / "stuk"
    folder.mkdir()
    (folder / "__init__.py").write_text(
        'from lms.api import Plugin\n\nplugin = Plugin(name="stuk", package=__name__, title="")\n'
    )
    return checkout


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (".venv/bin/lms plugins", 1),
        (".venv/bin/lms init", 1),
        (".venv/bin/python -c 'import wsgi'", 3),
        # With another code gunicorn would start the same worker again and again.
        (".venv/bin/gunicorn wsgi:app --bind 127.0.0.1:0 --workers 1 --no-control-socket --log-level critical", 3),
    ],
)
def test_a_broken_plugin_stops_the_start_with_one_sentence(broken, command, code):
    done = broken.run(f"timeout 60 {command}")
    assert done.returncode == code, done.stderr
    assert done.stderr.strip() == f"Error: {SENTENCE}"


def test_help_still_explains_when_a_plugin_is_broken(broken):
    done = broken.run(".venv/bin/lms --help")
    assert done.returncode == 0
    assert "Make an empty site" in done.stdout
    assert done.stderr.strip() == f"Error: {SENTENCE}"
