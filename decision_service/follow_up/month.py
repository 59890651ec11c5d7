"""The figures of a municipality's month: how many decisions, whose, how fast, what was asked, and how often
people follow what the machine proposes.

A decision counts as it was made, in the month it was made; what corrected it counts by itself, in its own
month. A month is told when it is over: told day by day, each day could be had by taking away the one before.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col

from decision_service.application.outcome import Outcome
from decision_service.decision.document import CorrectionKind
from decision_service.follow_up.decided import Decided, decided_in, in_days
from decision_service.follow_up.reckoned import reckoned
from decision_service.follow_up.small_cells import SMALLEST, part, shown, total
from decision_service.follow_up.together import shown_together
from decision_service.reading.swedish_time import begin_of, swedish_day
from decision_service.store.same_case import same_case
from decision_service.store.tables import (
    ApplicationRow,
    ApplicationState,
    AssessmentRow,
    CorrectionRow,
    DecisionRow,
)
from norms.month import Month

DECIDED = (Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED, Outcome.DISMISSED)
DECIDED_IN_ALL = "decided"
_WAITS: Mapping[str, float] = {
    "inom en timme": 1,
    "inom ett dygn": 24,
    "inom tre dygn": 72,
    "inom en vecka": 168,
    "senare": float("inf"),
}
"""How long a decision took: each row up to so many hours."""


@dataclass(frozen=True)
class Times:
    """Hours from receipt to decision; None where they would tell of single persons."""

    median: float | None
    ninetieth: float | None


@dataclass(frozen=True)
class Followed:
    """How often people decided as was proposed: ``followed`` of ``proposed``, each None where withheld."""

    proposed: int | None
    followed: int | None

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        if self.followed is None or not self.proposed:
            return None
        return self.followed / self.proposed


@dataclass(frozen=True)
class Figures:
    """A month of decisions, counted by the day they were made. A count of None is withheld.

    ``granted`` is öre, what the month's corrections changed counted in; ``waited`` how long decisions took.
    ``asked`` are the codes of what kept decisions of people from the machine, the most frequent first, and
    ``followed`` how often people did as was proposed, in all and where each code was asked. ``waiting`` and
    ``overdue`` are cases that are with people now, whatever the month.
    """

    month: Month
    decided: int | None
    late: int | None
    granted: int | None
    by_outcome: dict[str, int | None]
    by_whom: dict[str, int | None]
    corrections: dict[str, int | None]
    machine: Times
    people: Times
    waited: dict[str, int | None]
    asked: dict[str, int | None]
    followed: Followed
    followed_by_reason: dict[str, Followed]
    waiting: int | None
    overdue: int | None


def figures(
    session: Session,
    municipality: str,
    month: Month,
    now: datetime,
    *,
    most: int = 15,
    protected: bool = False,
) -> Figures:
    """The figures of the decisions made in a month. What waits now stands beside the queue, so it counts the
    cases of ``protected`` people only for who has them in the queue. Raises ValueError for a month that is
    not over."""
    if month.last >= swedish_day(now):
        raise ValueError(f"{month} is not over")
    rows, asked = decided_in(session, municipality, month, now), asked_in(session, municipality, month)
    decided = reckoned(session).of((municipality, month, most), _of_decisions, month, rows, asked, most)
    corrections = _corrections(session, municipality, month)
    waiting, overdue = _waiting(session, municipality, now, protected=protected)
    return replace(
        decided,
        granted=_granted(rows, corrections),
        corrections=_by_kind(corrections),
        waiting=total(waiting),
        overdue=part(overdue, waiting),
    )


def _of_decisions(month: Month, rows: Sequence[Decided], asked: Mapping[str, set[str]], most: int) -> Figures:
    """The figures that come of a month's decisions alone, those that can be shown together."""
    found = _figures(month, rows, asked, most)
    return _only(found, decisions_told(month, rows, asked))


