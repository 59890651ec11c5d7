"""What others than the applicant have said of a case: officials, and what is taken for granted of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from decision_service.application.case_file import CaseAnswer
from decision_service.decision.facts.answered import noted
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.made import copied
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.origin import words_of
from decision_service.decision.takes import read_fact
from norms.fault import MisfitError
from rules.language.vocabulary import ANSWER, Term
from rules.texts import shown


def said_by_officials(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every answer of this case that says otherwise than the case did. What only a person can answer, such as
    what is reasonable, is no such thing, nor what stood in an earlier month's decision."""
    for number, answer in enumerate(case.file.answers):
        term = case.law.vocabulary.terms.get(answer.fact or "")
        if term is None or answer.standing or _only_a_person(term) or _agrees(term, answer):
            continue
        draft = Draft(
            "annans_uppgift", answer.id, term.meaning
        )  # the places move when an earlier answer ends
        yield fill(draft, case, base | {"answers[]": Record(f"answers[{number}]", answer)}, derivations)


def taken_for_granted(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every value that the form never asks for and that the municipality has taken for granted."""
    for number, assumed in enumerate(case.file.assumed):
        draft = Draft("antagen_uppgift", f"assumed[{number}]", words_of(copied(assumed.field)))
        yield fill(draft, case, base | {"assumed[]": Record(draft.id, assumed)}, derivations)


def _only_a_person(term: Term) -> bool:
    return all(path.partition(".")[0] == ANSWER for path in term.sources)


def _agrees(term: Term, answer: CaseAnswer) -> bool:
    """Whether an answer says no more than the case said when it was given."""
    try:
        return bool(noted(answer.rests_on.get(term.path)) == read_fact(term, answer.value))
    except MisfitError:
        return False


# --- calculations


def what_was_said(case: Case, fact: str, value: bool | int | str) -> str | None:
    """The value of an answer as people read it, None where it cannot be read any more."""
    term = case.law.vocabulary.terms[fact]
    try:
        return shown(read_fact(term, value), term.type)
    except MisfitError:
        return None


BY_OFFICIALS: Mapping[str, Derivation] = {"uppgiftens_värde": what_was_said}
