"""Values of a case become facts as the vocabulary declares: of which fields, by which table, counted how.

A path is the way from the case file to a field, ``application.costs[].appliedAmount``. Which cost is meant is
bound by whoever makes the fact: a path that begins with a bound part is followed from there. A part may be
bound to one record, to several, or to none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel

from decision_service.decision.facts.answered import ANSWER, Answered, answers_about, is_answered
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.made import ASSUMED, EMPTY, INFERRED
from rules.facts import Disputed, Entity, FactError, Known, within
from rules.language.vocabulary import Term

Derivation = Callable[..., Any]
"""Counts, adds, or measures days and months: of the case and the values of the declared fields, in order.
A field of several records comes as a tuple. None when it cannot be told."""


@dataclass(frozen=True, slots=True)
class Record:
    """A part of a case and where it stands. Of ``whole`` parts the place alone is told, not the field."""

    place: str
    value: Any
    whole: bool = False


Bound = Record | tuple[Record, ...] | None
Sources = dict[str, Bound]
"""Parts of paths, each with the record or records that they stand for."""


@dataclass
class Draft:
    """An entity being filled, and sentences about values that cannot be used."""

    kind: str
    id: str
    label: str = ""
    owner: str | None = None
    values: dict[str, Known | Disputed] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(self.kind, self.id, self.values, self.owner, self.label, self.origin)

    def tell(self, origin: str, sentence: str) -> None:
        """Note that a value cannot be used, and why."""
        about = f"{self.label}: " if self.label else ""
        self.unread.append(f"{about}{origin}: {sentence}")


def fill(draft: Draft, case: Case, sources: Sources, derivations: Mapping[str, Derivation]) -> Draft:
    """Give a draft every value of its kind that the sources hold. A value that is not there is left out.

    What lies outside the limits of the vocabulary, and a code that it has no word for, is told instead. What
    a person has answered comes last.
    """
    kind = case.law.vocabulary.kinds[draft.kind]
    for term, fields in _plan(kind.copied, sources):
        values = [_value(each, sources) for each in fields]
        value = values[0]
        if term.derivation is not None:
            value = derivations[term.derivation](case, *values)
        if value is not None:
            given = _given(fields, values, sources)
            places = case.origin(_places(given or fields, sources))
            _put(draft, term, value, _made(term, value, values, given), places)
    if case.file.answers:
        _let_answer(draft, case, derivations)
    return draft


def _let_answer(draft: Draft, case: Case, derivations: Mapping[str, Derivation]) -> None:
    """Give a draft what people have answered about it, and what is counted of their answers alone."""
    kind = case.law.vocabulary.kinds[draft.kind]
    given: dict[str, Answered] = {}
    for each in [*answers_about(case, kind, draft.id, draft.values)]:
        if each.value is None:
            draft.tell(each.origin, "svaret går inte att läsa.")
            continue
        given[each.term.name] = each
        draft.values[each.term.path], draft.origin[each.term.path] = each.value, each.origin
    for term in kind.copied:
        names = [path.partition(".")[2] for path in term.sources]
        if is_answered(term) and term.derivation is not None and not given.keys().isdisjoint(names):
            value = derivations[term.derivation](case, *(given.get(name) for name in names))
            _put(draft, term, value, "", next(given[name].origin for name in names if name in given))


def _given(fields: tuple[_Field, ...], values: list[Any], sources: Sources) -> dict[_Field, Any]:
    """The fields that somebody has filled in."""
    return {
        each: value
        for each, value in zip(fields, values, strict=True)
        if _is_there(value) and _said(each, value, sources)
    }


def _made(term: Term, value: Any, values: list[Any], given: Mapping[_Field, Any]) -> str:
    """How a value was made of its fields; nothing of one that is what a single field says."""
    if not given:
        return EMPTY if all(_is_empty(each) for each in values) else ASSUMED
    copied = term.derivation is None or [value] == [*given.values()]
    return "" if copied else INFERRED


def _places(fields: Iterable[_Field], sources: Sources) -> str:
    return ", ".join(dict.fromkeys(_stands(each, sources) for each in fields))


def _is_there(value: Any) -> bool:
    """Whether a field, or that of some of several records, is filled in."""
    if isinstance(value, tuple):
        return any(_is_there(each) for each in value)
    return value is not None and value != [] and value != {}


def _is_empty(value: Any) -> bool:
    return isinstance(value, tuple | list | dict) and not value


def _said(field: _Field, value: Any, sources: Sources) -> bool:
    """Whether a value is another than what the form of a case file takes where nobody has said anything.

    A case file that is written down and read again says every such value, so who said it cannot be told.
    """
    bound = None if field.part is None else sources[field.part]
    if not field.names or not isinstance(bound, Record) or not (not value or isinstance(value, Enum)):
        return True
    *way, last = field.names
    model = _inside(bound.value, tuple(way))
    if not isinstance(model, BaseModel):
        return True
    taken = type(model).model_fields[attribute(type(model), last)].get_default(call_default_factory=True)
    return bool(value != taken)


def _put(draft: Draft, term: Term, raw: Any, made: str, places: str) -> None:
    if raw is None or (isinstance(raw, str) and not raw.strip() and not term.words):
        return
    value = raw if isinstance(raw, Disputed) else _known(term, raw)
    if value is None:
        draft.tell(places, "koden är okänd.")
    elif not _possible(term, value):
        draft.tell(places, "värdet är utanför det möjliga.")
    else:
        draft.values[term.path] = value
        draft.origin[term.path] = made + places


def _possible(term: Term, value: Known | Disputed) -> bool:
    if isinstance(value, Disputed):
        return all(within(term, each) for _, each in value.values)
    return within(term, value)


def _known(term: Term, raw: Any) -> Known | None:
    """A value as the rules read it; None for a code that the term has no word for."""
    if term.words:
        code = _code(raw)
        word = term.word(code)
        return code if word is None and code in term.type.choices else word
    if isinstance(raw, date):
        return raw.toordinal()
    if isinstance(raw, Enum):
        return str(raw.value)
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, bool | int):
        return raw
    raise FactError(f"{term.path} cannot be made of {type(raw).__name__}.")


def _code(raw: Any) -> str:
    if isinstance(raw, bool):
        return "ja" if raw else "nej"
    return str(raw.value) if isinstance(raw, Enum) else str(raw)


def followed(path: str, sources: Sources) -> tuple[Any, str]:
    """The value or values at a path, and where they stand."""
    found = _field(path, sources)
    return _value(found, sources), _stands(found, sources)


class _Field(NamedTuple):
    """A path taken apart: the part that is bound, and the rest, as text and name by name. Nothing is bound
    for what only a person can answer."""

    path: str
    part: str | None
    rest: str
    names: tuple[str, ...]


def _field(path: str, parts: Collection[str]) -> _Field:
    """A path by its longest beginning that is bound, be it the empty one."""
    if path.partition(".")[0] == ANSWER:
        return _Field(path, None, "", ())
    names = path.split(".")
    for length in range(len(names), -1, -1):
        part = ".".join(names[:length])
        if part in parts:
            return _Field(path, part, ".".join(names[length:]), tuple(names[length:]))
    raise FactError(f"Nothing is bound for {path}.")


_Plan: TypeAlias = tuple[tuple[Term, tuple[_Field, ...]], ...]
_plans: dict[int, tuple[tuple[Term, ...], dict[tuple[str, ...], _Plan]]] = {}
"""Plans by the identity of the terms, which are kept here so that it stays theirs, and by the parts bound."""


def _plan(terms: tuple[Term, ...], sources: Sources) -> _Plan:
    """The fields of every term, found once for the same terms and the same parts."""
    _, plans = _plans.setdefault(id(terms), (terms, {}))
    parts = tuple(sources)
    plan = plans.get(parts)
    if plan is None:
        plan = tuple((term, tuple(_field(path, parts) for path in term.sources)) for term in terms)
        plans[parts] = plan
    return plan


def _value(field: _Field, sources: Sources) -> Any:
    if field.part is None:
        return None
    bound = sources[field.part]
    if isinstance(bound, Record):
        return _inside(bound.value, field.names)
    return bound and tuple(_inside(each.value, field.names) for each in bound)


def _stands(field: _Field, sources: Sources) -> str:
    bound = None if field.part is None else sources[field.part]
    if not isinstance(bound, Record):
        whole = [each.place for each in bound or () if each.whole]
        return ", ".join(whole) or _written(field.path)
    if bound.whole or not field.rest:
        return bound.place
    return f"{bound.place}.{field.rest}" if bound.place else field.rest


def _written(path: str) -> str:
    return path.removeprefix("application.")


def _inside(value: Any, names: tuple[str, ...]) -> Any:
    for name in names:
        if value is None:
            return None
        if isinstance(value, dict):
            value = value.get(name)
        else:
            value = getattr(value, attribute(value.__class__, name))
    return value


@cache
def attribute(model: type, name: str) -> str:
    """The attribute of a field by its name in a case file. Raises FactError when there is none."""
    if issubclass(model, BaseModel):
        for attribute_name, info in model.model_fields.items():
            if name == (info.alias or attribute_name):
                return attribute_name
    elif name in getattr(model, "__dataclass_fields__", {}):
        return name
    raise FactError(f"{model.__name__} has no field {name}.")
