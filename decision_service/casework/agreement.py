"""What the tables say of where cases stand, held against what there is: a case that somebody has put where
nobody looks, and a person who has been put in another's case or taken out of one's own.

No entry of the log says these things, for the machine changes them all the time; but each follows from
something that the log vouches for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Exists, and_, exists, func, select
from sqlalchemy.orm import defer
from sqlmodel import Session, col

from audit import EntryKind
from audit import tables as log_tables
from decision_service.application.kept import PersonJson
from decision_service.casework.clock_rules import ClockRules, clock_rules
from decision_service.casework.delivered import never_delivered
from decision_service.casework.gather import with_numbers
from decision_service.casework.office import Office
from decision_service.casework.receive import ANSWER_WITHIN
from decision_service.decision.facts.case import ADULT_ROLES
from decision_service.log.events import Action
from decision_service.outputs.retry import LONGEST
from decision_service.reading.said import said_in
from decision_service.reading.swedish_time import begin_of
from decision_service.store.database import reading
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    FOR_THE_MACHINE,
    WITH_THE_APPLICANT,
    WRITTEN_OFF,
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CompletionRow,
    CorrectionRow,
    DecisionRow,
    MessageRow,
    PartyRow,
    TaskRow,
)
from norms.month import Month

_say = said_in(__file__)


def disagreements(office: Office, tenant: str) -> Iterator[str]:
    """What does not agree in a municipality's tables, in Swedish."""
    with reading(office.engine) as session:
        for wrong, said in _WRONG:
            query = select(col(ApplicationRow.id)).where(col(ApplicationRow.tenant) == tenant, wrong)
            for case in session.connection().scalars(query.order_by(col(ApplicationRow.id))):
                yield _say(said, ärende=case)
        yield from _of_letters(session, tenant)
        yield from _of_people(office, session, tenant)
        yield from _of_clocks(office, session, tenant)
        yield from _of_claims(session, tenant)


def _there(
    table: type[DecisionRow | CorrectionRow | TaskRow | CompletionRow], *more: ColumnElement[bool]
) -> Exists:
    return exists().where(same_case(table, ApplicationRow), *more)


_entry, _state = log_tables.entry.c, col(ApplicationRow.state)
_asked = _there(CompletionRow, col(CompletionRow.closed_at).is_(None))
_ended = exists().where(
    _entry.tenant == col(ApplicationRow.tenant),
    _entry.case_id == col(ApplicationRow.id),
    _entry.type.in_([EntryKind.WITHDRAWN.value, EntryKind.WRITTEN_OFF.value]),
)


_corrected = exists().where(
    _entry.tenant == col(CorrectionRow.tenant),
    _entry.seq == col(CorrectionRow.entry),
    _entry.case_id == col(CorrectionRow.application_id),
    _entry.type == EntryKind.DECISION.value,
)
"""The entry whose proof goes on the letter of a correction is one of a decision in the same case."""
_never = col(ApplicationRow.next_run_at).is_(None)
_WRONG: tuple[tuple[ColumnElement[bool], str], ...] = (
    (
        (_state == ApplicationState.DECIDED) & ~_there(DecisionRow),
        "decided_without_decision",
    ),
    ((_state != ApplicationState.DECIDED) & _there(DecisionRow), "decision_while_undecided"),
    (_state.in_(WRITTEN_OFF) & ~_ended, "withdrawn_not_logged"),
    (
        (_state == ApplicationState.HANDLAGGARE) & ~_there(TaskRow),
        "with_nobody",
    ),
    (_state.in_(WITH_THE_APPLICANT) & ~_asked, "waits_unasked"),
    (_state.in_(FOR_THE_MACHINE) & _asked, "not_waited_for"),
    (_state.in_(FOR_THE_MACHINE) & _never, "never_examined"),
    (_there(CorrectionRow, ~_corrected), "correction_of_another"),
    (
        col(ApplicationRow.assessments)
        != select(func.count()).where(same_case(AssessmentRow, ApplicationRow)).scalar_subquery(),
        "other_assessments",
    ),
)
"""Where a case cannot stand."""


