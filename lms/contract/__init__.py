"""The contract: what a plugin must keep to, each rule with one sentence that says what to change.

The registry calls these before it mounts anything. docs/plugins.md has the table of sentences, and
tests/lms/plugins/test_contract.py provokes each of them.
"""

from ..errors import ContractError
from ..plugins import AREAS, Plugin
from .coursework import check_activity_types, check_exchanges, check_worksheets
from .coursework import check_handed_out as check_handed_out
from .coursework import check_offers as check_offers
from .coursework import check_sources as check_sources
from .data import check_files, check_personal_data, check_tables
from .data import tables_of as tables_of
from .names import NAME as NAME
from .names import RUN_SCOPE, check_name, check_prefixes, check_twice
from .names import check_accounts as check_accounts
from .names import check_names as check_names
from .names import check_together as check_together
from .pages import check_endpoints as check_endpoints
from .shapes import check_types


def check_alone(plugin: Plugin) -> None:
    """Refuse a plugin that is wrong by itself, whatever else is there."""
    check_types(plugin)
    check_name(plugin)
    check_prefixes(plugin)
    check_twice(plugin)
    check_tables(plugin)
    check_personal_data(plugin)
    check_activity_types(plugin)
    check_exchanges(plugin)
    check_worksheets(plugin)
    check_files(plugin)
    for item in plugin.nav:
        if item.area not in AREAS:
            raise ContractError(
                f"Plugin {plugin.name!r}: area {item.area!r} is no colour; choose slate, ochre or brick."
            )
    for role in plugin.roles:
        if role.scope == RUN_SCOPE and plugin.name != "core":
            raise ContractError(
                f"Plugin {plugin.name!r}: role {role.key!r} has the scope 'run', which is for participant and trainer "
                "only; choose 'site' or 'library'."
            )
