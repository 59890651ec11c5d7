"""One way to write a value as bytes: RFC 8785, without floats.

Floats are refused because money is whole öre and because two programs may write the same float in two ways.
Object keys stay within Unicode's basic plane: there the order of RFC 8785 (UTF-16 units) is the order of
code points. Within these limits the standard library writes RFC 8785 to the byte, five times as fast as the
package ``rfc8785``, which the tests hold it against; and the standalone verifier needs nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, TypeAlias

import orjson

from audit import verify
from audit.errors import EntryError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


class AsWritten:
    """A value that somebody has written already, as its RFC 8785 bytes: what has no canonical form is not in
    it."""

    __slots__ = ("raw",)

    def __init__(self, raw: bytes) -> None:
        self.raw = raw


Look: TypeAlias = Callable[[str], "str | None"]
"""Judges a text: what is wrong with it, in Swedish, or None."""

MAX_INT = 2**53 - 1
_MAX_DEPTH = 60


def canonical(value: object, where: str, look: Look | None = None) -> bytes:
    """The RFC 8785 bytes of a value; ``where`` names it in errors. ``look`` judges every text in it.

    Raises EntryError at the first thing that has no canonical form here or that ``look`` objects to.
    """
    found = _as_written(value.raw) if type(value) is AsWritten else _at_once(value)
    # Where nothing in the whole can be objected to, nothing can in a part; else the part is looked for.
    if found is not None and (look is None or (b"\\" not in found and look(found.decode()) is None)):
        return found
    value = _opened(value)
    try:
        _check(value, 0, look)
    except _UnfitError as unfit:
        raise EntryError(f"{where}{unfit.place}: {unfit.message}") from None
    return verify.canonical(value).encode()


def _at_once(value: object) -> bytes | None:
    """The bytes of a value that plainly has such a form, a fifth as dear; None where that is to be seen."""
    level = [] if type(value) in _ALONE else [value]
    for _ in range(_MAX_DEPTH):
        kinds = set(map(type, level))
        if not kinds <= _PLAIN:
            return None
        if not kinds & _WITH_MEMBERS:
            break
        dicts = [each for each in level if type(each) is dict]
        lists = [each for each in level if type(each) is list] if list in kinds else ()
        level = [*chain.from_iterable(map(dict.values, dicts)), *chain.from_iterable(lists)]
    else:
        return None
    try:
        found = orjson.dumps(value, _raw, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)
    except orjson.JSONEncodeError:
        return None
    return _as_written(found)


def _raw(written: AsWritten) -> orjson.Fragment:
    return orjson.Fragment(written.raw)


def _as_written(found: bytes) -> bytes | None:
    """The bytes, where the order of names in them is plainly that of code points too."""
    return None if _beyond(found) else found


def _opened(value: object) -> object:
    """A value without parts that are written already."""
    if isinstance(value, dict):
        return {name: _opened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [*map(_opened, value)]
    return orjson.loads(value.raw) if isinstance(value, AsWritten) else value


_WITH_MEMBERS = frozenset({dict, list})
_ALONE = frozenset({str, int, bool, type(None)})
_PLAIN = _WITH_MEMBERS | _ALONE | {AsWritten}


def any_name(value: object, plain: Callable[[Any], object] | None = None) -> bytes:
    """The RFC 8785 bytes of a value without decimals, whatever letters its names are written with. ``plain``
    makes a plain value of what is none; dataclasses are plain when their members stand in order.

    Nothing is refused: this is for comparing, not for entries of a log. RFC 8785 orders names by UTF-16
    units, which outside Unicode's basic plane is not the order of code points; there, and for whole numbers
    beyond 64 bits, the standard library writes it. Else orjson does, ten times as fast.
    """
    try:
        found = orjson.dumps(value, plain, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return _by_the_library(value)
    return _by_the_library(orjson.loads(found)) if _beyond(found) else found


def _beyond(found: bytes) -> bool:
    """Whether there is a character outside the basic plane, by how such a one begins in UTF-8. One by one: a
    pattern of them all takes ten times as long."""
    return b"\xf0" in found or b"\xf1" in found or b"\xf2" in found or b"\xf3" in found or b"\xf4" in found


def _by_the_library(value: object) -> bytes:
    return json.dumps(_by_units(value), ensure_ascii=False, separators=(",", ":")).encode()


def _by_units(value: object) -> object:
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return {name: _by_units(value[name]) for name in names}
    return [_by_units(each) for each in value] if isinstance(value, list) else value


def object_of(members: Mapping[str, bytes]) -> bytes:
    """The RFC 8785 bytes of an object whose members' values are in that form already."""
    return b"{" + b",".join([b"%s:%s" % (_name(name), members[name]) for name in sorted(members)]) + b"}"


@lru_cache(4096)
def _name(name: str) -> bytes:
    return verify.canonical(name).encode()


class _UnfitError(Exception):
    """Collects its place on the way out, so that a fit value pays nothing for it."""

    def __init__(self, message: str) -> None:
        self.place, self.message = "", message


def _check(value: object, depth: int, look: Look | None) -> None:
    if isinstance(value, str):
        _check_text(value, look)
    elif isinstance(value, dict):
        _check_depth(depth)
        for key, member in value.items():
            if not isinstance(key, str):
                raise _UnfitError(f"fältnamnet {key!r} är inte text.")
            _check_text(key, look)
            if not key.isascii() and max(key) > "\uffff":
                raise _UnfitError(f"fältnamnet {key!r} har ett tecken utanför Unicodes grundplan.")
            try:
                _check(member, depth + 1, look)
            except _UnfitError as unfit:
                unfit.place = f".{key}{unfit.place}"
                raise
    elif isinstance(value, list):
        _check_depth(depth)
        for index, member in enumerate(value):
            try:
                _check(member, depth + 1, look)
            except _UnfitError as unfit:
                unfit.place = f"[{index}]{unfit.place}"
                raise
    elif isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise _UnfitError(f"talet {value} är större än {MAX_INT}. Skriv det som text.")
    elif isinstance(value, float):
        raise _UnfitError(
            f"{value!r} är ett decimaltal. Skriv belopp i hela ören, annat som heltal eller text."
        )
    elif value is not None:
        raise _UnfitError(
            f"{type(value).__name__} kan inte loggas. "
            "Tillåtet är text, heltal, ja/nej, tomt, lista och objekt."
        )


def _check_depth(depth: int) -> None:
    if depth == _MAX_DEPTH:
        raise _UnfitError(f"värdet är nästlat djupare än {_MAX_DEPTH} nivåer.")


def _check_text(text: str, look: Look | None) -> None:
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise _UnfitError(f"texten har ett ensamt surrogattecken på plats {error.start}.") from None
    if look is not None and (complaint := look(text)):
        raise _UnfitError(complaint)
