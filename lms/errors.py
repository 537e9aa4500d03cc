"""Errors that carry a Dutch sentence for the person at the screen.

Services raise them; the error pages show the sentence with the status. Anything else that is raised is a fault of
ours: it is logged with an id and shown as such.
"""


class LmsError(Exception):
    """A refusal that a person can understand. ``str(error)`` is the sentence, ``status`` the HTTP status."""

    status = 400


class NotFound(LmsError):
    """The object does not exist for this person; whether it exists for somebody else is not told."""

    status = 404


class Refused(LmsError):
    """The person may see the object, but may not do this with it."""

    status = 403


class Conflict(LmsError):
    """It cannot be done now: somebody was earlier, or the moment has passed."""

    status = 409


class Invalid(LmsError):
    """The input does not fit; ``field`` names the form field where the sentence belongs."""

    status = 422

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooMany(LmsError):
    """Too many attempts; ``retry_after`` is the time to wait in seconds."""

    status = 429

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(LmsError):
    """Not now, through nobody's fault; ``retry_after`` is when to try again, in seconds."""

    status = 503

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Full(LmsError):
    """There is no room left to store anything."""

    status = 507


class Hopeless(LmsError):
    """A job that fails with this would fail each time: it is given up at once, where an administrator sees it."""

    status = 503


class ContractError(Exception):
    """A plugin breaks the contract; the sentence says what to change. Stops the start."""


class ConfigError(Exception):
    """The site is not set up in a way that can run; the sentence says what to do."""
