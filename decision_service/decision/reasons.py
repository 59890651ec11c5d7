"""Why a handläggare must decide, or what the applicant must add: what the rules ask, as questions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from decision_service.application.case_file import CaseAnswer
from decision_service.decision.document import Reason, ReasonKind, Seen, Who
from decision_service.decision.facts.answered import noted, plain
from decision_service.decision.facts.made import AnsweredBy
from decision_service.decision.takes import ACCEPTS, AnswerKind, Takes, takes_of
from decision_service.decision.texts import texts
from rules.calculation import counted_twice
from rules.evaluated import Evaluation, Instance
from rules.explanation import label, question_text
from rules.facts import Cause, Disputed, Lack
from rules.language.types import Base
from rules.language.vocabulary import Source, Stage, WhenMissing
from rules.law import Law
from rules.outcome import HOUSEHOLD, Question
from rules.rule import NAME, AnswerEffect, AnswerForm, Asked, AskEffect, RequireEffect, Rule
from rules.texts import shown

RESULT_KIND = "beslut"
"""The kind of fact that the decision itself consists of."""

_PEOPLE = ("vuxen", "barn")

_KINDS = {
    Asked.HANDLAGGARE: ReasonKind.HANDLAGGARE,
    Asked.APPLICANT: ReasonKind.COMPLETION,
    Asked.TOLD: ReasonKind.COMMUNICATION,
}


def reasons_of(evaluation: Evaluation) -> list[Reason]:
    """Everything that the rules ask, require or lack, each once and in a fixed order."""
    asking = (_questions, _requirements, _lacking, _conflicts, _counted_twice)
    found = {reason.order: reason for ask in asking for reason in ask(evaluation)}
    return [found[order] for order in sorted(found)]


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
            named=asks.names,
            rule=rule.id,
            provision=rule.provision(evaluation.law.month),
            at_once=asks.at_once,
            takes=_takes(evaluation, asks.answer),
            who=_may_answer(question.asked, activity=rule.stage is Stage.ACTIVITY),
            sets=asks.answer.path,
            rests_on=rests_on(evaluation, rule, question.subject, asks.answer.path),
        )


def _takes(evaluation: Evaluation, answer: AnswerEffect) -> Takes | None:
    if answer.form is AnswerForm.DECIDE:
        return None
    if answer.path is None:
        return ACCEPTS
    return takes_of(evaluation.law.vocabulary.terms[answer.path], answer.only)


def _may_answer(asked: Asked, *, activity: bool) -> tuple[Who, ...]:
    """The applicant, where they are asked; a handläggare always; whoever knows the plan, of the plan."""
    applicant = (Who.APPLICANT,) if asked is Asked.APPLICANT else ()
    return (*applicant, Who.HANDLAGGARE, *((Who.ACTIVITY_SECRETARY,) if activity else ()))


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
    undecided = (evaluation.instances[key] for key in evaluation.outcome.undecided)
    for cause in {cause for instance in undecided if _matters(instance) for cause in instance.lacks}:
        yield _lack(evaluation, cause)


def rests_on(
    evaluation: Evaluation, rule: Rule, subject: str, sets: str | None
) -> Mapping[str, Seen | tuple[Seen, ...]]:
    """What a question of a rule rests on: the facts that the rule reads, and the one that its answer gives.

    Of a row of the application or of a register also all that it says, and what it is called: a rent at
    another amount is another question, and so is the refusal of another benefit. Not what the calendar says,
    nor what people have answered: an answer stands while the case is the same.
    """
    terms = evaluation.law.vocabulary.terms
    about = {path for path in (*rule.told, sets or "") if path in terms}
    row = evaluation.facts.by_id.get(subject)
    named: dict[str, Seen | tuple[Seen, ...]] = {}
    if row is not None and row.kind not in _PEOPLE:
        about |= {path for path in row.values if terms[path].source is not Source.HISTORY}
        named = {f"{{{NAME}}}": label(evaluation, subject)} if NAME in rule.told else {}
    return named | {
        path: _seen(evaluation, path, subject)
        for path in sorted(rule.reads | about)
        if terms[path].source is not Source.CALENDAR
        and not terms[path].answered
        and (path == sets or not _by_a_person(evaluation, path, subject))
    }


def _seen(evaluation: Evaluation, path: str, subject: str) -> Seen | tuple[Seen, ...]:
    """The value of a fact about the subject or the household; of others, the value of each."""
    kind = evaluation.law.vocabulary.kinds[evaluation.law.vocabulary.terms[path].kind]
    values = evaluation.values
    if kind.single:
        return plain(values[HOUSEHOLD].get(path))
    entity = evaluation.facts.by_id.get(subject)
    if entity is not None and entity.kind == kind.name:
        return plain(values[subject].get(path))
    each = (plain(values[one.id].get(path)) for one in evaluation.facts.by_kind.get(kind.name, ()))
    return tuple(", ".join(map(str, seen)) if isinstance(seen, tuple) else seen for seen in each)


def _by_a_person(evaluation: Evaluation, path: str, subject: str) -> bool:
    term = evaluation.law.vocabulary.terms[path]
    entity = evaluation.facts.by_id.get(
        term.kind if evaluation.law.vocabulary.kinds[term.kind].single else subject
    )
    origin = entity.origin.get(path) if entity is not None else None
    return origin is not None and any(isinstance(each, AnsweredBy) for each in origin.places)


def unanswered(evaluation: Evaluation, answers: Iterable[CaseAnswer]) -> Iterator[Reason]:
    """The questions that no answer closes. An answer stands while the question rests on the same facts, and
    in the months that begin no later than its day."""
    first = evaluation.law.month.first
    given = [each for each in answers if each.until is None or each.until >= first]
    for each in reasons_of(evaluation):
        if not any(_closes(evaluation, answer, each) for answer in given):
            yield each


def _closes(evaluation: Evaluation, answer: CaseAnswer, reason: Reason) -> bool:
    if (answer.rule, answer.code) != (reason.rule, reason.code) or reason.takes is None:
        return False
    if reason.rule is None:
        return answer.question == reason.id and reason.takes.kind is AnswerKind.ACCEPT
    if answer.subject != reason.subject and not answer.standing:
        return False
    now = reason.rests_on.keys() - {reason.sets}
    if answer.standing and not now <= answer.rests_on.keys():
        return False  # it was given without knowing what the question is about now
    since = answer.rests_on.keys() - reason.rests_on.keys()
    if any(answer.rests_on[path] is not None and _is_gone(evaluation, path, reason) for path in since):
        return False
    return all(noted(answer.rests_on[path]) == reason.rests_on[path] for path in answer.rests_on.keys() & now)


def _is_gone(evaluation: Evaluation, path: str, reason: Reason) -> bool:
    """Whether what a question is about no longer says something that it said of itself. What a person has
    said of it since is said, and what the rules have ceased to read, given or concluded, may be."""
    row, term = evaluation.facts.by_id.get(reason.subject or ""), evaluation.law.vocabulary.terms.get(path)
    return (
        row is not None
        and term is not None
        and term.kind == row.kind
        and path not in evaluation.values[row.id]
    )


def _conflicts(evaluation: Evaluation) -> Iterator[Reason]:
    """What the rules gave different answers to, whether or not another rule reads it."""
    for entity, path in evaluation.outcome.conflicts:
        yield _lack(evaluation, Cause(entity, path, Lack.CONFLICT))


def _counted_twice(evaluation: Evaluation) -> Iterator[Reason]:
    """The costs and incomes that two rules count."""
    for subject in counted_twice(evaluation.outcome.lines):
        about = label(evaluation, subject)
        yield Reason(
            kind=ReasonKind.HANDLAGGARE,
            code="RÄKNAT_TVÅ_GÅNGER",
            question=texts().questions.counted_twice.format(vad=about),
            subject=subject,
            label=about,
        )


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
    subject = cause.entity or None
    if term is not None and term.when_missing is WhenMissing.APPLICANT and cause.lack is Lack.MISSING:
        kind, code, question = ReasonKind.COMPLETION, "UPPGIFT_SAKNAS", term.question or ""
    else:
        kind, code = ReasonKind.HANDLAGGARE, _CODES.get(cause.lack, "UPPGIFT_SAKNAS")
        whether = cause.lack is Lack.MISSING and term is not None and term.type.base is Base.YES_NO
        lacking = texts().not_known_whether if whether else texts().lacking[cause.lack]
        said = lacking.format(uppgift=_what(evaluation, cause))
        question = texts().questions.what_holds.format(fattas=said)
    given = term is not None and bool(term.sources)
    takes = takes_of(term) if term is not None and given else None
    asked = Asked.APPLICANT if kind is ReasonKind.COMPLETION else Asked.HANDLAGGARE
    plan = term is not None and given and all(path.startswith("activity[]") for path in term.sources)
    return Reason(
        kind=kind,
        code=code,
        question=texts().questions.of_whom.format(namn=about, fråga=question) if about else question,
        subject=subject,
        label=about,
        named=bool(about),
        fact=cause.path,
        takes=ACCEPTS if cause.lack is Lack.INCOMPLETE else takes,
        who=_may_answer(asked, activity=plan),
        sets=cause.path if takes is not None else None,
        rests_on={cause.path: _seen(evaluation, cause.path, cause.entity)} if takes is not None else {},
    )


def _what(evaluation: Evaluation, cause: Cause) -> str:
    """The thing that is not known, in words; a disputed fact with what each source says."""
    vocabulary = evaluation.law.vocabulary
    term, kind = vocabulary.terms.get(cause.path), vocabulary.kinds.get(cause.path)
    if term is None:
        return kind.name if kind is not None else _amount_words(evaluation.law, cause.path)
    what = term.meaning[:1].lower() + term.meaning[1:]
    single = vocabulary.kinds[term.kind].single
    value = evaluation.values[HOUSEHOLD if single else cause.entity].get(cause.path)
    if not isinstance(value, Disputed):
        return what
    says = texts().each_says
    each_says = (says.format(källa=source, värde=shown(each, term.type)) for source, each in value.values)
    return f"{what} ({', '.join(each_says)})"


def _amount_words(law: Law, path: str) -> str:
    """An amount of the norm tables, ``norm.riksnorm.gemensam[5]``, as people call it."""
    found = re.fullmatch(r"norm\.([^\[\]]+)(?:\[(\d+(?:, \d+)*)\])?", path)
    if found is None:
        return path
    keys = found[2].split(", ") if found[2] else []
    return f"{law.norms.words(found[1], tuple(map(int, keys)))} ({law.month})"


_CODES = {
    Lack.DISPUTED: "UPPGIFT_OMSTRIDD",
    Lack.NO_AMOUNT: "BELOPP_SAKNAS",
    Lack.CONFLICT: "REGLER_OENSE",
    Lack.INCOMPLETE: "UPPGIFTER_OFULLSTÄNDIGA",
}
