"""Sundsvall's payload (``sundsvall-v1``): FinancialAssistanceData, alone or in the request with ``data``.

The canonical application was modelled on it, so fields and codes are the same but for the tables here. A
value that is wrong is a fault, told with its path; a field or code that is not known is told as unmapped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decision_service.application.adapters.canonical import with_ids
from decision_service.application.adapters.intake import IDS, Intake, finished, part, require_object
from decision_service.application.case_file import Person, PersonRole
from decision_service.application.form import (
    AdultAnswers,
    AdultRole,
    Application,
    Asset,
    Child,
    Cost,
    CostType,
    FormPart,
    Income,
    IncomeType,
    JobApplication,
    PendingBenefit,
    PlannedActivity,
    Planning,
)
from decision_service.reading.kronor import to_ore
from decision_service.reading.place import Place
from decision_service.reading.said import said_in
from decision_service.reading.strict_json import InputError
from decision_service.reading.unread import Unread, unread, untold
from norms.fault import Fault, MisfitError, fault, shown
from rules.texts import kronor

_say = said_in(__file__)

FIELDS: tuple[str, ...] = (
    "applicationType",
    "maritalStatus",
    "periodMonth",
    "periodYear",
    "periodChoice",
    "normType",
    "otherBenefitDescription",
    "livelihoodDescription",
    "hasChildrenUnder21",
    "childrenResidenceChanged",
    "childrenResidenceChangeDescription",
    "housingForm",
    "housingPersonCount",
    "housingRoomsPlusKitchen",
    "housingDescription",
    "housingChanged",
    "housingChangeDescription",
    "hasIncomes",
    "hasPendingBenefits",
    "hasAssets",
    "staysInMunicipality",
    "stayDescription",
    "attestation",
    "attestedAt",
)
"""Fields of FinancialAssistanceData that hold a single value, mapped to the field of the same name."""

LISTS: Mapping[str, tuple[type[FormPart], tuple[str, ...]]] = {
    "children": (
        Child,
        ("partyId", "firstName", "lastName", "schoolName", "residenceExtent", "daysInHome"),
    ),
    "costs": (
        Cost,
        ("costType", "appliedAmount", "otherSubType", "specification", "recipientOrPeriod"),
    ),
    "incomes": (Income, ("incomeType", "amount", "incomeDate", "recipient")),
    "pendingBenefits": (PendingBenefit, ("benefitName", "applicantName")),
    "assets": (
        Asset,
        (
            "assetCategory",
            "description",
            "value",
            "propertyType",
            "purchaseYear",
            "purchasePrice",
            "companyName",
            "companyAssetSum",
            "vehicleType",
            "registrationNumber",
            "purchaseDate",
        ),
    ),
    "persons": (
        AdultAnswers,
        (
            "role",
            "partyId",
            "needsInterpreter",
            "interpreterLanguage",
            "hadWorkLast12Months",
            "hadWorkDescription",
            "paymentMethod",
            "clearingNumber",
            "accountNumber",
            "otherPaymentDescription",
            "paymentSameAsPrevious",
            "email",
            "phone",
            "notifyByEmail",
            "notifyBySms",
        ),
    ),
    "plannings": (
        Planning,
        (
            "person",
            "planningType",
            "workExtent",
            "workDescription",
            "sickLeaveLevel",
            "sfiStudyPath",
            "sfiCourse",
            "otherDescription",
        ),
    ),
    "plannedActivities": (PlannedActivity, ("person", "activity", "periodFrom", "periodTo")),
    "jobApplications": (
        JobApplication,
        ("person", "applicationDate", "jobTitle", "employerAndPlace"),
    ),
}
"""Lists of FinancialAssistanceData, the canonical part of each, and the fields that a row may have."""

ENVELOPE_UNUSED: Mapping[str, str] = {
    "title": "rubrik på ärendet i Sundsvalls system",
    "priority": "prioritet i Sundsvalls system",
    "reporterUserId": "användare i Sundsvalls system",
    "assignedUserId": "användare i Sundsvalls system",
}
"""Fields of CreateFinancialAssistanceRequest that are not used, and why."""

COST_CODES: Mapping[str, str] = {
    **{each.value: each.value for each in CostType if each is not CostType.DEBT},
    "ELECTRICITY_2": "ELECTRICITY",
}
"""Cost codes, also those that only case workers use. A second electricity bill is electricity."""

CASEWORKER_INCOMES = frozenset(
    {
        "ACTIVITY_COMPENSATION",
        "ACTIVITY_SUPPORT",
        "ALPHA_BENEFIT",
        "CAPITAL_INCOME",
        "CARE_ALLOWANCE",
        "CHILD_ALLOWANCE",
        "CHILD_PENSION",
        "CSN_GRANT",
        "CSN_LOAN",
        "DAILY_ALLOWANCE_FK",
        "ELDERLY_SUPPORT",
        "ESTABLISHMENT_BENEFIT",
        "HOUSING_ALLOWANCE",
        "HOUSING_SUPPLEMENT",
        "LODGING_ALLOWANCE",
        "MAINTENANCE_SUPPORT",
        "PARENTAL_BENEFIT",
        "PENSION",
        "SICKNESS_BENEFIT",
        "SICKNESS_COMPENSATION",
        "SURPLUS_FROM_PREVIOUS_MONTH",
        "SURVIVOR_SUPPORT",
        "TAX_REFUND",
        "UNEMPLOYMENT_BENEFIT",
    }
)
"""Income codes that only case workers use. They come from registers, not from an applicant, so a row with
one is told as unmapped and not counted a second time."""

LONGEST = 4000
"""Characters of the description of the errand, which a person reads as other information."""
_NUMBERS = ("sickLeaveLevel", "sfiStudyPath")
_SNAKE = {
    "pendingBenefits": "pending_benefits",
    "plannedActivities": "planned_activities",
    "jobApplications": "job_applications",
}


def read(data: Any) -> Intake:
    """Read Sundsvall's payload. Raises InputError with every fault."""
    require_object(data)
    enveloped = isinstance(data.get("data"), dict)
    if not enveloped and not set(data) & {*FIELDS, *LISTS}:
        raise InputError([fault("no_sundsvall_data", "data")])
    place = Place(data)
    form = place["data"] if enveloped else place
    faults: list[Fault] = []
    unmapped: list[Unread] = []
    single = {name: form[name].take() for name in FIELDS if form[name].value is not None}
    said = place["description"].value if enveloped else None
    if isinstance(said, str) and said.strip() and len(said) <= LONGEST:
        single["otherInformation"] = place["description"].take()
    base = part(Application, single, form.path, faults)
    rows = {name: _rows(name, form[name], faults, unmapped) for name in LISTS}
    if faults or base is None:
        raise InputError(faults)
    application = base.model_copy(update={_SNAKE.get(name, name): each for name, each in rows.items()})
    people = _people(application, unmapped)
    application = _identified(application, people)
    unused = ENVELOPE_UNUSED if enveloped else {}
    unmapped += untold(place, lambda path: len(path) == 1 and path[0] in unused)
    return finished(application, people, unmapped)


