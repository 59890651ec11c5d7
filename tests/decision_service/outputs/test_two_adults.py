"""What two adults are asked and told: whoever is named is not called ”du” too: each reads of the other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from decision_service.decision.document import Assessment, ReasonKind
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.letter import decision_letter, notice
from rules.rule import AskEffect
from tests.decision_service.outputs.conftest import decision
from tests.decision_service.outputs.test_letter import CONTEXT, DECIDED, by_person
from tests.world.cases import NAMES, decided, raw
from tests.world.law import book

YOU = re.compile(r"\b(du|dig|din|ditt|dina)\b", re.IGNORECASE)
COUPLES = [
    name for name in NAMES if any(person["role"] == "CO_APPLICANT" for person in raw(name).get("people", ()))
]


def named_questions() -> Iterator[tuple[str, str]]:
    """Every question that is put with a name before it, or in it."""
    words = book().vocabulary
    for path, term in words.terms.items():
        if term.question and not words.kinds[term.kind].single:
            yield path, term.question
    for rule in book().rules:
        for effect in rule.effects:
            if isinstance(effect, AskEffect):
                text = effect.question["sv"]
                if rule.subject is not None or "{namn}" in text:
                    yield rule.id, text


def test_no_question_about_somebody_by_name_says_du() -> None:
    found = dict(named_questions())
    assert len(found) > 50
    assert {where: text for where, text in found.items() if YOU.search(text)} == {}


def letters(assessment: Assessment, names: dict[str, str]) -> Iterator[str]:
    """What each adult would read: the decision, and everything that is asked."""
    for person, name in names.items():
        context = replace(CONTEXT, to=Addressee(person, name, None, ()))
        asked = [each for each in assessment.reasons if each.kind is ReasonKind.COMPLETION]
        if asked:
            yield notice("KOMPLETTERING", assessment.month, asked, context).text
        if assessment.automatic:
            yield decision_letter(decision(assessment), context).text
        for outcome in DECIDED:
            persons = by_person(assessment, outcome, 123456 if outcome.pays else 0)
            yield decision_letter(persons, context).text


def wrong(text: str, names: dict[str, str]) -> list[str]:
    """The sentences that name an adult and say du."""
    sentences = re.split(r"(?<=[.?!])\s+|\n\s*\n|\n– ", text)
    by_name = re.compile("|".join(rf"\b{re.escape(each)}\b" for each in names.values()))
    return [each for each in sentences if by_name.search(each) and YOU.search(each)]


@pytest.mark.parametrize("name", COUPLES)
def test_no_sentence_to_a_couple_names_one_of_them_and_says_du(
    assessments: dict[str, Assessment], name: str
) -> None:
    adults = [each for each in raw(name)["people"] if "APPLICANT" in each["role"]]
    names = {each["id"]: each["first_name"] for each in adults}
    texts = list(letters(assessments[name], names))
    assert [found for text in texts for found in wrong(text, names)] == []


def test_a_couple_that_has_left_out_what_it_can_is_asked_of_each_by_name() -> None:
    case = raw("par-bifall")
    form = case["application"]
    for each in form["persons"]:
        each.pop("paymentMethod", None)
        each.pop("paymentSameAsPrevious", None)
    for each in form["plannings"]:
        each.pop("planningType", None)
    form.pop("normType")
    names = {each["id"]: each["first_name"] for each in case["people"] if "APPLICANT" in each["role"]}
    asked = [text for text in letters(decided(case), names) if "Vi behöver mer uppgifter" in text]
    assert len(asked) == 2
    for text in asked:
        assert wrong(text, names) == []
        text = " ".join(text.split())
        assert "Söker du andra belopp än de vanliga i riksnormen, för att du har särskilda skäl?" in text
        for each in names.values():
            assert f"{each}: Vilken planering gäller?" in text