def _of_letters(session: Session, tenant: str) -> Iterator[str]:
    """The entry whose proof goes on the letter of a decision is that of a decision in its case. The first
    version logged a person's decision as what the person did: such an entry names the decision."""
    decision = DecisionRow
    its = and_(_entry.tenant == col(decision.tenant), _entry.seq == col(decision.entry))
    another = _entry.case_id.is_distinct_from(col(decision.application_id))
    query = (
        select(col(decision.application_id), col(decision.id), _entry.type, _entry.case_id, _entry.body)
        .outerjoin(log_tables.entry, its)
        .where(col(decision.tenant) == tenant, another | (_entry.type != EntryKind.DECISION.value))
        .order_by(col(decision.application_id))
    )
    for case, id_, kind, of, body in session.connection().execute(query):
        said = json.loads(body) if body is not None else {}
        did = kind == EntryKind.HUMAN_ACTION and said["body"].get("action") == _DECIDED
        decided = (did or kind == EntryKind.OVERRIDE) and (of, said.get("decision")) == (case, id_)
        if not decided or _logged_as_decision(session, tenant, case, id_):
            yield _say("letter_of_another", ärende=case)


def _logged_as_decision(session: Session, tenant: str, case: str, decision: str) -> bool:
    its = _entry.tenant == tenant, _entry.case_id == case, _entry.type == EntryKind.DECISION.value
    bodies = session.connection().scalars(select(_entry.body).where(*its))
    return any(json.loads(each).get("decision") == decision for each in bodies)


_DECIDED = "decided"
"""What the first version called it that a person decided."""


def _of_clocks(office: Office, session: Session, tenant: str) -> Iterator[str]:
    """No clock of a case that is open can stand further ahead than the work itself sets it, and no message
    waits so long: else whoever puts it there lets somebody be forgotten."""
    now, application, message = office.clock(), ApplicationRow, MessageRow
    query = (
        select(application)
        .where(
            col(application.tenant) == tenant, _state.in_((*FOR_THE_MACHINE, ApplicationState.HANDLAGGARE))
        )
        .order_by(col(application.id))
        .options(defer(application.content))  # type: ignore[arg-type]
    )

    rules = clock_rules(office, tenant)
    for row in session.scalars(query):
        if _put_off(row, now, rules):
            yield _say("put_off", ärende=row.id)
    late = select(col(message.application_id)).where(
        col(message.tenant) == tenant, col(message.next_attempt_at) > now + 2 * LONGEST
    )
    for case in session.connection().scalars(late.distinct().order_by(col(message.application_id))):
        yield _say("message_late", ärende=case)
    forgotten = select(col(message.application_id)).where(
        col(message.tenant) == tenant,
        col(message.next_attempt_at).is_(None),
        col(message.delivered_at).is_(None),
        col(message.error).is_(None),
    )
    for case in session.connection().scalars(forgotten.distinct().order_by(col(message.application_id))):
        yield _say("message_forgotten", ärende=case)
    for case in sorted(set(never_delivered(office, session, tenant))):
        yield _say("message_not_delivered", ärende=case)


def _put_off(row: ApplicationRow, now: datetime, rules: ClockRules) -> bool:
    """Whether a clock stands where nobody sets it: the machine has a day, from now or from the month that it
    waits for; a person has as long as the ``rules`` give from then, and nobody is warned any more only when
    that has passed. By when the applicant is to answer, the log vouches for."""
    if row.state == ApplicationState.HANDLAGGARE:
        if row.escalate_at is None:
            unwarned = row.breached_at is None or row.breached_at < row.person_due_at
        else:
            unwarned = row.escalate_at > max(now, row.person_due_at)
        return row.person_due_at > rules.latest(now, row.received_at) or unwarned
    begins = max(now, begin_of(Month.parse(row.month).first))
    unseen = row.next_run_at is not None and row.next_run_at > now + _DAY
    unwarned = row.escalate_at is None or row.escalate_at > row.deadline_at
    latest = rules.latest(begins, row.received_at)
    later = row.deadline_at > begins + _DAY or row.person_due_at > latest
    return unseen or unwarned or later


