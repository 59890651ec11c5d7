"""The demonstration's last month and the days since, played before it opens: every example case is lived by
somebody.

People apply day by day, the machine decides what it may, two handläggare work off what is due twice each
working day and leave what came last for whoever visits, and a jurist reviews a sample. The clock is moved;
everything else is as ever.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from decision_service.application.outcome import Outcome
from decision_service.casework import deciding, delivery, handlaggare, sweeps
from decision_service.casework.assessments import standing
from decision_service.casework.office import Office
from decision_service.casework.staff import note_staff
from decision_service.decision.document import Assessment
from decision_service.follow_up import samples
from decision_service.follow_up.samples import Split, Terms
from decision_service.log.events import ReviewFinding
from decision_service.reading.faults import validated
from decision_service.reading.kronor import as_kronor
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError, Opaque
from decision_service.reading.swedish_time import begin_of, swedish_day
from decision_service.store.database import transaction
from decision_service.store.tables import ApplicationRow, ApplicationState, SampledRow, TaskRow
from norms.lookup import NoTableError
from norms.month import Month

_say = said_in(__file__)

Json = dict[str, Opaque]

PEOPLE: Mapping[str, tuple[str, str]] = {
    "demo-anna": ("Anna Lind", "socialsekreterare"),
    "demo-bo": ("Bo Ek", "socialsekreterare"),
    "demo-jurist": ("Demo Jurist", "jurist"),
}
"""Who works in the demonstration, by staff id: name and title."""
DESK = ("demo-anna", "demo-bo")
AT_WORK = (timedelta(hours=9), timedelta(hours=14))
"""When the desk works off what is due before it works the next day, on working days."""
OPENS = timedelta(hours=8)
AHEAD = timedelta(hours=24)
LAST_DAY = timedelta(hours=18)
LAST_SHARE = 8
"""Of so many cases one comes on the last day, so that there is something to do for whoever visits."""
TAKES = timedelta(minutes=6)
WHY = _say("shown")
ASKED_FOR = _say("was_asked")
ASKS = _say("tell_how_it_is")
NOTHING_CAME = _say("nothing_came")
TOLD = 25
"""After so many applications it is said how far it has come."""
LOWERED = 100_00
"""Öre by which a handläggare sometimes grants less than was proposed."""
SAMPLE, REVIEWED = 20, 12


def begins(end: datetime) -> datetime:
    """When the play begins: with the month before the one that goes on, so that the figures, which tell of
    months that are over, have one."""
    return begin_of(Month.of(swedish_day(end)).plus(-1).first) + OPENS


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
    come; ``until`` plays what happens beside the applications, up to a moment."""

    office: Office
    clock: SetClock
    tenant: str
    apply: Callable[[Json], str]
    tell: Callable[[str], None]
    until: Callable[[datetime], None]
    _turns: Counter[str] = field(default_factory=Counter)
    _asked: set[str] = field(default_factory=set)

    def play(self, cases: Sequence[Json], end: datetime) -> None:
        """Live through the cases, from where the clock stands until the end."""
        begun = self.clock.now
        self._introduce()
        coming: list[tuple[datetime, Json | None]] = [
            *zip(_moments(begun, end, len(cases)), cases, strict=True),
            *((moment, None) for moment in _working_hours(begun, end)),
        ]
        applied = 0
        for moment, case in sorted(coming, key=lambda each: each[0]):
            self.until(moment)
            self.clock.to(moment)
            if case is None:
                self._work_off(end)
                continue
            self._apply(case)
            applied += 1
            if applied % TOLD == 0:
                self.tell(_say("so_far", antal=applied, alla=len(cases)))
        self.until(end)
        self.clock.to(end)
        self._by_itself()
        self._review(swedish_day(begun), swedish_day(end))

    def _introduce(self) -> None:
        with transaction(self.office.engine) as session:
            for who, (name, title) in PEOPLE.items():
                note_staff(self.office, session, self.tenant, who, name, title)

    def _apply(self, case: Json) -> None:
        month = decidable(self.office, self.tenant, Month.of(swedish_day(self.clock.now)))
        self.apply(moved(case, month))

    def _work_off(self, end: datetime) -> None:
        """Take what is due; what is due after the end is for whoever visits."""
        self._by_itself()
        row = ApplicationRow
        due = select(row.id).where(
            row.tenant == self.tenant,
            row.state == ApplicationState.HANDLAGGARE,
            row.person_due_at <= min(self.clock.now + AHEAD, end),
        )
        with Session(self.office.engine) as session:
            found = session.exec(due.order_by(col(row.person_due_at), row.id)).all()
        for case in found:
            self._settle(case)

    def _settle(self, case: str) -> None:
        """A handläggare takes a case and says yes to the proposal, or sometimes grants a little less. What
        takes more than that the applicant is asked about, and refused when nothing comes. A colleague
        approves where the municipality wants that."""
        with Session(self.office.engine) as session:
            task = session.get_one(TaskRow, (self.tenant, case))
        self._turns[task.reason] += 1
        turn = self._turns[task.reason]
        who = task.claimed_by or DESK[turn % 2]
        other = next(each for each in DESK if each != who)
        self._does(case, lambda session, row: handlaggare.claim(self.office, session, *at(row, who)))
        self.clock.to(self.clock.now + TAKES)
        try:
            self._does(case, lambda session, row: self._decide(session, row, who, less=turn % 2 == 0))
        except InputError:
            self._does(case, lambda session, row: self._ask_or_refuse(session, row, who))
        with Session(self.office.engine) as session:
            waits = session.get(TaskRow, (self.tenant, case))
            if waits is None or waits.proposal is None:
                return
        self.clock.to(self.clock.now + TAKES)
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

    def _ask_or_refuse(self, session: Session, row: ApplicationRow, who: str) -> object:
        if row.id not in self._asked:
            self._asked.add(row.id)
            return handlaggare.ask_applicant(self.office, session, *at(row, who), [ASKS])
        found = standing(session, row)
        said: Json = {"assessment": found.number if found else None, "reason": NOTHING_CAME}
        told = {"how": "HAR_FÅTT_SE", "reason": ASKED_FOR}
        refused = said | {"outcome": Outcome.REFUSED.value, "granted": "0", "told": told}
        return deciding.decide(
            self.office, session, *at(row, who), validated(deciding.PersonsDecision, refused)
        )

    def _does(self, case: str, act: Callable[[Session, ApplicationRow], object]) -> None:
        with transaction(self.office.engine) as session:
            act(session, session.get_one(ApplicationRow, (self.tenant, case)))

    def _by_itself(self) -> None:
        """What the service does by itself meanwhile."""
        sweeps.late(self.office)
        sweeps.unanswered(self.office)
        while delivery.deliver(self.office):
            pass

    def _review(self, first: date, last: date) -> None:
        """A sample, and what a jurist has found of the first decisions in it."""
        who, office = "demo-jurist", self.office
        terms = Terms(first=first, last=last, size=SAMPLE, split=(Split.WHO,), protected=False)
        with transaction(office.engine) as session:
            sample = samples.draw(office, session, self.tenant, who, terms)
        with Session(office.engine) as session:
            rows = samples.one_sample(office, session, self.tenant, sample, protected=True).rows[:REVIEWED]
        for number, row in enumerate(rows):
            self._found(row, who, ReviewFinding.FORM if number == 3 else ReviewFinding.RIGHT)

    def _found(self, row: SampledRow, who: str, finding: ReviewFinding) -> None:
        about, text = ("", "") if finding is ReviewFinding.RIGHT else ("", _say("too_short"))
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
                protected=False,
            )


def _moments(begun: datetime, end: datetime, count: int) -> Iterator[datetime]:
    """When each of so many cases comes: evenly until the last day, and some more on that."""
    late = count // LAST_SHARE
    for first, last, some in ((begun, end - LAST_DAY, count - late), (end - LAST_DAY, end, late)):
        yield from (first + (last - first) / (some + 1) * number for number in range(1, some + 1))


def _working_hours(begun: datetime, end: datetime) -> Iterator[datetime]:
    """When the desk works, between two moments."""
    for number in range((end - begun).days + 2):
        day = swedish_day(begun) + timedelta(days=number)
        for hour in AT_WORK:
            if day.weekday() < 5 and begun < (moment := begin_of(day) + hour) < end:
                yield moment


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
        "told": {"how": "HAR_FÅTT_SE", "reason": WHY},
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
