"""Finds plugins, refuses the ones that break the contract with one sentence, and mounts the rest on an app."""

import importlib
import pkgutil
from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from typing import Any

from flask import Flask, current_app

from . import events, policies
from .db import Base
from .errors import ContractError
from .plugins import API, AREAS, ActivityType, Permission, Plugin, Role

ENTRY_POINTS = "lms.plugins"
FOLDER = "plugins"


def discover(only: Sequence[str] | None = None) -> list[Plugin]:
    """The plugins in the folder ``plugins/`` and those of other packages by entry point.

    ``only`` names the ones to take; None takes all. A name that is not there is a :class:`ContractError`.
    """
    found = {name: module for name, module in _candidates() if only is None or name in only}
    for name in only or ():
        if name not in found:
            raise ContractError(f"LMS_PLUGINS names {name!r}, but there is no such plugin.")
    plugins = []
    for name, module in found.items():
        plugin = getattr(importlib.import_module(module), "plugin", None)
        if not isinstance(plugin, Plugin):
            raise ContractError(f"Package {module!r} has no `plugin = Plugin(...)`; add one or move the folder.")
        if plugin.name != name:
            raise ContractError(f"Plugin {plugin.name!r} stands under the name {name!r}; make the two equal.")
        plugins.append(plugin)
    return plugins


def _candidates() -> Iterable[tuple[str, str]]:
    try:
        folder = importlib.import_module(FOLDER)
    except ModuleNotFoundError:
        folder = None
    if folder is not None:
        for info in pkgutil.iter_modules(folder.__path__):
            if info.ispkg:
                yield info.name, f"{FOLDER}.{info.name}"
    for point in entry_points(group=ENTRY_POINTS):
        yield point.name, point.value


class Registry:
    """The plugins of one app, in an order in which each comes after what it requires."""

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        self.plugins: tuple[Plugin, ...] = _sort(list(plugins))
        self.permissions: dict[str, Permission] = {}
        self.roles: dict[str, Role] = {}
        self.activity_types: dict[str, ActivityType] = {}
        for plugin in self.plugins:
            _check_alone(plugin)
            self.permissions |= {p.name: p for p in plugin.permissions}
            self.roles |= {r.key: r for r in plugin.roles}
            self.activity_types |= {t.key: t() for t in plugin.activity_types}
        for plugin in self.plugins:
            self._check_together(plugin)

    def all(self, noun: str) -> list[Any]:
        """Everything that the plugins add of one noun, in registry order: ``registry.all("courses")``."""
        return [item for plugin in self.plugins for item in getattr(plugin, noun)]

    def init_app(self, app: Flask) -> None:
        """Mount blueprints and listeners, then refuse an app with a page that nobody guards."""
        app.extensions["lms"] = self
        for plugin in self.plugins:
            if plugin.blueprint is not None:
                app.register_blueprint(plugin.blueprint)
            for listener in plugin.listeners:
                events.connect(app, listener)
        self._check_endpoints(app)

    def _check_together(self, plugin: Plugin) -> None:
        for permission in plugin.permissions:
            for role in permission.roles:
                if role not in self.roles:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: permission {permission.name!r} names the role {role!r}, "
                        "which no plugin declares; declare it or correct the name."
                    )
        for item in plugin.nav:
            if item.permission not in self.permissions:
                raise ContractError(
                    f"Plugin {plugin.name!r}: menu item {item.endpoint!r} names the permission {item.permission!r}, "
                    "which no plugin declares; declare it or correct the name."
                )
        names = {event.name for event in self.all("events")}
        for listener in plugin.listeners:
            # A listener to a plugin that is switched off lies dormant; one to a plugin that is here must be right.
            owner = listener.event.partition(".")[0]
            if listener.event not in names and owner in {p.name for p in self.plugins}:
                raise ContractError(
                    f"Plugin {plugin.name!r} listens to {listener.event!r}, which plugin {owner!r} does not declare; "
                    "correct the name."
                )
        for account in plugin.demo_accounts:
            for role in account.roles:
                if role not in self.roles:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: demo account {account.user!r} has the role {role!r}, "
                        "which no plugin declares; correct the name."
                    )

    def _check_endpoints(self, app: Flask) -> None:
        for rule in app.url_map.iter_rules():
            endpoint = rule.endpoint
            view = app.view_functions[endpoint]
            if endpoint == "static" or endpoint.endswith(".static"):
                policies.public(view)  # files that the product ships are no secret
                continue
            plugin = self._owner(endpoint)
            declared = policies.declared(view)
            if declared is None:
                raise ContractError(
                    f"Plugin {plugin!r}: endpoint {endpoint!r} declares no permission; "
                    'put @requires("…") or @public under its route.'
                )
            if declared is not policies.PUBLIC and declared not in self.permissions:
                raise ContractError(
                    f"Plugin {plugin!r}: endpoint {endpoint!r} requires {declared!r}, "
                    "which no plugin declares; add a Permission or correct the name."
                )
        for item in self.all("nav"):
            if item.endpoint not in app.view_functions:
                raise ContractError(f"Menu item {item.label!s} leads to {item.endpoint!r}, which does not exist.")

    def _owner(self, endpoint: str) -> str:
        name = endpoint.partition(".")[0]
        if name not in {plugin.name for plugin in self.plugins}:
            raise ContractError(
                f"Endpoint {endpoint!r} has no plugin's prefix; give the blueprint the name of its plugin."
            )
        return name


