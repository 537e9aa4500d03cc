"""Names begin with their plugin, are given once, and name what some plugin declares."""

import inspect
import re
from collections.abc import Iterable, Mapping

from ..errors import ContractError
from ..plugins import API, DemoAccount, Event, Listener, Permission, Plugin, Role
from .data import tables_of

NAME = re.compile(r"[a-z][a-z0-9_]*")
RUN_SCOPE = "run"


def check_name(plugin: Plugin) -> None:
    """Refuse a plugin whose own name, title or version does not do."""
    name = plugin.name
    if not NAME.fullmatch(name):
        raise ContractError(
            f"Plugin {name!r}: a name begins with a small letter and has small letters, digits and _ only; rename it."
        )
    if not plugin.title:
        raise ContractError(f"Plugin {name!r} has no title; give it the name that people see.")
    if plugin.api != API:
        raise ContractError(
            f"Plugin {name!r} is written for contract {plugin.api}, this is {API}; take the version that fits."
        )
    if plugin.blueprint is not None and plugin.blueprint.name != name:
        raise ContractError(
            f"Plugin {name!r} has a blueprint named {plugin.blueprint.name!r}; give it the name of the plugin."
        )


def _keys(plugin: Plugin) -> list[tuple[str, list[str]]]:
    return [
        ("permission", [p.name for p in plugin.permissions]),
        ("role", [r.key for r in plugin.roles]),
        ("activity type", [t.key for t in plugin.activity_types]),
        ("worksheet", [w.key for w in plugin.worksheets]),
        ("event", [e.name for e in plugin.events]),
        ("job kind", [j.kind for j in plugin.jobs]),
        ("routine", [r.key for r in plugin.routines]),
        ("mail kind", [m.key for m in plugin.mail_kinds]),
        ("offer", [o.key for o in plugin.offers]),
    ]


def check_prefixes(plugin: Plugin) -> None:
    """Refuse keys and tables that do not begin with the plugin's name."""
    prefix = f"{plugin.name}."
    named = [(what, keys, prefix) for what, keys in _keys(plugin)]
    for what, keys, start in [*named, ("table", tables_of(plugin), f"{plugin.name}_")]:
        if what in {"role", "mail kind"} and plugin.name == "core":
            continue  # the words member, admin, trainer … and invitation, receipt … are the core's own
        for key in keys:
            if not key.startswith(start) or key == start:
                raise ContractError(
                    f"Plugin {plugin.name!r}: {what} {key!r} must begin with {start!r} and a word after it; rename it."
                )


def check_twice(plugin: Plugin) -> None:
    """Refuse a key that is declared twice."""
    for what, keys in _keys(plugin):
        for key in keys:
            if keys.count(key) > 1:
                raise ContractError(f"Plugin {plugin.name!r} declares {what} {key!r} twice; take one away.")


def check_names(plugins: Iterable[Plugin]) -> None:
    """Refuse two plugins whose tables and endpoints could not be told apart."""
    names: list[str] = []
    for plugin in plugins:
        name = plugin.name
        if name in names:
            raise ContractError(f"Two plugins are named {name!r}; rename one of them.")
        for other in names:
            short, long = sorted((name, other), key=len)
            if long.startswith(f"{short}_"):
                raise ContractError(
                    f"The name of plugin {long!r} begins with that of plugin {short!r}, so their tables could not be "
                    "told apart; rename one of them."
                )
        names.append(name)


def check_together(
    plugin: Plugin,
    permissions: Mapping[str, Permission],
    roles: Mapping[str, Role],
    events: Mapping[str, Event],
    names: Iterable[str],
) -> None:
    """Refuse a plugin that names something which no plugin of this site declares."""
    for permission in plugin.permissions:
        for key in permission.roles:
            if key not in roles:
                raise ContractError(
                    f"Plugin {plugin.name!r}: permission {permission.name!r} names the role {key!r}, "
                    "which no plugin declares; declare it or correct the name."
                )
    for what, name in _asked(plugin):
        if name and name not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: {what} names the permission {name!r}, which no plugin declares; "
                "declare it or correct the name."
            )
    for listener in plugin.listeners:
        _check_listener(plugin, listener, events, names)
    for account in plugin.demo_accounts:
        _check_account(plugin, account, roles)


def _asked(plugin: Plugin) -> list[tuple[str, str | None]]:
    """What is only for who has a permission, and which."""
    return [
        *((f"menu item {item.endpoint!r}", item.permission) for item in plugin.nav),
        *((f"look-up {look.endpoint!r}", look.permission) for look in plugin.lookups),
        *((f"search provider {str(provider.label)!r}", provider.permission) for provider in plugin.search),
        *((f"calendar {str(source.label)!r}", source.permission) for source in plugin.calendar),
        *((f"panel {str(panel.label)!r}", panel.permission) for panel in plugin.panels),
        *((f"mail kind {kind.key!r}", kind.permission) for kind in plugin.mail_kinds),
    ]


def _check_listener(plugin: Plugin, listener: Listener, events: Mapping[str, Event], names: Iterable[str]) -> None:
    event = events.get(listener.event)
    if event is None:
        # A listener to a plugin that is switched off lies dormant; one to a plugin that is here must be right.
        owner = listener.event.partition(".")[0]
        if owner in names:
            raise ContractError(
                f"Plugin {plugin.name!r} listens to {listener.event!r}, which plugin {owner!r} does not declare; "
                "correct the name."
            )
        return
    try:
        inspect.signature(listener.handle).bind(**dict.fromkeys(event.carries))
    except TypeError as error:
        raise ContractError(
            f"Plugin {plugin.name!r}: the function that hears {event.name!r} must take {', '.join(event.carries)}; "
            "correct its arguments."
        ) from error


def _check_account(plugin: Plugin, account: DemoAccount, roles: Mapping[str, Role]) -> None:
    for key in account.roles:
        if key not in roles:
            raise ContractError(
                f"Plugin {plugin.name!r}: demo account {account.user!r} has the role {key!r}, "
                "which no plugin declares; correct the name."
            )
        if roles[key].scope == RUN_SCOPE:
            raise ContractError(
                f"Plugin {plugin.name!r}: demo account {account.user!r} has the role {key!r}, "
                "which somebody gets in a run; take it away."
            )


def check_accounts(plugins: Iterable[Plugin]) -> None:
    """Refuse two demo accounts with one address."""
    seen: dict[str, str] = {}
    for plugin in plugins:
        for account in plugin.demo_accounts:
            if account.user in seen:
                raise ContractError(
                    f"Plugin {plugin.name!r}: plugin {seen[account.user]!r} has a demo account {account.user!r} too; "
                    "choose another name."
                )
            seen[account.user] = plugin.name
