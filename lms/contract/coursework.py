"""Activity types and worksheets are whole; what is handed out is there, and what is taken fits it."""

import re
from collections.abc import Iterable, Mapping

from ..errors import ContractError
from ..plugins import ActivityType, Exchange, Offer, Permission, Plugin
from ..worksheets.nouns import Worksheet
from .names import NAME

EXCHANGE = re.compile(r"[a-z][a-z0-9-]*")
TAKEN = ("id", "links", "text", "files", "revision", "doe", "force", "overwrite")
"""Names in the form of a worksheet that mean something else."""


def check_activity_types(plugin: Plugin) -> None:
    """Refuse an activity type without a page or a title."""
    for kind in plugin.activity_types:
        if kind.view is ActivityType.view:
            raise ContractError(
                f"Plugin {plugin.name!r}: activity type {kind.key!r} has no view(); write the page that it shows."
            )
        if not kind.title:
            raise ContractError(
                f"Plugin {plugin.name!r}: activity type {kind.key!r} has no title; give it the word that people see."
            )


def check_exchanges(plugin: Plugin) -> None:
    """Refuse an exchange that is wrong by itself."""
    for exchange in plugin.exchanges:
        if not EXCHANGE.fullmatch(exchange.name):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} must be named with small letters, digits and -; "
                "rename it."
            )
        keys = [field.key for field in exchange.fields]
        if not keys or len(keys) != len(set(keys)):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} needs fields, each with a key of its own; "
                "correct its fields."
            )

        if (exchange.give is None) == (not exchange.sheet):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} needs either give=… or sheet=…; correct it."
            )


def check_handed_out(plugin: Plugin, sheets: Mapping[str, Worksheet]) -> None:
    """Refuse an exchange of what no worksheet has, or of what is private in it."""
    for exchange in plugin.exchanges:
        if not exchange.sheet:
            continue
        sheet = sheets.get(exchange.sheet)
        if sheet is None or (exchange.rows is None and exchange.part not in sheet.by_name):
            raise ContractError(
                f"Plugin {plugin.name!r}: exchange {exchange.name!r} hands out {exchange.sheet}:{exchange.part}, which "
                "no worksheet has; correct sheet and part."
            )
        for field in exchange.fields if exchange.rows is None else ():
            found = sheet.field(exchange.part, field.key)
            if found is None or found.private:
                raise ContractError(
                    f"Plugin {plugin.name!r}: exchange {exchange.name!r} hands out the field {field.key!r}, which is "
                    f"private or not there in {exchange.sheet}:{exchange.part}; correct its fields."
                )


def check_offers(plugins: Iterable[Plugin], permissions: Mapping[str, Permission]) -> None:
    """Refuse two producers of one exchange, and an offer that does not fit what is handed out."""
    handed_out: dict[str, Exchange] = {}
    owners: dict[str, str] = {}
    for plugin in plugins:
        for exchange in plugin.exchanges:
            if exchange.name in owners:
                raise ContractError(
                    f"Plugins {owners[exchange.name]!r} and {plugin.name!r} both hand out {exchange.name!r}; "
                    "rename one of them."
                )
            handed_out[exchange.name], owners[exchange.name] = exchange, plugin.name
    for plugin in plugins:
        for offer in plugin.offers:
            if offer.permission not in permissions:
                raise ContractError(
                    f"Plugin {plugin.name!r}: offer {offer.key!r} names the permission {offer.permission!r}, "
                    "which no plugin declares; declare it or correct the name."
                )
            # An offer for what nobody hands out lies dormant; one for what is handed out must fit.
            if offer.exchange in handed_out:
                _check_offer(plugin, offer, handed_out[offer.exchange])


def _check_offer(plugin: Plugin, offer: Offer, exchange: Exchange) -> None:
    if offer.version != exchange.version:
        raise ContractError(
            f"Plugin {plugin.name!r}: offer {offer.key!r} takes version {offer.version} of {exchange.name!r}, but "
            f"version {exchange.version} is handed out; take the version of the plugin that fits."
        )
    for key in offer.fields:
        if key not in {field.key for field in exchange.fields}:
            raise ContractError(
                f"Plugin {plugin.name!r}: offer {offer.key!r} takes the field {key!r}, which {exchange.name!r} does "
                "not have; correct its fields."
            )


def check_worksheets(plugin: Plugin) -> None:
    """Refuse names in a worksheet that its form or its drawings cannot have."""
    for sheet in plugin.worksheets:
        for names, owner in [
            ([part.name for part in sheet.parts], sheet.key),
            *(([one.name for one in part.fields], f"{sheet.key}:{part.name}") for part in sheet.parts),
        ]:
            for name in names:
                if not NAME.fullmatch(name) or name in TAKEN or names.count(name) > 1:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {owner} cannot have the name {name!r}; choose one with "
                        f"small letters, digits and _, once, and not {' or '.join(TAKEN)}."
                    )
        for part in sheet.parts:
            named = [part.grid.x, part.grid.y] if part.grid else []
            named += [name for _heading, *pair in part.sides.rows for name in pair] if part.sides else []
            for name in named:
                if name not in part.by_name:
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {sheet.key}:{part.name} draws the field {name!r}, which it "
                        "does not have; correct the name."
                    )


def check_sources(plugin: Plugin, sheets: Mapping[str, Worksheet]) -> None:
    """Refuse a worksheet that takes up a field which another one of a plugin that is here does not have."""
    for sheet in plugin.worksheets:
        for part in sheet.parts:
            for one in part.fields:
                key, place, name = one.comes_from
                if one.source and (key not in sheets or sheets[key].field(place, name) is None):
                    raise ContractError(
                        f"Plugin {plugin.name!r}: worksheet {sheet.key}:{part.name}.{one.name} takes from "
                        f"{one.source!r}, which no worksheet has; correct the source."
                    )
