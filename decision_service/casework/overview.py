"""What a person needs to see of a case before deciding it: typed, and gathered from what is stored.

Amounts are whole öre, but for earlier months, which are kept as they were written: in kronor.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime

from pydantic import Field
from sqlmodel import Session, col, select

from decision_service.application.case_file import AdultsActivity, MonthDecided
from decision_service.application.kept import CaseJson
from decision_service.application.outcome import Decided, decided
from decision_service.casework.causes import CauseInTask, in_task
from decision_service.casework.chain import AnyDecision, in_force
from decision_service.casework.decisions import document_of
from decision_service.casework.office import Office
from decision_service.casework.raised import lives_of
from decision_service.casework.rows import require_logged
from decision_service.decision.document import (
    Assessment,
    CalculatedLine,
    Calculation,
    DocumentPart,
    Fact,
    LineKind,
    Ore,
    Reason,
    reasons_from,
)
from decision_service.log import vouched
from decision_service.registers.answers import Payment, RegisterAnswers
from decision_service.registers.ssbtek import agencies_about, register_answers
from decision_service.registers.ssbtek.benefits import label_of
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CompletionRow,
    NoteRow,
    PartyRow,
    QuestionState,
)
from norms.month import Month

_ADULTS = ("APPLICANT", "CO_APPLICANT")


class TaskQuestion(Reason):
    """En fråga att besvara, med uppgifterna som den vilar på och varifrån de kommer."""

    facts: Mapping[str, Fact] = Field(description="Uppgifterna bakom frågan, med vokabulärens ord")


class Proposal(DocumentPart):
    """Vad prövningen föreslår."""

    outcome: Decided
    granted: Ore


class BesideLine(DocumentPart):
    """En rad i beräkningen den här månaden bredvid samma rad förra månaden."""

    kind: LineKind
    what: str = Field(description="Vad raden är för")
    before: Ore | None = Field(description="Förra månaden, null när raden inte fanns")
    now: Ore | None = Field(description="Den här månaden, null när raden inte finns")
    changed: bool


class LastMonth(DocumentPart):
    """Beslutet för månaden före, och vad som skiljer beräkningarna åt."""

    application: str
    month: str
    outcome: Decided
    granted: Ore
    lines: tuple[BesideLine, ...]


class RegisterState(DocumentPart):
    """Hur en myndighet svarade om en vuxen."""

    person: str
    agency: str
    answer: str = Field(description="answered, missing eller failed")


class RegisterPayment(DocumentPart):
    """En utbetalning som ett register visar."""

    month: str
    person: str
    agency: str
    kind: str
    day: date
    amount: Ore
    planned: bool = Field(description="Om den är beslutad men inte utbetald")


class AskedAndAnswered(DocumentPart):
    """Vad sökanden har fått frågor om, och om svaret kom."""

    number: int
    asked_at: datetime
    answer_by: datetime
    closed_at: datetime | None
    answered: bool
    asked: tuple[Reason, ...]


class Note(DocumentPart):
    """En anteckning i ärendet."""

    id: str
    at: datetime
    by: str = Field(description="Namn och titel")
    text: str


class RaisedQuestion(DocumentPart):
    """En fråga från att den ställdes till att orsaken var borta. Kommer den tillbaka står den igen."""

    id: str
    code: str
    question: str = Field(description="Som den senast ställdes")
    state: QuestionState
    opened_at: datetime
    ended_at: datetime | None = Field(description="När orsaken var borta")


class OtherApplication(DocumentPart):
    """En annan ansökan där någon i hushållet finns med."""

    application: str
    month: str
    state: ApplicationState
    outcome: Decided | None
    granted: Ore | None


class Overview(DocumentPart):
    """Allt som behövs för att avgöra en uppgift, utöver ansökan och beräkningen."""

    questions: tuple[TaskQuestion, ...]
    causes: tuple[CauseInTask, ...] = Field(description="Försörjningshinder för var och en av de vuxna")
    proposal: Proposal | None
    last_month: LastMonth | None
    registers: tuple[RegisterState, ...]
    payments: tuple[RegisterPayment, ...] = Field(
        description="Registrens utbetalningar, senaste månaden först"
    )
    history: tuple[MonthDecided, ...] = Field(description="Tidigare månader, belopp i kronor")
    activity: tuple[AdultsActivity, ...] = Field(description="Planering och närvaro")
    completions: tuple[AskedAndAnswered, ...]
    raised: tuple[RaisedQuestion, ...] = Field(description="Alla frågor som ärendet har väckt")
    notes: tuple[Note, ...]
    others: tuple[OtherApplication, ...]


def overview(
    office: Office,
    session: Session,
    row: ApplicationRow,
    reasons: Sequence[Reason],
    newest: AssessmentRow | None,
) -> Overview:
    """What there is to see of a case. ``reasons`` are the questions of its task, ``newest`` its newest
    assessment, on whose case file the table of the registers, history and plan rest.

    Raises audit.errors.RowError where something is not what was logged.
    """
    assessment = Assessment.model_validate_json(newest.document) if newest is not None else None
    case: CaseJson | None = json.loads(newest.case_file) if newest is not None else None
    adults = [*_adults(case)] if case is not None else []
    proposed = assessment.proposal if assessment is not None else None
    calculation = assessment.calculation if assessment is not None else None
    others = _others(session, row)
    require_logged(office, session, *(other for other, _ in others))
    return Overview(
        questions=tuple(_question(each, assessment) for each in reasons),
        causes=tuple(in_task(office, each) for each in (assessment.causes if assessment is not None else ())),
        proposal=Proposal(outcome=decided(proposed[0]), granted=proposed[1])
        if proposed is not None
        else None,
        last_month=_last_month(session, row, others, calculation),
        registers=tuple(_states(adults)),
        payments=tuple(_payments(adults)),
        history=tuple(
            MonthDecided.model_validate(each)
            for each in (case.get("history", ()) if case is not None else ())
        ),
        activity=tuple(
            AdultsActivity.model_validate(each)
            for each in (case.get("activity", ()) if case is not None else ())
        ),
        completions=tuple(_completions(session, row)),
        raised=tuple(raised_in(office, session, row)),
        notes=tuple(notes_of(office, session, row)),
        others=tuple(_other(other, decision) for other, decision in others),
    )


def notes_of(office: Office, session: Session, row: ApplicationRow) -> Iterator[Note]:
    """The notes of a case, the oldest first. Raises audit.errors.RowError for one that is not logged so."""
    query = select(NoteRow).where(same_case(NoteRow, row)).order_by(col(NoteRow.at), col(NoteRow.id))
    for each in session.exec(query).all():
        vouched.require(office.keys, session, row.tenant, each)
        yield Note(id=each.id, at=each.at, by=each.name, text=each.text)


def raised_in(office: Office, session: Session, row: ApplicationRow) -> Iterator[RaisedQuestion]:
    """The questions of a case and their life. Raises audit.errors.RowError for one that is not logged so."""
    for each in lives_of(office, session, row):
        asked = Reason.model_validate_json(each.asked)
        yield RaisedQuestion(
            id=each.question,
            code=asked.code,
            question=asked.question,
            state=QuestionState(each.state),
            opened_at=each.opened_at,
            ended_at=each.ended_at,
        )


def _question(reason: Reason, assessment: Assessment | None) -> TaskQuestion:
    """A question with the facts that its rule read, or the one fact that is not known."""
    if assessment is None:
        return TaskQuestion(**dict(reason), facts={})
    known = assessment.facts_about(reason.subject)
    rules = (each for each in assessment.rules if (each.id, each.subject) == (reason.rule, reason.subject))
    read = [path for rule in rules for path in rule.reads] if reason.rule is not None else [reason.fact]
    return TaskQuestion(**dict(reason), facts={path: known[path] for path in read if path in known})


def _last_month(
    session: Session,
    row: ApplicationRow,
    others: Sequence[tuple[ApplicationRow, AnyDecision | None]],
    now: Calculation | None,
) -> LastMonth | None:
    """The newest decision for the month before, beside the calculation as it is."""
    before = str(Month.parse(row.month).plus(-1))
    known = [decision for other, decision in others if other.month == before and decision is not None]
    if not known:
        return None
    newest = max(known, key=lambda decision: decision.decided_at)
    document = document_of(session, newest)
    then = document.calculation.lines if document.calculation is not None else ()
    return LastMonth(
        application=newest.application_id,
        month=newest.month,
        outcome=document.outcome,
        granted=document.granted,
        lines=tuple(_beside(then, now.lines if now is not None else ())),
    )


def _beside(then: Sequence[CalculatedLine], now: Sequence[CalculatedLine]) -> Iterator[BesideLine]:
    """The lines of two months by what they are about; those about the same are added. What one is for is told
    as in the newest: a child is a year older."""
    before, after = _by_what(then), _by_what(now)
    for key, (line, _) in {**before, **after}.items():
        was, amount = (found[key][1] if key in found else None for found in (before, after))
        yield BesideLine(kind=line.kind, what=line.named, before=was, now=amount, changed=was != amount)


def _by_what(lines: Sequence[CalculatedLine]) -> dict[tuple[LineKind, str], tuple[CalculatedLine, int]]:
    """The first line about each thing, and the amounts of all that are about it."""
    found: dict[tuple[LineKind, str], tuple[CalculatedLine, int]] = {}
    for line in lines:
        about = line.kind, line.label or line.named
        first, amount = found.get(about, (line, 0))
        found[about] = first, amount + line.amount
    return found


def _adults(case: CaseJson) -> Iterator[tuple[str, RegisterAnswers]]:
    """Each adult's name, and what the registers answered about them."""
    for person in case.get("people", ()):
        if person["role"] in _ADULTS:
            applicant = person["role"] == _ADULTS[0]
            answers = agencies_about(case.get("registers", {}), person["id"], applicant=applicant)
            yield (
                person.get("first_name") or person["id"],
                register_answers(answers, person.get("personal_number")),
            )


