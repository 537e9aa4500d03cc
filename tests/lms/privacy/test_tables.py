"""Every table of the core that refers to somebody is thought of: a new one fails here until it is."""

from lms.db import Base
from lms.privacy.holdings import export

GOES, STAYS = "goes", "stays without the name"
FATE = {
    "core_absence": GOES,
    "core_announcement": STAYS,
    "core_assessment": STAYS,  # the trainer's; of the participant's own work it goes with the work
    "core_audit": STAYS,
    "core_draft": GOES,
    "core_enrolment": GOES,
    "core_file": GOES,
    "core_mail": GOES,
    "core_notice": GOES,
    "core_peer_apart": GOES,
    "core_peer_exemption": GOES,
    "core_peer_review": GOES,  # with the author's work; what one gave to others stays, see tests/lms/peer
    "core_peer_shortfall": GOES,
    "core_progress": GOES,
    "core_role_grant": GOES,
    "core_submission": GOES,
    "core_taking": STAYS,
    "core_waiting": GOES,
}
"""What happens to the rows of a person, for the tables that refer to one or to an enrolment."""


def referring():
    for table in Base.metadata.tables.values():
        for key in table.foreign_keys:
            if table.name.startswith("core_") and key.target_fullname in {"core_person.id", "core_enrolment.id"}:
                yield table.name, key


def test_each_table_has_a_fate():
    assert {name for name, _key in referring()} == set(FATE)


def test_the_fate_is_what_the_database_does():
    for name, key in referring():
        if FATE[name] == STAYS:
            assert key.ondelete == "SET NULL", name
            assert key.parent.nullable, name


def test_each_kind_of_holding_has_a_name_of_its_own(app, make):
    held = list(export(make.person()))
    assert len({holding.key for holding in held}) == len({str(holding.label) for holding in held}) == len(held)
