"""Finds plugins, has them checked against the contract, and mounts them on an app."""

import importlib
import importlib.util
import pkgutil
import traceback
from collections.abc import Iterable, Sequence
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from . import contract, events
from .contract import tables_of as tables_of
from .errors import ContractError
from .plugins import ActivityType, Exchange, MailKind, Offer, Permission, Plugin, Role
from .worksheets.nouns import Worksheet

ENTRY_POINTS = "lms.plugins"
FOLDER = "plugins"


def discover(only: Sequence[str] | None = None) -> list[Plugin]:
    """The plugins in the folder ``plugins/`` and those of other packages by entry point.

    ``only`` names the ones to take; None takes all. A name that is not there is a :class:`ContractError`.
    """
    found: dict[str, str] = {}
    for name, module in _candidates():
        if found.setdefault(name, module) != module:
            raise ContractError(f"Plugin {name!r} is in {found[name]!r} and in {module!r}; take one of them away.")
    for name in only or ():
        if name not in found:
            raise ContractError(
                f"LMS_PLUGINS names {name!r}, but there is no such plugin; choose from {', '.join(found) or 'none'}."
            )
    return [_load(name, module) for name, module in found.items() if only is None or name in only]


def _candidates() -> Iterable[tuple[str, str]]:
    if importlib.util.find_spec(FOLDER) is not None:
        for info in pkgutil.iter_modules(importlib.import_module(FOLDER).__path__):
            if info.ispkg:
                yield info.name, f"{FOLDER}.{info.name}"
    for point in entry_points(group=ENTRY_POINTS):
        yield point.name, point.module


def _load(name: str, module: str) -> Plugin:
    try:
        plugin = getattr(importlib.import_module(module), "plugin", None)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())  # one line, whatever the library wrote
        raise ContractError(f"Plugin {name!r} cannot be imported: {_where(error, module)}{reason}") from error
    if not isinstance(plugin, Plugin):
        raise ContractError(f"Package {module!r} has no `plugin = Plugin(…)`; add one or move the folder.")
    if plugin.name != name:
        raise ContractError(f"Plugin {plugin.name!r} stands under the name {name!r}; make the two equal.")
    if plugin.package != module:
        # By this name its tables are found: with another they would never be made.
        raise ContractError(f"Plugin {name!r} has the package {plugin.package!r}; write `package=__name__`.")
    return plugin


def _where(error: Exception, module: str) -> str:
    """The last place in the plugin's own files on the way to the error: «models.py, line 12: »."""
    part = f"/{module.replace('.', '/')}/"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if part in Path(frame.filename).as_posix():
            return f"{Path(frame.filename).name}, line {frame.lineno}: "
    return ""


class Registry:
    """The plugins of one app, in an order in which each comes after what it requires.

    Raises ContractError, before anything is mounted, for a plugin that breaks the contract.
    """

    def __init__(self, plugins: Iterable[Plugin]) -> None:
        given = list(plugins)
        for plugin in given:
            contract.check_alone(plugin)
        contract.check_names(given)
        self.plugins: tuple[Plugin, ...] = _sort(given)
        self.permissions: dict[str, Permission] = {p.name: p for p in self.all("permissions")}
        self.roles: dict[str, Role] = {r.key: r for r in self.all("roles")}
        self.activity_types: dict[str, ActivityType] = {t.key: t() for t in self.all("activity_types")}
        self.worksheets: dict[str, Worksheet] = {w.key: w for w in self.all("worksheets")}
        self.mail_kinds: dict[str, MailKind] = {m.key: m for m in self.all("mail_kinds")}
        declared = {event.name: event for event in self.all("events")}
        names = {plugin.name for plugin in self.plugins}
        for plugin in self.plugins:
            contract.check_together(plugin, self.permissions, self.roles, declared, names)
            contract.check_sources(plugin, self.worksheets)
            contract.check_handed_out(plugin, self.worksheets)
        contract.check_accounts(self.plugins)
        contract.check_offers(self.plugins, self.permissions)
        self.exchanges: dict[str, Exchange] = {e.name: e for e in self.all("exchanges")}
        self.offers: dict[str, Offer] = {o.key: o for o in self.all("offers") if o.exchange in self.exchanges}
        """Those whose exchange is handed out on this site; the others lie dormant."""

    def all(self, noun: str) -> list[Any]:
        """Everything that the plugins add of one noun, in registry order: ``registry.all("courses")``."""
        return [item for plugin in self.plugins for item in getattr(plugin, noun)]

    def init_app(self, app: Flask) -> None:
        """Mount blueprints and listeners, then refuse an app with a page that nobody guards."""
        app.extensions["lms"] = self
        for plugin in self.plugins:
            if plugin.blueprint is not None:
                self._mount(app, plugin)
            for listener in plugin.listeners:
                events.connect(app, listener)
        contract.check_endpoints(app, self.plugins, self.permissions)

    def _mount(self, app: Flask, plugin: Plugin) -> None:
        assert plugin.blueprint is not None
        try:
            app.register_blueprint(plugin.blueprint)
        except (AssertionError, ValueError) as error:  # what Flask raises for two pages of one name
            raise ContractError(f"Plugin {plugin.name!r}: Flask refuses its blueprint: {error}") from error


def registry() -> Registry:
    """The registry of the present app."""
    return current_app.extensions["lms"]


def _sort(plugins: list[Plugin]) -> tuple[Plugin, ...]:
    by_name = {plugin.name: plugin for plugin in plugins}
    order: dict[str, Plugin] = {}
    underway: list[str] = []

    def place(plugin: Plugin) -> None:
        if plugin.name in order:
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
        order[plugin.name] = plugin

    for plugin in plugins:
        place(plugin)
    return tuple(order.values())
