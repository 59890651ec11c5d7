"""The copying of the terms of a kind, written as a Python function: compiled, it takes a third of the time.

Of ``ärende.hyra``, which is ``application.rent``, it says::

    value7 = record2.rent
    given7 = is_given(value7, taken7)
    if value7 is not None:
        put(draft, case, term5, value7, (value7,), (given7,), ('rent',))
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel

from decision_service.decision.facts.sources import (
    Bound,
    Field,
    Record,
    Sources,
    attribute,
    field_of,
    inside,
    taken,
)
from rules.language.vocabulary import Term


def shape(bound: Bound) -> Hashable:
    """What of a bound part the text depends on: its records' models, and whether they tell their place."""
    if bound is None:
        return None
    if isinstance(bound, Record):
        return bound.value.__class__, bound.whole, not bound.place
    return frozenset([(each.value.__class__, each.whole) for each in bound])


def copy_text(terms: tuple[Term, ...], sources: Sources) -> tuple[str, dict[str, Any]]:
    """A function ``copy(draft, case, sources)`` that puts every term, and what it calls ``taken``.

    It knows each term by its number, the derivations as ``by``, and ``put``, ``is_there``, ``is_given`` and
    ``inside`` by their names.
    """
    fields = dict.fromkeys(field_of(path, sources) for term in terms for path in term.sources)
    numbers = {field: number for number, field in enumerate(fields)}
    parts = {part: number for number, part in enumerate(dict.fromkeys(each.part for each in fields))}
    lines = ["def copy(draft, case, sources):"]
    for part, number in parts.items():
        lines += _part(part, number, sources)
    places: dict[Field, str] = {}
    taken_by_name: dict[str, Any] = {}
    for field, number in numbers.items():
        found = _FieldText(field, None if field.part is None else sources[field.part], parts[field.part])
        places[field], taken_by_name[f"taken{number}"] = found.place(), found.taken()
        lines += [f"    value{number} = {found.value()}", f"    given{number} = {found.given(number)}"]
    for number, term in enumerate(terms):
        lines += _term(number, term, [field_of(path, sources) for path in term.sources], numbers, places)
    return "\n".join(lines), taken_by_name


def _part(part: str | None, number: int, sources: Sources) -> Iterator[str]:
    bound = None if part is None else sources[part]
    if bound is not None:
        yield f"    bound{number} = sources[{part!r}]"
        value = (
            f"bound{number}.value" if isinstance(bound, Record) else f"[each.value for each in bound{number}]"
        )
        yield f"    record{number} = {value}"


def _term(
    number: int, term: Term, fields: list[Field], numbers: dict[Field, int], places: dict[Field, str]
) -> Iterator[str]:
    values = ", ".join(f"value{numbers[each]}" for each in fields)
    given = ", ".join(f"given{numbers[each]}" for each in fields)
    stand = ", ".join(places[each] for each in fields)
    made = values if term.derivation is None else f"by[{term.derivation!r}](case, {values})"
    yield f"    made = {made}"
    yield "    if made is not None:"
    yield f"        put(draft, case, term{number}, made, ({values},), ({given},), ({stand},))"


class _FieldText(NamedTuple):
    """A field, what its part is bound to, and the number of that."""

    field: Field
    bound: Bound
    number: int

    def value(self) -> str:
        """The value, or the values of several records."""
        if self.bound is None:
            return "None"
        if isinstance(self.bound, Record):
            return self._inside(f"record{self.number}", self.bound.value.__class__)
        models = {each.value.__class__ for each in self.bound}
        inner = self._inside("each", models.pop() if len(models) == 1 else object)
        return f"tuple([{inner} for each in record{self.number}])"

    def _inside(self, record: str, model: type) -> str:
        if not self.field.names:
            return record
        if len(self.field.names) == 1 and self._has_fields(model):
            return f"{record}.{attribute(model, self.field.names[0])}"
        return f"inside({record}, {self.field.names!r})"

    @staticmethod
    def _has_fields(model: type) -> bool:
        return issubclass(model, BaseModel) or hasattr(model, "__dataclass_fields__")

    def given(self, number: int) -> str:
        """Whether the value is there, and another than what is taken where nobody has said anything."""
        if isinstance(self.bound, Record) and self.field.names:
            return f"is_given(value{number}, taken{number})"
        return f"is_there(value{number})"

    def taken(self) -> Any:
        """What that is."""
        if not isinstance(self.bound, Record) or not self.field.names:
            return None
        *way, last = self.field.names
        return taken(inside(self.bound.value, tuple(way)).__class__, last)

    def place(self) -> str:
        """Where the value stands."""
        written = self.field.path.removeprefix("application.")
        if self.bound is None:
            return repr(written)
        if isinstance(self.bound, Record):
            if self.bound.whole or not self.field.rest:
                return f"bound{self.number}.place"
            return (
                f"bound{self.number}.place + {'.' + self.field.rest!r}"
                if self.bound.place
                else repr(self.field.rest)
            )
        if any(each.whole for each in self.bound):
            return f"', '.join([each.place for each in bound{self.number} if each.whole])"
        return repr(written)
