"""Find decisions and assessments: by month, outcome, who decided, what was asked, rules fired, the person.

Every decision of a chain is found, corrections too. A correction is found by the rules of the assessment that
it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Select, Text, and_, func, literal, or_, tuple_, type_coerce
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from decision_service.application.outcome import Outcome
from decision_service.decision import protection
from decision_service.decision.document import Findings, Reason
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    AssessmentRow,
    CorrectionRow,
    DecisionRow,
    PartyRow,
    StaffRow,
)
from rules.evaluated import RuleState


class What(StrEnum):
    """What is found."""

    ASSESSMENT = "prövning"
    DECISION = "beslut"
    CORRECTION = "rättelse"


DECISIONS = (What.DECISION, What.CORRECTION)


@dataclass(frozen=True)
class SearchWanted:
    """What is searched for; None is anything.

    ``decided_by`` is a staff id or the beginning of a name. ``rules`` are ids of rules of which one has
    fired, ``asked`` the code of a reason to ask a person or the applicant. ``person`` is a keyed hash.
    """

    what: Collection[What] = DECISIONS
    month: str | None = None
    outcome: Outcome | None = None
    automatic: bool | None = None
    decided_by: str | None = None
    asked: str | None = None
    rules: Collection[str] | None = None
    person: str | None = None
    case_number: str | None = None


Position = tuple[datetime, str, int]
"""Where a page begins: after this moment, application and place in the case."""


@dataclass(frozen=True, order=True)
class FoundInCase:
    """A decision or an assessment. ``place`` sorts what happened in a case in one moment; ``granted`` is
    öre, None for an assessment; ``by`` the staff id and ``signed`` the name, of whoever decided."""

    at: datetime
    application_id: str
    place: int
    what: What = field(compare=False)
    month: str = field(compare=False)
    outcome: str = field(compare=False)
    granted: int | None = field(compare=False)
    automatic: bool = field(compare=False)
    by: str | None = field(compare=False)
    signed: str | None = field(compare=False)

    @property
    def position(self) -> Position:
        """Where the page after this one begins."""
        return self.at, self.application_id, self.place


def found(
    session: Session, municipality: str, wanted: SearchWanted, *, after: Position | None = None, limit: int
) -> list[FoundInCase]:
    """What fits, the newest first, ``limit`` at most."""
    rows: list[FoundInCase] = []
    for what in wanted.what:
        query, columns = _of(what)
        narrowed = _narrowed(session, municipality, query, columns, wanted)
        if after is not None:
            narrowed = narrowed.where(tuple_(columns["at"], columns["case"], columns["place"]) < after)
        narrowed = narrowed.order_by(
            columns["at"].desc(), columns["case"].desc(), columns["place"].desc()
        ).limit(limit)
        rows += [FoundInCase(what=what, **each) for each in session.execute(narrowed).mappings()]
    return sorted(rows, reverse=True)[:limit]


_CORRECTED, _DECIDED = 20_000, 10_000
"""Within a moment of a case: first what was assessed, then what was decided, then what corrected it."""


def _of(what: What) -> tuple[Select[Any], Mapping[str, Any]]:
    """The query of one kind of thing, and its columns by what they are."""
    match what:
        case What.ASSESSMENT:
            row: Any = AssessmentRow
            columns = {
                "at": col(row.made_at),
                "place": col(row.number),
                "granted": literal(None),
                "by": literal(None),
                "signed": literal(None),
                "fired": col(row.fired),
                "asked": col(row.asked),
            }
        case What.DECISION:
            row = DecisionRow
            columns = {"place": literal(_DECIDED), "fired": col(row.fired), "asked": col(row.asked)}
        case What.CORRECTION:
            row, rests_on = CorrectionRow, AssessmentRow
            columns = {
                "place": col(row.number) + _CORRECTED,
                "fired": func.coalesce(col(rests_on.fired), ""),
                "asked": func.coalesce(col(rests_on.asked), ""),
            }
    decision = {"at": "decided_at", "granted": "granted", "by": "decided_by", "signed": "signed"}
    columns = {name: col(getattr(row, of)) for name, of in decision.items() if name not in columns} | columns
    columns |= {name: col(getattr(row, name)) for name in ("tenant", "month", "outcome", "automatic")}
    columns["case"] = col(row.application_id)
    shown = ("at", "place", "month", "outcome", "granted", "automatic", "by", "signed")
    query = select_columns(columns["case"], *(columns[name].label(name) for name in shown))
    if what is What.CORRECTION:
        same = and_(
            same_case(AssessmentRow, CorrectionRow),
            col(AssessmentRow.number) == col(CorrectionRow.assessment),
        )
        query = query.select_from(CorrectionRow).outerjoin(AssessmentRow, same)
    return query, columns


def _narrowed(
    session: Session, municipality: str, query: Select[Any], columns: Mapping[str, Any], wanted: SearchWanted
) -> Select[Any]:
    query = query.where(columns["tenant"] == municipality)
    for name in ("month", "outcome", "automatic"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(columns[name] == value)
    if wanted.decided_by is not None:
        query = query.where(columns["by"].in_(_staff(session, municipality, wanted.decided_by)))
    if wanted.case_number is not None:
        query = query.where(columns["case"] == numbered_as(session, municipality, wanted.case_number))
    if wanted.asked is not None:
        query = query.where(_has(session, columns["asked"], {wanted.asked}))
    if wanted.rules is not None:
        query = query.where(_has(session, columns["fired"], wanted.rules))
    if wanted.person is not None:
        about = select(PartyRow.application_id).where(
            PartyRow.tenant == municipality, PartyRow.person == wanted.person
        )
        query = query.where(columns["case"].in_(about))
    return query


def _has(session: Session, column: ColumnElement[str], words: Collection[str]) -> ColumnElement[bool]:
    """Whether a column of words has one of some. On PostgreSQL as its index has it."""
    if session.connection().dialect.name == "postgresql":
        wanted = type_coerce(sorted(words), ARRAY(Text))
        return func.string_to_array(column, " ").op("&&", is_comparison=True)(wanted)
    return or_(False, *(column.contains(f" {each} ", autoescape=True) for each in sorted(words)))


def has_fired(session: Session, municipality: str, rule: str) -> bool:
    """Whether a rule has fired in any assessment, under whatever release."""
    return _ever(session, municipality, "fired", rule)


def has_been_asked(session: Session, municipality: str, code: str) -> bool:
    """Whether a question has been asked in any assessment."""
    return _ever(session, municipality, "asked", code)


def _ever(session: Session, municipality: str, name: str, word: str) -> bool:
    column: ColumnElement[str] = getattr(AssessmentRow, name)
    query = select(AssessmentRow.number).where(
        AssessmentRow.tenant == municipality, _has(session, column, {word})
    )
    return session.exec(query.limit(1)).first() is not None


def _staff(session: Session, municipality: str, said: str) -> set[str]:
    """The ids of whoever has an id, or a name that begins so."""
    query = select(StaffRow.id).where(
        StaffRow.tenant == municipality, col(StaffRow.name).istartswith(said, autoescape=True)
    )
    return {said, *session.exec(query).all()}


def numbered_as(session: Session, municipality: str, case_number: str) -> str:
    """The id of the application with a case number, empty where there is none."""
    row = ApplicationRow
    found = select(row.id).where(row.tenant == municipality, row.case_number == case_number)
    return session.exec(found).first() or ""


def case_numbers(session: Session, municipality: str, applications: Collection[str]) -> dict[str, str]:
    """The case numbers of applications by their ids."""
    row = ApplicationRow
    query = select(row.id, row.case_number).where(row.tenant == municipality, col(row.id).in_(applications))
    return dict(session.exec(query).all())


def staff_names(session: Session, municipality: str) -> Sequence[str]:
    """The names of those who have worked with cases."""
    query = select(StaffRow.name).where(StaffRow.tenant == municipality).distinct()
    return session.exec(query.order_by(StaffRow.name)).all()


def named_staff(session: Session, municipality: str) -> dict[str, str]:
    """The names of those who have worked with cases, by their ids."""
    query = select(StaffRow.id, StaffRow.name).where(StaffRow.tenant == municipality)
    return dict(session.exec(query).all())


def fired(found: Findings) -> str:
    """The rules that fired in an assessment, as a row keeps them."""
    state = RuleState.FIRED.value  # an enumeration is slow to ask, and there are hundreds of rules
    return words_of(rule for rule, _, its in found.tried if its == state and not protection.tells(rule))


def asked(found: Findings) -> str:
    """The codes of what was asked in an assessment, as a row keeps them."""
    return asked_by(found.reasons)


def asked_by(reasons: Iterable[Reason]) -> str:
    """The codes of some questions, as a row keeps them."""
    return words_of(found for one in reasons if (found := open_code(one)))


def open_code(reason: Reason) -> str:
    """The code of a question as it may be read by whoever has no key: none of one that tells of a protected
    person."""
    return "" if protection.tells(reason.rule) else reason.code


def words_of(found: Iterable[str]) -> str:
    """Ids or codes as a row keeps them, each once, so that one can be searched for in the same form."""
    words = sorted({*found})
    return f" {' '.join(words)} " if words else ""
