"""Values of a case become facts as the vocabulary declares: of which fields, by which table, counted how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import lru_cache, partial
from typing import Any, TypeAlias, cast

from decision_service.decision.facts.answered import answers_about
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copy_text import copy_text, shape
from decision_service.decision.facts.made import FactPlaces, copied, is_empty, made_of, places_of
from decision_service.decision.facts.sources import Record, Sources, as_written, field_of, inside
from decision_service.decision.origin import where
from decision_service.reading.unread import Unread, unread
from rules.facts import Disputed, Entity, FactError, FactOrigin, Known, Made, within
from rules.language.vocabulary import Term

Derivation = Callable[..., Any]
"""Counts, adds, or measures days and months: of the case and the values of the declared fields, in order.
A field of several records comes as a tuple. None when it cannot be told."""


@dataclass
class Draft:
    """An entity being filled, and the values that cannot be used."""

    kind: str
    id: str
    label: str = ""
    owner: str | None = None
    values: dict[str, Known | Disputed] = field(default_factory=dict)
    origin: dict[str, FactOrigin] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)

    def entity(self) -> Entity:
        """The finished entity."""
        return Entity(self.kind, self.id, self.values, self.owner, self.label, self.origin)

    def tell(self, places: FactPlaces, kind: str, /, *written: Any) -> None:
        """Note that a value cannot be used, and why."""
        about = f"{self.label}: " if self.label else ""
        self.unread.append(unread(f"{about}{where(places)}", kind, *written))


def fill(draft: Draft, case: Case, sources: Sources, derivations: Mapping[str, Derivation]) -> Draft:
    """Give a draft every value of its kind that the sources hold. A value that is not there is left out.

    What lies outside the limits of the vocabulary, and a code that it has no word for, is told instead. What
    a person has answered comes last.
    """
    copied = case.law.vocabulary.kinds[draft.kind].copied
    _compiled(copied, case, sources, derivations)(draft, case, sources)
    if case.file.answers:
        _let_answer(draft, case, derivations)
    return draft


def _let_answer(draft: Draft, case: Case, derivations: Mapping[str, Derivation]) -> None:
    """Give a draft what people have answered about it, and what is counted of their answers alone."""
    kind = case.law.vocabulary.kinds[draft.kind]
    given = {each.term.name: each for each in [*answers_about(case, kind, draft.id, draft.values)]}
    for each in given.values():
        if each.value is not None:
            draft.values[each.term.path], draft.origin[each.term.path] = each.value, copied(each.by)
        elif not each.ended:
            draft.tell((each.by,), "answer_of_a_person")
    for term in kind.copied:
        about = [given.get(path.partition(".")[2]) for path in term.sources]
        if term.answered and term.derivation is not None and any(about):
            value = derivations[term.derivation](case, *about)
            by = next(each.by for each in about if each is not None)
            known = reading(term)(value)
            if known is None or not possible(term, known):
                leave_out(draft, case, {}, term, value, known, (True,), ((by,),))
            else:
                draft.values[term.path] = known
                draft.origin[term.path] = copied(by)


def leave_out(
    draft: Draft,
    case: Case,
    sources: Sources,
    term: Term,
    raw: Any,
    known: Known | Disputed | None,
    given: tuple[bool, ...],
    places: tuple[FactPlaces, ...],
) -> None:
    """Tell of a value that the rules cannot read, or that is outside the limits; nothing of a blank text."""
    if isinstance(raw, str) and not raw.strip() and not term.words:
        return
    kind = "unknown_word" if known is None else "outside_the_possible"
    draft.tell(case.said_by(places_of(given, places)), kind, *_written(draft, term, raw, sources))


def _written(draft: Draft, term: Term, raw: Any, sources: Sources) -> tuple[Any, ...]:
    """All that was written of a value: it, whose it is, and the row that it stands in. Of one that is derived
    nobody knows: a derivation sees the whole case."""
    if term.derivation is not None:
        return ()
    (part,) = (field_of(path, sources).part for path in term.sources)
    record = None if part is None else sources[part]
    row = as_written(record.value) if isinstance(record, Record) and record.place else None
    return raw, draft.owner, row


def origin_of(
    case: Case, raw: Any, values: tuple[Any, ...], given: tuple[bool, ...], places: tuple[FactPlaces, ...]
) -> FactOrigin:
    """Where a value comes from: how it was made of some values, and where those stand. ``given``: whether
    somebody gave each of them."""
    return FactOrigin(made_of(raw, values, given), case.said_by(places_of(given, places)))


def is_there(value: Any) -> bool:
    """Whether a field, or that of some of several records, is filled in."""
    if value.__class__ is tuple:
        return any(map(is_there, value))
    return value is not None and value != [] and value != {}


def is_given(value: Any, taken: Any) -> bool:
    """Whether a value is there, and another than what is taken where nobody has said anything.

    A case file that is written down and read again says every such value, so who said it cannot be told.
    """
    return is_there(value) and (bool(value and not isinstance(value, Enum)) or value != taken)


def possible(term: Term, value: Known | Disputed) -> bool:
    """Whether a value is within the limits of the vocabulary; of a disputed one each that is said."""
    if isinstance(value, Disputed):
        return all(within(term, each) for _, each in value.values)
    return within(term, value)


Reading: TypeAlias = Callable[[Any], "Known | Disputed | None"]
"""From the value of a field to what the rules read; None for what they cannot."""


_AS_IT_IS, _CODES = (bool, int, Disputed), (str, Enum, bool)
"""What is read as it stands, and what stands in a table of words. To join types takes longer than to look."""


def reading(term: Term) -> Reading:
    """How the values of a term's fields are read."""
    return _by_words(term) if term.words else plain_value


