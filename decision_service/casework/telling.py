"""What speaks against an applicant is told before it is decided, whoever decides (FL 25 §).

The rules say which payments of registers the applicant has neither declared nor been told of, and which
answers are an official's alone. What a person adds to the calculation against the applicant is the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import Field, RootModel
from sqlmodel import Session

from decision_service.application.outcome import Outcome
from decision_service.casework import steps
from decision_service.casework.assessments import standing
from decision_service.casework.decisions import Verdict
from decision_service.casework.office import Office
from decision_service.casework.rows import ConflictError
from decision_service.casework.task import own_task
from decision_service.decision.document import Assessment, Calculation, HowTold, LineChange, ReasonKind
from decision_service.log import journal
from decision_service.store.tables import ApplicationRow
from norms import document
from norms.fault import Fault, fault
from norms.month import Month
from norms.status import Status
from rules.law import resolve
from rules.schema import FileModel, validate

FILE = Path(__file__).with_name("telling.yaml")
SAID_BY_OFFICIALS = "ANNANS_UPPGIFT"
"""The code of the question whether the applicant has seen what an official has said."""
_DAYS = "kommun.yttrandetid"


class WayOfTelling(FileModel):
    """A way in which an applicant has been told, or a ground for deciding without: in words, with where it
    stands and how sure that is."""

    text: str = Field(min_length=1)
    provision: str = Field(alias="lagrum", min_length=1)
    status: Status


class _Ways(RootModel[Mapping[HowTold, WayOfTelling]]):
    pass


@cache
def ways() -> Mapping[HowTold, WayOfTelling]:
    """What a person may say of how the applicant has been told."""
    return validate(_Ways, document.read(FILE)).root


def not_told(
    verdict: Verdict,
    base: Calculation,
    assessment: Assessment | None = None,
    *,
    added: Collection[str] = (),
    less_than: int = 0,
) -> list[Fault]:
    """What is wrong with a decision that goes against the applicant and does not say how the applicant has
    been told of what it rests on. ``added`` are rows that an official has added, ``less_than`` what was
    granted, in öre, by the decision that this one is to take the place of."""
    if verdict.told is not None:
        return [] if verdict.told.reason.strip() else [fault("told_without_reason", "told", "reason")]
    found = list(dict.fromkeys(_untold(verdict, base, assessment, added)))
    named = [each.strip().rstrip(".") for each in found if each.strip()]
    if named:
        return [fault("not_told", "told", what="; ".join(named))]
    return [fault("ground_not_told", "told")] if found or verdict.granted < less_than else []


def _untold(
    verdict: Verdict, base: Calculation, assessment: Assessment | None, added: Collection[str]
) -> Iterator[str]:
    """What a decision rests on that speaks against the applicant, and that nobody knows the applicant to have
    said or been told; empty where it is the ground that the official gives, which has no name."""
    against = verdict.outcome in (Outcome.REFUSED, Outcome.GRANTED_IN_PART)
    for reason in assessment.reasons if assessment is not None and against else ():
        if reason.kind is ReasonKind.COMMUNICATION or reason.code == SAID_BY_OFFICIALS:
            yield reason.label or reason.question
    for line in base.lines if against else ():
        if line.kind == "income" and line.subject in added:
            yield line.label
    yield from (change.label for change in verdict.changes if _is_against(change))
    if verdict.outcome is Outcome.REFUSED and base.by_the_lines != 0:
        yield ""


def _is_against(change: LineChange) -> bool:
    """Whether a person has changed a line against the applicant, by something else than a cost: what a cost
    is the applicant has said, and why it is cut stands in the decision."""
    if change.kind == "income":
        return change.amount > (change.was or 0)
    return change.kind == "norm" and change.amount < (change.was or 0)


def tell(
    office: Office, session: Session, municipality: str, application_id: str, who: str, version: int
) -> ApplicationRow:
    """Tell the applicant of the payments that speak against the application, and give the municipality's time
    to answer; whoever has the case has it again then. Raises NotFoundError, StaleError, and ConflictError
    where the newest assessment knows of no such payment."""
    row, _ = own_task(session, municipality, application_id, who, version)
    found = standing(session, row)
    reasons = found.document.reasons if found is not None else ()
    told = [each for each in reasons if each.kind is ReasonKind.COMMUNICATION]
    if found is None or not told:
        raise ConflictError(fault("nothing_to_tell"))
    about = {each.subject for each in told}
    shown = [each.payment for each in found.document.incomes if each.id in about]
    days = _days(office, municipality, row.month)
    steps.communicate(office, session, row, told, shown, days, office.clock(), [], actor=journal.staff(who))
    return row


def _days(office: Office, municipality: str, month: str) -> int:
    """How many days the municipality gives to answer."""
    law = resolve(office.book, Month.parse(month), municipality, without_norm=True)
    values = next(each.values for each in law.given if each.kind == _DAYS.partition(".")[0])
    days = values[_DAYS]
    if not isinstance(days, int):
        raise TypeError(f"{_DAYS} is a number of days")
    return days