def _figures(month: Month, rows: Sequence[Decided], asked: Mapping[str, set[str]], most: int = 15) -> Figures:
    """The figures that come of a month's decisions alone, each by itself."""
    hours = {
        automatic: [each.hours for each in rows if each.automatic is automatic] for automatic in (True, False)
    }
    outcomes = Counter(each.outcome for each in rows)
    people = [each for each in rows if not each.automatic]
    by_whom = shown({"dator": len(hours[True]), "människa": len(people)})
    return Figures(
        month=month,
        decided=total(len(rows)),
        late=part(sum(each.late for each in rows), len(rows)),
        granted=_granted(rows, ()),
        by_outcome=shown({each.value: outcomes[each.value] for each in DECIDED}),
        by_whom=by_whom,
        corrections={},
        machine=_times(hours[True]),
        people=_times(hours[False]),
        waited=shown(_by_wait([*hours[True], *hours[False]])),
        asked=_frequent(asked, len(people), most) if by_whom["människa"] is not None else {},
        followed=_followed(people),
        followed_by_reason=_by_reason(people, asked, most),
        waiting=None,
        overdue=None,
    )


def decisions_of(
    found: Figures, rows: Sequence[Decided], asked: Mapping[str, set[str]]
) -> dict[tuple[str, str], dict[str, int]]:
    """The decisions that each figure of a month counts, of those figures that are not withheld."""
    people = [each for each in rows if not each.automatic]
    proposed = [each for each in people if each.followed is not None]
    counts: dict[tuple[str, str], tuple[int | None, Iterable[Decided]]] = {
        (DECIDED_IN_ALL, ""): (found.decided, rows),
        ("whom", "dator"): (found.by_whom["dator"], (each for each in rows if each.automatic)),
        ("whom", "människa"): (found.by_whom["människa"], people),
        ("late", ""): (found.late, (each for each in rows if each.late)),
        ("proposed", ""): (found.followed.proposed, proposed),
        ("followed", ""): (found.followed.followed, (each for each in proposed if each.followed)),
    }
    waited: dict[str, list[Decided]] = {wait: [] for wait in _WAITS}
    for each in rows:
        waited[_wait(each.hours)].append(each)
    for outcome, count in found.by_outcome.items():
        counts["outcome", outcome] = count, (each for each in rows if each.outcome == outcome)
    for wait, count in found.waited.items():
        counts["waited", wait] = count, waited[wait]
    for code, one in found.followed_by_reason.items():
        about = [each for each in people if code in asked.get(each.application_id, ())]
        answered = [each for each in about if each.followed is not None]
        counts["asked", code] = found.asked.get(code), about
        counts["proposed", code] = one.proposed, answered
        counts["followed", code] = one.followed, (each for each in answered if each.followed)
    return {
        name: {each.application_id: 1 for each in of}
        for name, (count, of) in counts.items()
        if count is not None
    }


def decisions_told(
    month: Month, rows: Sequence[Decided], asked: Mapping[str, set[str]]
) -> dict[tuple[str, str], dict[str, int]]:
    """The same of those figures that can be shown together, as the month's page shows them."""
    found = decisions_of(_figures(month, rows, asked), rows, asked)
    seen = shown_together(found)
    return {name: of for name, of in found.items() if name in seen}


def _only(found: Figures, seen: Collection[tuple[str, str]]) -> Figures:
    """The figures that can be shown together."""

    def kept(table: str, counts: Mapping[str, int | None]) -> dict[str, int | None]:
        return {name: count if (table, name) in seen else None for name, count in counts.items()}

    def followed(one: Followed, name: str) -> Followed:
        return Followed(
            one.proposed if ("proposed", name) in seen else None,
            one.followed if ("followed", name) in seen else None,
        )

    return replace(
        found,
        decided=found.decided if (DECIDED_IN_ALL, "") in seen else None,
        late=found.late if ("late", "") in seen else None,
        by_outcome=kept("outcome", found.by_outcome),
        by_whom=kept("whom", found.by_whom),
        waited=kept("waited", found.waited),
        asked=kept("asked", found.asked),
        followed=followed(found.followed, ""),
        followed_by_reason={code: followed(one, code) for code, one in found.followed_by_reason.items()},
    )


