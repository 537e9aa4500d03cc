"""What comes out of ``lms.api`` is asked for by the person who may see it, and of whom it is not gets 404."""

import inspect

import pytest

from lms import api
from lms.api import NotFound, load_run, load_visit, worksheets
from lms.runs.models import TRAINER

HOUSE = {"people_with_role"}
"""By a number without a person: who coaches a library, for a message to them."""


def functions():
    """Every function of the door, also those of the modules in it, with its parameters."""
    for name in api.__all__:
        found = getattr(api, name)
        inside = vars(found).items() if inspect.ismodule(found) else [(name, found)]
        for key, function in inside:
            if not inspect.isfunction(function) or key.startswith("_"):
                continue
            if not inspect.ismodule(found) or function.__module__ == found.__name__:
                yield key, list(inspect.signature(function).parameters)


def test_nothing_is_had_by_a_number_alone():
    found = list(functions())
    assert len(found) > 25
    wrong = [
        f"{name}({', '.join(wants)})"
        for name, wants in found
        if name not in HOUSE and any(want.endswith("_id") for want in wants) and wants[0] != "person"
    ]
    assert not wrong, "these give somebody's rows to whoever knows a number; let them take the person first"


def test_what_is_not_theirs_is_not_there(app, make):
    course = make.course(activities={"opdracht": "core.assignment"})
    run, other = make.run(course, participants=1), make.run(course, participants=0)
    noor, stranger = make.people(run)[0], make.person()
    trainer = make.people(run, TRAINER)[0]
    ways = (
        lambda person, run_id: load_run(person, run_id),
        lambda person, run_id: load_visit(person, run_id, "opdracht"),
        lambda person, run_id: worksheets.kept(person, run_id),
    )
    with app.test_request_context():
        for way in ways:
            way(noor, run.id)
            way(trainer, run.id)
            for person, run_id in ((stranger, run.id), (noor, other.id), (trainer, other.id), (noor, 999)):
                with pytest.raises(NotFound):
                    way(person, run_id)
        assert worksheets.kept(trainer, run.id) == {}
        with pytest.raises(NotFound):
            load_run(noor, run.id, trainer=True)
        with pytest.raises(NotFound):
            load_run(trainer, run.id, admin=True)
