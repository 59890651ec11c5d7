"""What stands where it cannot belong: nothing can be made of it, and a person is told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from decision_service.application.form import Address, CostType, FormPart
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.counting import says_something
from decision_service.decision.facts.written import is_abroad
from decision_service.reading.place import Place, sayable
from decision_service.reading.postal_code import is_postal_code
from decision_service.reading.unread import Unread, unread
from decision_service.registers.answers import Agency


def misplaced(case: Case) -> Iterator[Unread]:
    """Each value that is about nobody here, or that no such row or person can have."""
    yield from _about_nobody(case)
    yield from _of_another_sort(case)
    yield from _denied_and_said(case)
    yield from _without_anything(case)
    yield from _not_yet(case)
    yield from _no_postal_code(case)
    yield from _about_no_place(case)


def _about_nobody(case: Case) -> Iterator[Unread]:
    """Answers of registers, plans, other applications and payments shown that are about nobody here."""
    file = case.file
    adults, everybody = {each.id for each in case.adults}, {each.id for each in file.people}
    for name, answers in file.registers.items():
        if name not in adults and name not in _AGENCIES and Place(answers).given:
            yield unread(f"registers.{name}", "answer_about_nobody")
    for number, activity in enumerate(file.activity):
        if activity.person not in adults:
            yield unread(f"activity[{number}]", "about_no_adult")
    for number, other in enumerate(file.others):
        if other.person not in everybody:
            yield unread(f"others[{number}]", "about_nobody")
    for number, shown in enumerate(file.shown):
        if shown.person not in adults:
            yield unread(f"shown[{number}]", "about_no_adult")


_AGENCIES = frozenset(Agency)


def _of_another_sort(case: Case) -> Iterator[Unread]:
    """The sub-type of a cost that has none, and what is said of an adult and can only be of a child."""
    for number, cost in enumerate(case.application.costs):
        if cost.other_sub_type is not None and cost.cost_type is not CostType.OTHER:
            yield unread(f"costs[{number}].otherSubType", "sub_type")
    for adult in case.adults:
        place = case.place(adult)
        if adult.days_in_home is not None and adult.days_in_home < case.month.days:
            days = adult.days_in_home
            yield unread(f"{place}.days_in_home", "adult_away", adult.id, days, days=days)
        if adult.in_school:
            yield unread(f"{place}.in_school", "adult_in_school")
        if adult.lunch_away:
            yield unread(f"{place}.lunch_away", "adult_at_lunch")


def _denied_and_said(case: Case) -> Iterator[Unread]:
    """The language of an interpreter that somebody says is not needed."""
    for number, adult in enumerate(case.application.persons):
        language = adult.interpreter_language
        if adult.needs_interpreter is False and says_something(case, language):
            where = f"persons[{number}].interpreterLanguage"
            yield unread(where, "no_interpreter", language, value=sayable(language))


def _without_anything(case: Case) -> Iterator[Unread]:
    """Rows of an adult's own lists that say nothing but whose they are: nobody knows what was meant."""
    form = case.application
    lists: Mapping[str, Sequence[FormPart]] = {
        "plannings": form.plannings,
        "plannedActivities": form.planned_activities,
        "jobApplications": form.job_applications,
    }
    for name, rows in lists.items():
        for number, row in enumerate(rows):
            if not Place(row.model_dump(mode="json", exclude={"person"})).given:
                yield unread(f"{name}[{number}]", "empty_row")


def _not_yet(case: Case) -> Iterator[Unread]:
    """Days of earlier decisions and plans that had not come when the registers were asked, and of jobs that
    had not when the application came."""
    for number, month in enumerate(case.file.history):
        if month.asked is not None and month.asked > case.asked:
            yield unread(f"history[{number}].asked", "asked_later")
    for number, activity in enumerate(case.file.activity):
        decided = activity.plan.decided if activity.plan is not None else None
        if decided is not None and case.asked < decided < case.month.first:  # a rule asks about later ones
            yield unread(f"activity[{number}].plan.decided", "planned_later")
    for number, job in enumerate(case.application.job_applications):
        if job.application_date is not None and job.application_date > case.received:
            place, said = f"application.jobApplications[{number}]", (job.job_title, job.employer_and_place)
            yield unread(
                f"{place}.applicationDate",
                "applied_later",
                job.application_date,
                *said,
                value=job.application_date,
            )


def _no_postal_code(case: Case) -> Iterator[Unread]:
    """Postal codes that are not Swedish, and towns abroad: somebody may live in another country."""
    homes = {"application.address": case.application.address}
    homes |= {f"{case.place(each)}.address": each.address for each in case.file.people}
    for place, home in homes.items():
        if home is not None and home.postal_code and not is_postal_code(home.postal_code):
            code = home.postal_code
            yield unread(f"{place}.postalCode", "postal_code_abroad", *_of(home), value=code)
        elif home is not None and home.city and is_abroad(home.city):
            yield unread(f"{place}.city", "city_abroad", *_of(home), value=home.city)


def _of(home: Address) -> tuple[str | None, ...]:
    return home.street, home.postal_code, home.city


def _about_no_place(case: Case) -> Iterator[Unread]:
    """What an official has added or the municipality has taken for granted, where there is no such place."""
    named = {f"added[{number}].place": each.place for number, each in enumerate(case.file.added)}
    named |= {f"assumed[{number}].field": each.field for number, each in enumerate(case.file.assumed)}
    for where, place in named.items():
        if not _is_there(case, place):
            yield unread(where, "no_such_place", place, value=place)


def _is_there(case: Case, place: str) -> bool:
    """Whether a place such as ``costs[0]`` or ``people[1].lunch_away`` is in the application or the case."""
    found: Any = case.file if place.startswith("people[") else case.application
    for step in place.split("."):
        name, _, at = step.partition("[")
        fields = type(found).model_fields.items() if isinstance(found, BaseModel) else ()
        named = next((own for own, field in fields if name == (field.alias or own)), None)
        if named is None:
            return False
        found = getattr(found, named)
        if at:
            number = at.removesuffix("]")
            if not (isinstance(found, list) and number.isdecimal() and int(number) < len(found)):
                return False
            found = found[int(number)]
    return True
