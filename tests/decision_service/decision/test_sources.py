"""The vocabulary says where every fact comes from, and facts come from nowhere else."""

from __future__ import annotations

import re

from decision_service.decision.facts.case_facts import DERIVATIONS
from decision_service.decision.facts.declared import field_at, known_fields, lacking
from rules.language.types import Base
from rules.language.vocabulary import Source, Term
from tests.world.cases import ROOT
from tests.world.law import book
from tests.world.sweeps import swept

TERMS = tuple(book().vocabulary.terms.values())
GIVEN = {Source.APPLICATION, Source.REGISTER, Source.HISTORY, Source.INTAKE}
"""Terms that a case gives a value."""


@swept("term", TERMS, ids=lambda term: term.path)
def test_what_a_case_gives_has_a_source_and_nothing_else_has(term: Term) -> None:
    assert bool(term.sources) is (term.source in GIVEN)


def test_a_declared_source_is_a_field_of_a_case_and_a_calculation_is_the_programs() -> None:
    assert [*lacking(book().vocabulary)] == []


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
    assert field_at("application.housingFrom") is None
    assert field_at("history[senaste].incomes.SALRY") is None
    assert field_at("people[senaste].id") is None
    assert field_at("history[senaste].costs") == "history[].costs"
    assert {"application.costs[].appliedAmount", "registers.payments[].net"} <= known_fields()
