"""An assessment: a pure function of a case file and the law. Here it is settled who decides.

Both engines evaluate the facts; what they agree on becomes an outcome, a request for completion, or a
handover to a person with every reason. The machine decides only what the municipality has delegated to it
and only on confirmed amounts and rules.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from audit import canonical
from decision_service.application.case_file import CaseFile, PaidOut
from decision_service.application.outcome import Outcome
from decision_service.decision.causes import causes_of
from decision_service.decision.document import (
    SCHEMA,
    Assessment,
    CalculatedLine,
    Calculation,
    EnginesReport,
    Limit,
    Member,
    Reason,
    ReasonKind,
    SeenIncome,
    Unconfirmed,
)
from decision_service.decision.facts.adult import person_id
from decision_service.decision.facts.case_facts import CaseFacts, build_facts
from decision_service.decision.reasons import unanswered
from decision_service.decision.texts import texts
from decision_service.decision.unconfirmed import unconfirmed_of
from decision_service.decision.writing import sealed, whole
from decision_service.reading.swedish_time import swedish_day
from norms.month import Month
from rules.book import Rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Agreed, Engines
from rules.explanation import explain_line
from rules.law import Law, resolve
from rules.outcome import HOUSEHOLD, Line
from rules.rule import Section


@dataclass(frozen=True)
class Assessed:
    """The members of an assessment as JSON, and the evaluation behind it, which explains every rule."""

    members: Mapping[str, bytes]
    evaluation: Evaluation

    @property
    def written(self) -> bytes:
        """The assessment as JSON."""
        return whole(self.members)

    @cached_property
    def document(self) -> Assessment:
        """The assessment, read."""
        return Assessment.model_validate_json(self.written)


@dataclass(frozen=True)
class Judgement:
    """What an assessment comes to: outcome and reasons, what the rules propose and would grant, in öre."""

    built: CaseFacts
    agreed: Agreed
    outcome: Outcome
    proposed: Outcome | None
    granted: int | None
    waits: date | None
    reasons: tuple[Reason, ...]
    unconfirmed: tuple[Unconfirmed, ...]


def month_of(case: CaseFile) -> Month:
    """The month whose law is the case's: the one applied for, or the one it came in when none is said."""
    return case.application.month or Month.of(swedish_day(case.received_at))


def law_of(case: CaseFile, book: Rulebook) -> Law:
    """The law of the case.

    A month without a riksnorm has a law too, one that says so: its rules hand the case to a person.
    Raises UnknownMunicipalityError.
    """
    return resolve(book, month_of(case), case.municipality, without_norm=True)


def assess(case: CaseFile, law: Law, engines: Engines | None = None) -> Assessed:
    """Assess a case under a law. Pure: no clock, no database, no network; same input, same bytes.

    ``engines`` are the compiled engines of the same law, kept by callers that assess many cases.
    """
    judged = judge(case, law, engines)
    evaluation = judged.agreed.evaluation
    members: dict[str, Member] = {
        "schema": SCHEMA,
        "money": "öre",
        "outcome": judged.outcome,
        "proposed_outcome": judged.proposed,
        "automatic": judged.outcome.decides,
        "waits_until": judged.waits,
        "answer_days": _answer_days(evaluation) if judged.outcome is Outcome.COMMUNICATION else None,
        "month": str(law.month),
        "municipality": law.municipality or case.municipality,
        "release": law.release,
        "calculation": _calculation(evaluation, judged.granted),
        "causes": tuple(causes_of(evaluation)),
        "incomes": tuple(_incomes(evaluation, judged.built.paid)),
        "reasons": judged.reasons,
        "engines": _engines(judged.agreed),
        "unconfirmed": judged.unconfirmed,
        "unread": tuple(each.sentence for each in judged.built.unread),
        "input": _checksum(case),
    }
    return Assessed(sealed(members, evaluation), evaluation)


def judge(case: CaseFile, law: Law, engines: Engines | None = None) -> Judgement:
    """What an assessment comes to, before it is a document."""
    built = build_facts(case, law)
    built.facts.check(law.vocabulary)
    agreed = (engines or Engines(law)).evaluate(built.facts)
    evaluation = agreed.evaluation
    proposed = proposed_outcome(evaluation)
    granted = _granted(evaluation) if proposed is not None else None
    unconfirmed = unconfirmed_of(evaluation)
    reasons = [*unanswered(evaluation, case.answers)]
    if not agreed.agree:
        reasons.append(_own_reason("MOTORERNA_OENSE", texts().questions.engines_disagree, at_once=True))
    outcome = _outcome(evaluation, proposed, granted, reasons, bool(unconfirmed), agreed.agree)
    waits = _waits_until(evaluation, case) if outcome.decides else None
    if waits is not None:
        outcome = Outcome.WAITING
    elif outcome.decides and any(reason.kind is ReasonKind.COMMUNICATION for reason in reasons):
        outcome = Outcome.COMMUNICATION
    if outcome is Outcome.HANDLAGGARE:
        reasons += _own_reasons(evaluation, proposed, granted, bool(unconfirmed))
    return Judgement(built, agreed, outcome, proposed, granted, waits, tuple(reasons), tuple(unconfirmed))


def proposed_outcome(evaluation: Evaluation) -> Outcome | None:
    """The outcome that the rules propose, whoever may decide it."""
    found = evaluation.values[HOUSEHOLD].get("beslut.utfall")
    return Outcome(found.upper()) if isinstance(found, str) else None


def _granted(evaluation: Evaluation) -> int | None:
    """What would be granted, in öre."""
    found = evaluation.values[HOUSEHOLD].get("beslut.belopp")
    return found if isinstance(found, int) else None