def registry() -> Registry:
    """The registry of the present app."""
    return current_app.extensions["lms"]


def _sort(plugins: list[Plugin]) -> tuple[Plugin, ...]:
    by_name: dict[str, Plugin] = {}
    for plugin in plugins:
        if plugin.name in by_name:
            raise ContractError(f"Two plugins are named {plugin.name!r}; rename one of them.")
        by_name[plugin.name] = plugin
    order: list[Plugin] = []
    underway: list[str] = []

    def place(plugin: Plugin) -> None:
        if plugin in order:
            return
        if plugin.name in underway:
            circle = " → ".join([*underway[underway.index(plugin.name) :], plugin.name])
            raise ContractError(f"Plugins require each other in a circle: {circle}; take one `requires` away.")
        underway.append(plugin.name)
        for name in plugin.requires:
            if name not in by_name:
                raise ContractError(
                    f"Plugin {plugin.name!r} requires {name!r}, which is not there; add it to LMS_PLUGINS."
                )
            place(by_name[name])
        underway.pop()
        order.append(plugin)

    for plugin in plugins:
        place(plugin)
    return tuple(order)


def _check_alone(plugin: Plugin) -> None:
    name, prefix = plugin.name, f"{plugin.name}."
    if plugin.api != API:
        raise ContractError(
            f"Plugin {name!r} is written for contract {plugin.api}, this is {API}; take the version that fits."
        )
    if plugin.blueprint is not None and plugin.blueprint.name != name:
        raise ContractError(
            f"Plugin {name!r} has a blueprint named {plugin.blueprint.name!r}; give it the name of the plugin."
        )
    named = [
        ("permission", [p.name for p in plugin.permissions], prefix),
        ("activity type", [t.key for t in plugin.activity_types], prefix),
        ("event", [e.name for e in plugin.events], prefix),
        ("job kind", [j.kind for j in plugin.jobs], prefix),
        ("table", _tables(plugin), f"{name}_"),
    ]
    if name != "core":  # the words member, admin, trainer … are the core's own
        named.append(("role", [r.key for r in plugin.roles], prefix))
    for what, keys, start in named:
        for key in keys:
            if not key.startswith(start):
                raise ContractError(f"Plugin {name!r}: {what} {key!r} must begin with {start!r}.")
    for item in plugin.nav:
        if item.area not in AREAS:
            raise ContractError(f"Plugin {name!r}: area {item.area!r} is no colour; choose slate, ochre or brick.")


def tables_of(plugin: Plugin) -> list[str]:
    """The names of the tables whose models stand in the plugin's package."""
    return _tables(plugin)


def _tables(plugin: Plugin) -> list[str]:
    package = plugin.package
    return [
        mapper.local_table.name
        for mapper in Base.registry.mappers
        if mapper.class_.__module__ == package or mapper.class_.__module__.startswith(f"{package}.")
    ]
