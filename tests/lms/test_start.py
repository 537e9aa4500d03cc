"""The app starts, answers, and its tables equal its models."""

from lms import migrate
from lms.registry import registry


def test_health_and_readiness(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


def test_models_equal_migrations(app):
    for plugin in registry().plugins:
        if plugin.migrations is not None:
            assert migrate.differences(plugin).is_empty(), plugin.name
