"""The copying of the terms of a kind, written as a Python function: compiled, it takes a third of the time.

Of ``ärende.hyra``, which is ``application.rent``, it says::

    value7 = record2.rent
    given7 = value7 is not None and (value7.__class__ not in LISTS or is_there(value7))
    …
    made = value7
    if made is not None:
        known = made if made.__class__ is int else plain_value(made)
        if known is not None:
            values['ärende.hyra'] = known
            origin['ärende.hyra'] = copied5 if given7 else empty5 if is_empty(value7) else assumed5
        else:
            leave_out(draft, case, sources, term5, made, known, (given7,), (('rent',),))
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from decision_service.decision.facts.made import LISTS, Told, copied_at
from decision_service.decision.facts.sources import (
    NOTHING,
    Bound,
    Field,
    Record,
    Sources,
    attribute,
    field_of,
    inside,
    taken,
)
from rules.facts import FactOrigin, Made
from rules.language.types import Base
from rules.language.vocabulary import Term


def shape(bound: Bound) -> Hashable:
    """What of a bound part the text depends on: its records' models, and whether they tell their place."""
    if bound is None:
        return None
    if isinstance(bound, Record):
        return bound.value.__class__, bound.whole, not bound.place
    return frozenset([(each.value.__class__, each.whole) for each in bound])


Named = Callable[..., Any] | tuple[type, ...] | Term | Told | FactOrigin | str | None
"""What the text of a copying calls by a name."""


def copy_text(terms: tuple[Term, ...], sources: Sources, assumes: bool) -> tuple[str, dict[str, Named]]:
    """A function ``copy(draft, case, sources)`` that copies every term, and further names that it uses.

    It knows by its number each term, how its values are read and its derivation. Where the case ``assumes``
    fields their places are looked up in it.
    """
    fields = dict.fromkeys(field_of(path, sources) for term in terms for path in term.sources)
    parts = {part: number for number, part in enumerate(dict.fromkeys(each.part for each in fields))}
    names: dict[str, Named] = {"LISTS": LISTS}
    lines = ["def copy(draft, case, sources):", "    values, origin = draft.values, draft.origin"]
    for part, number in parts.items():
        rests = _rests(part, fields, sources)
        names[f"origins{number}"] = copied_at(rests)
        lines += _part(part, number, sources, rests)
    texts: dict[Field, _FieldText] = {}
    for number, field in enumerate(fields):
        bound = None if field.part is None else sources[field.part]
        rests = _rests(field.part, fields, sources)
        found = texts[field] = _FieldText(field, bound, parts[field.part], number, rests)
        names[f"taken{number}"] = found.taken()
        lines.append(f"    value{number} = {found.value()}")
        if found.surely_given() is None:
            lines.append(f"    given{number} = {found.is_given()}")
        if found.fixed_place() is None and isinstance(bound, tuple):
            lines.append(f"    places{number} = {found.places_text()}")
    for number, term in enumerate(terms):
        copied = _TermText(term, number, [texts[field_of(path, sources)] for path in term.sources], assumes)
        names |= copied.names()
        lines += copied.lines()
    return "\n".join(lines), names


def _part(part: str | None, number: int, sources: Sources, rests: tuple[str, ...]) -> Iterator[str]:
    bound = None if part is None else sources[part]
    if bound is not None:
        yield f"    bound{number} = sources[{part!r}]"
        value = (
            f"bound{number}.value" if isinstance(bound, Record) else f"[each.value for each in bound{number}]"
        )
        yield f"    record{number} = {value}"
        if isinstance(bound, Record) and (bound.place or "" in rests):
            yield f"    at{number} = origins{number}(bound{number}.place)"


def _rests(part: str | None, fields: Iterable[Field], sources: Sources) -> tuple[str, ...]:
    """What follows the place of the record that a part is bound to, for each field in it."""
    bound = None if part is None else sources[part]
    whole = isinstance(bound, Record) and bound.whole
    rests = (each.rest for each in fields if each.part == part)
    return tuple(dict.fromkeys("" if whole or not rest else f".{rest}" for rest in rests))


