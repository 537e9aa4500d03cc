"""Every page is guarded, claimed by one plugin, and reached by the menus that name it."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from flask.blueprints import Blueprint

from .. import policies
from ..errors import ContractError
from ..plugins import Permission, Plugin


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