# --- who decides


def _outcome(
    evaluation: Evaluation,
    proposed: Outcome | None,
    granted: int | None,
    reasons: list[Reason],
    unconfirmed: bool,
    agree: bool,
) -> Outcome:
    if not agree or any(reason.at_once for reason in reasons):
        return Outcome.HANDLAGGARE
    if any(reason.kind is ReasonKind.COMPLETION for reason in reasons):
        return Outcome.COMPLETION
    asked = any(reason.kind is ReasonKind.HANDLAGGARE for reason in reasons)
    if asked or unconfirmed or not _delegated(evaluation):
        return Outcome.HANDLAGGARE
    if proposed is None or granted is None or proposed is Outcome.DISMISSED:
        return Outcome.HANDLAGGARE
    return proposed


def _waits_until(evaluation: Evaluation, case: CaseFile) -> date | None:
    """The day that a decision of the machine waits for, before which the registers cannot know the control
    month. Never later than the first day after that month, and never a day that has come."""
    found = evaluation.values[HOUSEHOLD].get("beslut.väntar_till_dag")
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    month = evaluation.law.month
    day = min(month.plus(-1).first + timedelta(days=found - 1), month.first)
    return day if day > swedish_day(case.as_of or case.received_at) else None


def _answer_days(evaluation: Evaluation) -> int:
    """How many days the applicant has to answer what speaks against the application."""
    found = evaluation.values[HOUSEHOLD].get("beslut.yttrandetid")
    if not isinstance(found, int) or found < 1:
        raise ValueError("a rule that tells the applicant something gives days to answer")
    return found


def _delegated(evaluation: Evaluation) -> bool:
    """Whether the municipality lets the machine decide this."""
    return evaluation.values[HOUSEHOLD].get("beslut.får_fattas_automatiskt") is True


def _own_reasons(
    evaluation: Evaluation, proposed: Outcome | None, granted: int | None, unconfirmed: bool
) -> Iterator[Reason]:
    """Why a handläggare decides although no rule asks."""
    if unconfirmed:
        yield _own_reason("OBEKRÄFTAT", texts().questions.unconfirmed)
    if proposed is None or granted is None:
        yield _own_reason("UTFALL_OKÄNT", texts().questions.no_outcome)
    elif not _delegated(evaluation):
        yield _own_reason("INTE_DELEGERAT", texts().questions.not_delegated)


def _own_reason(code: str, question: str, *, at_once: bool = False) -> Reason:
    return Reason(kind=ReasonKind.HANDLAGGARE, code=code, question=question, at_once=at_once)


# --- the parts of the document


def _calculation(evaluation: Evaluation, granted: int | None) -> Calculation:
    def total(name: str) -> int | None:
        found = evaluation.totals.get(f"kalkyl.{name}")
        return found if isinstance(found, int) else None

    return Calculation(
        norm=total("norm"),
        costs=total("kostnader"),
        other_costs=total("övriga_kostnader"),
        income=total("inkomster"),
        result=total("resultat"),
        granted=granted,
        lines=tuple(lines_of(evaluation)),
    )


_KINDS: Mapping[Section, Literal["norm", "cost", "other_cost", "income"]] = {
    Section.PERSONAL: "norm",
    Section.COMMON: "norm",
    Section.COST: "cost",
    Section.OTHER_COST: "other_cost",
    Section.INCOME: "income",
}


def lines_of(evaluation: Evaluation) -> Iterator[CalculatedLine]:
    """The lines of the calculation in its order, in words."""
    for line in evaluation.lines_in_order:
        explained = explain_line(evaluation, line)
        yield CalculatedLine(
            kind=_KINDS[line.section],
            part=line.section,
            rule=line.rule,
            provision=explained.provision,
            subject=line.subject or None,
            label=explained.label,
            what=explained.what,
            applied=line.applied,
            amount=line.amount,
            text=explained.text,
            limits=tuple(_limits(evaluation, line)),
        )


def _limits(evaluation: Evaluation, line: Line) -> Iterator[Limit]:
    """The municipality's limits to which a line was reduced."""
    if line.applied is None or line.amount >= line.applied:
        return
    for cell in dict.fromkeys(evaluation.instances[line.rule, line.subject].cells):
        if cell.series.startswith(_OF_A_MUNICIPALITY) and cell.value == line.amount:
            yield Limit(amount=cell.value, source=cell.source)


_OF_A_MUNICIPALITY = "kommun."


def _incomes(evaluation: Evaluation, paid: Mapping[str, PaidOut]) -> Iterator[SeenIncome]:
    for entity in evaluation.facts.by_kind.get("inkomst", ()):
        payment = paid.get(entity.id)
        amount, before = (entity.values.get(f"inkomst.{name}") for name in ("belopp", "månader_före"))
        yield SeenIncome(
            id=entity.id,
            declared=entity.values["inkomst.ur_register"] is False,
            owner=None if entity.owner is None else person_id(entity.owner),
            amount=amount if isinstance(amount, int) else None,
            months_before=before if isinstance(before, int) else None,
            benefit=payment.benefit if payment is not None else None,
            paid=payment.paid if payment is not None else None,
        )


def _engines(agreed: Agreed) -> EnginesReport:
    fired = len(agreed.evaluation.outcome.fired)
    return EnginesReport(agree=agreed.agree, fired=fired, differences=tuple(agreed.differences))


def _checksum(case: CaseFile) -> str:
    # What was not there when older cases were assessed is nothing where it is empty.
    content = case.model_dump(mode="json", by_alias=True, exclude=None if case.added else {"added"})
    return hashlib.sha256(canonical.any_name(content)).hexdigest()
