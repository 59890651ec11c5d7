"""An answer to a question: what it says, who gives it, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

from decision_service.application.kept import FormJson
from decision_service.casework.meaning import Means
from decision_service.decision.changed_lines import applied_in, unlikely_beside
from decision_service.decision.document import Fact, Reason, Who
from decision_service.decision.takes import AnswerKind, takes_of
from decision_service.reading.kronor import typed_ore
from norms.fault import Fault, MisfitError, fault
from rules.language.vocabulary import Vocabulary
from rules.texts import kronor


@dataclass(frozen=True)
class AnswersToTry:
    """An answer to a question, by the question's id. ``value`` is as people write it: kronor, a day, true and
    false, a code, a number; true where the matter is only looked at. ``until`` is the last day on which a
    later month may begin in which it stands too. ``means`` is what the applicant's own words in it mean.
    ``checked``: an amount is meant, though it looks ten or a hundred times wrong."""

    question: str
    value: Any
    reason: str = ""
    until: date | None = None
    means: tuple[Means, ...] = ()
    checked: bool = False


@dataclass(frozen=True)
class By:
    """Who answers: a staff id (empty for the applicant), what people call them, and as what."""

    id: str
    name: str
    role: Who


THE_APPLICANT = By("", "sökanden", Who.APPLICANT)


def faults_in(
    answer: AnswersToTry, question: Reason | None, by: By, first: date, last: date
) -> Iterator[Fault]:
    """What is wrong with an answer to a question, None for one that is not asked. ``first`` and ``last``: the
    earliest and the latest day that it may stand until."""
    if question is None:
        yield fault("question_gone", "question")
        return
    if question.takes is None:
        yield fault("question_needs_decision", "question")
        return
    if by.role not in question.who:
        yield fault("may_not_answer", "question", who=", ".join(question.who))
        return
    try:
        question.takes.read(answer.value)
    except MisfitError as error:
        yield from (each.below("value") for each in error.faults)
    if by.role is not Who.APPLICANT and not answer.reason.strip():
        yield fault("answer_without_reason", "reason")
    if answer.until is None:
        return
    if answer.until < first:
        yield fault("answer_already_ended", "until", first=first.isoformat())
    if answer.until > last:
        yield fault("answer_without_end", "until", found=answer.until.isoformat(), last=last.isoformat())


def is_amount(question: Reason) -> bool:
    """Whether a question is about an amount that the calculation takes over."""
    return bool(question.sets) and question.takes is not None and question.takes.kind is AnswerKind.AMOUNT


def faults_in_amount(
    answer: AnswersToTry,
    question: Reason,
    form: FormJson,
    facts: Mapping[str, Fact],
    vocabulary: Vocabulary,
) -> list[Fault]:
    """What is wrong with an amount: it is more than was applied for, or looks mistyped beside ``facts``, what
    is known of the same thing, and is not said to be meant."""
    found = [*_above_applied(answer, question, form)]
    return found if found or answer.checked else [*_unlikely(answer, question, facts, vocabulary)]


def _unlikely(
    answer: AnswersToTry, question: Reason, facts: Mapping[str, Fact], vocabulary: Vocabulary
) -> Iterator[Fault]:
    """An amount that looks ten or a hundred times wrong beside what is known of the same thing."""
    kind = (question.sets or "").partition(".")[0]
    beside = [
        fact.value
        for path, fact in facts.items()
        if path.partition(".")[0] == kind
        and isinstance(fact.value, int)
        and takes_of(vocabulary.terms[path]).kind is AnswerKind.AMOUNT
    ]
    with suppress(MisfitError):  # told where the value is read
        if (off := unlikely_beside(found := typed_ore(answer.value), beside)) is not None:
            words = {"amount": kronor(found), "expected": kronor(off)}
            yield fault("amount_off_by_factor", "value", **words)


def _above_applied(answer: AnswersToTry, question: Reason, form: FormJson) -> Iterator[Fault]:
    """A cost may be granted as far as it is applied for, and no answer goes further."""
    applied = applied_in(form, question.subject)
    if applied is None:
        return
    with suppress(MisfitError):  # told where the value is read
        if (found := typed_ore(answer.value)) > applied:
            words = {"amount": kronor(found), "applied": kronor(applied)}
            yield fault("line_above_applied", "value", **words)
