"""JSON of answers back into records: the other way round from `jsontext.to_json`, for any frozen record.

A field `location` is spread into its owner there, so it is gathered from the owner here. Fields that a record does not
have are passed over: an answer of a newer server may hold more. Numbers have the six digits that JSON gives them.
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from locant.errors import ServerError
from locant.types import Location

__all__ = ["decode", "decode_all"]

Record = TypeVar("Record")

_Reader = Callable[[Any], Any]


class _MismatchError(Exception):
    """What was found is not what the record holds; `where` leads to it from the outside in."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.where: list[str] = []


def decode(kind: type[Record], document: object) -> Record:
    """A record of a kind out of JSON values.

    Raises:
        ServerError: the values do not make one; the message names the field.

    """
    try:
        return cast("Record", _record(kind, document))
    except _MismatchError as error:
        where = ".".join([kind.__name__, *reversed(error.where)])
        raise ServerError(
            f"the server's answer cannot be read: {where} is {error}; client and server may be of different versions"
        ) from None


def decode_all(kind: type[Record], documents: object) -> tuple[Record, ...]:
    """Records of one kind out of a JSON array.

    Raises:
        ServerError: there is no array, or an item makes no record.

    """
    if not isinstance(documents, list):
        raise ServerError(f"the server's answer cannot be read: {kind.__name__}s are {_named(documents)}, not a list")
    return tuple(decode(kind, document) for document in documents)


def _record(kind: type, document: object) -> object:
    if not isinstance(document, Mapping):
        raise _MismatchError(f"{_named(document)}, not an object")
    values: dict[str, Any] = {}
    for name, read, is_optional in _fields(kind):
        if read is _spread_location:
            values[name] = _spread_location(document)
        elif name in document:
            values[name] = _within(name, read, document[name])
        elif not is_optional:
            raise _MismatchError(f"an object without {name!r}")
    return kind(**values)


@cache
def _fields(kind: type) -> tuple[tuple[str, _Reader, bool], ...]:
    """Name, reader, and whether it may be missing, of each field of a record."""
    hints = get_type_hints(kind)
    found = []
    for field in dataclasses.fields(kind):
        has_default = field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        is_spread = field.name == "location" and hints[field.name] is Location
        found.append((field.name, _spread_location if is_spread else _reader(hints[field.name]), has_default))
    return tuple(found)


def _spread_location(owner: object) -> object:
    return _record(Location, owner)


def _within(name: str, read: _Reader, value: object) -> object:
    try:
        return read(value)
    except _MismatchError as error:
        error.where.append(name)
        raise


@cache
def _reader(kind: Any) -> _Reader:  # noqa: ANN401 - a type, or what typing makes of several
    """How a value of a type is read."""
    origin, arguments = get_origin(kind), get_args(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return partial(_record, kind)
    if origin in (Union, types.UnionType):
        return partial(_optional, tuple(_reader(one) for one in arguments if one is not type(None)))
    if origin is tuple:
        return partial(_tuple, _reader(arguments[0]))
    if origin is dict:
        return partial(_dict, _reader(arguments[1]))
    return partial(_plain, str if origin is Literal else kind)


def _optional(readers: Sequence[_Reader], value: object) -> object:
    return None if value is None else readers[0](value)


def _tuple(read: _Reader, value: object) -> object:
    if not isinstance(value, list):
        raise _MismatchError(f"{_named(value)}, not a list")
    return tuple(_within(str(place), read, one) for place, one in enumerate(value))


def _dict(read: _Reader, value: object) -> object:
    if not isinstance(value, Mapping):
        raise _MismatchError(f"{_named(value)}, not an object")
    return {str(name): _within(str(name), read, one) for name, one in value.items()}


def _plain(kind: type, value: object) -> object:
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise _MismatchError(f"{_named(value)}, not {kind.__name__}")
    return value


def _named(value: object) -> str:
    return "null" if value is None else type(value).__name__
