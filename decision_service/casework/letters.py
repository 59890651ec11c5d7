"""The letters of a case: what the letter wing needs to know, taken from the rows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

import orjson
from sqlmodel import Session

from decision_service.application.kept import ActivityOfJson, CaseJson, ContentJson
from decision_service.application.outcome import Outcome
from decision_service.casework.chain import AnyDecision
from decision_service.casework.office import Office
from decision_service.casework.payments import no_banking_day, pay_day
from decision_service.decision.document import Assessment, Decision, reasons_from
from decision_service.decision.grounds import grounds, provisions
from decision_service.log import releases
from decision_service.outputs.addressee import Addressee
from decision_service.outputs.letter import (
    ChildInLetter,
    LetterContext,
    LetterSender,
    PlanInLetter,
    StepInLetter,
    decision_letter,
    notice,
)
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import NoticeKind
from decision_service.outputs.payload import KeptLetterJson, StepJson, Telling
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.tables import AppealRow, ApplicationRow, AssessmentRow

_CHILDREN = ("CHILD", "VISITATION_CHILD")


def letter_of(
    office: Office,
    row: ApplicationRow,
    decision: Decision,
    to: Addressee,
    plan: PlanInLetter | None,
    grounds: Grounds,
    certificate: str,
) -> Letter:
    """The letter of a decision to one of the adults, with the proof that it stands in the log. ``plan`` is
    the receiver's, ``grounds`` as in ``grounds_of``. Raises LetterError."""
    content = orjson.loads(row.content)
    return decision_letter(
        decision,
        LetterContext(
            sender=_sender(office, row.tenant),
            to=to,
            day=swedish_day(decision.decided_at),
            reference=row.case_number,
            received=swedish_day(row.received_at),
            payment=pay_day(office, decision),
            no_banking_day=no_banking_day(office, decision),
            plan=plan,
            children=tuple(_children(content)),
            interpreter=_interpreter(content, to),
            grounds=grounds.provisions,
            because=grounds.sentences,
            proof=certificate,
        ),
    )


def notice_of(
    office: Office,
    row: ApplicationRow,
    kind: NoticeKind,
    to: Addressee,
    at: datetime,
    told: Telling,
) -> Letter:
    """A letter of ``at`` to one of the adults, which is no decision on the application: that it has come, who
    has it, what is missing and by when, or what has been done after the decision. ``told`` is what its
    message says. Raises LetterError.
    """
    content = orjson.loads(row.content)
    asked = reasons_from(json.dumps(told.get("asked", [])))
    due = datetime.fromisoformat(told["due"]) if "due" in told else None
    month = row.month if content["application"].get("periodMonth") is not None else None
    context = LetterContext(
        sender=_sender(office, row.tenant),
        to=to,
        day=swedish_day(at),
        reference=row.case_number,
        received=swedish_day(row.received_at),
        complete_by=swedish_day(due) if due is not None else None,
        interpreter=_interpreter(content, to),
        step=_step(told["step"]) if "step" in told else None,
    )
    return notice(kind, month, asked, context)


def step_told(
    signed: str, reason: str, amount: int | None = None, appeal: AppealRow | None = None
) -> Telling:
    """What a letter of a step after a decision says, as its message keeps it. ``amount`` in öre."""
    step: StepJson = {"signed": signed, "reason": reason, "amount": amount}
    if appeal is not None:
        step["received"], step["told"] = appeal.received.isoformat(), appeal.told.isoformat()
        step["due"] = appeal.due.isoformat()
    return {"step": step}


def _step(told: StepJson) -> StepInLetter:
    received, was_told, due = (
        None if day is None else date.fromisoformat(day)
        for day in (told.get("received"), told.get("told"), told.get("due"))
    )
    return StepInLetter(
        told["signed"],
        told["reason"],
        told["amount"],
        received,
        was_told,
        due,
        told.get("before"),
        told.get("paid"),
        told.get("pay_back"),
        told.get("second"),
    )


def kept_letters(text: str | None) -> list[KeptLetterJson]:
    """The letters of a decision as they were kept: one to each adult, or the one that there was for all; none
    before they are written."""
    if text is None:
        return []
    found = json.loads(text)
    return (
        found if isinstance(found, list) else [{"to": None, "letter": found["letter"], "text": found["text"]}]
    )


def plans_of(session: Session, decision: AnyDecision) -> dict[str, PlanInLetter]:
    """What each adult has agreed to do, as the assessment knew it that the decision rests on."""
    assessed = session.get(AssessmentRow, (decision.tenant, decision.application_id, decision.assessment))
    case: CaseJson | None = orjson.loads(assessed.case_file) if assessed is not None else None
    day = swedish_day(decision.decided_at)
    return {
        each["person"]: _plan(each, day) for each in (case.get("activity", []) if case is not None else ())
    }


@dataclass(frozen=True, slots=True)
class Grounds:
    """What a refusal rests on beside the calculation: sentences of rules, and the provisions of what only a
    decision answers."""

    sentences: tuple[str, ...] = ()
    provisions: tuple[str, ...] = ()


def grounds_of(office: Office, session: Session, decision: AnyDecision) -> Grounds:
    """What a person's refusal rests on although the calculation has something lacking, where the rules
    propose it."""
    assessed = session.get(AssessmentRow, (decision.tenant, decision.application_id, decision.assessment))
    if assessed is None or decision.automatic or decision.outcome != Outcome.REFUSED:
        return Grounds()
    found = Assessment.model_validate_json(assessed.document)
    lacking = found.calculation.result is not None and found.calculation.result < 0
    if not lacking or found.proposal is None or found.proposal[0] is not Outcome.REFUSED:
        return Grounds()
    kept, release = office.book, found.release
    if kept.release != release:
        kept = releases.book_from(releases.load_files(session.connection(), release), release)
    return Grounds(tuple(dict.fromkeys(grounds(found, kept))), tuple(dict.fromkeys(provisions(found, kept))))


def _plan(activity: ActivityOfJson, day: date) -> PlanInLetter:
    plan = activity.get("plan") or {}
    first_meeting = plan.get("first_meeting")
    coming = [date.fromisoformat(one["day"]) for one in activity.get("sessions", [])]
    coming += [date.fromisoformat(first_meeting)] if first_meeting else []
    ends = plan.get("last")
    last = date.fromisoformat(ends) if ends else None
    return PlanInLetter(
        hours=plan.get("weekly_hours"),
        last=last if last is not None and last >= day else None,
        next=min((each for each in coming if each > day), default=None),
    )


def _children(content: ContentJson) -> Iterator[ChildInLetter]:
    """Each child with a name, and the rows of the application that are about it."""
    form = content["application"]
    for person in content["people"]:
        id_, name = person["id"], person.get("first_name")
        if person["role"] in _CHILDREN and name:
            costs = [f"costs[{at}]" for at, row in enumerate(form["costs"]) if row.get("person") == id_]
            own = (at for at, row in enumerate(form["incomes"]) if row.get("recipient") == id_)
            yield ChildInLetter(name, frozenset([id_, *costs, *(f"incomes[{at}]" for at in own)]))


def _interpreter(content: ContentJson, to: Addressee) -> str | None:
    """The language that the receiver needs an interpreter for, empty where none is said; None for no need."""
    for adult in content["application"]["persons"]:
        if adult.get("partyId") == to.person and adult.get("needsInterpreter"):
            return (adult.get("interpreterLanguage") or "").lower()
    return None


def _sender(office: Office, municipality: str) -> LetterSender:
    found = office.municipality(municipality)
    given = found.sender
    return LetterSender(found.name, given.board, given.address, given.contact, given.court)
