"""Plans and attendance as files for a spreadsheet: out, and in with every bad row told, by line and column.

A file is taken whole or not at all. Columns are in Swedish, separated by semicolons; days are ÅÅÅÅ-MM-DD.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from sqlmodel import Session

from decision_service.application.fields import Part, PersonalNumber
from decision_service.outputs.spreadsheet import as_csv, plain
from decision_service.planning import marking, participants
from decision_service.planning.attendance import Occasion, OneMark
from decision_service.planning.office import PlanningOffice
from decision_service.planning.participation import Participation
from decision_service.planning.steps.planning import PlanStep
from decision_service.planning.words import words
from decision_service.reading.faults import Model, validated
from decision_service.reading.strict_json import InputError
from decision_service.reading.whole_numbers import whole_number
from decision_service.store.refused import ConflictError
from decision_service.store.tables import ParticipantRow
from norms.fault import Fault, fault
from norms.validation import not_one_of

MOST_ROWS = 5000
PLANS: Mapping[str, str] = {
    "personnummer": "personal_number",
    "bestämd": "decided",
    "första dagen": "first",
    "sista dagen": "last",
    "mål": "goal",
    "eget arbetssökande": "own_search_hours",
    "heltid": "full_time",
    "skäl": "reason",
}
ATTENDANCE: Mapping[str, str] = {
    "personnummer": "personal_number",
    "dag": "day",
    "aktivitet": "activity",
    "närvaro": "mark",
}
SHOWN = (*ATTENDANCE, "namn", "timmar")
"""The columns of exported attendance; what is read back are those of ``ATTENDANCE``."""


_TRUE = {"ja": True, "nej": False}
One = TypeVar("One")
Other = TypeVar("Other")


class _Whose(Part):
    personal_number: PersonalNumber


def plans_out(people: Iterable[Participation]) -> str:
    """The latest plan of each participant that has one, without those whose identity is protected."""
    return _written(PLANS, (_plan_out(each) for each in people if each.plans and not each.protected))


def _plan_out(person: Participation) -> dict[str, object]:
    """The row of somebody's latest plan."""
    plan = person.plans[-1]
    return {
        "personnummer": person.personal_number,
        "bestämd": plan.decided,
        "första dagen": plan.first,
        "sista dagen": plan.last,
        "mål": plan.goal,
        "eget arbetssökande": plan.own_search_hours,
        "heltid": "ja" if plan.full_time else "nej",
        "skäl": plan.reason,
    }


def attendance_out(found: Iterable[tuple[Participation, Iterable[Occasion]]]) -> str:
    """Every occasion as it was marked, without those whose identity is protected."""
    rows = (
        {
            "personnummer": person.personal_number,
            "dag": each.day,
            "aktivitet": each.activity.id,
            "närvaro": words().marks[each.mark],
            "namn": person.name,
            "timmar": each.hours,
        }
        for person, occasions in found
        if not person.protected
        for each in occasions
    )
    return _written(SHOWN, rows)


def plans_in(office: PlanningOffice, session: Session, tenant: str, text: str, who: str) -> int:
    """A plan for each row, and how many they were. A row that says the latest plan as it was given out is
    read back and changes nothing. Raises InputError with every bad row."""

    def take(row: dict[str, str]) -> bool:
        if _stands(row):
            return False
        said = {PLANS[name]: _value(PLANS[name], value) for name, value in row.items() if value}
        number = said.pop("personal_number", "")
        step, found = _both(
            lambda: _worded(PlanStep, said | {"step": "plan"}, "full_time", _TRUE),
            lambda: _participant(office, session, tenant, number),
        )
        participants.take(office, session, tenant, found.case_id, step, who, found.version)
        return True

    def _stands(row: dict[str, str]) -> bool:
        try:
            found = _participant(office, session, tenant, row["personnummer"])
        except InputError:
            return False  # told with all else that is wrong in the row
        person = participants.opened(found)
        own = _plan_out(person) if person.plans else {}
        return {name: str(said).split() for name, said in own.items()} == {
            name: said.split() for name, said in row.items()
        }

    return _each(text, PLANS, take)


