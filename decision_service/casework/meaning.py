"""What somebody's own words mean: words quoted from a question about free text become a fact of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from decision_service.decision.document import Assessment, Reason, ReasonKind, Who
from decision_service.decision.takes import AnswerKind, takes_of
from norms.fault import Fault, MisfitError, fault
from rules.language.vocabulary import Term, Vocabulary

CODE = "BETYDER"


@dataclass(frozen=True)
class Means:
    """``quote`` are words of the text that the question tells, ``fact`` a word of the vocabulary, ``subject``
    whom or what it is about in the case (None: what there is one of), ``value`` as people write it."""

    quote: str
    fact: str
    value: Any
    subject: str | None = None


def faults_in(means: Means, question: Reason, assessment: Assessment, words: Vocabulary) -> Iterator[Fault]:
    """What is wrong with a meaning."""
    quote, term = means.quote.strip(), words.terms.get(means.fact)
    accepts = question.takes is not None and question.takes.kind is AnswerKind.ACCEPT
    if not accepts or not quote or quote not in question.question:
        yield fault("quote_not_in_text", "quote")
    if term is None or not is_said(term):
        yield fault("no_such_fact", "fact", found=means.fact)
        return
    if not _is_about(means, assessment, words):
        yield fault("no_such_subject", "subject", found=means.subject or "")
    try:
        takes_of(term).read(means.value)
    except MisfitError as error:
        yield from (each.below("value") for each in error.faults)


def question_of(means: Means, assessment: Assessment, words: Vocabulary) -> Reason:
    """The question that a meaning answers: what the fact is, which rests on what the case says of it."""
    term = words.terms[means.fact]
    known = _known(means, assessment)
    return Reason(
        kind=ReasonKind.HANDLAGGARE,
        code=CODE,
        question=f"”{means.quote.strip()}” betyder: {term.description}",
        subject=means.subject,
        fact=means.fact,
        takes=takes_of(term),
        who=(Who.HANDLAGGARE,),
        sets=means.fact,
        rests_on={means.fact: known.get(means.fact)},
    )


def _known(means: Means, assessment: Assessment) -> Mapping[str, Any]:
    about = {each.subject: each.values for each in assessment.facts}.get(means.subject, {})
    return {path: each.value for path, each in about.items()}


def is_said(term: Term) -> bool:
    """Whether somebody says a fact, and not the rules, the calendar or the municipality."""
    return bool(term.sources)


def _is_about(means: Means, assessment: Assessment, words: Vocabulary) -> bool:
    """Whether the case has what a meaning is about, of the kind that has the fact."""
    if words.kinds[words.terms[means.fact].kind].single:
        return means.subject is None
    kinds = {each.subject: {path.partition(".")[0] for path in each.values} for each in assessment.facts}
    return means.subject is not None and means.fact.partition(".")[0] in kinds.get(means.subject, ())
