"""Values of a case become facts as the vocabulary declares: of which fields, by which table, counted how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from itertools import compress
from typing import Any, TypeAlias

from decision_service.decision.facts.answered import answers_about
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copy_text import copy_text, shape
from decision_service.decision.facts.made import ASSUMED, EMPTY, INFERRED
from decision_service.decision.facts.sources import Sources, field_of, inside
from rules.facts import Disputed, Entity, FactError, Known, within
from rules.language.vocabulary import Term

Derivation = Callable[..., Any]
"""Counts, adds, or measures days and months: of the case and the values of the declared fields, in order.
A field of several records comes as a tuple. None when it cannot be told."""


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
    _compiled(case.law.vocabulary.kinds[draft.kind].copied, sources, derivations)(draft, case, sources)
    if case.file.answers:
        _let_answer(draft, case, derivations)
    return draft


def _let_answer(draft: Draft, case: Case, derivations: Mapping[str, Derivation]) -> None:
    """Give a draft what people have answered about it, and what is counted of their answers alone."""
    kind = case.law.vocabulary.kinds[draft.kind]
    given = {each.term.name: each for each in [*answers_about(case, kind, draft.id, draft.values)]}
    for each in given.values():
        if each.value is not None:
            draft.values[each.term.path], draft.origin[each.term.path] = each.value, each.origin
        elif not each.ended:
            draft.tell(each.origin, "svaret går inte att läsa.")
    for term in kind.copied:
        about = [given.get(path.partition(".")[2]) for path in term.sources]
        if term.answered and term.derivation is not None and any(about):
            value = derivations[term.derivation](case, *about)
            origin = next(each.origin for each in about if each is not None)
            put(draft, case, term, value, (value,), (True,), (origin,))


def put(
    draft: Draft,
    case: Case,
    term: Term,
    raw: Any,
    values: tuple[Any, ...],
    given: tuple[bool, ...],
    places: tuple[str, ...],
) -> None:
    """Put what was made of some values into a draft. ``given``: whether somebody gave each of them."""
    if isinstance(raw, str) and not raw.strip() and not term.words:
        return
    value = raw if isinstance(raw, Disputed) else _known(term, raw)
    stands = case.origin(places[0] if len(places) == 1 else _places(given, places))
    if value is None:
        draft.tell(stands, "koden är okänd.")
    elif not _possible(term, value):
        draft.tell(stands, "värdet är utanför det möjliga.")
    else:
        draft.values[term.path] = value
        draft.origin[term.path] = _made(term, raw, values, given) + stands


def _made(term: Term, value: Any, values: tuple[Any, ...], given: tuple[bool, ...]) -> str:
    """How a value was made of its fields; nothing of one that is what a single field says."""
    if True not in given:
        return EMPTY if all(_is_empty(each) for each in values) else ASSUMED
    if term.derivation is None:
        return ""
    return "" if given.count(True) == 1 and values[given.index(True)] == value else INFERRED


def _places(given: tuple[bool, ...], places: tuple[str, ...]) -> str:
    """The places of the fields that somebody gave, or of all where nobody gave any."""
    return ", ".join(dict.fromkeys(compress(places, given) if True in given else places))


def is_there(value: Any) -> bool:
    """Whether a field, or that of some of several records, is filled in."""
    if value.__class__ is tuple:
        return any(map(is_there, value))
    return value is not None and value != [] and value != {}


def _is_empty(value: Any) -> bool:
    return isinstance(value, tuple | list | dict) and not value


def is_given(value: Any, taken: Any) -> bool:
    """Whether a value is there, and another than what is taken where nobody has said anything.

    A case file that is written down and read again says every such value, so who said it cannot be told.
    """
    return is_there(value) and (bool(value and not isinstance(value, Enum)) or value != taken)


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
    if isinstance(raw, bool | int):
        return raw
    if isinstance(raw, date):
        return raw.toordinal()
    if isinstance(raw, Enum):
        return str(raw.value)
    if isinstance(raw, str):
        return raw.strip()
    raise FactError(f"{term.path} cannot be made of {type(raw).__name__}.")


def _code(raw: Any) -> str:
    if isinstance(raw, bool):
        return "ja" if raw else "nej"
    return str(raw.value) if isinstance(raw, Enum) else str(raw)


Copy: TypeAlias = Callable[[Draft, Case, Sources], None]
"""The copying of the terms of one kind."""

_copies: dict[int, tuple[tuple[Term, ...], dict[Any, Any]]] = {}
"""By the identity of the terms, which are kept here so that it stays theirs: the parts that they are copied
from, by the parts bound; and the copying, by the shapes of those."""


def _compiled(terms: tuple[Term, ...], sources: Sources, derivations: Mapping[str, Derivation]) -> Copy:
    """The copying of some terms, compiled once for the same parts of the same shapes."""
    _, known = _copies.setdefault(id(terms), (terms, {}))
    parts = tuple(sources)
    read = known.get(parts)
    if read is None:
        fields = (field_of(path, sources) for term in terms for path in term.sources)
        read = known[parts] = tuple(dict.fromkeys(each.part for each in fields if each.part is not None))
    shapes = (parts, *[shape(sources[part]) for part in read])
    if shapes not in known:
        known[shapes] = _compile(terms, sources, derivations)
    found: Copy = known[shapes]
    return found


def _compile(terms: tuple[Term, ...], sources: Sources, derivations: Mapping[str, Derivation]) -> Copy:
    text, taken = copy_text(terms, sources)
    names: dict[str, Any] = {f"term{number}": term for number, term in enumerate(terms)}
    names |= {"by": derivations, "put": put, "is_there": is_there, "is_given": is_given, "inside": inside}
    names |= taken
    exec(compile(text, "the copying of terms", "exec"), names)
    copy: Copy = names["copy"]
    return copy
