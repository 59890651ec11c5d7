"""Why a handläggare must decide, or what the applicant must add: what the rules ask, as questions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from decision_service.decision.document import Reason, ReasonKind
from rules.evaluated import Evaluation, Instance, RuleState
from rules.explanation import label, question_text
from rules.facts import Cause, Disputed, Lack
from rules.language.vocabulary import WhenMissing
from rules.law import Law
from rules.outcome import HOUSEHOLD, Question
from rules.rule import Asked, AskEffect, RequireEffect
from rules.texts import shown

RESULT_KIND = "beslut"
"""The kind of fact that the decision itself consists of."""

_KINDS = {
    Asked.PERSON: ReasonKind.HANDLAGGARE,
    Asked.APPLICANT: ReasonKind.COMPLETION,
    Asked.TOLD: ReasonKind.COMMUNICATION,
}


def reasons_of(evaluation: Evaluation) -> list[Reason]:
    """Everything that the rules ask, require or lack, each once and in a fixed order."""
    found = {
        *_questions(evaluation),
        *_requirements(evaluation),
        *_lacking(evaluation),
        *_conflicts(evaluation),
    }
    return sorted(found, key=lambda reason: reason.order)


def _questions(evaluation: Evaluation) -> Iterator[Reason]:
    for question in evaluation.outcome.questions:
        rule = evaluation.instances[question.rule, question.subject].rule
        asks = next(
            effect
            for effect in rule.effects
            if isinstance(effect, AskEffect)
            and (effect.asked, effect.reason) == (question.asked, question.reason)
        )
        yield Reason(
            kind=_KINDS[question.asked],
            code=question.reason,
            question=_asked(evaluation, question),
            subject=question.subject or None,
            label=label(evaluation, question.subject),
            rule=rule.id,
            provision=rule.provision(evaluation.law.month),
            at_once=asks.at_once,
        )


def _asked(evaluation: Evaluation, question: Question) -> str:
    return question_text(evaluation, question.rule, question.reason, question.subject)


def _requirements(evaluation: Evaluation) -> Iterator[Reason]:
    for requirement in evaluation.outcome.requirements:
        single = evaluation.law.vocabulary.kinds[requirement.path.partition(".")[0]].single
        values = evaluation.values[HOUSEHOLD if single else requirement.entity]
        value = values.get(requirement.path)
        lack = Lack.DISPUTED if isinstance(value, Disputed) else Lack.MISSING
        yield _lack(evaluation, Cause(requirement.entity, requirement.path, lack))


def _lacking(evaluation: Evaluation) -> Iterator[Reason]:
    """What is not known and keeps a rule undecided whose outcome could matter."""
    for instance in evaluation.instances.values():
        if instance.state is RuleState.UNDECIDED and _matters(instance):
            for cause in instance.lacks:
                yield _lack(evaluation, cause)


def _conflicts(evaluation: Evaluation) -> Iterator[Reason]:
    """What the rules gave different answers to, whether or not another rule reads it."""
    for entity, path in evaluation.outcome.conflicts:
        yield _lack(evaluation, Cause(entity, path, Lack.CONFLICT))


def _matters(instance: Instance) -> bool:
    """Whether a rule reaches the applicant, a person or the decision by itself. Other conclusions matter
    only through the rules that read them, which are then undecided too."""
    rule = instance.rule
    return (
        bool(rule.lines)
        or any(isinstance(effect, AskEffect | RequireEffect) for effect in rule.effects)
        or any(effect.path.startswith(f"{RESULT_KIND}.") for effect in rule.concludes)
    )


def _lack(evaluation: Evaluation, cause: Cause) -> Reason:
    """A fact that is not known, as a question to whoever can answer it."""
    vocabulary = evaluation.law.vocabulary
    term = vocabulary.terms.get(cause.path)
    about = "" if cause.entity in vocabulary.kinds else label(evaluation, cause.entity)
    of_whom = f"{about}: " if about else ""
    subject = cause.entity or None
    if term is not None and term.when_missing is WhenMissing.APPLICANT and cause.lack is Lack.MISSING:
        kind, code, question = ReasonKind.COMPLETION, "UPPGIFT_SAKNAS", f"{of_whom}{term.question}"
    else:
        kind, code = ReasonKind.HANDLAGGARE, _CODES.get(cause.lack, "UPPGIFT_SAKNAS")
        question = f"{of_whom}{_said(cause.lack, _what(evaluation, cause))}. Vad gäller?"
    return Reason(kind=kind, code=code, question=question, subject=subject, label=about, fact=cause.path)


def _what(evaluation: Evaluation, cause: Cause) -> str:
    """The thing that is not known, in words; a disputed fact with what each source says."""
    vocabulary = evaluation.law.vocabulary
    term, kind = vocabulary.terms.get(cause.path), vocabulary.kinds.get(cause.path)
    if term is None:
        return kind.name if kind is not None else _amount_words(evaluation.law, cause.path)
    sentence = term.description.partition(". ")[0].rstrip(".")
    what = sentence[:1].lower() + sentence[1:]
    single = vocabulary.kinds[term.kind].single
    value = evaluation.values[HOUSEHOLD if single else cause.entity].get(cause.path)
    if not isinstance(value, Disputed):
        return what
    said = ", ".join(f"{source} säger {shown(each, term.type)}" for source, each in value.values)
    return f"{what} ({said})"


def _amount_words(law: Law, path: str) -> str:
    """An amount of the norm tables, ``norm.riksnorm.gemensam[5]``, as people call it."""
    found = re.fullmatch(r"norm\.([^\[\]]+)(?:\[(\d+(?:, \d+)*)\])?", path)
    if found is None:
        return path
    keys = found[2].split(", ") if found[2] else []
    return f"{law.norms.words(found[1], tuple(map(int, keys)))} ({law.month})"


def _said(lack: Lack, what: str) -> str:
    if lack is Lack.INCOMPLETE:
        return f"Det kan finnas fler uppgifter om {what} än de kända"
    # ”Om personen är inskriven” is a description that says what is asked; others name a thing.
    if lack is Lack.MISSING and what.startswith("om "):
        return f"Det är inte känt {what}"
    return f"{_SAID[lack]}: {what}"


_SAID = {
    Lack.MISSING: "Uppgift saknas",
    Lack.DISPUTED: "Uppgifterna går isär",
    Lack.NO_AMOUNT: "Beloppet finns inte i tabellerna",
    Lack.NOT_CONCLUDED: "Ingen regel har avgjort",
    Lack.CONFLICT: "Reglerna säger emot varandra",
    Lack.NO_QUOTIENT: "Beräkningen delar med noll",
}

_CODES = {
    Lack.DISPUTED: "UPPGIFT_OMSTRIDD",
    Lack.NO_AMOUNT: "BELOPP_SAKNAS",
    Lack.CONFLICT: "REGLER_OENSE",
    Lack.INCOMPLETE: "UPPGIFTER_OFULLSTÄNDIGA",
}
