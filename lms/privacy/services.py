"""A person leaves, or wants to see what is held: asked of each plugin, done in one transaction."""

import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from .. import clock
from ..accounts.models import Person, RoleGrant
from ..audit.models import AuditEntry
from ..audit.services import record
from ..db import db
from ..errors import Conflict
from ..files import store
from ..files.models import StoredFile
from ..files.names import on_disk
from ..i18n import moment
from ..plugins import Holding
from ..registry import registry

REMOVED = "core.account_removed"


@dataclass(frozen=True)
class Tally:
    """So many things of one kind are held."""

    label: str
    count: int


@dataclass(frozen=True)
class Overview:
    """What goes when somebody leaves, and what stays without the name."""

    goes: tuple[Tally, ...]
    stays: tuple[Tally, ...]


def overview(person: Person) -> Overview:
    """How much is held of each kind; kinds of which there is nothing are left out. One query."""
    held = [holding for _name, holdings in _held(person) for holding in holdings]
    counts = [select(func.count()).select_from(h.query.order_by(None).subquery()).scalar_subquery() for h in held]
    numbers = db.session.execute(select(*counts)).one()
    found = [(holding, Tally(str(holding.label), n)) for holding, n in zip(held, numbers, strict=True) if n]
    return Overview(
        tuple(tally for holding, tally in found if not holding.stays),
        tuple(tally for holding, tally in found if holding.stays),
    )


def pack(person: Person) -> IO[bytes]:
    """All that is held, as a zip in a temporary file, which is gone once the caller closes it."""
    whole = tempfile.TemporaryFile()  # noqa: SIM115
    try:
        with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("leesmij.txt", _readme(person))
            archive.writestr("data.json", json.dumps(_data(person), ensure_ascii=False, indent=1, default=_plain))
            _add_files(archive, person)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return whole


def note_export(person: Person) -> None:
    """Note in the log that the data of this person were taken out."""
    record("core.account_exported", subject=person, person=person)


def remove(person: Person) -> None:
    """Remove somebody: what is theirs goes, what stays for others loses the name. Sessions end at once.

    Raises Conflict for the last administrator.
    """
    _keep_an_administrator(person)
    record(REMOVED, subject=person)
    db.session.flush()
    # What requires another comes after it, so it lets go first.
    for plugin in reversed(registry().plugins):
        for part in plugin.personal_data:
            part.erase(person)
    db.session.delete(person)
    db.session.flush()
    db.session.expire_all()  # the database emptied columns of rows that this session may hold


def was_removed(person_id: int) -> bool:
    """Was there an account with this number, and was it removed?"""
    found = select(AuditEntry.id).where(
        AuditEntry.action == REMOVED, AuditEntry.subject_kind == "person", AuditEntry.subject_id == person_id
    )
    return db.session.scalar(found.limit(1)) is not None


def _held(person: Person) -> list[tuple[str, list[Holding]]]:
    return [
        (plugin.name, [holding for part in plugin.personal_data for holding in part.export(person)])
        for plugin in registry().plugins
        if plugin.personal_data
    ]


def _data(person: Person) -> dict[str, Any]:
    return {
        name: {holding.key: [dict(row) for row in db.session.execute(holding.query).mappings()] for holding in holdings}
        for name, holdings in _held(person)
    }


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return clock.local(value).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"A holding may not hold {type(value).__name__}.")


def _add_files(archive: zipfile.ZipFile, person: Person) -> None:
    files = select(StoredFile).where(StoredFile.owner_id == person.id).order_by(StoredFile.id)
    for file in db.session.scalars(files):
        # Many come already packed; the number keeps two of one name apart, and stands in data.json too.
        with archive.open(f"bestanden/{file.id}-{on_disk(file.name)}", "w", force_zip64=True) as out:
            for piece in store.read(file.key):
                out.write(piece)


def _readme(person: Person) -> str:
    lines = [
        _("Dit is alles wat %(site)s over %(name)s bewaart.", site=current_app.config["SITE_NAME"], name=person.name),
        _("Gemaakt op %(moment)s.", moment=moment(clock.now(), "d MMMM yyyy")),
        "",
        _("data.json: alle gegevens. U kunt dit bestand openen met een tekstprogramma."),
        _("bestanden: de bestanden die u toevoegde. Het nummer voor de naam staat ook in data.json."),
        "",
        _("Dit staat er niet in:"),
        "- " + _("Uw wachtwoord. Dat bewaren we alleen onleesbaar."),
        "- " + _("De tekst van mails met een link om een wachtwoord te kiezen."),
        "- " + _("Oordelen die uw trainer nog niet heeft vrijgegeven."),
        "- " + _("Namen van anderen, behalve als zij in een tekst staan."),
    ]
    return "\n".join(lines) + "\n"


def _keep_an_administrator(person: Person) -> None:
    # Locked, so that of two administrators who remove each other one is late.
    admins = select(RoleGrant.person_id).where(RoleGrant.role == "admin", RoleGrant.library_id.is_(None))
    ids = set(db.session.scalars(admins.with_for_update()))
    others = select(Person.id).where(Person.id.in_(ids - {person.id}), Person.active)
    if person.id in ids and db.session.scalar(others.limit(1)) is None:
        raise Conflict(_("Dit is de laatste beheerder. Maak eerst iemand anders beheerder."))
