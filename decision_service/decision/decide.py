"""The decision: a pure function of a case file and the law.

Both engines evaluate the facts; what they agree on becomes an outcome, a request for completion, or a
handover to a person with every reason. The machine decides only what the municipality has delegated to it
and only on confirmed amounts and rules.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from audit import canonical
from decision_service.application.case_file import CaseFile
from decision_service.decision.facts.case_facts import build_facts
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month
from norms.table import Cell
from rules.evaluated import Evaluation, Instance, RuleState
from rules.evaluation import Agreed, Engines
from rules.explanation import condition, deciding, explain_line, label, question_text, records
from rules.facts import Cause, Disputed, Lack
from rules.language.vocabulary import WhenMissing
from rules.law import Law, resolve
from rules.outcome import HOUSEHOLD, Question
from rules.rule import Asked, AskEffect, RequireEffect, Section
from rules.rulebook import Rulebook
from rules.settings import Setting
from rules.texts import shown

RESULT_KIND = "beslut"


class Outcome(StrEnum):
    """What becomes of an application."""

    GRANTED = "BIFALL"
    GRANTED_IN_PART = "DELAVSLAG"
    REFUSED = "AVSLAG"
    DISMISSED = "AVVISNING"
    COMPLETION = "KOMPLETTERING"
    PERSON = "HANDLAGGARE"


class ReasonKind(StrEnum):
    """Whether a reason asks something of a person or of the applicant."""

    PERSON = "person"
    COMPLETION = "completion"


@dataclass(frozen=True, slots=True, order=True)
class Reason:
    """Why a person must decide, or what the applicant must add, as a question.

    ``subject`` is whom or what it is about, ``rule`` the rule that asks, ``fact`` the fact that is missing.
    ``at_once``: nothing may be asked of the applicant before a person has seen it.
    """

    kind: ReasonKind
    code: str
    question: str
    subject: str
    label: str
    rule: str
    provision: str
    fact: str
    at_once: bool = False


@dataclass(frozen=True)
class Decision:
    """A decision and all it rests on. ``as_json`` is the contract; ``evaluation`` explains every rule.

    ``unread`` are sentences about what in the case could not be understood.
    """

    outcome: Outcome
    proposed: Outcome | None
    automatic: bool
    granted: int | None
    reasons: tuple[Reason, ...]
    unconfirmed: tuple[Mapping[str, Any], ...]
    unread: tuple[str, ...]
    input_hash: str
    agreed: Agreed

    @property
    def evaluation(self) -> Evaluation:
        """The evaluation by the exact engine."""
        return self.agreed.evaluation

    @cached_property
    def as_json(self) -> dict[str, Any]:
        """The decision as JSON, its receipt included. Amounts in öre."""
        found = self._without_receipt()
        return {**found, "receipt": hashlib.sha256(canonical.any_name(found)).hexdigest()}

    def _without_receipt(self) -> dict[str, Any]:
        evaluation = self.evaluation
        law = evaluation.law
        totals = {
            english: value if isinstance(value := evaluation.totals.get(f"kalkyl.{swedish}"), int) else None
            for english, swedish in _TOTALS.items()
        }
        return {
            "outcome": self.outcome.value,
            "proposed_outcome": self.proposed.value if self.proposed is not None else None,
            "automatic": self.automatic,
            "month": str(law.month),
            "municipality": law.municipality,
            "release": law.release,
            "calculation": {**totals, "granted": self.granted, "lines": list(self._lines())},
            "rules": records(evaluation),
            "reasons": [_reason_json(reason) for reason in self.reasons],
            "engines": {
                "agree": self.agreed.agree,
                "fired": len(evaluation.outcome.fired),
                "differences": list(self.agreed.differences),
            },
            "unconfirmed": [dict(each) for each in self.unconfirmed],
            "unread": list(self.unread),
            "input": self.input_hash,
        }

    def _lines(self) -> Iterator[dict[str, Any]]:
        for line in self.evaluation.lines_in_order:
            explained = explain_line(self.evaluation, line)
            norm = line.section in (Section.PERSONAL, Section.COMMON)
            yield {
                "kind": "norm" if norm else line.section.value,
                "part": line.section.value,
                "rule": line.rule,
                "provision": explained.provision,
                "subject": line.subject or None,
                "label": explained.label,
                "applied": line.applied,
                "amount": line.amount,
                "text": explained.text,
            }


_TOTALS = {
    "norm": "norm",
    "costs": "kostnader",
    "other_costs": "övriga_kostnader",
    "income": "inkomster",
    "result": "resultat",
}


def law_of(case: CaseFile, book: Rulebook) -> Law:
    """The law of the case: of the month applied for, or of the month it came in when none is said.

    A month without a riksnorm has a law too, one that says so: its rules hand the case to a person.
    Raises UnknownMunicipalityError.
    """
    month = case.application.month or Month.of(swedish_day(case.received_at))
    return resolve(book, month, case.municipality, without_norm=True)


def decide(case: CaseFile, law: Law, engines: Engines | None = None) -> Decision:
    """Decide a case under a law. Pure: no clock, no database, no network; same input, same bytes.

    ``engines`` are the compiled engines of the same law, kept by callers that decide many cases.
    """
    built = build_facts(case, law)
    built.facts.check(law.vocabulary)
    agreed = (engines or Engines(law)).evaluate(built.facts)
    evaluation = agreed.evaluation
    proposed = proposed_outcome(evaluation)
    unconfirmed = tuple(_unconfirmed(evaluation))
    reasons = sorted(
        {
            *_questions(evaluation),
            *_requirements(evaluation),
            *_lacking(evaluation),
            *_conflicts(evaluation),
        }
    )
    if not agreed.agree:
        reasons.append(
            _person("MOTORERNA_OENSE", "Reglernas två motorer är inte överens. Vad gäller?", at_once=True)
        )
    granted = _granted(evaluation) if proposed is not None else None
    outcome = _outcome(evaluation, proposed, granted, reasons, bool(unconfirmed), agreed.agree)
    reasons += _own_reasons(evaluation, proposed, granted, outcome, bool(unconfirmed))
    automatic = outcome not in (Outcome.PERSON, Outcome.COMPLETION)
    return Decision(
        outcome,
        proposed,
        automatic,
        granted,
        tuple(reasons),
        unconfirmed,
        built.unread,
        _hash(case),
        agreed,
    )


def _hash(case: CaseFile) -> str:
    content = case.model_dump(mode="json", by_alias=True)
    return hashlib.sha256(canonical.any_name(content)).hexdigest()


def proposed_outcome(evaluation: Evaluation) -> Outcome | None:
    """The outcome that the rules propose, whoever may decide it."""
    found = evaluation.values[HOUSEHOLD].get("beslut.utfall")
    return Outcome(found.upper()) if isinstance(found, str) else None


def _granted(evaluation: Evaluation) -> int | None:
    """What would be granted, in öre."""
    found = evaluation.values[HOUSEHOLD].get("beslut.belopp")
    return found if isinstance(found, int) else None


def _outcome(
    evaluation: Evaluation,
    proposed: Outcome | None,
    granted: int | None,
    reasons: list[Reason],
    unconfirmed: bool,
    agree: bool,
) -> Outcome:
    if not agree or any(reason.at_once for reason in reasons):
        return Outcome.PERSON
    if any(reason.kind is ReasonKind.COMPLETION for reason in reasons):
        return Outcome.COMPLETION
    delegated = evaluation.values[HOUSEHOLD].get("beslut.får_fattas_automatiskt") is True
    if reasons or unconfirmed or not delegated:
        return Outcome.PERSON
    if proposed is None or granted is None or proposed is Outcome.DISMISSED:
        return Outcome.PERSON
    return proposed


def _own_reasons(
    evaluation: Evaluation,
    proposed: Outcome | None,
    granted: int | None,
    outcome: Outcome,
    unconfirmed: bool,
) -> Iterator[Reason]:
    """Why a person decides although no rule asks."""
    if outcome is not Outcome.PERSON:
        return
    if unconfirmed:
        yield _person(
            "OBEKRÄFTAT", "Beräkningen vilar på belopp eller regler som inte är bekräftade. Stämmer de?"
        )
    if proposed is None or granted is None:
        yield _person("UTFALL_OKÄNT", "Reglerna kommer inte fram till något utfall. Vad ska beslutet bli?")
    elif evaluation.values[HOUSEHOLD].get("beslut.får_fattas_automatiskt") is not True:
        yield _person(
            "INTE_DELEGERAT", "Kommunen låter inte maskinen fatta beslutet. Ska det bli som föreslås?"
        )


def _person(code: str, question: str, *, at_once: bool = False) -> Reason:
    return Reason(ReasonKind.PERSON, code, question, "", "", "", "", "", at_once)


# --- what the rules ask


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
            ReasonKind.PERSON if question.asked is Asked.PERSON else ReasonKind.COMPLETION,
            question.reason,
            _asked(evaluation, question),
            question.subject,
            label(evaluation, question.subject),
            rule.id,
            rule.provision(evaluation.law.month),
            "",
            asks.at_once,
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
    if term is not None and term.when_missing is WhenMissing.APPLICANT and cause.lack is Lack.MISSING:
        question = f"{of_whom}{term.question}"
        return Reason(
            ReasonKind.COMPLETION, "UPPGIFT_SAKNAS", question, cause.entity, about, "", "", cause.path
        )
    code = _CODES.get(cause.lack, "UPPGIFT_SAKNAS")
    question = f"{of_whom}{_said(cause.lack, _what(evaluation, cause))}. Vad gäller?"
    return Reason(ReasonKind.PERSON, code, question, cause.entity, about, "", "", cause.path)


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


# --- what nobody has confirmed


def _unconfirmed(evaluation: Evaluation) -> Iterator[Mapping[str, Any]]:
    """Amounts, settings and rules of unconfirmed status that a line or the decision rests on.

    A conclusion rests on what its rule rests on, and so does every rule that reads it.
    """
    law = evaluation.law
    settings = {setting.path: setting for setting in law.settings if not setting.status.confirmed}
    rests_on: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for instance in evaluation.instances.values():
        rule = instance.rule
        if settings and instance.state is RuleState.NOT_FIRED and settings.keys() & rule.reads:
            found |= {
                ("setting", path): _setting(settings[path])
                for path in _keeps_silent(evaluation, instance, settings)
            }
        if instance.state is not RuleState.FIRED:
            continue
        unsure = {
            ("amount", f"{cell.series} {cell.label}"): _cell(cell)
            for cell in instance.cells
            if not cell.status.confirmed
        }
        for path in rule.reads:
            unsure |= rests_on.get(path, {})
            if path in settings:
                unsure["setting", path] = _setting(settings[path])
        if not law.confirms(rule):
            status = rule.status.value
            unsure["rule", rule.id] = {"kind": "rule", "name": rule.id, "label": rule.title, "status": status}
        if not unsure:
            continue
        for effect in rule.concludes:
            rests_on.setdefault(effect.path, {}).update(unsure)
        if rule.lines or any(effect.path.startswith(f"{RESULT_KIND}.") for effect in rule.concludes):
            found |= unsure
    for key in sorted(found):
        yield found[key]


def _keeps_silent(
    evaluation: Evaluation, instance: Instance, settings: Mapping[str, Setting]
) -> Iterator[str]:
    """The settings that alone keep a rule from asking: every part that fails reads one of them."""
    if not any(isinstance(effect, AskEffect) for effect in instance.rule.effects):
        return
    failed = deciding(condition(evaluation, (instance.rule.id, instance.subject)), False)
    read = [[path for path in settings if path in part.text] for part in failed]
    if all(read):
        yield from (path for paths in read for path in paths)


def _cell(cell: Cell) -> Mapping[str, Any]:
    return {
        "kind": "amount",
        "name": cell.series,
        "label": cell.label,
        "amount": cell.value,
        "unit": cell.unit,
        "status": cell.status.value,
        "source": cell.source,
    }


def _setting(setting: Setting) -> Mapping[str, Any]:
    status, source = setting.status.value, setting.source
    return {"kind": "setting", "name": setting.path, "label": "", "status": status, "source": source}


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "kind": reason.kind.value,
        "code": reason.code,
        "question": reason.question,
        "subject": reason.subject or None,
        "label": reason.label,
        "rule": reason.rule or None,
        "provision": reason.provision,
        "fact": reason.fact or None,
        "at_once": reason.at_once,
    }
