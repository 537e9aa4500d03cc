"""Every test gets its fixtures from ``lms.testing``, the same that plugins use."""

pytest_plugins = ["lms.testing"]