_APART = timedelta(hours=1)
"""What clocks may differ by."""
_DAY = ANSWER_WITHIN + _APART
"""What the machine has."""


def _of_claims(session: Session, tenant: str) -> Iterator[str]:
    """Whoever has a case has taken it, and has not left it: the log says both."""
    task = TaskRow
    mine = _entry.tenant == col(task.tenant), _entry.case_id == col(task.application_id)
    query = (
        select(col(task.application_id), col(task.claimed_by), _entry.body)
        .outerjoin(log_tables.entry, and_(*mine, _entry.type == EntryKind.HUMAN_ACTION.value))
        .where(col(task.tenant) == tenant)
        .order_by(col(task.application_id), _entry.seq)
    )
    holders: dict[str, tuple[str | None, str | None]] = {}
    for case, claimed_by, body in session.connection().execute(query):
        _, holder = holders.get(case, (None, None))
        said = json.loads(body) if body is not None else {}
        action = said.get("body", {}).get("action")
        if action == Action.CLAIMED:
            holder = said["actor"]["id"]
        elif action in (Action.RELEASED, Action.HANDED_BACK):
            holder = None
        holders[case] = claimed_by, holder
    for case, (claimed_by, holder) in holders.items():
        if claimed_by != holder:
            yield _say("claimed_by_another", ärende=case)


def _of_people(office: Office, session: Session, tenant: str) -> Iterator[str]:
    """The persons that a case is found by must be those whom its application names, and whoever is marked as
    dead must be so in it."""
    party, row = PartyRow, ApplicationRow
    noted: dict[str, dict[str, _Noted]] = {}
    columns = col(party.application_id), col(party.person), col(party.adult), col(party.dead)
    people = select(*columns).where(col(party.tenant) == tenant)
    for case, person, adult, dead in session.connection().execute(people):
        noted.setdefault(case, {})[person] = _Noted(adult, dead)
    written = select(col(row.id), col(row.content)).where(col(row.tenant) == tenant)
    for case, said in session.connection().execute(written.execution_options(yield_per=500)):
        content, there = json.loads(said), noted.pop(case, {})
        named, adults = _named(office, tenant, content), _named(office, tenant, content, *ADULT_ROLES)
        grown = {person for person, each in there.items() if each.adult}
        if grown != adults or not there.keys() <= named:  # children of an early version are not noted
            yield _say("other_people", ärende=case)
        if not _dead_as_said(office, session, tenant, case, content["people"], there):
            yield _say("other_dead", ärende=case)
    for case in sorted(noted):
        yield _say("people_alone", ärende=case)


class _Noted(NamedTuple):
    """What is noted beside an application of somebody in it."""

    adult: bool
    dead: bool


def _dead_as_said(
    office: Office,
    session: Session,
    tenant: str,
    case: str,
    people: Sequence[PersonJson],
    noted: Mapping[str, _Noted],
) -> bool:
    """Whether whoever is marked as dead has died by the application, and somebody is marked where the log
    says that somebody who works here has said so. Of whoever has no number nothing is noted."""
    numbers = [one.get("personal_number") for one in people if one.get("died")]
    died = {office.pseudonym(tenant, number) for number in numbers if number}
    marked = {person for person, each in noted.items() if each.dead}
    if marked or not numbers or None in numbers:
        return marked <= died
    return not _says_somebody_died(session, tenant, case)


def _says_somebody_died(session: Session, tenant: str, case: str) -> bool:
    """Whether the log of a case says last of a death that somebody has died, and not that they live."""
    its = _entry.tenant == tenant, _entry.case_id == case, _entry.type == EntryKind.HUMAN_ACTION.value
    bodies = session.connection().scalars(select(_entry.body).where(*its).order_by(_entry.seq.desc()))
    actions = (json.loads(each).get("body", {}).get("action") for each in bodies)
    return next((each for each in actions if each in (Action.DIED, Action.DID_NOT_DIE)), None) == Action.DIED


def _named(office: Office, tenant: str, content: Any, *roles: str) -> set[str]:
    return {office.pseudonym(tenant, number) for _, number in with_numbers(content, *roles)}
