"""A person decides: yes to what the machine proposes, or another outcome with the lines that it concerns.

What is decided always adds up: a grant is what the calculation leads to, with the lines that the person has
changed. A second person approves where the municipality wants it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from pydantic import Field, StrictBool, StrictInt
from sqlmodel import Session

from decision_service.application.fields import Ore, Part, Text
from decision_service.application.kept import ContentJson, FormJson
from decision_service.application.outcome import Decided, Outcome
from decision_service.casework.additions import added_rows
from decision_service.casework.assessments import Numbered, standing
from decision_service.casework.decisions import Verdict, make_decision, paid_for
from decision_service.casework.four_eyes import VERDICT, needs_second, officials_ask, second_agrees
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError, require_logged
from decision_service.casework.staff import signature
from decision_service.casework.steps import require_not_taken_back
from decision_service.casework.task import changed as changed_case
from decision_service.casework.task import locked_task, note, own_task
from decision_service.casework.telling import not_told
from decision_service.decision.changed_lines import (
    NOTHING,
    ChangedLine,
    changed,
    changes_of,
    off_by_factor,
    reduced,
    undecided_costs,
)
from decision_service.decision.document import Calculation, Communication
from decision_service.installation.municipality import FourEyes
from decision_service.log.events import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationRow, TaskRow
from norms.fault import Fault, fault
from rules.texts import kronor


class PersonsDecision(Part):
    """What a handläggare decides, on the assessment with a number (null: the machine never made one).

    Either ``agrees`` with the proposal, or an outcome, what is ``granted`` in kronor, and the ``lines`` that
    lead there. ``reason`` is printed in the letter. ``checked``: the amounts are meant, however unlikely.
    ``told``: how the applicant has been told of what speaks against the application, or why not (FL 25 §).
    """

    assessment: StrictInt | None
    agrees: StrictBool = False
    outcome: Decided | None = None
    granted: Ore | None = None
    lines: tuple[ChangedLine, ...] = Field(default=(), max_length=200)
    reason: Text = ""
    checked: StrictBool = False
    told: Communication | None = None


def decide(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    said: PersonsDecision,
) -> ApplicationRow:
    """Decide a case, or put the decision before a second person where the municipality wants four eyes.

    Raises NotFoundError, StaleError, ConflictError, and InputError with every fault in what was said.
    """
    row, task = own_task(session, municipality, application_id, who, version)
    require_not_taken_back(session, row)
    assessment, content = _named(session, row, said.assessment), json.loads(row.content)
    here = office.municipality(row.tenant)
    verdict = _verdict(said, who, assessment, content)
    if verdict.outcome.pays and FourEyes.SUPPLEMENT in here.four_eyes:
        verdict = replace(verdict, beside=tuple(one.id for _, one in paid_for(session, [row])))
    base = assessment.document.calculation if assessment is not None else NOTHING
    asks_more = officials_ask(session, row, base, verdict)
    if not needs_second(here, verdict, assessment, asks_more=asks_more):
        make_decision(office, session, row, verdict, content, assessment, office.clock())
        return row
    verdict = replace(verdict, signed=signature(office, session, municipality, who))
    task.proposal, task.proposed_by = VERDICT.dump_json(verdict).decode(), who
    session.add(task)
    changed_case(session, row)
    note(office, session, row, office.clock(), who, Action.PROPOSED, verdict.reason or "")
    return row


def approve(
    office: Office,
    session: Session,
    municipality: str,
    application_id: str,
    who: str,
    version: int,
    *,
    agrees: bool,
    reason: str,
) -> ApplicationRow:
    """A second person's word on a decision that waits for it. Raises as ``decide``, and audit.errors.RowError
    where what waits is not what was put forward."""
    row, task = locked_task(session, municipality, application_id, version)
    require_logged(office, session, row)

    def put_aside() -> None:
        task.proposal, task.proposed_by = None, None
        session.add(task)

    if second_agrees(office, session, row, task.proposed_by, who, put_aside, agrees=agrees, reason=reason):
        verdict = replace(proposal_of(task), approved_by=who)
        assessment = _named(session, row, verdict.assessment)
        make_decision(office, session, row, verdict, json.loads(row.content), assessment, office.clock())
    return row


def proposal_of(task: TaskRow) -> Verdict:
    """The decision that waits for a second person. Raises ValueError where none does."""
    if task.proposal is None:
        raise ValueError(task.application_id)
    return VERDICT.validate_json(task.proposal)


def _named(session: Session, row: ApplicationRow, number: int | None) -> Numbered | None:
    """The assessment that a decision names, which must be the newest of the application as it is now.

    Raises ConflictError for any other.
    """
    found = standing(session, row)
    if number != (found.number if found is not None else None):
        if found is None:
            raise ConflictError(fault("changed_since_assessed"))
        raise ConflictError(fault("assessment_not_latest", named=number or 0, latest=found.number))
    return found


def _verdict(said: PersonsDecision, who: str, assessment: Numbered | None, content: ContentJson) -> Verdict:
    """What was said as something to decide on an application. Raises InputError with every fault."""
    form = content["application"]
    base = assessment.document.calculation if assessment is not None else NOTHING
    proposed = assessment.document.proposal if assessment is not None else None
    number = assessment.number if assessment is not None else None
    reason = said.reason.strip()
    if said.agrees:
        outcome, granted = _agreed(said, proposed)
        verdict = Verdict(outcome, granted, who, reason, assessment=number)
        faults = []
    else:
        outcome, granted = _own(said)
        changes = changes_of(base, said.lines, form, checked=said.checked)
        verdict = Verdict(outcome, granted, who, reason, changes=changes, assessment=number)
        faults = list(_amount(verdict, base))
    faults += _costs(verdict, base, form)
    verdict = replace(verdict, told=said.told)
    document = assessment.document if assessment is not None else None
    faults += not_told(verdict, base, document, added=added_rows(content))
    deviates = verdict.changes or (outcome, granted) != proposed
    if not reason and (deviates or outcome is not Outcome.GRANTED):
        faults.append(fault("decision_without_reason", "reason"))
    if faults:
        raise InputError(faults)
    return verdict


def own_verdict(said: PersonsDecision, who: str, base: Calculation, form: FormJson) -> Verdict:
    """A decision of a person's own on a calculation. Raises InputError with every fault."""
    outcome, granted = _own(said)
    changes = changes_of(base, said.lines, form, checked=said.checked)
    verdict = Verdict(
        outcome,
        granted,
        who,
        said.reason.strip(),
        changes=changes,
        assessment=said.assessment,
        told=said.told,
    )
    faults = [*_amount(verdict, base), *_costs(verdict, base, form)]
    if not verdict.reason:
        faults.append(fault("decision_without_reason", "reason"))
    if faults:
        raise InputError(faults)
    return verdict


