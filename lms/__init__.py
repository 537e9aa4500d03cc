"""Leerplein: a small learning platform whose parts are plugins. ``create_app`` builds one."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from . import config, db, i18n, policies, templating, watch, web
from .accounts import session
from .core import core
from .notifications import post
from .plugins import Plugin
from .registry import Registry, discover
from .site import security
from .templating import LinkingFlask

__all__ = ["create_app"]
log = logging.getLogger(__name__)


def create_app(overrides: Mapping[str, Any] | None = None, plugins: Iterable[Plugin] | None = None) -> Flask:
    """The app with its plugins mounted. It reads settings and writes nothing.

    ``overrides`` win from the environment; ``plugins`` are mounted instead of those that are found.
    Raises ConfigError without a secret and ContractError for a plugin that breaks the contract.
    """
    app = LinkingFlask(__name__, template_folder=str(config.ROOT / "templates"))
    config.configure(app, overrides)
    if app.config["TRUSTED_PROXIES"]:
        # Behind a proxy everybody would seem to come from one address, and limits are kept by address.
        count = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
    watch.init_app(app)  # before all others: its line tells of the whole request, commit included
    web.limit_forms(app)
    db.init_app(app)
    watch.watch_database(app)
    i18n.init_app(app)
    templating.init_app(app)
    session.init_app(app)
    post.init_app(app)
    policies.init_app(app)
    web.init_app(app)  # after the policies: who may not write is told so before the form's token is looked at
    chosen = discover(app.config["PLUGINS"]) if plugins is None else plugins
    Registry([core, *chosen]).init_app(app)
    if problem := security.check(app):
        log.warning(problem)
    return app