def attendance_in(office: PlanningOffice, session: Session, tenant: str, text: str, who: str) -> int:
    """A mark for each row, and how many they were. Raises InputError with every bad row."""
    codes = {word: code for code, word in words().marks.items()}
    seen: set[tuple[str, date, str]] = set()
    sheets: dict[str, marking.Sheet] = {}

    def take(row: dict[str, str]) -> bool:
        said = {"activity": row["aktivitet"], "day": row["dag"], "mark": row["närvaro"]}
        one, found = _both(
            lambda: _worded(OneMark, said, "mark", codes),
            lambda: _participant(office, session, tenant, row["personnummer"]),
        )
        case = found.case_id
        if (occasion := (case, one.day, one.activity)) in seen:
            raise InputError([fault("occasion_twice", "day", day=str(one.day))])
        seen.add(occasion)
        if case not in sheets:
            sheets[case] = marking.Sheet(office, session, tenant, case)
        sheets[case].put(one, who)
        return True

    count = _each(text, ATTENDANCE, take)
    for sheet in sheets.values():
        sheet.save(who)
    return count


def _both(one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
    """What two readers of a row find. Raises InputError with what is wrong for either."""
    try:
        found = one()
    except InputError as error:
        try:
            other()
        except InputError as also:
            raise InputError([*error.faults, *also.faults]) from None
        raise
    return found, other()


def _worded(model: type[Model], said: Mapping[str, Any], field: str, words: Mapping[str, Any]) -> Model:
    """A row as the model has it, where the file has words for the values of one column. Raises InputError,
    which for that column tells of the words."""
    if field not in said:
        return validated(model, said)
    word = said[field].strip().lower()
    try:
        return validated(model, {**said, field: words.get(word, "")})
    except InputError as error:
        of_words = not_one_of(said[field], words, field)
        told = [of_words if each.path == (field,) else each for each in error.faults]
        raise InputError(told) from None


def _participant(office: PlanningOffice, session: Session, tenant: str, number: str) -> ParticipantRow:
    given = validated(_Whose, {"personal_number": number}).personal_number
    found = participants.known_as(office, session, tenant, given)
    if found is None:
        raise InputError([fault("no_such_participant", "personal_number")])
    return found


def _each(text: str, columns: Mapping[str, str], take: Callable[[dict[str, str]], bool]) -> int:
    """Take every row, and say how many changed anything. Raises InputError with what is wrong in each: line
    and column."""
    faults: list[Fault] = []
    count = 0
    try:
        for line, row in _rows(text, columns):
            try:
                if isinstance(row, Fault):
                    raise InputError([row])
                count += take(row)
            except InputError as error:
                faults += [_in_row(each, line, columns) for each in error.faults]
            except ConflictError as error:
                faults.append(Fault((f"rad {line}",), error.fault.code, error.fault.values))
    except InputError as error:  # the file itself, or what comes after the rows that could be read
        faults += error.faults
    if faults:
        raise InputError(faults)
    return count


def _in_row(one: Fault, line: int, columns: Mapping[str, str]) -> Fault:
    """A fault at its line and column, as the file calls it."""
    names = {field: name for name, field in columns.items()}
    column = names.get(str(one.path[0]), str(one.path[0])) if one.path else ""
    return Fault((f"rad {line}", column) if column else (f"rad {line}",), one.code, one.values)


def _rows(text: str, columns: Mapping[str, str]) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    """Each row with its line, by the names of the columns, or what is wrong with the row as a whole. Raises
    InputError for another head, and for what no row can be read after."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";")
    try:
        head = [each.strip().lower() for each in next(reader, [])]
        missing = [name for name in columns if name not in head]
        if missing:
            raise InputError([fault("columns_missing", found=", ".join(missing), allowed=";".join(columns))])
        if twice := [name for name in columns if head.count(name) > 1]:
            raise InputError([fault("columns_twice", found=", ".join(twice))])
        for row in reader:
            if not any(each.strip() for each in row):
                continue
            if reader.line_num > MOST_ROWS:
                raise InputError([fault("too_many_rows", limit=MOST_ROWS)])
            if len(row) != len(head):
                yield reader.line_num, fault("row_of_other_length", count=len(row), expected=len(head))
                continue
            found = dict(zip(head, (each.strip() for each in row), strict=True))
            yield reader.line_num, {name: plain(found[name]) for name in columns}
    except csv.Error:
        raise InputError([fault("row_unreadable", f"rad {reader.line_num}")]) from None


def _value(field: str, text: str) -> Any:
    if field == "own_search_hours":
        number = whole_number(text)
        return text if number is None else number
    return text


def _written(columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> str:
    head = list(columns)
    return as_csv([head, *([row[name] for name in head] for row in rows)])
