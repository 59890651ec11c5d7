"""Everything that is kept of a person, for that person: a package for programs (``egna-uppgifter/1``).

What concerns others is left out, and the package says what. Free text may concern others too, and only a
person can tell: the package says which parts somebody must read before they are handed out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, SQLModel, col, select

import audit
from audit import reading as trail
from audit.trail import read_case
from decision_service.casework import outbox
from decision_service.casework.addressees import addressees
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import kept_letters
from decision_service.casework.office import Office
from decision_service.casework.own_data_form import (
    SCHEMA,
    EventJson,
    LetterTextJson,
    OwnCaseJson,
    OwnDataJson,
    OwnHeadJson,
)
from decision_service.casework.own_data_words import words
from decision_service.casework.rows import NotFoundError, require_logged
from decision_service.log import journal, vouched
from decision_service.outputs.payload import KeptLetterJson, TellingTo
from decision_service.planning import grounds
from decision_service.planning.participants import all_attendance, opened, opened_month
from decision_service.planning.protection import hidden_among
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Json
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ActivityRow,
    AnswerRow,
    AppealRow,
    ApplicationRow,
    AssessmentRow,
    ClaimRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    DocumentRow,
    HistoryRow,
    LoweredClaimRow,
    MessageRow,
    NoteRow,
    OwedRow,
    ParticipantRow,
    PartyRow,
    ProposedCorrectionRow,
    ProposedHistoryRow,
    ProtectionRow,
    QuestionRow,
    SampledRow,
    WriteOffRow,
)


def cases_of(
    office: Office, session: Session, tenant: str, personal_number: str, *, protected: bool
) -> tuple[list[ApplicationRow], list[str]]:
    """The applications that a person is in, the oldest first, and the cases in the log of what is known
    beside them. ``protected``: whoever asks may see a person whose identity is protected; for anybody else it
    is as if there were nobody. Raises NotFoundError where nothing is kept."""
    person = office.pseudonym(tenant, personal_number)
    query = (
        select(ApplicationRow)
        .join(PartyRow, same_case(PartyRow, ApplicationRow))
        .where(PartyRow.tenant == tenant, PartyRow.person == person)
    )
    found = list(session.exec(query.order_by(col(ApplicationRow.received_at), col(ApplicationRow.id))))
    beside = _beside(session, tenant, person)
    hidden = bool(hidden_among(session, tenant, [person]))
    if not (found or beside) or (hidden and not protected):
        raise NotFoundError(tenant)
    return found, sorted({each.case_id for each in beside})


def note_reading(
    office: Office,
    session: Session,
    tenant: str,
    personal_number: str,
    who: audit.Actor,
    purpose: str,
    *,
    protected: bool,
) -> None:
    """Log in each case that somebody reads all that is kept of a person. Raises NotFoundError."""
    found, beside = cases_of(office, session, tenant, personal_number, protected=protected)
    now = office.clock()
    cases = [*(each.id for each in found), *beside]
    entries = [journal.access(case, now, who, purpose, reason=_say("own_data")) for case in cases]
    vouched.append(office.log, session, tenant, entries)


_say = said_in(__file__)


def own_data(
    office: Office, session: Session, tenant: str, personal_number: str, *, protected: bool
) -> OwnDataJson:
    """The package. Log the reading first. Raises NotFoundError, and audit.errors.RowError where something is
    not what the log vouches for."""
    found, beside = cases_of(office, session, tenant, personal_number, protected=protected)
    person = office.pseudonym(tenant, personal_number)
    rows = _beside(session, tenant, person)
    require_logged(office, session, *found)
    vouched.require(office.keys, session, tenant, *rows)
    return {
        "schema": SCHEMA,
        "municipality": tenant,
        "personal_number": personal_number,
        "made_at": _time(office.clock()),
        "withheld": [*words().withheld],
        "to_read": words().to_read,
        "applications": [_application(office, session, row, personal_number, person) for row in found],
        "plan": [
            {"changed_at": _time(each.changed_at), **json.loads(each.document)}
            for each in rows
            if isinstance(each, ActivityRow)
        ],
        "participation": [
            {
                "changed_at": _time(each.changed_at),
                **opened(each).model_dump(mode="json"),
                "attendance": [
                    opened_month(month).model_dump(mode="json")
                    for month in all_attendance(office, session, tenant, each.case_id)
                ],
            }
            for each in rows
            if isinstance(each, ParticipantRow)
        ],
        "history": [
            _month(json.loads(each.document), personal_number)
            for each in rows
            if isinstance(each, HistoryRow)
        ],
        "proposed_history": [
            _month(month, personal_number)
            for each in rows
            if isinstance(each, ProposedHistoryRow)
            for month in json.loads(each.document)["months"]
        ],
        "protection": list(_protection(office, session, tenant, person)),
        "log": [event for case in beside for event in _log(office, session, tenant, case)],
    }


def _protection(office: Office, session: Session, tenant: str, person: str) -> Iterator[Json]:
    """Why the person is or was protected: not that somebody else is."""
    row = ProtectionRow
    rows = session.exec(select(row).where(row.tenant == tenant, row.person == person).order_by(row.id)).all()
    vouched.require(office.keys, session, tenant, *rows)
    for each in rows:
        ground = grounds.opened(each)
        said = ground.model_dump(mode="json", include=_OWN_OF_GROUND)
        yield said | {"ended_at": _time(ground.ended.ended_at) if ground.ended is not None else None}


_OWN_OF_GROUND = {"source", "at", "basis", "agencies", "told_by", "until", "reason"}


def _beside(
    session: Session, tenant: str, person: str
) -> Sequence[ActivityRow | HistoryRow | ParticipantRow | ProposedHistoryRow]:
    plans = select(ActivityRow).where(ActivityRow.tenant == tenant, ActivityRow.person == person)
    months = select(HistoryRow).where(HistoryRow.tenant == tenant, HistoryRow.person == person)
    proposed = select(ProposedHistoryRow).where(
        ProposedHistoryRow.tenant == tenant, ProposedHistoryRow.person == person
    )
    here = select(ParticipantRow).where(ParticipantRow.tenant == tenant, ParticipantRow.person == person)
    return [
        *session.exec(plans),
        *session.exec(here),
        *session.exec(months.order_by(col(HistoryRow.month))),
        *session.exec(proposed),
    ]


def _application(
    office: Office, session: Session, row: ApplicationRow, personal_number: str, person: str
) -> OwnCaseJson:
    content = json.loads(row.content)
    own = next(one for one in content["people"] if one.get("personal_number") == personal_number)
    party = session.get_one(PartyRow, (row.tenant, row.id, person))
    head: OwnHeadJson = {
        "id": row.id,
        "case_number": row.case_number,
        "month": row.month,
        "received_at": _time(row.received_at),
        "state": row.state,
        "role": own["role"],
    }
    if not party.adult:
        return {**head, "application": _of_child(content, own["id"]), "log": []}
    others = {one["id"] for one in content["people"]} - {own["id"]}
    return {
        **head,
        "application": _of_adult(content, own),
        "registers": list(_registers(session, row, own["id"])),
        "assessments": list(_assessments(session, row, content, own)),
        "decision": _decision(session, row),
        "corrections": [
            {
                **_said(each, "number", "kind", "outcome", "granted", "difference", "signed", "reason"),
                "decided_at": _time(each.decided_at),
            }
            for each in _rows(session, CorrectionRow, row, CorrectionRow.number)
        ],
        "proposed_corrections": [
            {
                **_said(each, "number", "kind", "state", "signed", "answer"),
                "proposed_at": _time(each.proposed_at),
                "reason": json.loads(each.verdict)["reason"],
            }
            for each in _rows(session, ProposedCorrectionRow, row, ProposedCorrectionRow.number)
        ],
        "claims": [
            {
                **_said(each, "number", "amount", "state", "signed", "reason"),
                "decided_at": _time(each.decided_at),
            }
            for each in _rows(session, ClaimRow, row, ClaimRow.number)
        ],
        "lowered_claims": [
            {
                **_said(each, "number", "claim", "how", "amount", "paid", "state"),
                **_said(each, "signed", "second", "reason", "answer"),
                "proposed_at": _time(each.proposed_at),
            }
            for each in _rows(session, LoweredClaimRow, row, LoweredClaimRow.number)
        ],
        "owed": [
            {**_said(each, "amount", "reason"), "found_at": _time(each.found_at)}
            for each in _rows(session, OwedRow, row, OwedRow.found_at)
        ],
        "appeals": [
            {**_said(each, "number", "state", "text", "reason"), "received": each.received.isoformat()}
            for each in _rows(session, AppealRow, row, AppealRow.number)
        ],
        "documents": [
            {**_said(each, "id", "name", "kind", "size"), "received_at": _time(each.received_at)}
            for each in _rows(session, DocumentRow, row, DocumentRow.received_at)
        ],
        "letters": list(_letters(session, row, own["id"])),
        "payments": list(_payments(session, row, personal_number)),
        "completions": [
            {"asked_at": _time(each.asked_at), "due_at": _time(each.due_at), "answered": each.answered}
            for each in _rows(session, CompletionRow, row, CompletionRow.number)
        ],
        "answers": [
            {
                "question": json.loads(each.asked)["question"],
                "value": json.loads(each.value),
                "reason": each.reason,
                "by": each.name,
                "at": _time(each.at),
                "withdrawn_at": _time(each.withdrawn_at),
            }
            for each in _rows(session, AnswerRow, row, AnswerRow.at)
            if each.person in (person, None)
        ],
        "write_off": [
            {
                "taken_back_at": _time(each.taken_back_at),
                "decided_at": _time(each.decided_at),
                **_said(each, "signed", "reason"),
            }
            for each in _rows(session, WriteOffRow, row, WriteOffRow.taken_back_at)
        ],
        "questions": [
            {
                **_said(each, "code", "state"),
                "opened_at": _time(each.opened_at),
                "ended_at": _time(each.ended_at),
            }
            for each in _rows(session, QuestionRow, row, QuestionRow.number)
            if json.loads(each.asked)["subject"] not in others
        ],
        "notes": [
            {"at": _time(each.at), "by": each.name, "text": each.text}
            for each in _rows(session, NoteRow, row, NoteRow.at)
        ],
        "reviews": [
            {**_said(each, "finding", "about", "text", "signed"), "drawn_at": _time(each.drawn_at)}
            for each in _rows(session, SampledRow, row, SampledRow.drawn_at)
        ],
        "log": list(_log(office, session, row.tenant, row.id)),
    }


def _assessments(session: Session, row: ApplicationRow, content: Any, own: Any) -> Iterator[Json]:
    """What the machine came to each time, and what the application said then, where it said otherwise."""
    for each in _rows(session, AssessmentRow, row, AssessmentRow.number):
        case = json.loads(each.case_file)
        then = {name: case[name] for name in ("application", "people")}
        changed = any(then[name] != content[name] for name in then)
        yield {
            "number": each.number,
            "made_at": _time(each.made_at),
            "outcome": each.outcome,
            "automatic": each.automatic,
            "release": each.release,
            "calculation": json.loads(each.document)["calculation"],
            "application": _of_adult(then, own) if changed else None,
        }


def _of_child(content: Any, own: str) -> Json:
    """What an application says of one child."""
    form = content["application"]
    return {
        "person": next(one for one in content["people"] if one["id"] == own),
        "child": [each for each in form["children"] if each.get("partyId") == own],
        "costs": [each for each in form["costs"] if each.get("person") == own],
        "incomes": [each for each in form["incomes"] if each.get("recipient") == own],
    }


def _of_adult(content: Any, own: Any) -> Json:
    """What an application says, without another adult's own details and others' numbers and addresses."""
    form = content["application"]
    mine = (own["id"], None)
    kept = ("id", "role", "first_name")
    return {
        **content,
        "application": {
            **form,
            "persons": [each for each in form["persons"] if each.get("partyId") in mine],
        },
        "people": [
            one if one["id"] == own["id"] else {name: one.get(name) for name in kept}
            for one in content["people"]
        ],
    }


def _registers(session: Session, row: ApplicationRow, own: str) -> Iterator[Json]:
    """What the registers answered about one person, each time they were asked."""
    for each in _rows(session, AssessmentRow, row, AssessmentRow.number):
        answers = json.loads(each.case_file).get("registers", {}).get(own)
        if answers is not None:
            yield {"assessment": each.number, "answers": answers}


def _decision(session: Session, row: ApplicationRow) -> Json | None:
    found = session.get(DecisionRow, (row.tenant, row.id))
    return document_of(session, found).model_dump(mode="json") if found is not None else None


def _letters(session: Session, row: ApplicationRow, own: str) -> Iterator[LetterTextJson]:
    """The letters to one person: those that decide nothing, and the decision's. One for all is the
    applicant's."""
    applicant = addressees(json.loads(row.content))[0].person
    for message in _rows(session, MessageRow, row, MessageRow.created_at):
        payload = json.loads(message.payload)
        if message.kind != outbox.LETTER and "text" in payload and _to(payload, applicant) == own:
            yield {"kind": message.kind, "at": _time(message.created_at), "text": payload["text"]}
    decided = _rows(session, DecisionRow, row, DecisionRow.decided_at)
    for decision in (*decided, *_rows(session, CorrectionRow, row, CorrectionRow.number)):
        for one in kept_letters(decision.letter) if decision.letter is not None else ():
            if _to(one, applicant) == own:
                yield {"kind": outbox.LETTER, "at": _time(decision.decided_at), "text": one["text"]}


