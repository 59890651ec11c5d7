"""The second person: which decisions wait for one, where the municipality wants it, and who that may be."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from pydantic import TypeAdapter
from sqlmodel import Session

from decision_service.application.outcome import Outcome
from decision_service.casework import meaning
from decision_service.casework.additions import added_rows
from decision_service.casework.answers import of_application
from decision_service.casework.assessments import Numbered
from decision_service.casework.decisions import Verdict
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.casework.staff import as_read, may_be_one
from decision_service.casework.task import changed as changed_case
from decision_service.casework.task import note
from decision_service.decision.changed_lines import changed
from decision_service.decision.document import Calculation, LineChange, Who
from decision_service.installation.configuration import Installation
from decision_service.installation.municipality import FourEyes, Municipality
from decision_service.log.events import Action
from decision_service.reading.strict_json import InputError
from decision_service.store.tables import ApplicationRow
from norms.fault import fault

VERDICT = TypeAdapter(Verdict)
"""A decision that waits, as it is stored."""

_FOUR_EYES: Mapping[Outcome, FourEyes] = {
    Outcome.GRANTED: FourEyes.GRANT,
    Outcome.GRANTED_IN_PART: FourEyes.PARTLY,
    Outcome.REFUSED: FourEyes.REFUSE,
    Outcome.DISMISSED: FourEyes.DISMISS,
}


def needs_second(
    municipality: Municipality,
    verdict: Verdict,
    assessment: Numbered | None,
    *,
    asks_more: bool,
    in_force: int = 0,
    kept: int = 0,
) -> bool:
    """Whether a decision waits for a second person, as the municipality wants it. More than the machine came
    to always does, where the municipality has not said otherwise; so does what it came to when officials ask
    for more than the applicant did (``asks_more``). A correction that grants no more than the decision
    ``in_force`` does not raise it. What the applicant has been let to keep of an earlier decision (``kept``)
    counts with what is granted: it is not paid once more by one person."""
    proposed = assessment.document.proposal if assessment is not None else None
    deviates = bool(verdict.changes) or (verdict.outcome, verdict.granted) != proposed
    asked = {_FOUR_EYES[verdict.outcome]} | ({FourEyes.DEVIATE} if deviates else set())
    more = verdict.granted > in_force and _raises(verdict, proposed, kept)
    raises = not municipality.raise_alone and (asks_more or more)
    return bool(verdict.beside) or raises or not asked.isdisjoint(municipality.four_eyes)


def _raises(verdict: Verdict, proposed: tuple[Outcome, int] | None, kept: int) -> bool:
    """Whether more is granted than was proposed. Where nothing was, the lines that the machine has found are
    what counts, so it is more only with a line that a person has changed."""
    if proposed is None:
        return verdict.granted > 0 and bool(verdict.changes or kept)
    return verdict.granted + kept > proposed[1]


def officials_ask(
    session: Session, row: ApplicationRow, base: Calculation, verdict: Verdict, in_force: int = 0
) -> bool:
    """Whether a decision grants what officials have added to an application that asks for money, or what
    rests on their word that the applicant's own words ask for it, which is said of one month's costs and
    stands in no other: then what the machine comes to is theirs too. A cost whose line grants nothing asks
    for nothing. A correction that grants no more than the decision ``in_force`` does it where a line of what
    they ask for gives more than in the calculation before (``base``), whatever gives less: an added person
    asks for every line."""
    if not verdict.granted:
        return False
    asked = {each for each in added_rows(json.loads(row.content)) if each.partition("[")[0] in _ASKS} | {
        each.subject
        for each in of_application(session, row)
        if each.code == meaning.CODE
        and (each.fact or "").startswith(_OF_A_COST)
        and each.role != Who.APPLICANT
    }
    if verdict.granted <= in_force:
        every = any(_is_person(each) for each in asked)
        return any(_gives_more(each) and (every or each.subject in asked) for each in verdict.changes)
    amounts = [(line.subject, line.amount) for line in changed(base, verdict.changes).lines]
    refused = {subject for subject, _ in amounts} - {subject for subject, amount in amounts if amount}
    return not asked <= refused


def _is_person(place: str | None) -> bool:
    return place is not None and not place.startswith("costs")


def _gives_more(change: LineChange) -> bool:
    """Whether a changed line gives the applicant more than it did."""
    was = change.was or 0
    return change.amount < was if change.kind == "income" else change.amount > was


_ASKS = ("costs", "people", "children")
"""The lists of an application whose rows ask for money."""
_OF_A_COST = "kostnad."


def second_agrees(
    office: Office,
    session: Session,
    row: ApplicationRow,
    proposed_by: str | None,
    who: str,
    put_aside: Callable[[], None],
    *,
    agrees: bool,
    reason: str,
) -> bool:
    """A second person's word on what ``proposed_by`` has put forward in a case: whether it is to be written
    now. A no is logged with its reason, and what waited is ``put_aside``. Raises as ``require_second``."""
    require_second(office.installation, proposed_by, who, agrees=agrees, reason=reason)
    if not agrees:
        put_aside()
        changed_case(session, row)
        note(office, session, row, office.clock(), who, Action.NOT_APPROVED, reason.strip())
    return agrees


def own(proposed_by: str | None, who: str) -> bool:
    """Whether somebody has put forward what waits, and so may not approve it."""
    return proposed_by is not None and as_read(proposed_by) == as_read(who)


def require_second(
    installation: Installation, proposed_by: str | None, who: str, *, agrees: bool, reason: str
) -> None:
    """That somebody may say yes or no to what another has put forward. Raises ConflictError where nothing
    waits, for whoever put it forward and for who may be the same person at another issuer, and InputError for
    a no that does not say why."""
    if proposed_by is None:
        raise ConflictError(fault("nothing_to_approve"))
    if own(proposed_by, who):
        raise ConflictError(fault("own_proposal"))
    if may_be_one(installation, proposed_by, who):
        raise ConflictError(fault("other_circle"))
    if not agrees and not reason.strip():
        raise InputError([fault("refusal_without_reason", "reason")])
