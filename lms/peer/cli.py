"""``lms peer plan``: who reads whose work in a run, for a trainer's desk or another program."""

import json

import click
from flask.cli import with_appcontext

from ..db import db, read_first
from ..runs.models import Run
from . import ahead


@click.group("peer")
def group() -> None:
    """Peer feedback between the participants of a run."""


@group.command("plan")
@click.argument("run_id", metavar="RUN", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print one object instead of text; people by their enrolment.")
@with_appcontext
def plan(run_id: int, as_json: bool) -> None:
    """Print the plan of every round of RUN (its id, see `lms runs`), and what cannot be kept."""
    read_first()
    run = db.session.get(Run, run_id)
    if run is None:
        raise click.ClickException(f"There is no run {run_id}; `lms runs` lists them.")
    planned = ahead.of_run(run)
    if as_json:
        click.echo(json.dumps(_data(planned), ensure_ascii=False, indent=1))
        return
    for one in planned.rounds:
        click.echo(f"{one.assignment}: {'under way' if one.opened else 'planned'}, {len(one.pairs)} reviews")
        for reviewer, author in one.pairs:
            click.echo(f"  {reviewer} reads {author}")
    for broken in planned.not_kept:
        click.echo(f"Not kept in {broken.assignment}: {broken.sentence}")


def _data(planned: ahead.RunPlan) -> dict[str, object]:
    return {
        "rounds": [
            {
                "assignment": one.assignment,
                "opened": one.opened,
                "pairs": [{"reviewer": reviewer, "author": author} for reviewer, author in one.pairs],
            }
            for one in planned.rounds
        ],
        "not_kept": [
            {"assignment": one.assignment, "kind": one.kind, "enrolments": one.enrolments, "sentence": one.sentence}
            for one in planned.not_kept
        ],
    }