def _to(letter: KeptLetterJson | TellingTo, applicant: str) -> str:
    to = letter.get("to")
    return to["person"] if isinstance(to, dict) else to or applicant


def _payments(session: Session, row: ApplicationRow, personal_number: str) -> Iterator[Json]:
    """What was ordered to be paid; the account only to whom it is paid."""
    for message in _rows(session, MessageRow, row, MessageRow.created_at):
        if message.kind != outbox.PAYMENT:
            continue
        order = json.loads(message.payload)
        payee = order["payee"]  # the first version wrote the name alone
        mine = isinstance(payee, dict) and payee.get("personal_number") == personal_number
        hidden = set() if mine else {"payee", "account"}
        yield {name: value for name, value in order.items() if name not in hidden}


def _month(document: Mapping[str, Any], personal_number: str) -> Json:
    """An imported month without others' numbers."""
    payments = document.get("payments")
    own = document.get("children_own_income") or {}
    return {
        **document,
        "people": None,
        "payments": [each for each in payments or () if each["person"] == personal_number],
        "children_own_income": {who: sum_ for who, sum_ in own.items() if who == personal_number},
    }


def _log(office: Office, session: Session, tenant: str, case: str) -> Iterator[EventJson]:
    """What has happened in a case, by whom and why, who has read it too."""
    entries = read_case(session.connection(), office.keys, tenant, case, withhold=())
    for event in trail.timeline(entries):
        yield {
            "entry": event.seq,
            "at": _time(event.time),
            "by": event.by.value,
            "who": event.who,
            "what": event.what,
            "why": event.why,
        }


def _rows(session: Session, table: Any, row: ApplicationRow, order: Any) -> Sequence[Any]:
    query = select(table).where(same_case(table, row)).order_by(order)
    return list[SQLModel](session.exec(query))


def _said(row: Any, *names: str) -> dict[str, Json]:
    return {name: getattr(row, name) for name in names}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
