"""The door for a WSGI server: `gunicorn wsgi:app`."""

from lms import create_app

app = create_app()
