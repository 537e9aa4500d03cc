"""The contract: what a plugin must keep to, each rule with one sentence that says what to change.

The registry calls these before it mounts anything. docs/plugins.md has the table of sentences, and
tests/lms/plugins/test_contract.py provokes each of them.
"""

import collections.abc
import inspect
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from flask import Flask
from flask.blueprints import Blueprint

from . import policies
from .db import Base
from .errors import ContractError
from .plugins import API, AREAS, ActivityType, DemoAccount, Event, Exchange, Listener, Offer, Permission, Plugin, Role
from .worksheets.nouns import Worksheet

NAME = re.compile(r"[a-z][a-z0-9_]*")
EXCHANGE = re.compile(r"[a-z][a-z0-9-]*")
RUN_SCOPE = "run"
TAKEN = ("id", "links", "text", "files", "revision", "doe", "force", "overwrite")
"""Names in the form of a worksheet that mean something else."""


def check_alone(plugin: Plugin) -> None:
    """Refuse a plugin that is wrong by itself, whatever else is there."""
    _check_types(plugin)
    _check_name(plugin)
    _check_prefixes(plugin)
    _check_twice(plugin)
    _check_tables(plugin)
    _check_personal_data(plugin)
    _check_activity_types(plugin)
    _check_exchanges(plugin)
    _check_worksheets(plugin)
    _check_files(plugin)
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
    for item in plugin.nav:
        if item.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: menu item {item.endpoint!r} names the permission {item.permission!r}, "
                "which no plugin declares; declare it or correct the name."
            )
    for look in plugin.lookups:
        if look.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: look-up {look.endpoint!r} names the permission {look.permission!r}, "
                "which no plugin declares; declare it or correct the name."
            )
    for provider in plugin.search:
        if provider.permission and provider.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: search provider {str(provider.label)!r} names the permission "
                f"{provider.permission!r}, which no plugin declares; declare it or correct the name."
            )
    for source in plugin.calendar:
        if source.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: calendar {str(source.label)!r} names the permission {source.permission!r}, "
                "which no plugin declares; declare it or correct the name."
            )
    for panel in plugin.panels:
        if panel.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: panel {str(panel.label)!r} names the permission {panel.permission!r}, "
                "which no plugin declares; declare it or correct the name."
            )
    for kind in plugin.mail_kinds:
        if kind.permission and kind.permission not in permissions:
            raise ContractError(
                f"Plugin {plugin.name!r}: mail kind {kind.key!r} names the permission {kind.permission!r}, "
                "which no plugin declares; declare it or correct the name."
            )
    for listener in plugin.listeners:
        _check_listener(plugin, listener, events, names)
    for account in plugin.demo_accounts:
        _check_account(plugin, account, roles)


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


def check_offers(plugins: Iterable[Plugin], permissions: Mapping[str, Permission]) -> None:
    """Refuse two producers of one exchange, and an offer that does not fit what is handed out."""
    handed_out: dict[str, Exchange] = {}
    owners: dict[str, str] = {}
    for plugin in plugins:
        for exchange in plugin.exchanges:
            if exchange.name in owners:
                raise ContractError(
                    f"Plugins {owners[exchange.name]!r} and {plugin.name!r} both hand out {exchange.name!r}; "
                    "rename one of them."
                )
            handed_out[exchange.name], owners[exchange.name] = exchange, plugin.name
    for plugin in plugins:
        for offer in plugin.offers:
            if offer.permission not in permissions:
                raise ContractError(
                    f"Plugin {plugin.name!r}: offer {offer.key!r} names the permission {offer.permission!r}, "
                    "which no plugin declares; declare it or correct the name."
                )
            # An offer for what nobody hands out lies dormant; one for what is handed out must fit.
            if offer.exchange in handed_out:
                _check_offer(plugin, offer, handed_out[offer.exchange])


def check_endpoints(app: Flask, plugins: Iterable[Plugin], permissions: Mapping[str, Permission]) -> None:
    """Refuse an app with a page that nobody guards, that two plugins claim, or that the menu cannot reach."""
    names = {plugin.name for plugin in plugins}
    claimed: dict[tuple[str, str], str] = {}
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            other = claimed.setdefault((rule.rule, method), endpoint)
            if other != endpoint:
                raise ContractError(
                    f"Endpoints {other!r} and {endpoint!r} both answer {method} {rule.rule}; give one of them another "
                    "address."
                )
        view = app.view_functions[endpoint]
        if _serves_files(endpoint, view):
            policies.public(view)  # files that the product ships are no secret
            continue
        _check_guard(endpoint, view, names, permissions)
    for plugin in plugins:
        for item in plugin.nav:
            rules = list(app.url_map.iter_rules(item.endpoint)) if item.endpoint in app.view_functions else []
            if not rules:
                raise ContractError(
                    f"Plugin {plugin.name!r}: menu item {str(item.label)!r} leads to {item.endpoint!r}, "
                    "which does not exist; correct the endpoint."
                )
            if not any(rule.arguments <= set(rule.defaults or {}) and "GET" in (rule.methods or ()) for rule in rules):
                raise ContractError(
                    f"Plugin {plugin.name!r}: menu item {str(item.label)!r} leads to {item.endpoint!r}, "
                    "which cannot be opened as it is; choose a page without a variable in its address."
                )
        for look in plugin.lookups:
            rules = list(app.url_map.iter_rules(look.endpoint)) if look.endpoint in app.view_functions else []
            if not any(rule.arguments == {"run_id", "slug"} and "GET" in (rule.methods or ()) for rule in rules):
                raise ContractError(
                    f"Plugin {plugin.name!r}: look-up {str(look.label)!r} leads to {look.endpoint!r}, which is no page "
                    "that takes run_id and slug; correct the endpoint or its address."
                )


