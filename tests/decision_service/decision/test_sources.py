"""The vocabulary says where every fact comes from, and facts come from nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.case_facts import DERIVATIONS
from decision_service.decision.facts.written import Written
from decision_service.registers.answers import RegisterAnswers
from rules.language.types import Base
from rules.language.vocabulary import ANSWER, Source, Term
from tests.world.cases import ROOT
from tests.world.law import book
from tests.world.sweeps import swept

TERMS = tuple(book().vocabulary.terms.values())
SETTINGS = {term.path for term in TERMS if term.source is Source.SETTING}
GIVEN = {Source.APPLICATION, Source.REGISTER, Source.HISTORY, Source.INTAKE}
"""Terms that a case gives a value."""


def inside(hint: Any) -> Iterator[tuple[Any, bool]]:
    """The types in a type, and whether there are several of each."""
    origin, of = get_origin(hint), get_args(hint)
    if origin is Annotated:
        yield from inside(of[0])
    elif origin in (Union, UnionType):
        for each in of:
            if each is not NoneType:
                yield from inside(each)
    elif origin in (list, tuple):
        yield from ((each, True) for each, _ in inside(of[0]))
    else:
        yield hint, False


def members(model: type) -> Iterator[tuple[str, Any]]:
    """The fields of a part of a case, by their names in it."""
    if isinstance(model, type) and issubclass(model, BaseModel):
        hints = get_type_hints(model, include_extras=True)
        yield from ((info.alias or name, hints[name]) for name, info in model.model_fields.items())
    elif is_dataclass(model):
        hints = get_type_hints(model)
        yield from ((each.name, hints[each.name]) for each in fields(model))


def leaves(model: type, path: str = "") -> Iterator[str]:
    """The path of every field that holds a value and not a further part."""
    for name, hint in members(model):
        for kind, several in inside(hint):
            place = f"{path}.{name}".lstrip(".") + ("[]" if several and any(members(kind)) else "")
            if any(members(kind)):
                yield from leaves(kind, place)
            else:
                yield place


FIELDS = frozenset(leaves(CaseFile)) | frozenset(leaves(RegisterAnswers, "registers"))
FIELDS |= frozenset(leaves(Written, "skrivet"))


def field_of(path: str) -> str | None:
    """The field that a declared path leads to or the fields below it, or the municipality's choice."""
    if path in SETTINGS:
        return path
    plain = path.replace("[senaste]", "[]").replace("registers[]", "registers")
    above = ("registers.answers.", "history[].incomes.")
    if plain in FIELDS or any(each.startswith((f"{plain}.", f"{plain}[].")) for each in FIELDS):
        return plain
    return next((start.rstrip(".") for start in above if plain.startswith(start)), None)


@swept("term", TERMS, ids=lambda term: term.path)
def test_what_a_case_gives_has_a_source_and_nothing_else_has(term: Term) -> None:
    assert bool(term.sources) is (term.source in GIVEN)


@swept("term", [term for term in TERMS if term.sources], ids=lambda term: term.path)
def test_a_declared_source_is_a_field_of_a_case(term: Term) -> None:
    own = [path for path in term.sources if path.partition(".")[0] != ANSWER]
    assert [path for path in own if field_of(path) is None] == []


@swept("term", [term for term in TERMS if term.answered], ids=lambda term: term.path)
def test_what_only_a_person_can_answer_is_a_fact_about_the_same_thing(term: Term) -> None:
    names = {path.partition(".")[2] for path in term.sources}
    assert names <= set(book().vocabulary.kinds[term.kind].terms)
    assert term.derivation is not None or names == {term.name}


def test_every_calculation_has_a_term_and_every_named_one_is_there() -> None:
    named = {term.derivation for term in TERMS if term.derivation is not None}
    assert named == DERIVATIONS.keys()


def test_the_page_of_calculations_says_of_each_why_it_judges_nothing() -> None:
    page = (ROOT / "docs" / "berakningar.md").read_text("utf-8")
    named = re.findall(r"^\| `(\w+)` \| .{12,} \|$", page, re.MULTILINE)
    assert sorted(named) == sorted(DERIVATIONS)


def test_every_choice_that_a_case_can_give_has_a_code() -> None:
    """A word of the rules that no code becomes would never be seen. Benefits have codes of their own, and an
    answer is given in the words of the rules."""
    without = [
        f"{term.path}: {choice}"
        for term in TERMS
        if term.type.base is Base.CHOICE and term.sources and term.path != "inkomst.typ"
        if any(not source.startswith("svar.") for source in term.sources)
        for choice in term.type.choices
        if choice not in {*term.words.values(), term.other_word}
    ]
    assert without == []


def test_a_field_that_is_not_there_is_seen() -> None:
    assert field_of("application.housingFrom") is None
    assert field_of("history[senaste].costs") == "history[].costs"
    assert "application.costs[].appliedAmount" in FIELDS
    assert "registers.payments[].net" in FIELDS
