"""The papers of a case: every letter as it was kept, what the applicant has said, and what came with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from decision_service.application.case_file import ShownPayment
from decision_service.casework import outbox
from decision_service.casework.chain import chain
from decision_service.casework.letters import kept_letters
from decision_service.outputs.payload import KeptLetterJson
from decision_service.store.same_case import same_case
from decision_service.store.tables import ApplicationRow, CompletionRow, MessageRow


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter, when it was written and to whom. ``key`` is its name in the case, ``content`` what is kept:
    the letter's structure and its text."""

    key: str
    title: str
    at: datetime
    to: str
    content: KeptLetterJson


@dataclass(frozen=True, slots=True)
class ToldBeforehand:
    """What the applicant was told before a decision, until when there was time to answer, and the answer;
    ``answered`` is None while there is time."""

    at: datetime
    until: datetime
    answered: bool | None
    payments: tuple[ShownPayment, ...]

    @property
    def objected(self) -> bool:
        """Whether the applicant says that something is not right."""
        return any(each.objected for each in self.payments)

    @property
    def message(self) -> str:
        """What the applicant wrote."""
        return next((each.message for each in self.payments if each.message), "")


def letters_of(session: Session, row: ApplicationRow) -> list[KeptLetter]:
    """Every letter of a case that has been written, the oldest first."""
    return sorted((*_of_decisions(session, row), *_notices(session, row)), key=lambda each: each.at)


def written_off_letters(session: Session, row: ApplicationRow) -> list[KeptLetterJson]:
    """The letters that say that a case is written off, one to each adult; none before they are written."""
    of_it = (same_case(MessageRow, row), col(MessageRow.kind).in_(outbox.OF_WRITING_OFF))
    query = select(MessageRow).where(*of_it).order_by(col(MessageRow.key))
    found = (json.loads(each.payload) for each in session.exec(query).all())
    return [each for each in found if "letter" in each]


def told_of(session: Session, row: ApplicationRow) -> Iterator[ToldBeforehand]:
    """What the applicant has been told before a decision, the first first."""
    asked = CompletionRow
    query = select(asked).where(same_case(asked, row), col(asked.shown).is_not(None))
    for each in session.exec(query.order_by(col(asked.number))).all():
        shown = tuple(ShownPayment.model_validate(one) for one in json.loads(each.shown or "[]"))
        answered = None if each.closed_at is None else each.answered
        yield ToldBeforehand(each.asked_at, each.due_at, answered, shown)


def _of_decisions(session: Session, row: ApplicationRow) -> Iterator[KeptLetter]:
    for decision in chain(session, row.tenant, row.id):
        for number, kept in enumerate(kept_letters(decision.letter)):
            yield _letter(f"{decision.id}.{number}", decision.decided_at, kept)


def _notices(session: Session, row: ApplicationRow) -> Iterator[KeptLetter]:
    its = same_case(MessageRow, row), MessageRow.kind != outbox.LETTER
    query = select(MessageRow).where(*its).order_by(col(MessageRow.key).desc())
    for message in session.exec(query).all():
        payload = json.loads(message.payload)
        if payload.get("letter", {}).get("schema") == "brev/1":
            yield _letter(message.key, message.created_at, payload)


def _letter(key: str, at: datetime, kept: KeptLetterJson) -> KeptLetter:
    letter = kept["letter"]
    to = letter.get("to")  # one of the first version is to nobody
    return KeptLetter(key, letter["title"], at, to["name"] if to else "", kept)
