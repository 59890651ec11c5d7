"""What the pages tell of the same decisions beside each other: a month in figures, the month's report, and
the quarter. What the earlier of them shows binds what the later can."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from functools import partial
from typing import TypeAlias

from sqlmodel import Session

from decision_service.follow_up import aid, requirement
from decision_service.follow_up.decided import Decided, decided_in
from decision_service.follow_up.households import Helped
from decision_service.follow_up.month import asked_in, decisions_told
from decision_service.follow_up.reckoned import reckoned
from decision_service.follow_up.requirement import Quarter
from decision_service.follow_up.together import shown_together
from norms.month import Month

Name: TypeAlias = "tuple[str, ...]"
"""The page or the month, and the figure."""
PAGE, REPORT, QUARTER = "page", "report", "quarter"
Rows: TypeAlias = "Mapping[Month, Sequence[Helped]]"


def month_told(
    session: Session,
    municipality: str,
    month: Month,
    now: datetime,
    rows: Sequence[Helped],
    long: Set[object],
) -> dict[Name, dict[str, int]]:
    """The decisions that each figure counts which is told of a month, on its page and in its report. Of
    ``rows``, the decisions of the month, those of the ``long`` are of households with aid for long."""
    decided, asked = decided_in(session, municipality, month, now), asked_in(session, municipality, month)
    told = partial(_told, month)
    return reckoned(session).of((municipality, month, "told"), told, decided, asked, rows, long)


def _told(
    month: Month,
    decided: Sequence[Decided],
    asked: Mapping[str, set[str]],
    rows: Sequence[Helped],
    long: Set[object],
) -> dict[Name, dict[str, int]]:
    every = {(PAGE, *name): of for name, of in decisions_told(month, decided, asked).items()}
    every |= {(REPORT, *name): of for name, of in aid.decisions_of(rows, long).items()}
    seen = shown_together(every)
    return {name: of for name, of in every.items() if name in seen}


def quarter_beside(
    told: Iterable[Mapping[Name, dict[str, int]]], found: Quarter, decided: Sequence[Helped]
) -> Quarter:
    """The quarter beside what has been told of its months."""
    every: dict[Name, dict[str, int]] = {}
    for number, of_month in enumerate(told):
        every |= {(str(number), *name): of for name, of in of_month.items()}
    own = requirement.decisions_of(decided, found)
    every |= {(QUARTER, *name): of for name, of in own.items()}
    seen = shown_together(every)
    return requirement.without(found, {name for name in own if (QUARTER, *name) not in seen})


def long_term_in(session: Session, municipality: str, month: Month, by_month: Rows) -> Set[object]:
    """The households that have had aid for long at the end of a month, by the decisions of its twelve."""
    year = [each for number in range(12) if (each := month.plus(number - 11)) in by_month]
    known = reckoned(session)
    of = [known.of((municipality, each, "aid"), aid.months_with_aid, by_month[each]) for each in year]
    return aid.long_term(of, month)


def reported(told: Collection[Name], kind: str, cause: str) -> bool:
    """Whether a figure of a report is told."""
    return (REPORT, kind, cause) in told
