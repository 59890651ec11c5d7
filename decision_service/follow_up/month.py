"""The figures of a municipality's month: how many decisions, whose, how fast, and what was asked."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from decision_service.application.outcome import Outcome
from decision_service.follow_up.small_cells import SMALLEST, shown, total
from decision_service.reading.swedish_time import begin_of
from decision_service.store.tables import ApplicationRow, DecisionRow
from norms.month import Month

DECIDED = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED)


@dataclass(frozen=True)
class Times:
    """Hours from receipt to decision; None where they would tell of single persons."""

    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Figures:
    """A month of decisions, counted by the day they were made. A count of None is withheld.

    ``asked`` are the codes of what kept decisions of people from the machine, the most frequent first.
    """

    month: Month
    decided: int | None
    late: int | None
    by_outcome: dict[str, int | None]
    by_whom: dict[str, int | None]
    machine: Times
    people: Times
    asked: dict[str, int | None]


def figures(session: Session, municipality: str, month: Month, *, most: int = 15) -> Figures:
    """The figures of the decisions made in a month."""
    decision, application = DecisionRow, ApplicationRow
    query = (
        select(
            col(decision.outcome),
            col(decision.automatic),
            col(decision.asked),
            col(decision.decided_at),
            col(application.received_at),
            col(application.breached_at),
        )
        .join(application, col(application.id) == col(decision.application_id))
        .where(
            col(decision.tenant) == municipality,
            col(decision.decided_at) >= begin_of(month.first),
            col(decision.decided_at) < begin_of(month.plus(1).first),
        )
    )
    rows = session.connection().execute(query).all()
    hours: dict[bool, list[float]] = {True: [], False: []}
    for _, automatic, _, decided_at, received_at, _ in rows:
        hours[automatic].append((decided_at - received_at).total_seconds() / 3600)
    outcomes = Counter(row[0] for row in rows)
    asked = Counter(code for row in rows if not row[1] for code in row[2].split())
    frequent = sorted(asked.items(), key=lambda one: (-one[1], one[0]))
    return Figures(
        month=month,
        decided=total(len(rows)),
        late=total(sum(row[5] is not None for row in rows)),
        by_outcome=shown({each.value: outcomes[each.value] for each in DECIDED}),
        by_whom=shown({"dator": len(hours[True]), "människa": len(hours[False])}),
        machine=_times(hours[True]),
        people=_times(hours[False]),
        asked={code: total(count) for code, count in frequent[:most]},
    )


def _times(hours: Sequence[float]) -> Times:
    if len(hours) < SMALLEST:
        return Times(None, None)
    ninetieth = statistics.quantiles(hours, n=10, method="inclusive")[-1]
    return Times(round(statistics.median(hours), 1), round(ninetieth, 1))
