"""What an application says against itself. The machine does not choose between two answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from decision_service.application.case_file import Person
from decision_service.application.form import AdultRole, Application, CostType, MaritalStatus, ResidenceExtent


def contradictions(application: Application, people: list[Person]) -> list[str]:
    """Sentences about answers that cannot both be right, each with the fields."""
    return [
        *_gates(application),
        *_childless(application),
        *_adults(application),
        *_strangers(application, people),
        *_children(application),
        *_periods(application),
    ]


def _gates(form: Application) -> Iterator[str]:
    """A list that is said to be empty and is not."""
    for name, said, rows in (
        ("hasIncomes", form.has_incomes, [row for row in form.incomes if row.amount != 0]),
        ("hasAssets", form.has_assets, form.assets),
        ("hasPendingBenefits", form.has_pending_benefits, form.pending_benefits),
        ("hasChildrenUnder21", form.has_children_under21, form.children),
    ):
        if said is False and rows:
            yield f"{name}: svaret är nej, men {len(rows)} är uppräknade."


def _childless(form: Application) -> Iterator[str]:
    """A cost for children where there are none."""
    for number, cost in enumerate(form.costs):
        if form.has_children_under21 is False and cost.cost_type is CostType.CHILDCARE_FEE:
            yield f"costs[{number}]: barnomsorg, men svaret är att inga barn finns."


def _adults(form: Application) -> Iterator[str]:
    roles = Counter(person.role for person in form.persons)
    for role, count in roles.items():
        if count > 1:
            yield f"persons: {count} personer har rollen {role.value}."
    together = roles[AdultRole.CO_APPLICANT] > 0
    if form.marital_status is MaritalStatus.SINGLE and together:
        yield "maritalStatus: svaret är ensamstående, men det finns en medsökande."
    if form.marital_status is MaritalStatus.COHABITING and form.persons and not together:
        yield "maritalStatus: svaret är sammanboende, men ingen medsökande finns."
    if together or not form.persons:
        return
    whom = [*(("incomes", number, row.recipient) for number, row in enumerate(form.incomes))]
    whom += [("costs", number, row.person) for number, row in enumerate(form.costs)]
    for name, number, person in whom:
        if person == AdultRole.CO_APPLICANT:
            yield f"{name}[{number}]: gäller en medsökande, men ingen medsökande finns."


def _strangers(form: Application, people: list[Person]) -> Iterator[str]:
    """A row about somebody who is not in the application."""
    named = [*(each.party_id for each in form.persons), *(each.party_id for each in form.children)]
    known = {*AdultRole, *(person.id for person in people), *named}
    named_by: dict[str, list[str | None]] = {
        "plannings": [row.person for row in form.plannings],
        "plannedActivities": [row.person for row in form.planned_activities],
        "jobApplications": [row.person for row in form.job_applications],
        "incomes": [row.recipient for row in form.incomes],
        "costs": [row.person for row in form.costs],
    }
    for name, persons in named_by.items():
        for number, person in enumerate(persons):
            if person is not None and person not in known:
                yield f"{name}[{number}]: gäller någon som inte finns i ansökan."


def _children(form: Application) -> Iterator[str]:
    seen: dict[str, int] = {}
    for number, child in enumerate(form.children):
        name = " ".join(part.strip().lower() for part in (child.first_name, child.last_name) if part)
        for key in filter(None, (child.party_id, name if child.last_name else "")):
            if key in seen:
                yield f"children[{number}]: samma barn som children[{seen[key]}]."
                break
        else:
            for key in filter(None, (child.party_id, name if child.last_name else "")):
                seen[key] = number
        days, extent = child.days_in_home, child.residence_extent
        if days is not None and extent is ResidenceExtent.FULL_TIME and days < 28:
            yield f"children[{number}]: barnet bor hela tiden i hemmet, men bara {days} dagar."
    living = sum(child.residence_extent is ResidenceExtent.FULL_TIME for child in form.children)
    count = form.housing_person_count
    if count is not None and form.persons and count < len(form.persons) + living:
        yield f"housingPersonCount: {count} bor i bostaden, men ansökan räknar upp fler."


def _periods(form: Application) -> Iterator[str]:
    for number, activity in enumerate(form.planned_activities):
        first, last = activity.period_from, activity.period_to
        if first is not None and last is not None and last < first:
            yield f"plannedActivities[{number}]: slutar {last}, före början {first}."