def plain_value(raw: Any) -> Known | Disputed | None:
    """A value as it stands in a field; None for a blank text."""
    if isinstance(raw, _AS_IT_IS):
        return cast("Known | Disputed", raw)
    if isinstance(raw, date):
        return raw.toordinal()
    if isinstance(raw, Enum):
        return str(raw.value)
    if isinstance(raw, str):
        return raw.strip() or None
    raise FactError(f"A fact cannot be made of {type(raw).__name__}.")


def _by_words(term: Term) -> Reading:
    """By the table of the term; None for a code that it has no word for."""
    known = lru_cache(1000, typed=True)(partial(_word, term))

    def read(raw: Any) -> Known | Disputed | None:
        if isinstance(raw, _CODES):
            return known(raw)
        return raw if isinstance(raw, Disputed) else _word(term, raw)

    return read


def _word(term: Term, raw: Any) -> Known | None:
    code = _code(raw)
    word = term.word(code)
    return code if word is None and code in term.type.choices else word


def _code(raw: Any) -> str:
    if isinstance(raw, bool):
        return "ja" if raw else "nej"
    return str(raw.value) if isinstance(raw, Enum) else str(raw)


Copy: TypeAlias = Callable[[Draft, Case, Sources], None]
"""The copying of the terms of one kind."""

_copies: dict[int, tuple[tuple[Term, ...], dict[Any, Any]]] = {}
"""By the identity of the terms, which are kept here so that it stays theirs: the parts that they are copied
from, by the parts bound; and the copying, by the shapes of those."""


def _compiled(
    terms: tuple[Term, ...], case: Case, sources: Sources, derivations: Mapping[str, Derivation]
) -> Copy:
    """The copying of some terms, compiled once for the same parts of the same shapes."""
    _, known = _copies.setdefault(id(terms), (terms, {}))
    parts = tuple(sources)
    read = known.get(parts)
    if read is None:
        fields = (field_of(path, sources) for term in terms for path in term.sources)
        read = known[parts] = tuple(dict.fromkeys(each.part for each in fields if each.part is not None))
    shapes = (parts, case.assumes, *[shape(sources[part]) for part in read])
    if shapes not in known:
        known[shapes] = _compile(terms, sources, derivations, case.assumes)
    found: Copy = known[shapes]
    return found


def _compile(
    terms: tuple[Term, ...], sources: Sources, derivations: Mapping[str, Derivation], assumes: bool
) -> Copy:
    text, names = copy_text(terms, sources, assumes)
    for number, term in enumerate(terms):
        names |= {f"term{number}": term, f"read{number}": reading(term)}
        if term.derivation is not None:
            names[f"by{number}"] = derivations[term.derivation]
    names |= {each.__name__: each for each in _CALLED} | {each.name: each for each in Made}
    exec(compile(text, "the copying of terms", "exec"), names)
    return cast("Copy", names["copy"])


_CALLED = (
    date,
    inside,
    is_empty,
    is_given,
    is_there,
    leave_out,
    FactOrigin,
    made_of,
    origin_of,
    places_of,
    plain_value,
    possible,
)
"""What the text of a copying calls by name."""