def _costs(verdict: Verdict, base: Calculation, form: FormJson) -> list[Fault]:
    """The costs that were applied for and that a decision which pays leaves without an answer."""
    left = undecided_costs(changed(base, verdict.changes), form) if verdict.outcome.pays else []
    return [fault("cost_not_decided", "lines", row=f"costs[{row}]", number=row + 1) for row in left]


def _agreed(said: PersonsDecision, proposed: tuple[Outcome, int] | None) -> tuple[Outcome, int]:
    if said.outcome is not None or said.granted is not None or said.lines:
        raise InputError([fault("agrees_and_decides", "agrees")])
    if proposed is None:
        raise InputError([fault("nothing_proposed", "agrees")])
    return proposed


def _own(said: PersonsDecision) -> tuple[Outcome, int]:
    missing = [name for name in ("outcome", "granted") if getattr(said, name) is None]
    if said.outcome is None or said.granted is None:
        raise InputError([fault("missing", name) for name in missing])
    return said.outcome, said.granted


def _amount(verdict: Verdict, base: Calculation) -> Iterator[Fault]:
    """What is wrong with the outcome and the amount of a decision of a person's own."""
    outcome, granted = verdict.outcome, verdict.granted
    if outcome.refuses:
        if granted != 0:
            yield fault("refusal_grants_nothing", "granted", outcome=outcome)
        return
    if granted <= 0:
        yield fault("grant_without_amount", "granted", outcome=outcome)
        return
    calculation = changed(base, verdict.changes)
    found, less = calculation.by_the_lines, reduced(calculation, verdict.changes)
    if found is None:
        yield fault("calculation_open", "lines")
    elif granted != found:
        words = {"granted": kronor(granted), "found": kronor(found)}
        if off_by_factor(granted, found):
            yield fault("granted_off_by_factor", "granted", **words)
        elif outcome is Outcome.GRANTED and granted < found:
            yield fault("grant_below_deficit", "granted", **words)
        else:
            yield fault("granted_not_the_sum", "granted", **words)
    if outcome is Outcome.GRANTED and less:
        yield fault("grant_with_reduced_line", "outcome")
    elif outcome is Outcome.GRANTED_IN_PART and not less:
        yield fault("part_without_line", "lines")