def tables_of(plugin: Plugin) -> list[str]:
    """The names of the tables whose models stand in the plugin's package."""
    package = plugin.package
    return [
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == package or mapper.class_.__module__.startswith(f"{package}.")
    ]


def _check_types(plugin: Plugin) -> None:
    name = plugin.name
    _check_fields(name, plugin)
    for field in fields(plugin):
        value = getattr(plugin, field.name)
        for item in value if isinstance(value, tuple) else ():
            _check_noun(name, item)


def _check_noun(name: str, item: Any) -> None:
    if is_dataclass(item) and not isinstance(item, type):
        _check_fields(name, item)
        for field in fields(item):  # a worksheet has parts, which have fields
            value = getattr(item, field.name)
            for one in value if isinstance(value, tuple) else (value,):
                _check_noun(name, one)


def _check_fields(name: str, noun: Any) -> None:
    # At run time nobody checks annotations: `roles="member"` would be six roles of one letter.
    for field, hint in _hints(type(noun)).items():  # type: ignore[arg-type]
        value = getattr(noun, field)
        if not _fits(value, hint):
            raise ContractError(
                f"Plugin {name!r}: {type(noun).__name__}.{field} must be {_words(hint)}, but is {_shown(value)}."
            )


@cache
def _hints(noun: type) -> dict[str, Any]:
    return get_type_hints(noun)


def _fits(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return value in arguments
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return isinstance(value, tuple) and len(value) == len(arguments) and all(map(_fits, value, arguments))
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, arguments[0]) for item in value)
    if origin in (set, frozenset):
        return isinstance(value, origin) and all(_fits(item, arguments[0]) for item in value)
    if origin is type:
        return isinstance(value, type) and issubclass(value, arguments[0])
    if origin is collections.abc.Callable:
        return callable(value)
    return isinstance(value, hint)


