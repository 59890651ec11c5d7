"""What goes out in a message. A letter is written when it is first sent, and is the same ever after.

The messages of a lane that go out side by side are written together: each transaction and each question to
the database costs as much for one as for all.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from sqlalchemy import BindParameter, bindparam
from sqlmodel import Session, SQLModel, col, select

from audit import proof
from decision_service.casework import outbox
from decision_service.casework.addressees import addressee, addressees_of
from decision_service.casework.chain import AnyDecision, chain
from decision_service.casework.decisions import document_of
from decision_service.casework.letters import grounds_of, kept_letters, letter_of, notice_of, plans_of
from decision_service.casework.office import Office
from decision_service.casework.rows import require_logged
from decision_service.log import journal, vouched
from decision_service.outputs.letter_layout import Letter
from decision_service.outputs.letter_texts import NoticeKind
from decision_service.outputs.payload import KeptLetterJson, LetterPayload, Payload, TellingTo
from decision_service.store.database import transaction
from decision_service.store.sealed import kept_key, remember_key
from decision_service.store.tables import ApplicationRow, DecisionRow, MessageRow

_NOTICES: Mapping[str, NoticeKind] = {
    outbox.REQUEST: "KOMPLETTERING",
    outbox.REMINDER: "PÅMINNELSE",
    outbox.RECEIPT: "KVITTENS",
    outbox.WAIT: "VÄNTAR",
    outbox.COMMUNICATION: "KOMMUNICERING",
    outbox.COMMUNICATION_REMINDER: "KOMMUNICERING_PÅMINNELSE",
    outbox.HANDED_OVER: "HOS_HANDLÄGGARE",
    outbox.WRITTEN_OFF: "AVSKRIVEN",
    outbox.WRITTEN_OFF_BY_DEATH: "AVSKRIVEN_AVLIDEN",
    outbox.TAKEN_UP: "TAS_UPP_IGEN",
    outbox.CLAIM_MADE: "KRAV",
    outbox.CLAIM_WAIVED: "KRAV_EFTERGES",
    outbox.CLAIM_LET_GO: "KRAV_EFTERGES",
    outbox.CLAIM_REDUCED: "KRAV_SÄNKS",
    outbox.CLAIM_WITHDRAWN: "KRAV_ÅTERTAS",
    outbox.APPEAL_FORWARDED: "ÖVERKLAGANDE_ÖVERLÄMNAT",
    outbox.APPEAL_DISMISSED: "ÖVERKLAGANDE_AVVISAT",
}


def contents(office: Office, rows: Sequence[MessageRow]) -> list[Payload | Exception]:
    """What goes out in each of some messages of a lane, or what kept it from being written: each alone, where
    they cannot all be."""
    try:
        with transaction(office.engine) as session:
            return [*_written(office, session, rows[0].tenant, rows)]
    except Exception as error:
        if len(rows) == 1:
            return [error]
        half = len(rows) // 2
        return [*contents(office, rows[:half]), *contents(office, rows[half:])]


def _written(office: Office, session: Session, tenant: str, rows: Sequence[MessageRow]) -> list[Payload]:
    if payments := [row for row in rows if row.kind == outbox.PAYMENT]:
        vouched.require(office.keys, session, tenant, *payments)
    of_cases = [row for row in rows if row.kind == outbox.LETTER or row.kind in _NOTICES]
    applications = _applications(session, tenant, of_cases)
    letters = {
        row.key: (applications[str(row.application_id)], json.loads(row.payload))
        for row in of_cases
        if row.kind == outbox.LETTER
    }
    asked = [(application, payload.get("decision")) for application, payload in letters.values()]
    notices = _locked(session, tenant, [row.key for row in of_cases if row.key not in letters])
    written = dict(zip(letters, decision_letters(office, session, tenant, asked), strict=True))
    found = list[Payload]()
    for row in rows:
        if row.key in letters:
            found.append(_letter_in(letters[row.key][1], written[row.key]))
        elif row.key in notices:
            found.append(_notice(office, session, notices[row.key], applications[str(row.application_id)]))
        else:
            found.append(json.loads(row.payload))
    return found


def _applications(session: Session, tenant: str, rows: Sequence[MessageRow]) -> dict[str, ApplicationRow]:
    """The applications that some messages are about."""
    named = {row.application_id for row in rows}
    its = {"its_tenant": tenant, "its_ids": [*named]}
    return {each.id: each for each in session.exec(_APPLICATIONS, params=its)} if named else {}


def _locked(session: Session, tenant: str, keys: Sequence[str]) -> dict[str, MessageRow]:
    """Messages as they are now: another process, whose time for one was over, may have written it."""
    its = {"its_tenant": tenant, "its_keys": keys}
    found = session.exec(_LOCKED, params=its).all() if keys else []
    for each, kept in found:
        remember_key(session, tenant, str(each.application_id), kept)
    return {each.key: each for each, _ in found}


def _decided(session: Session, tenant: str, applications: Collection[str]) -> dict[str, DecisionRow]:
    """The first decisions on some applications, to be changed."""
    found = session.exec(_DECIDED, params={"its_tenant": tenant, "its_ids": [*applications]}).all()
    for each, kept in found:
        remember_key(session, tenant, each.application_id, kept)
    return {each.application_id: each for each, _ in found}


_KEY_OF_MESSAGE, _KEY_OF_DECISION = (
    kept_key(SQLModel.metadata.tables[str(table.__tablename__)], "application_id")
    for table in (MessageRow, DecisionRow)
)
_TENANT: BindParameter[str] = bindparam("its_tenant")
_IDS: BindParameter[str] = bindparam("its_ids", expanding=True)
_APPLICATIONS = select(ApplicationRow).where(
    col(ApplicationRow.tenant) == _TENANT, col(ApplicationRow.id).in_(_IDS)
)
_LOCKED = (
    select(MessageRow, _KEY_OF_MESSAGE)
    .where(col(MessageRow.tenant) == _TENANT, col(MessageRow.key).in_(bindparam("its_keys", expanding=True)))
    .order_by(col(MessageRow.key))
    .with_for_update(of=MessageRow)
)
_DECIDED = (
    select(DecisionRow, _KEY_OF_DECISION)
    .where(col(DecisionRow.tenant) == _TENANT, col(DecisionRow.application_id).in_(_IDS))
    .order_by(col(DecisionRow.application_id))
    .with_for_update(of=DecisionRow)
)


def _letter_in(payload: LetterPayload | TellingTo, letters: Sequence[KeptLetterJson]) -> LetterPayload:
    """The receiver's own letter of a decision. The first version kept it with the message, as it went out."""
    if "letter" in payload:
        return payload
    own = [one for one in letters if one["to"] and one["to"]["person"] == payload.get("to")]
    return {**payload, **(own or letters)[0]}


