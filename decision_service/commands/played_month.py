"""A month of the demonstration, played before it opens: every example case is lived by somebody.

People apply day by day, the machine decides what it may, two handläggare take what comes to them and leave
that of the last days for whoever visits, and a jurist reviews a sample. The clock is moved; everything else
is as ever.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session

from decision_service.application.outcome import Outcome
from decision_service.casework import deciding, delivery, handlaggare, sweeps
from decision_service.casework.assessments import standing
from decision_service.casework.office import Office
from decision_service.casework.staff import note_staff
from decision_service.decision.document import Assessment
from decision_service.follow_up import samples
from decision_service.follow_up.samples import Finding, Split, Terms
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.strict_json import InputError
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow, SampledRow, TaskRow
from norms.lookup import NoTableError
from norms.month import Month

Json = dict[str, Any]

PEOPLE: Mapping[str, tuple[str, str]] = {
    "demo-anna": ("Anna Lind", "socialsekreterare"),
    "demo-bo": ("Bo Ek", "socialsekreterare"),
    "demo-jurist": ("Demo Jurist", "jurist"),
}
"""Who works in the demonstration, by staff id: name and title."""
DESK = ("demo-anna", "demo-bo")
DAYS = 31
ANSWERED_AFTER = timedelta(hours=20)
LEFT = timedelta(days=4)
"""What came this late waits for a person still."""
WHY = "Underlaget visar det."
TOLD = 25
"""After so many applications it is said how far it has come."""
LOWERED = 100_00
"""Öre by which a handläggare sometimes grants less than was proposed."""
SAMPLE, REVIEWED = 20, 12


@dataclass
class SetClock:
    """A clock that is moved, and never back."""

    now: datetime

    def __call__(self) -> datetime:
        """Now."""
        return self.now

    def to(self, moment: datetime) -> None:
        """Later, where it is later."""
        self.now = max(self.now, moment)


@dataclass
class PlayedMonth:
    """``apply`` lets the people of a case apply, and gives the application's id; ``tell`` says how far it has
    come."""

    office: Office
    clock: SetClock
    tenant: str
    apply: Callable[[Json], str]
    tell: Callable[[str], None]
    _turns: Iterator[int] = field(default_factory=itertools.count)

    def play(self, cases: Sequence[Json], end: datetime) -> None:
        """Live through the cases, evenly from where the clock stands until the end."""
        begun = self.clock.now
        self._introduce()
        step = (end - begun) / (len(cases) + 1)
        coming: list[tuple[datetime, int, Json | str]] = [
            (begun + step * number, number, case) for number, case in enumerate(cases, 1)
        ]
        numbers, day = itertools.count(len(cases) + 1), begun
        while coming:
            moment, number, what = heapq.heappop(coming)
            if number % TOLD == 0 and number <= len(cases):
                self.tell(f"  {number} av {len(cases)}")
            self.clock.to(moment)
            if isinstance(what, str):
                self._settle(what)
            elif (waits := self._applied(what)) and moment < end - LEFT:
                heapq.heappush(coming, (moment + ANSWERED_AFTER, next(numbers), waits))
            if self.clock.now - day > timedelta(days=1):
                day = self.clock.now
                self._end_day()
        self._end_day()
        self._review(swedish_day(begun), swedish_day(end))

    def _introduce(self) -> None:
        with transaction(self.office.engine) as session:
            for who, (name, title) in PEOPLE.items():
                note_staff(self.office, session, self.tenant, who, name, title)

    def _applied(self, case: Json) -> str | None:
        """Let somebody apply. Gives the application where a person has it, with a proposal."""
        month = decidable(self.office, self.tenant, Month.of(swedish_day(self.clock.now)))
        found = self.apply(moved(case, month))
        with Session(self.office.engine) as session:
            task = session.get(TaskRow, found)
            return found if task is not None and task.proposed else None

    def _settle(self, case: str) -> None:
        """A handläggare takes a case and says yes to the proposal, or sometimes grants a little less; every
        sixth is left. A colleague approves where the municipality wants that."""
        turn = next(self._turns)
        if turn % 6 == 5:
            return
        who, other = DESK if turn % 2 else reversed(DESK)
        self._does(case, lambda session, row: handlaggare.claim(self.office, session, *at(row, who)))
        self.clock.to(self.clock.now + timedelta(minutes=20))
        try:
            self._does(case, lambda session, row: self._decide(session, row, who, less=turn % 2 == 0))
        except InputError:
            # It takes more than a yes: that is for whoever visits.
            self._does(case, lambda session, row: self._put_back(session, row, who))
        with Session(self.office.engine) as session:
            task = session.get(TaskRow, case)
            if task is None or task.proposal is None:
                return
        self.clock.to(self.clock.now + timedelta(minutes=45))
        self._does(
            case,
            lambda session, row: deciding.approve(
                self.office, session, *at(row, other), agrees=True, reason=WHY
            ),
        )

    def _decide(self, session: Session, row: ApplicationRow, who: str, *, less: bool) -> object:
        found = standing(session, row)
        said: Json = {"assessment": found.number if found else None, "reason": WHY}
        lowered = _lowered(found.document) if less and found is not None else None
        wanted = validated(deciding.PersonsDecision, said | (lowered or {"agrees": True}))
        return deciding.decide(self.office, session, *at(row, who), wanted)

    def _put_back(self, session: Session, row: ApplicationRow, who: str) -> object:
        return handlaggare.hand_back(
            self.office, session, *at(row, who), to_machine=False, reason="En kollega får ta det."
        )

    def _does(self, case: str, act: Callable[[Session, ApplicationRow], object]) -> None:
        with transaction(self.office.engine) as session:
            act(session, session.get_one(ApplicationRow, case))

    def _end_day(self) -> None:
        """What the service does by itself meanwhile."""
        sweeps.late(self.office)
        sweeps.unanswered(self.office)
        while delivery.deliver(self.office):
            pass

    def _review(self, first: date, last: date) -> None:
        """A sample, and what a jurist has found of the first decisions in it."""
        who, office = "demo-jurist", self.office
        terms = Terms(first=first, last=last, size=SAMPLE, split=(Split.WHO,))
        with transaction(office.engine) as session:
            sample = samples.draw(office, session, self.tenant, who, terms)
        with Session(office.engine) as session:
            rows = samples.one_sample(office, session, self.tenant, sample).rows[:REVIEWED]
        for number, row in enumerate(rows):
            self._found(row, who, Finding.FORM if number == 3 else Finding.RIGHT)

    def _found(self, row: SampledRow, who: str, finding: Finding) -> None:
        about, text = ("", "") if finding is Finding.RIGHT else ("", "Skälen i brevet är för korta.")
        with transaction(self.office.engine) as session:
            samples.record(
                self.office,
                session,
                self.tenant,
                who,
                sample=row.sample,
                decision=row.decision,
                finding=finding.value,
                about=about,
                text=text,
            )


def at(row: ApplicationRow, who: str) -> tuple[str, str, str, int]:
    """What a handläggare says of a case to change it."""
    return row.tenant, row.id, who, row.version


def _lowered(found: Assessment) -> Json | None:
    """The proposal with a little less; None where nothing is proposed to be granted."""
    outcome, granted = found.proposal or (Outcome.REFUSED, 0)
    lines = found.calculation.lines
    if not outcome.pays or granted <= LOWERED or not lines or lines[0].amount <= LOWERED:
        return None
    less = {"line": 1, "amount": as_kronor(lines[0].amount - LOWERED), "reason": WHY}
    return {
        "outcome": Outcome.GRANTED_IN_PART.value,
        "granted": as_kronor(granted - LOWERED),
        "lines": [less],
    }


def decidable(office: Office, tenant: str, month: Month) -> Month:
    """The month, or the last one of the two years before it whose amounts are known."""
    for before in range(24):
        try:
            office.book.norms.resolve(month.plus(-before), tenant)
        except NoTableError:
            continue
        return month.plus(-before)
    return month


_DAY = re.compile(r"([0-9]{4}-[0-9]{2})(?:-([0-9]{2})(.*))?")
_OF_LIFE = frozenset({"born", "personal_number"})
"""Days that stay when a case is moved."""


def moved(case: Json, month: Month) -> Json:
    """A case as if its application were for another month: every day and month in it moved as far."""
    form = case["application"]
    was = Month(form["periodYear"], form["periodMonth"])
    by = (month.year - was.year) * 12 + month.number - was.number
    found: Json = _moved(case, by)
    found["application"] |= {"periodYear": month.year, "periodMonth": month.number}
    return found


def _moved(found: Any, by: int) -> Any:
    match found:
        case dict():
            return {name: one if name in _OF_LIFE else _moved(one, by) for name, one in found.items()}
        case list():
            return [_moved(one, by) for one in found]
        case str() if (read := _DAY.fullmatch(found)) is not None:
            month = Month.parse(read[1]).plus(by)
            return str(month) if read[2] is None else f"{month}-{min(int(read[2]), month.days):02}{read[3]}"
        case _:
            return found