class _FieldText(NamedTuple):
    """A field, what its part is bound to, the number of that part and its own."""

    field: Field
    bound: Bound
    part: int
    number: int
    rests: tuple[str, ...]

    def value(self) -> str:
        """The value, or the values of several records."""
        if self.bound is None:
            return "None"
        if isinstance(self.bound, Record):
            return self._inside(f"record{self.part}", self.bound.value.__class__)
        models = {each.value.__class__ for each in self.bound}
        inner = self._inside("each", models.pop() if len(models) == 1 else object)
        return f"tuple([{inner} for each in record{self.part}])"

    def _inside(self, record: str, model: type) -> str:
        if not self.field.names:
            return record
        if len(self.field.names) == 1 and self._has_fields(model):
            return f"{record}.{attribute(model, self.field.names[0])}"
        return f"inside({record}, {self.field.names!r})"

    @staticmethod
    def _has_fields(model: type) -> bool:
        return issubclass(model, BaseModel) or hasattr(model, "__dataclass_fields__")

    @property
    def given(self) -> str:
        """The text of whether the value is given."""
        surely = self.surely_given()
        return f"given{self.number}" if surely is None else str(surely)

    def surely_given(self) -> bool | None:
        """Whether the value is given, where that is the same in every case: none is where nothing is bound, a
        whole record is."""
        if not self.bound:
            return False
        if isinstance(self.bound, tuple) or self.field.names:
            return None
        return None if isinstance(self.bound.value, tuple | list | dict | None) else True

    def is_given(self) -> str:
        """Whether the value is there, and another than what is taken where nobody has said anything."""
        value = f"value{self.number}"
        if isinstance(self.bound, tuple):
            return f"len({value}) > 0 and is_there({value})"
        if self._may_be_taken() and self.taken() not in (None, NOTHING, PydanticUndefined):
            return f"is_given({value}, taken{self.number})"
        return f"{value} is not None and ({value}.__class__ not in LISTS or is_there({value}))"

    def _may_be_taken(self) -> bool:
        return isinstance(self.bound, Record) and bool(self.field.names)

    def taken(self) -> Any:
        """What that is."""
        if not isinstance(self.bound, Record) or not self.field.names:
            return NOTHING
        *way, last = self.field.names
        return taken(inside(self.bound.value, tuple(way)).__class__, last)

    def fixed_place(self) -> str | None:
        """Where the value stands, when that is the same in every case."""
        if self.bound is None or (
            isinstance(self.bound, tuple) and not any(each.whole for each in self.bound)
        ):
            return self.field.path.removeprefix("application.")
        if (
            isinstance(self.bound, Record)
            and not self.bound.place
            and self.field.rest
            and not self.bound.whole
        ):
            return self.field.rest
        return None

    @property
    def places(self) -> str:
        """The text of where the value stands."""
        fixed, copied = self.fixed_place(), self.copied()
        if fixed is not None:
            return repr((fixed,))
        return f"places{self.number}" if copied is None else f"{copied}.places"

    def copied(self) -> str | None:
        """The text of the origin of the value of a record that stands elsewhere from case to case."""
        if self.fixed_place() is not None or not isinstance(self.bound, Record):
            return None
        rest = "" if self.bound.whole or not self.field.rest else f".{self.field.rest}"
        return f"at{self.part}[{self.rests.index(rest)}]"

    def places_text(self) -> str:
        """Where the values of several records stand that tell their place."""
        return f"tuple([each.place for each in bound{self.part} if each.whole])"


class _TermText(NamedTuple):
    """A term, its number, and its fields."""

    term: Term
    number: int
    fields: list[_FieldText]
    assumes: bool

    def names(self) -> dict[str, Named]:
        """What the text uses beside the names that every copying knows."""
        places = [(str(each.fixed_place()),) for each in self.fields]
        if len(places) > 1:
            return {f"told{self.number}": Told(*places)}
        return {f"{made}{self.number}": FactOrigin(made, *places) for made in Made}

    def lines(self) -> Iterator[str]:
        """The copying of the term."""
        values = "".join(f"value{each.number}, " for each in self.fields)
        made = values.rstrip(", ") if self.term.derivation is None else f"by{self.number}(case, {values})"
        left_out = f"sources, term{self.number}, made, known, {self._given()}, {self._places()}"
        yield f"    made = {made}"
        yield "    if made is not None:"
        yield f"        known = {self._known()}"
        yield f"        if known is not None{self._within()}:"
        yield f"            values[{self.term.path!r}] = known"
        yield f"            origin[{self.term.path!r}] = {self._origin(values)}"
        yield "        else:"
        yield f"            leave_out(draft, case, {left_out})"

    def _known(self) -> str:
        """The value as the rules read it, the commonest first."""
        if self.term.words:
            return f"read{self.number}(made)"
        match self.term.type.base:
            case Base.NUMBER:
                return "made if made.__class__ is int else plain_value(made)"
            case Base.YES_NO:
                return "made if made.__class__ is bool else plain_value(made)"
            case Base.DAY:
                return "made.toordinal() if made.__class__ is date else plain_value(made)"
            case _:
                return "plain_value(made)"

    def _within(self) -> str:
        low, high = self.term.limits
        if low is None and high is None:
            return ""
        inside = f"{'' if low is None else f'{low} <= '}known{'' if high is None else f' <= {high}'}"
        return f" and ({inside} if known.__class__ is int else possible(term{self.number}, known))"

    def _given(self) -> str:
        return f"({''.join(f'{each.given}, ' for each in self.fields)})"

    def _places(self) -> str:
        return f"({''.join(f'{each.places}, ' for each in self.fields)})"

    def _origin(self, values: str) -> str:
        if self.assumes:
            return f"origin_of(case, made, ({values}), {self._given()}, {self._places()})"
        if len(self.fields) == 1:
            return self._of_one(self.fields[0])
        if None in (each.fixed_place() for each in self.fields):
            return f"FactOrigin({self._made(values)}, places_of({self._given()}, {self._places()}))"
        return f"told{self.number}[{self._made(values)}, {self._given()}]"

    def _made(self, values: str) -> str:
        """How a value was made of its fields: of two that are given it is calculated."""
        several = " + ".join(each.given for each in self.fields if each.given != "False")
        return f"(INFERRED if {several or 0} > 1 else made_of(made, ({values}), {self._given()}))"

    def _of_one(self, field: _FieldText) -> str:
        """Where a value of a single field comes from."""
        fixed, number = field.fixed_place() is not None, field.number

        def origin(made: Made) -> str:
            return f"{made}{self.number}" if fixed else f"FactOrigin({made.name}, {field.places})"

        said = field.copied() or origin(Made.COPIED)
        if self.term.derivation is not None:
            said = f"({said} if value{number} == made else {origin(Made.INFERRED)})"
        empty = f"{origin(Made.EMPTY)} if is_empty(value{number}) else {origin(Made.ASSUMED)}"
        return f"{said} if {field.given} else {empty}"
