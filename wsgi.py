"""The door for a WSGI server: `gunicorn wsgi:app`."""

import sys

from lms import config, create_app
from lms.errors import ConfigError, ContractError

BOOT_FAILED = 3
"""With this status gunicorn stops; after any other it would start the same worker over and over."""

config.keep_private()
try:
    app = create_app()
except (ConfigError, ContractError) as error:
    # One sentence, no traceback: it says what to change.
    print(f"Error: {error}", file=sys.stderr)  # noqa: T201
    sys.exit(BOOT_FAILED)
