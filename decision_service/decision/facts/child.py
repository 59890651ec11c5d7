"""What is said and known of a child: the days in the home, and what it earned earlier in the year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from decision_service.application.case_file import Person
from decision_service.application.form import ResidenceExtent, SchoolKind
from decision_service.decision.facts.adult import fact_id
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.counting import birthday
from decision_service.decision.facts.sources import Record, Sources
from norms.month import Month
from rules.facts import Disputed


def child(case: Case, person: Person, base: Sources, derivations: Mapping[str, Derivation]) -> Draft:
    """The facts of a child."""
    draft = Draft("barn", fact_id(case, person), person.first_name or "Barnet")
    return fill(draft, case, base | child_sources(case, person), derivations)


def child_sources(case: Case, person: Person) -> Sources:
    """The parts of a case that are about one child."""
    told = [
        Record(f"children[{number}]", each)
        for number, each in enumerate(case.application.children)
        if each.party_id == person.id
    ]
    return {
        "people[]": Record(case.place(person), person),
        "application.children[]": told[0] if told else None,
    }


# --- calculations


def days_at_home(
    case: Case, said: ResidenceExtent | None, told: int | None, known: int | None
) -> int | Disputed | None:
    """Days in the home in the month: all of them for a child that lives there all the time. Disputed when the
    application and the case say different things."""
    if said is ResidenceExtent.FULL_TIME:
        return case.month.days
    if told is not None and known is not None and told != known:
        return Disputed((("ansökan", told), ("ärendet", known)))
    found = told if told is not None else known
    return None if found is None else min(found, case.month.days)


def lunch_or_school(case: Case, away: bool | None, school: SchoolKind | None) -> bool | str | None:
    """What is said of the lunch, else the kind of school where the vocabulary has a word for it."""
    if away is not None or school is None:
        return away
    return (
        school.value
        if case.law.vocabulary.terms["barn.äter_lunch_hemma"].word(school.value) is not None
        else None
    )


def years_younger(case: Case, born: date | None, number: str | None) -> int | None:
    """Years between the child and the eldest of the adults."""
    own = birthday(case, born, number)
    adults = [each.birthday for each in case.adults if each.birthday is not None]
    return None if own is None or not adults else own.year - min(adults).year


def earned_earlier(
    case: Case,
    months: tuple[str, ...],
    earnings: tuple[Mapping[str, int], ...],
    people: tuple[list[str] | None, ...],
    person: str,
    recipients: tuple[Any, ...],
) -> int | None:
    """A child's own earnings in the calendar year of the income month, before that month.

    A decision counts the incomes of the month before it, so January's belongs to the year that has ended,
    whose limit is not this month's: then the sum is not known unless there is nothing to count.
    Nor is it with a month that does not say whom it was about: the machine never looked at that one.
    """
    year = [
        (own, about)
        for month, own, about in zip(months, earnings, people, strict=True)
        if Month.parse(month) < case.month and Month.parse(month).plus(-1).year == case.control.year
    ]
    whole = len(year) >= case.control.number - 1 and all(about is not None for _, about in year)
    if person in recipients and (case.control.year != case.month.year or not whole):
        return None
    return sum(own.get(person, 0) for own, _ in year)


CHILD: Mapping[str, Derivation] = {
    "dagar_i_hemmet": days_at_home,
    "lunchen_eller_skolformen": lunch_or_school,
    "år_yngre": years_younger,
    "intjänat_tidigare_i_år": earned_earlier,
}
