"""Taking over and taking back, each in the one transaction of its request.

Both lock the row of the transfer first, so two windows or a double click come one after the other: the second finds
what the first did. The unique constraint on live rows is the second wall.
"""

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload, selectinload

from .. import events, policies
from ..accounts.models import Person
from ..audit.services import record
from ..clock import now
from ..db import db
from ..errors import Conflict, Invalid, NotFound
from ..plugins import Exchange, Offer
from ..registry import registry
from . import sheets
from .models import Taking, TakingRow, Transfer
from .pieces import Found, Piece, PieceRow, Target
from .preview import Preview, Shown, compare, fingerprint

MOST_ROWS = 200
"""Rows of one piece of work; a worksheet has far fewer."""


class Stale(Conflict):
    """Since the preview the work or the place changed, so nothing was taken."""


def load_offer(person: Person, key: str) -> tuple[Offer, Exchange]:
    """An offer that this person may use, with what it takes; otherwise :class:`NotFound`."""
    offer = registry().offers.get(key)
    if offer is None or not policies.may(person, offer.permission):
        raise _nothing()
    return offer, registry().exchanges[offer.exchange]


def load_piece(person: Person, exchange: Exchange, key: str) -> Piece:
    """A piece of work with its rows; :class:`NotFound` for one that is not there for this person."""
    piece = exchange.give(person, key) if exchange.give else sheets.give(exchange, person, key)
    if len(piece.rows) > MOST_ROWS:
        raise Conflict(_("Dit zijn meer dan %(most)s rijen. Dat past niet in één keer.", most=MOST_ROWS))
    return piece


def load_target(person: Person, offer: Offer, key: str) -> Target:
    """A place to which this person may take work now; otherwise :class:`NotFound`."""
    return target_in(offer.targets(person), key)


def target_in(targets: Iterable[Target], key: str) -> Target:
    """The place with this key; otherwise :class:`NotFound`."""
    for target in targets:
        if target.key == key:
            return target
    raise _nothing()


def load_taking(person: Person, taking_id: int) -> tuple[Taking, Exchange, Offer, Target]:
    """What somebody took over, as long as they may still write in the place where it is; else :class:`NotFound`."""
    found = select(Taking).where(Taking.id == taking_id, Taking.person_id == person.id)
    taking = db.session.scalar(found.options(joinedload(Taking.transfer), selectinload(Taking.rows)))
    if taking is None:
        raise _nothing()
    offer, exchange = load_offer(person, taking.transfer.offer)
    return taking, exchange, offer, load_target(person, offer, taking.transfer.target)


def _nothing() -> NotFound:
    return NotFound(_("Dit is er niet, of u mag het niet overnemen."))


def take(
    person: Person, exchange: Exchange, offer: Offer, piece_key: str, target: Target, chosen: Mapping[str, str]
) -> Taking:
    """Take the chosen rows: their ids, each to the stamp that the preview showed.

    What is there already is passed over, so the same again gives the taking that was made first. Raises Invalid when
    nothing was chosen, and Stale when a chosen row is not what the preview showed.
    """
    transfer = _lock(offer, piece_key, target)
    piece = load_piece(person, exchange, piece_key)
    preview = compare(person, exchange, offer, piece, target)
    todo = [shown for shown in preview.rows if shown.row.id in chosen and shown.is_open]
    if any(chosen[shown.row.id] != shown.stamp for shown in todo):
        raise Stale(_("Er is intussen iets veranderd. Er is nog niets overgenomen. Kijk nog eens en kies opnieuw."))
    if not todo:
        before = _last(transfer) if chosen else None
        if before is None:
            raise Invalid(_("Kies ten minste één rij om over te nemen."), "rows")
        return before
    taking = Taking(transfer=transfer, person_id=person.id, version=exchange.version, title=piece.title[:300])
    db.session.add(taking)
    db.session.flush()
    _write(person, preview, taking, todo)
    record("core.taken", subject=taking, person=person, offer=offer.key, rows=len(todo))
    events.send("core.taken", taking=taking)
    return taking