def newest_month(session: Session, municipality: str, now: datetime) -> Month:
    """The month of the newest decision in a month that is over; the last one where there is none."""
    running = Month.of(swedish_day(now))
    query = select(func.max(DecisionRow.decided_at)).where(
        col(DecisionRow.tenant) == municipality, col(DecisionRow.decided_at) < begin_of(running.first)
    )
    newest = session.scalar(query)
    return running.plus(-1) if newest is None else Month.of(swedish_day(newest))


def _corrections(session: Session, municipality: str, month: Month) -> Sequence[Any]:
    row = CorrectionRow
    query = select(col(row.kind), col(row.difference))
    return session.connection().execute(query.where(*in_days(row, municipality, *_days(month)))).all()


def _days(month: Month) -> tuple[date, date]:
    return month.first, month.last


def asked_in(session: Session, municipality: str, month: Month) -> dict[str, set[str]]:
    """What was asked, ever, about each application that a person decided in a month."""
    decision, assessment = DecisionRow, AssessmentRow
    query = select(col(assessment.application_id), col(assessment.asked)).join(
        decision, same_case(decision, assessment)
    )
    query = query.where(*in_days(decision, municipality, *_days(month)), col(decision.automatic).is_(False))
    found: dict[str, set[str]] = {}
    for each in session.connection().execute(query):
        found.setdefault(each.application_id, set()).update(each.asked.split())
    return found


def _waiting(session: Session, municipality: str, now: datetime, *, protected: bool) -> tuple[int, int]:
    """How many cases are with people, and how many of those should have been answered."""
    row = ApplicationRow
    there = select(func.count()).where(
        col(row.tenant) == municipality, col(row.state) == ApplicationState.HANDLAGGARE
    )
    if not protected:
        there = there.where(col(row.protected).is_(False))
    late = there.where(col(row.person_due_at) < now)
    return session.scalar(there) or 0, session.scalar(late) or 0


def _granted(rows: Sequence[Decided], corrections: Sequence[Any]) -> int | None:
    """What the month's decisions and corrections granted in all, where enough of each are behind it."""
    if total(len(rows)) is None or total(len(corrections)) is None:
        return None
    granted: int = sum(each.granted for each in rows)
    changed: int = sum(each.difference for each in corrections)
    return granted + changed


def _by_kind(corrections: Sequence[Any]) -> dict[str, int | None]:
    kinds = Counter(each.kind for each in corrections)
    return shown({each.value: kinds[each.value] for each in CorrectionKind})


def _by_wait(hours: Collection[float]) -> dict[str, int]:
    found = dict.fromkeys(_WAITS, 0)
    for each in hours:
        found[_wait(each)] += 1
    return found


def _wait(hours: float) -> str:
    return next(name for name, most in _WAITS.items() if hours <= most)


def _frequent(asked: Mapping[str, set[str]], people: int, most: int) -> dict[str, int | None]:
    return {code: part(count, people) for code, count in _codes(asked).most_common(most)}


def _codes(asked: Mapping[str, set[str]]) -> Counter[str]:
    """How many cases each code was asked about, in an order that is always the same."""
    return Counter(sorted(code for codes in asked.values() for code in codes))


def _followed(people: Iterable[Decided]) -> Followed:
    found = [each.followed for each in people if each.followed is not None]
    return Followed(total(len(found)), part(sum(found), len(found)))


def _by_reason(people: Sequence[Decided], asked: Mapping[str, set[str]], most: int) -> dict[str, Followed]:
    return {
        code: _followed(each for each in people if code in asked.get(each.application_id, ()))
        for code, _ in _codes(asked).most_common(most)
    }


def _times(hours: Sequence[float]) -> Times:
    if len(hours) < SMALLEST:
        return Times(None, None)
    ninetieth = statistics.quantiles(hours, n=10, method="inclusive")[-1]
    return Times(round(statistics.median(hours), 1), round(ninetieth, 1))
