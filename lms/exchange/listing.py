"""Which offers there are for somebody's work, and where something that was taken over came from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from .. import policies
from ..accounts.models import Person
from ..db import db
from ..plugins import Exchange, Offer
from ..registry import registry
from . import sheets
from .models import Taking, TakingRow, Transfer
from .pieces import Piece


@dataclass(frozen=True)
class Offered:
    """An offer for a piece of work. ``taken_at`` is when it was used last, None when it was not."""

    label: str
    url: str
    piece: Piece
    taken_at: datetime | None


@dataclass(frozen=True)
class Origin:
    """Where something came from. ``words`` is a phrase such as «uit cursuswerk van Noor de Wit»; the name is left
    out when that person has gone."""

    words: str
    title: str
    at: datetime


def offers_for(person: Person, exchange: str, piece_key: str, title: str = "") -> list[Offered]:
    """The offers for one piece of work, for the page on which it stands. One query; none when nobody takes it."""
    found = registry().exchanges.get(exchange)
    return _offered(person, [(found, Piece(piece_key, title))]) if found is not None else []


def ready(person: Person) -> list[Offered]:
    """The offers for all coursework of this person that is ready to be handed out."""
    pieces: list[tuple[Exchange, Piece]] = []
    wanted = {offer.exchange for offer in registry().offers.values() if policies.may(person, offer.permission)}
    for exchange in registry().exchanges.values():
        if exchange.name not in wanted:
            continue
        if exchange.sheet:
            pieces += [(exchange, piece) for piece in sheets.pieces(exchange, person)]
        elif exchange.pieces is not None:
            pieces += [(exchange, piece) for piece in exchange.pieces(person)]
    return _offered(person, pieces)


def ready_for(person: Person, run_id: int, activity_id: int) -> list[Offered]:
    """Those of :func:`ready` that are somebody's work for this activity in this run."""
    return [one for one in ready(person) if (one.piece.run_id, one.piece.activity_id) == (run_id, activity_id)]


def _offered(person: Person, pieces: Iterable[tuple[Exchange, Piece]]) -> list[Offered]:
    pairs = [
        (offer, piece)
        for exchange, piece in pieces
        for offer in registry().offers.values()
        if offer.exchange == exchange.name and policies.may(person, offer.permission)
    ]
    if not pairs:
        return []
    taken = _taken({offer.key for offer, _piece in pairs}, {piece.key for _offer, piece in pairs})
    return [_link(offer, piece, taken.get((offer.key, piece.key))) for offer, piece in pairs]


def _link(offer: Offer, piece: Piece, taken_at: datetime | None) -> Offered:
    url = url_for("core.exchange.preview", offer=offer.key, source=piece.key)
    return Offered(str(offer.label), url, piece, taken_at)


def _taken(offers: set[str], sources: set[str]) -> dict[tuple[str, str], datetime]:
    rows = db.session.execute(
        select(Transfer.offer, Transfer.source, Taking.at)
        .join(Taking, Taking.transfer_id == Transfer.id)
        .where(Transfer.offer.in_(offers), Transfer.source.in_(sources), Taking.undone_at.is_(None))
        .order_by(Taking.id)
    )
    return {(offer, source): at for offer, source, at in rows}


def origins(offer: str, refs: Iterable[str]) -> dict[str, Origin]:
    """Where these things of a taker came from, by its own words for them (what ``take`` gave). What did not come by
    this offer is left out. One query."""
    rows = db.session.execute(
        select(TakingRow.ref, Taking.title, Taking.at, Person.name)
        .join(Taking, Taking.id == TakingRow.taking_id)
        .join(Transfer, Transfer.id == TakingRow.transfer_id)
        .outerjoin(Person, Person.id == Taking.person_id)
        .where(Transfer.offer == offer, TakingRow.ref.in_(list(refs)), TakingRow.live.is_(True))
        .order_by(Taking.id)
    )
    words = _origin_words(offer)
    return {
        ref: Origin(_("%(origin)s van %(name)s", origin=words, name=name) if name else words, title, at)
        for ref, title, at, name in rows
    }


def _origin_words(key: str) -> str:
    offer = registry().offers.get(key)
    exchange = registry().exchanges.get(offer.exchange) if offer else None
    return str(exchange.origin) if exchange and exchange.origin else _("overgenomen")
