"""Each noun of the contract has values of the types that it is annotated with."""

import collections.abc
import types
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..errors import ContractError
from ..plugins import Plugin


def check_types(plugin: Plugin) -> None:
    """Refuse values of another type than the noun is annotated with."""
    name = plugin.name
    _check_fields(name, plugin)
    for field in fields(plugin):
        value = getattr(plugin, field.name)
        for item in value if isinstance(value, tuple) else ():
            _check_noun(name, item)


def _check_noun(name: str, item: Any) -> None:
    if is_dataclass(item) and not isinstance(item, type):
        _check_fields(name, item)
        for field in fields(item):  # a worksheet has parts, which have fields
            value = getattr(item, field.name)
            for one in value if isinstance(value, tuple) else (value,):
                _check_noun(name, one)


def _check_fields(name: str, noun: Any) -> None:
    # At run time nobody checks annotations: `roles="member"` would be six roles of one letter.
    for field, hint in _hints(type(noun)).items():  # type: ignore[arg-type]
        value = getattr(noun, field)
        if not _fits(value, hint):
            raise ContractError(
                f"Plugin {name!r}: {type(noun).__name__}.{field} must be {_words(hint)}, but is {_shown(value)}."
            )


@cache
def _hints(noun: type) -> dict[str, Any]:
    return get_type_hints(noun)


def _fits(value: Any, hint: Any) -> bool:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any:
        return True
    if origin is Literal:
        return value in arguments
    if origin in (Union, types.UnionType):
        return any(_fits(value, one) for one in arguments)
    if origin is tuple and arguments[-1] is not Ellipsis:
        return isinstance(value, tuple) and len(value) == len(arguments) and all(map(_fits, value, arguments))
    if origin is tuple:
        return isinstance(value, tuple) and all(_fits(item, arguments[0]) for item in value)
    if origin in (set, frozenset):
        return isinstance(value, origin) and all(_fits(item, arguments[0]) for item in value)
    if origin is type:
        return isinstance(value, type) and issubclass(value, arguments[0])
    if origin is collections.abc.Callable:
        return callable(value)
    return isinstance(value, hint)


def _words(hint: Any) -> str:
    """A type as one writes it: «a tuple of Permission: (one,)»."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " or ".join(repr(one) for one in arguments)
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(_words(one) for one in arguments))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"a tuple of {len(arguments)}"
    if origin is tuple:
        return f"a tuple of {_words(arguments[0])}, with a comma at its end: (…,)"
    if origin in (set, frozenset):
        return "a set"
    if origin is type:
        return f"{arguments[0].__name__} classes"
    if origin is collections.abc.Callable:
        return "a function"
    return "None" if hint is type(None) else f"{hint.__name__}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
