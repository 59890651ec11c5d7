"""The participants of the demonstration, played beside the applications: ``examples/planering.yaml``.

What lies before the month is taken in when it begins, the rest on its day, by the functions that the pages
and the API use. Groups are marked every working day but the last, which is left for whoever visits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from itertools import count, cycle
from pathlib import Path
from typing import Any

import yaml
from sqlmodel import Session

from decision_service.casework.office import Office
from decision_service.casework.staff import note_staff
from decision_service.commands.played_month import SetClock
from decision_service.installation.calendar import is_working_day
from decision_service.log import journal
from decision_service.planning import marking, offered, participants, sending
from decision_service.planning.attendance import Marking
from decision_service.planning.offered import OfferedActivity
from decision_service.planning.participants import Enrol
from decision_service.planning.steps import step_of
from decision_service.reading.faults import validated
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import Opaque
from decision_service.reading.swedish_time import swedish_day
from decision_service.store.database import transaction

_say = said_in(__file__)

Json = dict[str, Opaque]
FILE = Path(__file__).parents[2] / "examples" / "planering.yaml"
WHO, NAME, TITLE = "demo-arbetsmarknadssekreterare", "Demo Arbetsmarknadssekreterare", _say("made_up_person")
_DAY = re.compile(r"D([+-][0-9]+)")
_WORK_BEGINS = timedelta(hours=8)
MARKED = 31
"""Days before the last on which the groups are marked."""
_FORMER = (400, 45)
"""Days before the last day between which those have left who are no longer there."""
Event = tuple[date, int, Callable[[Session], object]]


@dataclass
class PlayedPlanning:
    """``numbers`` gives a personal number to somebody born on a day; ``last`` is the day played to."""

    office: Office
    clock: SetClock
    tenant: str
    numbers: Callable[[str], str]
    last: date
    applying: dict[str, str] = field(default_factory=dict)
    """Cases that a participant is to apply with, and the personal number; filled as they are enrolled."""
    _cases: dict[str, str] = field(default_factory=dict)
    _marks: dict[tuple[str, str], Iterator[str]] = field(default_factory=dict)
    _groups: dict[str, str] = field(default_factory=dict)
    _offered: dict[str, OfferedActivity] = field(default_factory=dict)
    _events: list[Event] = field(default_factory=list)

    def begin(self) -> None:
        """Read who there is, and offer the groups."""
        plays = self._moved(yaml.safe_load(FILE.read_text("utf-8")))
        order = count()
        with transaction(self.office.engine) as session:
            note_staff(self.office, session, self.tenant, WHO, NAME, TITLE)
            for name, said in plays["grupper"].items():
                self._offered[name] = validated(OfferedActivity, said)
                self._groups[name] = offered.offer(
                    self.office, session, self.tenant, self._offered[name], WHO
                ).id
        people = [*_former(plays["avslutade"], self.last), *plays["deltagare"]]
        self._events = [(day, next(order), does) for one in people for day, does in self._life(one, plays)]
        self._events += [(day, next(order), does) for day, does in self._marking()]
        self._events.sort(key=lambda event: event[:2])

    def until(self, moment: datetime) -> None:
        """Play what happens up to a moment; what was before the clock's day happens at once."""
        while self._events and self._at(self._events[0][0]) <= moment:
            self.clock.to(self._at(self._events[0][0]))
            today = swedish_day(self.clock.now)
            with transaction(self.office.engine) as session:
                while self._events and self._events[0][0] <= today:
                    self._events.pop(0)[2](session)

    def _at(self, day: date) -> datetime:
        midnight = datetime.combine(day, datetime.min.time(), self.clock().tzinfo)
        return midnight + _WORK_BEGINS

    def _life(self, one: Json, plays: Json) -> Iterator[tuple[date, Callable[[Session], object]]]:
        """What happens to a participant: enrolled, then one step after the other."""
        name, day = str(one["name"]), date.fromisoformat(one["enrolled"])
        yield day, partial(self._enrol, one=one)
        for said in one["steps"]:
            steps = [said] if "step" in said else self._in_group(name, said, plays["grupper"], day)
            for step in steps:
                day = max(day, min(self.last, _day_of(step, day)))
                yield day, partial(self._step, name=name, said=step)

    def _enrol(self, session: Session, one: Json) -> None:
        first, _, last = one["name"].partition(" ")
        number = self.numbers(one["born"])
        given = {"personal_number": number, "first_name": first, "last_name": last, "day": one["enrolled"]}
        wanted = validated(Enrol, given | {"protected": one.get("protected", False)})
        self._cases[one["name"]] = participants.enrol(self.office, session, self.tenant, wanted, WHO).case_id
        if "applies" in one:
            self.applying[one["applies"]] = number

    def _in_group(self, name: str, said: Json, groups: Json, since: date) -> Iterator[Json]:
        """A group's activity in the schedule, and the answer to it."""
        group, day = said["grupp"], since.isoformat()
        given = {each: one for each, one in groups[group].items() if each != "capacity"}
        yield {"step": "assign", "id": group, **given, "first": day, "offered": self._groups[group]}
        refused = {"answer": "DECLINED", "reason": said["nej"], "accepted": False} if "nej" in said else {}
        yield {"step": "answer", "activity": group, "answer": "TAKEN", "day": day} | refused
        self._marks[group, name] = cycle(said.get("märken", ["PRESENT"]))

    def _step(self, session: Session, name: str, said: Json) -> None:
        case, office = self._cases[name], self.office
        version = participants.find(office, session, self.tenant, case).version
        participants.take(office, session, self.tenant, case, step_of(said), WHO, version)
        if said["step"] == "plan":
            sending.send_plan(office, session, self.tenant, case, WHO)

    def _marking(self) -> Iterator[tuple[date, Callable[[Session], object]]]:
        """Each group on each of its days of the last weeks before the last."""
        for before in range(min(MARKED, (self.last - swedish_day(self.clock.now)).days), 0, -1):
            day = self.last - timedelta(days=before)
            for group, activity in self._offered.items():
                if any(slot.weekday == day.isoweekday() for slot in activity.slots):
                    yield day, partial(self._mark, group=group, day=day)

    def _mark(self, session: Session, group: str, day: date) -> None:
        names = {case: name for name, case in self._cases.items()}
        there = offered.taking_part(self.office, session, self.tenant, self._groups[group], day)
        marks = {
            each.row.case_id: Marking(next(self._marks[group, names[each.row.case_id]])) for each in there
        }
        marking.mark_group(self.office, session, self.tenant, self._groups[group], day, marks, WHO)

    def check_in(self) -> None:
        """Everybody with something to go to on the last day has said that they are there."""
        with transaction(self.office.engine) as session:
            for id_ in self._groups.values():
                for each in offered.taking_part(self.office, session, self.tenant, id_, self.last):
                    activity = each.occasion.activity.id
                    marking.check_in(
                        self.office, session, self.tenant, each.row.case_id, activity, journal.APPLICANT
                    )

    def _moved(self, found: Any) -> Any:
        """With days for what says how many days from the last one: a working day, the one before."""
        match found:
            case dict():
                return {name: self._moved(one) for name, one in found.items()}
            case list():
                return [self._moved(one) for one in found]
            case str() if (read := _DAY.fullmatch(found)) is not None:
                day = self.last + timedelta(days=int(read[1]))
                while not is_working_day(day, self.office.municipality(self.tenant).calendar):
                    day -= timedelta(days=1)
                return day.isoformat()
            case _:
                return found


def _day_of(step: Json, otherwise: date) -> date:
    """The day on which a step is taken."""
    said = step.get("day") or step.get("decided")
    return date.fromisoformat(said) if said else otherwise


def _former(ended: dict[str, int], last: date) -> Iterator[Json]:
    """People who were there before, and left for some reason each: spread over a year."""
    reasons = [reason for reason, number in ended.items() for _ in range(number)]
    earliest, latest = _FORMER
    for number, reason in enumerate(reasons):
        left = last - timedelta(days=latest + number * (earliest - latest) // (2 * len(reasons)))
        begun = left - timedelta(days=60 + 7 * number % 100)
        met = begun + timedelta(days=1 + number % 3)
        yield {
            "name": f"Deltagare {number + 1}",
            "born": f"19{70 + number}-0{1 + number % 9}-1{number % 10}",
            "enrolled": begun.isoformat(),
            "steps": [
                {"step": "meeting", "day": met.isoformat(), "held": True},
                {"step": "exit", "day": left.isoformat(), "reason": reason},
            ],
        }