def _lock(offer: Offer, source: str, target: Target) -> Transfer:
    wanted = {"offer": offer.key, "target": target.key, "source": source}
    found = select(Transfer).filter_by(**wanted).with_for_update()
    transfer = db.session.scalar(found)
    if transfer is None:
        try:
            with db.session.begin_nested():
                db.session.add(Transfer(**wanted))
        except IntegrityError:
            pass  # somebody was earlier; we waited for them
        transfer = db.session.scalars(found).one()
    return transfer


def _last(transfer: Transfer) -> Taking | None:
    found = select(Taking).where(Taking.transfer_id == transfer.id, Taking.undone_at.is_(None))
    return db.session.scalar(found.order_by(Taking.id.desc()).limit(1))


def _write(person: Person, preview: Preview, taking: Taking, todo: list[Shown]) -> None:
    offer, target = preview.offer, preview.target
    rows = [PieceRow(shown.row.id, shown.row.values, shown.found.ref if shown.found else "") for shown in todo]
    refs = offer.take(person, target.key, rows)
    db.session.flush()
    kept = offer.look(person, target.key, [PieceRow(row.id, row.values, refs[row.id]) for row in rows])
    for shown in todo:
        if shown.live is not None:
            shown.live.live = None
    db.session.flush()  # before the new ones go in, of which each row has one
    for shown in todo:
        id = shown.row.id
        taken = TakingRow(
            taking_id=taking.id,
            transfer_id=taking.transfer_id,
            row_id=id,
            live=True,
            previous=shown.live,
            ref=refs[id],
            label=shown.label,
            given=fingerprint(dict(shown.row.values)),
            kept=fingerprint(dict(kept[id].values)),
            before=dict(shown.found.values) if shown.found else None,
        )
        taking.rows.append(taken)
    db.session.flush()


def undo(person: Person, offer: Offer, target: Target, taking: Taking) -> Taking:
    """Take back what this taking did. What somebody changed since stays, and so does what was taken again later:
    the ``outcome`` of each row tells. Undoing twice does nothing more."""
    db.session.execute(select(Transfer.id).where(Transfer.id == taking.transfer_id).with_for_update())
    db.session.refresh(taking)
    if taking.undone_at is not None:
        return taking
    live = [row for row in taking.rows if row.live]
    found = offer.look(person, target.key, [PieceRow(row.row_id, ref=row.ref) for row in live]) if live else {}
    untouched = [row for row in live if row.row_id in found and row.kept == _held(found[row.row_id])]
    back = [PieceRow(row.row_id, ref=row.ref, before=row.before) for row in untouched]
    stays = set(offer.undo(person, target.key, back)) if back else set()
    for row in taking.rows:
        row.outcome = _outcome(row, found, {one.row_id for one in untouched} - stays)
    _let_go(taking)
    taking.undone_at = now()
    db.session.flush()
    record("core.taking_undone", subject=taking, person=person, offer=offer.key, rows=len(back) - len(stays))
    events.send("core.taking_undone", taking=taking)
    return taking


def _held(found: Found) -> str:
    return fingerprint(dict(found.values))


def _outcome(row: TakingRow, found: Mapping[str, Found], undone: set[str]) -> str:
    if not row.live:
        return TakingRow.LATER
    if row.row_id not in found:
        return TakingRow.GONE
    return TakingRow.UNDONE if row.row_id in undone else TakingRow.LEFT


def _let_go(taking: Taking) -> None:
    """A row that is no longer there can be taken anew; one that was put back is again what it was before."""
    freed = [row for row in taking.rows if row.outcome in {TakingRow.UNDONE, TakingRow.GONE}]
    for row in freed:
        row.live = None
    db.session.flush()
    for row in freed:
        if row.previous is not None and row.outcome == TakingRow.UNDONE and row.before is not None:
            row.previous.live = True
    db.session.flush()
