"""Whether a rule may apply that looks at something that is missing.

The library says what is known to hold, and would say nothing of the rest without being asked of absence. A
pattern may match when it does with every comparison true that looks at a missing property.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from rules.engines.durable.patterns import Pattern
from rules.facts import Known

May = Callable[[Mapping[str, Known]], bool]
"""From the properties of a fact to whether a pattern matches or, were more known, could."""

_FITTING: Mapping[str, tuple[str, int]] = {
    "$neq": ("!=", 1),
    "$lt": ("<", -1),
    "$lte": ("<=", 0),
    "$gt": (">", 1),
    "$gte": (">=", 0),
}
"""Each sign of the library in Python, and how far from the limit a number lies of which it is true."""


def may_match(pattern: Pattern) -> May:
    """A function of the pattern: ``held.get('p1', 18) >= 18 and held.get('p2', True) == True``."""
    found: dict[str, May] = {}
    text = f"def may(held):\n    return {_text(pattern)}\n"
    exec(compile(text, "a pattern that may match", "exec"), found)
    return found["may"]


def _text(pattern: Pattern) -> str:
    [(key, value)] = pattern.items()
    if key in ("$and", "$or"):
        return f"({f' {key[1:]} '.join(map(_text, value))})"
    if key not in _FITTING:
        return f"held.get({key!r}, {value!r}) == {value!r}"
    [(name, limit)] = value.items()
    sign, away = _FITTING[key]
    fitting = repr(limit + away) if isinstance(limit, int) and not isinstance(limit, bool) else None
    return f"held.get({name!r}, {fitting}) {sign} {limit!r}"


def may_by(pattern: Pattern, terms: Collection[str]) -> str:
    """A text of whether a pattern may match by some of its properties alone, each a name in it, None where it
    is missing: ``(p1 is None or p1 >= 18)``. What the others say is left open."""
    [(key, value)] = pattern.items()
    if key in ("$and", "$or"):
        parts = [may_by(part, terms) for part in value]
        known = [part for part in parts if part != _OPEN]
        if not known or (key == "$or" and len(known) < len(parts)):
            return _OPEN
        return f"({f' {key[1:]} '.join(known)})"
    [name] = looked_at(pattern)
    if name not in terms:
        return _OPEN
    sign, limit = (_FITTING[key][0], value[name]) if key in _FITTING else ("==", value)
    return f"({name} is None or {name} {sign} {limit!r})"


_OPEN = "True"


def looked_at(pattern: Pattern) -> Iterator[str]:
    """The properties that a pattern looks at."""
    for key, value in pattern.items():
        if key in ("$and", "$or"):
            for part in value:
                yield from looked_at(part)
        else:
            yield from value if isinstance(value, Mapping) else [key]
