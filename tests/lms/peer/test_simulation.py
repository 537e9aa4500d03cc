"""The figures in docs/peer-feedback.md: the simulation still says what the page says, on fewer groups."""

from pathlib import Path

from bench import peer

DOCS = Path(__file__).parents[3] / "docs" / "peer-feedback.md"


def test_the_queue_leaves_fewer_short_than_a_fixed_allocation():
    outcomes = list(peer.simulate(runs=12, seed=1).values())
    queue, volunteers, opening, enrolled = outcomes
    assert queue.works == volunteers.works == opening.works == enrolled.works > 100
    assert volunteers.short <= queue.short < min(opening.short, enrolled.short)
    assert volunteers.missing <= queue.missing < min(opening.missing, enrolled.missing)


def test_the_page_has_every_rule_and_the_command():
    page = DOCS.read_text(encoding="utf-8")
    assert all(f"| {rule} |" in page for rule in peer.RULES)
    assert "python -m bench.peer" in page