def _rows(name: str, place: Place, faults: list[Fault], unmapped: list[Unread]) -> list[FormPart]:
    model, fields = LISTS[name]
    if place.value is not None and not isinstance(place.value, list):
        faults.append(fault("not_list", *place.path, found=shown(place.value)))
        return []
    most = next(
        each.max_length
        for each in Application.model_fields[_SNAKE.get(name, name)].metadata
        if hasattr(each, "max_length")
    )
    found: list[FormPart] = []
    if len(place.each()) > most:
        faults.append(fault("too_many", *place.path, limit=most))
        return []
    for row in place.each():
        if not isinstance(row.value, dict):
            faults.append(fault("not_object", *row.path, found=shown(row.value)))
            continue
        values = {field: row[field].take() for field in fields if row[field].value is not None}
        if not _known(name, row, values, unmapped):
            continue
        read_row = part(model, _adjusted(values), row.path, faults)
        if read_row is not None:
            found.append(read_row)
    return found


def _known(name: str, row: Place, values: dict[str, Any], unmapped: list[Unread]) -> bool:
    """Whether the code of a row is one that an applicant's row can have. Else the row is told, with its
    amount. A code for a second bill is replaced."""
    if name == "incomes" and (code := values.get("incomeType")) is not None:
        if not isinstance(code, str) or code not in set(IncomeType):
            caseworker = isinstance(code, str) and code in CASEWORKER_INCOMES
            _tell(row, "inkomsten", code, values.get("amount"), unmapped, caseworker)
            return False
    elif name == "costs" and (code := values.get("costType")) is not None:
        if not isinstance(code, str) or code not in COST_CODES:
            _tell(row, "kostnaden", code, values.get("appliedAmount"), unmapped, False)
            return False
        if COST_CODES[code] != code:
            values.setdefault("specification", code)
        values["costType"] = COST_CODES[code]
    return True


def _tell(row: Place, what: str, code: Any, amount: Any, unmapped: list[Unread], caseworker: bool) -> None:
    kind = "code_of_caseworkers" if caseworker else "unknown_code"
    money = _say("without_amount") if amount is None else _say("of_amount", belopp=_money(amount))
    unmapped.append(unread(row.where, kind, row, what=what, money=money, code=code))


def _money(amount: Any) -> str:
    """An amount as people write it; as it was sent where it cannot be read."""
    try:
        return kronor(to_ore(amount))
    except MisfitError:
        return f"{amount} kr"


def _adjusted(values: dict[str, Any]) -> dict[str, Any]:
    """Numbers that Sundsvall writes as text."""
    for name in _NUMBERS:
        text = values.get(name)
        if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 4:
            values[name] = int(text)
    return values


def _people(application: Application, unmapped: list[Unread]) -> list[Person]:
    """The people of the form. It names them by Sundsvall's party ids, and has no personal numbers."""
    people: list[Person] = []
    taken: set[str] = set()

    def add(id_: str, where: str, **details: Any) -> None:
        if id_ in taken:
            unmapped.append(unread(where, "party_twice"))
            return
        taken.add(id_)
        people.append(Person(id=id_, **details))

    roles: set[AdultRole] = set()
    for number, adult in enumerate(application.persons):
        if adult.role in roles:
            continue  # two with the same role are told as a contradiction; a case has one of each
        roles.add(adult.role)
        add(
            adult.party_id or IDS[adult.role],
            f"persons[{number}]",
            role=PersonRole(adult.role.value),
            first_name=adult.first_name,
            last_name=adult.last_name,
        )
    for number, child in enumerate(application.children):
        add(
            child.party_id or f"b{number + 1}",
            f"children[{number}]",
            role=PersonRole.CHILD,
            first_name=child.first_name,
            last_name=child.last_name,
            days_in_home=child.days_in_home,
        )
    return people


def _identified(application: Application, people: list[Person]) -> Application:
    """The application with the ids of its people on every adult, child and planning."""
    persons = [
        adult.model_copy(update={"party_id": adult.party_id or IDS[adult.role]})
        for adult in application.persons
    ]
    children = [
        child.model_copy(update={"party_id": child.party_id or f"b{number + 1}"})
        for number, child in enumerate(application.children)
    ]
    return with_ids(application.model_copy(update={"persons": persons, "children": children}), people)