def _notice(
    office: Office, session: Session, current: MessageRow, application: ApplicationRow
) -> LetterPayload:
    payload: LetterPayload | TellingTo = json.loads(current.payload)
    if "letter" in payload:
        return payload
    to = addressee(application, payload.get("to"))
    letter = notice_of(office, application, _NOTICES[current.kind], to, current.created_at, payload)
    written: LetterPayload = {**payload, **letter.kept}
    current.payload = json.dumps(written, ensure_ascii=False)
    session.add(current)
    return written


def decision_letters(
    office: Office, session: Session, tenant: str, asked: Sequence[tuple[ApplicationRow, str | None]]
) -> list[list[KeptLetterJson]]:
    """The letters of some decisions with their proofs, one to each adult. Written once, kept with the
    decision and logged. The id is the decision's, that of the application's first where none is said."""
    if not asked:
        return []
    rows = {row.id: row for row, _ in asked}
    first = _decided(session, tenant, rows)
    known = require_logged(office, session, *rows.values(), decisions=list(first.values()))
    decisions = [_asked_for(session, first[row.id], id_) for row, id_ in asked]
    unwritten = [decision.entry for decision in decisions if decision.letter is None]
    proofs = proof.letters(session.connection(), tenant, unwritten)
    found, entries = [], []
    for (row, _), decision in zip(asked, decisions, strict=True):
        if decision.letter is None:
            letters = [one.kept for one in _letters(office, session, row, decision, proofs)]
            decision.letter = json.dumps(letters, ensure_ascii=False)
            session.add(decision)
            letter = partial(journal.letter, row.id, decision.id, office.clock(), channel="brev")
            entries += [letter(text=one["text"]) for one in letters]
            found.append(letters)
        else:
            found.append(kept_letters(decision.letter))
    del known  # until here nothing of it was read again
    if entries:
        vouched.append(office.log, session, tenant, entries)
    return found


def _asked_for(session: Session, first: DecisionRow, id_: str | None) -> AnyDecision:
    """The decision with an id on the application of the first one; that one where no other has it."""
    if id_ in (None, first.id):
        return first
    decisions = chain(session, first.tenant, first.application_id)
    return next((one for one in decisions if one.id == id_), first)


def _letters(
    office: Office,
    session: Session,
    row: ApplicationRow,
    decision: AnyDecision,
    proofs: Mapping[int, str],
) -> list[Letter]:
    document, plans = document_of(session, decision), plans_of(session, decision)
    grounds = grounds_of(office, session, decision)
    return [
        letter_of(office, row, document, to, plans.get(to.person), grounds, proofs[decision.entry])
        for to in addressees_of(row)
    ]