def _states(adults: Sequence[tuple[str, RegisterAnswers]]) -> Iterator[RegisterState]:
    for name, answers in adults:
        for agency, answer in answers.answers.items():
            yield RegisterState(person=name, agency=agency.value, answer=answer.value)


def _payments(adults: Sequence[tuple[str, RegisterAnswers]]) -> Iterator[RegisterPayment]:
    found = [
        _payment(name, payment, planned=planned)
        for name, answers in adults
        for planned, payments in ((False, answers.payments), (True, answers.planned))
        for payment in payments
    ]
    yield from sorted(found, key=lambda each: (each.day, each.person, each.kind), reverse=True)


def _payment(name: str, payment: Payment, *, planned: bool) -> RegisterPayment:
    return RegisterPayment(
        month=str(Month.of(payment.paid)),
        person=name,
        agency=payment.agency.value,
        kind=label_of(payment.benefit),
        day=payment.paid,
        amount=payment.net,
        planned=planned,
    )


def _completions(session: Session, row: ApplicationRow) -> Iterator[AskedAndAnswered]:
    query = select(CompletionRow).where(same_case(CompletionRow, row))
    for each in session.exec(query.order_by(col(CompletionRow.number))):
        yield AskedAndAnswered(
            number=each.number,
            asked_at=each.asked_at,
            answer_by=each.due_at,
            closed_at=each.closed_at,
            answered=each.answered,
            asked=reasons_from(each.asked),
        )


def _others(session: Session, row: ApplicationRow) -> list[tuple[ApplicationRow, AnyDecision | None]]:
    """The other applications of the people of a case, the newest month first."""
    people = select(PartyRow.person).where(same_case(PartyRow, row))
    same = select(PartyRow.application_id).where(
        PartyRow.tenant == row.tenant, col(PartyRow.person).in_(people), PartyRow.application_id != row.id
    )
    query = select(ApplicationRow).where(
        ApplicationRow.tenant == row.tenant, col(ApplicationRow.id).in_(same)
    )
    order = col(ApplicationRow.month).desc(), col(ApplicationRow.received_at), col(ApplicationRow.id)
    return [
        (other, in_force(session, other.tenant, other.id))
        for other in session.exec(query.order_by(*order)).all()
    ]


def _other(other: ApplicationRow, decision: AnyDecision | None) -> OtherApplication:
    return OtherApplication(
        application=other.id,
        month=other.month,
        state=ApplicationState(other.state),
        outcome=decided(decision.outcome) if decision is not None else None,
        granted=decision.granted if decision is not None else None,
    )