def _words(hint: Any) -> str:
    """A type as one writes it: «a tuple of Permission: (one,)»."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(repr(one) for one in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(one) for one in arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"a tuple of {len(arguments)}"
    if origin is tuple:
        return f"a tuple of {_words(arguments[0])}, with a comma at its end: (…,)"
    if origin in (set, frozenset):
        return "a set"
    if origin is type:
        return f"{arguments[0].__name__} classes"
    if origin is collections.abc.Callable:
        return "a function"
    return "None" if hint is type(None) else f"{hint.__name__}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _check_name(plugin: Plugin) -> None:
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


def _check_prefixes(plugin: Plugin) -> None:
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


def _check_twice(plugin: Plugin) -> None:
    for what, keys in _keys(plugin):
        for key in keys:
            if keys.count(key) > 1:
                raise ContractError(f"Plugin {plugin.name!r} declares {what} {key!r} twice; take one away.")


def _check_tables(plugin: Plugin) -> None:
    if plugin.migrations is None and (tables := tables_of(plugin)):
        raise ContractError(
            f"Plugin {plugin.name!r} has the table {tables[0]!r} but no folder of migrations; "
            'add `migrations=Path(__file__).parent / "migrations"`.'
        )


def _check_personal_data(plugin: Plugin) -> None:
    about_people = _tables_about_people()
    for table in (Base.metadata.tables[name] for name in tables_of(plugin)):
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            target = key.target_fullname.partition(".")[0]
            if target not in about_people:
                continue
            if not plugin.personal_data:
                raise ContractError(
                    f"Plugin {plugin.name!r} has the table {table.name!r}, which refers to {target!r}, but no "
                    "PersonalData; add personal_data=(PersonalData(…),)."
                )
            if plugin.name != "core" and key.ondelete not in {"CASCADE", "SET NULL"}:
                # A person must be able to leave also while this plugin is switched off.
                raise ContractError(
                    f"Plugin {plugin.name!r}: {table.name}.{key.parent.name} would keep somebody from leaving; "
                    'add ondelete="CASCADE" or "SET NULL" to its foreign key.'
                )


def _tables_about_people() -> set[str]:
    """The person, and the tables of the core with rows that hang on one, at whatever distance."""
    found = {"core_person"}
    core = [table for table in Base.metadata.tables.values() if table.name.startswith("core_")]
    before = 0
    while before < len(found):
        before = len(found)
        found |= {
            table.name
            for table in core
            if any(key.target_fullname.partition(".")[0] in found for key in table.foreign_keys)
        }
    return found


def _check_activity_types(plugin: Plugin) -> None:
    for kind in plugin.activity_types:
        if kind.view is ActivityType.view:
            raise ContractError(
                f"Plugin {plugin.name!r}: activity type {kind.key!r} has no view(); write the page that it shows."
            )
        if not kind.title:
            raise ContractError(
                f"Plugin {plugin.name!r}: activity type {kind.key!r} has no title; give it the word that people see."
            )


def _check_exchanges(plugin: Plugin) -> None:
    for exchange in plugin.exchanges:
        if not EXCHANGE.fullmatch(exchange.name):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} must be named with small letters, digits and -; "
                "rename it."
            )
        keys = [field.key for field in exchange.fields]
        if not keys or len(keys) != len(set(keys)):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} needs fields, each with a key of its own; "
                "correct its fields."
            )

        if (exchange.give is None) == (not exchange.sheet):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} needs either give=… or sheet=…; correct it."
            )


def check_handed_out(plugin: Plugin, sheets: Mapping[str, Worksheet]) -> None:
    """Refuse an exchange of what no worksheet has, or of what is private in it."""
    for exchange in plugin.exchanges:
        if not exchange.sheet:
            continue
        sheet = sheets.get(exchange.sheet)
        if sheet is None or (exchange.rows is None and exchange.part not in sheet.by_name):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} hands out {exchange.sheet}:{exchange.part}, which "
                "no worksheet has; correct sheet and part."
            )
        for field in exchange.fields if exchange.rows is None else ():
            found = sheet.field(exchange.part, field.key)
            if found is None or found.private:
                raise ContractError(
                    f"Plugin {plugin.name!r}: exchange {exchange.name!r} hands out the field {field.key!r}, which is "
                    f"private or not there in {exchange.sheet}:{exchange.part}; correct its fields."
                )


def _check_offer(plugin: Plugin, offer: Offer, exchange: Exchange) -> None:
    if offer.version != exchange.version:
        raise ContractError(
            f"Plugin {plugin.name!r}: offer {offer.key!r} takes version {offer.version} of {exchange.name!r}, but "
            f"version {exchange.version} is handed out; take the version of the plugin that fits."
        )
    for key in offer.fields:
        if key not in {field.key for field in exchange.fields}:
            raise ContractError(
                f"Plugin {plugin.name!r}: offer {offer.key!r} takes the field {key!r}, which {exchange.name!r} does "
                "not have; correct its fields."
            )


def _check_worksheets(plugin: Plugin) -> None:
    for sheet in plugin.worksheets:
        for names, owner in [
            ([part.name for part in sheet.parts], sheet.key),
            *(([one.name for one in part.fields], f"{sheet.key}:{part.name}") for part in sheet.parts),
        ]:
            for name in names:
                if not NAME.fullmatch(name) or name in TAKEN or names.count(name) > 1:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {owner} cannot have the name {name!r}; choose one with "
                        f"small letters, digits and _, once, and not {' or '.join(TAKEN)}."
                    )
        for part in sheet.parts:
            named = [part.grid.x, part.grid.y] if part.grid else []
            named += [name for _heading, *pair in part.sides.rows for name in pair] if part.sides else []
            for name in named:
                if name not in part.by_name:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {sheet.key}:{part.name} draws the field {name!r}, which it "
                        "does not have; correct the name."
                    )


def check_sources(plugin: Plugin, sheets: Mapping[str, Worksheet]) -> None:
    """Refuse a worksheet that takes up a field which another one of a plugin that is here does not have."""
    for sheet in plugin.worksheets:
        for part in sheet.parts:
            for one in part.fields:
                key, place, name = one.comes_from
                if one.source and (key not in sheets or sheets[key].field(place, name) is None):
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {sheet.key}:{part.name}.{one.name} takes from "
                        f"{one.source!r}, which no worksheet has; correct the source."
                    )


def _check_files(plugin: Plugin) -> None:
    files = [source.file for source in plugin.vocabularies]
    files += [content.folder / "course.toml" for content in plugin.courses]
    for file in files:
        if not file.is_file():
            raise ContractError(f"Plugin {plugin.name!r} names the file {file}, which is not there; correct the path.")


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


def _serves_files(endpoint: str, view: Any) -> bool:
    # By what it is and not by its name alone: a page that somebody calls «static» must be guarded like any other.
    return endpoint == "static" or getattr(view, "__func__", None) is Blueprint.send_static_file


def _check_guard(endpoint: str, view: Any, names: set[str], permissions: Mapping[str, Permission]) -> None:
    owner = endpoint.partition(".")[0]
    if owner not in names:
        raise ContractError(
            f"Endpoint {endpoint!r} has no plugin's prefix; add pages with the routes of the plugin's own blueprint."
        )
    declared = policies.declared(view)
    if declared is None:
        raise ContractError(
            f"Plugin {owner!r}: endpoint {endpoint!r} declares no permission; "
            'put @requires("…") or @public under its route.'
        )
    if declared is not policies.PUBLIC and declared not in permissions:
        raise ContractError(
            f"Plugin {owner!r}: endpoint {endpoint!r} requires {declared!r}, "
            "which no plugin declares; add a Permission or correct the name."
        )
