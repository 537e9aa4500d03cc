"""The yardstick: a Flask page of 16 KB with a session and one query, and nothing else (`bench.bare:app`).

It reads the same cookie and the same person from the same database, with the same libraries, as Leerplein does. Its
template is compiled once and its cookie is not signed anew with each answer, as with ours: it does no work in vain.
"""

import os

from flask import Flask, render_template, session
from flask_sqlalchemy import SQLAlchemy
from jinja2 import DictLoader
from sqlalchemy import String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SIZE = 16 * 1024
PARAGRAPH = "<p>Een bladzijde zoals elke andere, met gewone woorden en zonder meer.</p>\n"
PAGE = """<!doctype html>
<html lang="nl"><head><meta charset="utf-8"><title>Kaal</title></head><body>
<p>Welkom, {{ person.name }}.</p>
{{ text|safe }}</body></html>
"""
TEXT = PARAGRAPH * ((SIZE - 150) // len(PARAGRAPH))


class Base(DeclarativeBase):
    pass


db = SQLAlchemy(model_class=Base)


class Person(db.Model):  # type: ignore[name-defined, misc]
    __tablename__ = "core_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))


def create_app() -> Flask:
    """The page, on the database and with the secret of the site that is measured."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["LMS_SECRET_KEY"],
        SESSION_COOKIE_NAME="leerplein",
        SESSION_REFRESH_EACH_REQUEST=False,
        SQLALCHEMY_DATABASE_URI=os.environ["LMS_DATABASE_URL"],
    )
    app.jinja_loader = DictLoader({"page.html": PAGE})
    db.init_app(app)

    @app.get("/")
    def page() -> str:
        number = int(session["_user_id"].partition(":")[0])
        return render_template("page.html", person=db.session.get(Person, number), text=TEXT)

    return app


app = create_app()
