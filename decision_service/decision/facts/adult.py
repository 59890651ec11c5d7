"""What is said and known of an adult: the signature, the account, the planning, the registers, the past."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import Field

from decision_service.application.case_file import MonthDecided, Person, PersonRole
from decision_service.application.fields import COORDINATION
from decision_service.application.form import AdultAnswers, PlanningType
from decision_service.decision.facts.case import SUPPORTED, Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.history import months_in_a_row, work_incentive
from decision_service.decision.facts.plan import plan_sources
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from decision_service.registers.answers import Agency, AgencyAnswer
from decision_service.registers.ssbtek.benefits import label_of
from norms import document
from norms.month import Month
from rules.facts import Disputed
from rules.schema import FileModel, validate

_PERSON = "person "


class SeveralPlannings(FileModel):
    """What an adult does who says several plannings."""

    first: tuple[PlanningType, ...] = Field(alias="den första gäller")
    disputed: frozenset[PlanningType] = Field(alias="omstridda med annat")


SEVERAL = validate(SeveralPlannings, document.read(Path(__file__).with_name("plannings.yaml")))


def adult(case: Case, person: Person, base: Sources, derivations: Mapping[str, Derivation]) -> Draft:
    """The facts of an adult."""
    draft = Draft("vuxen", fact_id(case, person), name_of(person))
    sources = base | adult_sources(case, person) | plan_sources(case, person)
    return fill(draft, case, sources, derivations)


def name_of(person: Person) -> str:
    """What an adult is called."""
    return person.first_name or role_of(person)


def role_of(person: Person) -> str:
    """Which of two adults one is, in words."""
    return "Sökanden" if person.role is PersonRole.APPLICANT else "Medsökanden"


def fact_id(case: Case, person: Person) -> str:
    """The id of a person among the facts. An id in a case file has no space, so none is taken twice."""
    return f"{_PERSON}{person.id}" if person.id in case.law.vocabulary.kinds else person.id


def person_id(fact: str) -> str:
    """The id in the case of the person with an id among the facts."""
    return fact.removeprefix(_PERSON)


def adult_sources(case: Case, person: Person) -> Sources:
    """The parts of a case that are about one adult."""
    form, registers = case.application, case.registers[person.id]
    place = f"registers.{person.id}" if person.id in case.file.registers else "registers"
    own = answers_of(case, person)
    alone = (None,) if len(case.adults) == 1 else ()
    whose = (person.id, person.role.value, *alone)
    return {
        "people[]": Record(case.place(person), person),
        "application.persons[]": None if own is None else Record(f"persons[{form.persons.index(own)}]", own),
        "application.plannings[]": tuple(
            Record(f"plannings[{number}]", each)
            for number, each in enumerate(form.plannings)
            if each.person in whose
        ),
        "registers": Record(place, registers),
        **{
            f"registers.answers.{agency.value}": Record(
                f"registers.{agency.value}", registers.answers[agency], whole=True
            )
            for agency in Agency
        },
        "registers.pensions": Record("registers.fk", registers.pensions, whole=True),
        "registers.employment": Record("registers.af", registers.employment, whole=True),
        "registers.capital": Record("registers.skv", registers.capital, whole=True),
        "registers.capital_income": Record("registers.skv", registers.capital_income, whole=True),
        "registers.registered": Record("registers.fk", registers.registered, whole=True),
        "registers.vehicles[]": tuple(
            Record(f"registers.tns[{number}]", each) for number, each in enumerate(registers.vehicles)
        ),
    }


def answers_of(case: Case, person: Person) -> AdultAnswers | None:
    """What the application says of an adult."""
    for answers in case.application.persons:
        if answers.party_id == person.id or (
            answers.party_id is None and answers.role.value == person.role.value
        ):
            return answers
    return None


# --- calculations


def ticked_if_answered(case: Case, role: Any, value: bool | None) -> bool | None:
    """A box of the adult's own part of the form, where there is one: left alone it is no."""
    return None if role is None else bool(value)


def account_given(case: Case, role: Any, clearing: str | None, account: str | None) -> bool | None:
    """Whether a whole account is given, where the adult's own part of the form is there.

    A clearing number has four or five digits, an account two to twelve, and neither is all zeroes; spaces and
    hyphens do not count.
    """
    if role is None:
        return None
    numbers = [re.sub(r"[ -]", "", each or "") for each in (clearing, account)]
    of_digits = re.fullmatch(r"[0-9]{4,5}", numbers[0]) and re.fullmatch(r"[0-9]{2,12}", numbers[1])
    return bool(of_digits) and all(each.strip("0") for each in numbers)


def has_coordination_number(case: Case, number: str | None) -> bool:
    """Whether a number is one for somebody who is not in the population register: its day is 60 more."""
    return number is not None and int(re.sub(r"[^0-9]", "", number)[-6:-4]) > COORDINATION


def is_no(case: Case, value: bool | None) -> bool:
    """Whether a question is answered with no."""
    return value is False


def vehicles_declared(case: Case, categories: tuple[str | None, ...]) -> int:
    """How many vehicles the application names."""
    return sum(each == "VEHICLE" for each in categories)


def highest_sum(case: Case, by_year: Mapping[int, int], answer: AgencyAnswer) -> int | None:
    """The highest sum of the tax years that the agency has told of, never below 0; known when it answered."""
    return max([0, *by_year.values()]) if answer is AgencyAnswer.ANSWERED else None


def planning_word(
    case: Case, types: tuple[PlanningType | None, ...], extents: tuple[str | None, ...]
) -> str | Disputed | None:
    """One code for what an adult does, where several plannings are said as ``plannings.yaml`` has it; what
    that leaves open is for a person to judge."""
    kinds = [kind for kind in SEVERAL.first if kind in types]
    worked = {extent for kind, extent in zip(types, extents, strict=True) if kind is PlanningType.WORK}
    codes = [_work(worked) if kind is PlanningType.WORK else kind.value for kind in kinds]
    known = [code for code in codes if code is not None]
    if not codes or None in codes:
        return None
    if len(known) > 1 and SEVERAL.disputed & set(kinds):
        term = case.law.vocabulary.terms["vuxen.planering"]
        return Disputed(tuple(("plannings", term.words[code.casefold()]) for code in known))
    return known[0]


def _work(extents: set[str | None]) -> str | None:
    extent = "FULL" if "FULL" in extents else ("PART" if "PART" in extents else None)
    return None if extent is None else f"WORK {extent}"


def hours_of_work(
    case: Case, types: tuple[PlanningType | None, ...], hours: tuple[int | None, ...]
) -> int | None:
    """Hours of work a week: as said in the only planning, and 0 where no planning is work."""
    if types and PlanningType.WORK not in types:
        return 0
    return hours[0] if len(hours) == 1 else None


def any_working_time(case: Case, extents: tuple[str | None, ...], hours: tuple[int | None, ...]) -> bool:
    """Whether some planning says how much is worked."""
    return any(extents) or any(hours)


def answers_of_another(
    case: Case,
    types: tuple[PlanningType | None, ...],
    attached: tuple[bool | None, ...],
    paths: tuple[int | None, ...],
    courses: tuple[str | None, ...],
) -> bool:
    """Whether a planning has a certificate and is no illness, or a level of SFI and is not SFI."""
    rows = zip(types, attached, paths, courses, strict=True)
    return any(
        (certified is True and kind is not PlanningType.SICK_LEAVE)
        or (bool(path or course) and kind is not PlanningType.SFI)
        for kind, certified, path, course in rows
    )


def certificate(
    case: Case, types: tuple[PlanningType | None, ...], attached: tuple[bool | None, ...]
) -> bool | Disputed | None:
    """Whether a certificate came with what is said of an illness; disputed where two rows say different."""
    rows = zip(types, attached, strict=True)
    said = {each for kind, each in rows if kind is PlanningType.SICK_LEAVE and each is not None}
    if len(said) > 1:
        return Disputed((("plannings", True), ("plannings", False)))
    return said.pop() if said else None


def least(case: Case, numbers: tuple[int | None, ...]) -> int | None:
    """The least of some numbers."""
    return min((number for number in numbers if number is not None), default=None)


def any_filled_in(case: Case, values: tuple[Any, ...] | None) -> bool:
    """Whether some row has the field filled in."""
    return any(value is not None for value in values or ())


def awaited(case: Case, codes: tuple[str, ...]) -> str:
    """The names of benefits that registers know are applied for and not decided."""
    return ", ".join(sorted({label_of(code) for code in codes}))


def awaited_in_the_form(
    case: Case, benefits: tuple[str | None, ...], applicants: tuple[str | None, ...]
) -> str:
    """The benefits that the applicant waits for, and who has applied for each, in the applicant's words."""
    words = texts().labels
    named = (
        words.benefit_of.format(förmån=benefit or words.no_name, vem=who) if who else benefit or words.no_name
        for benefit, who in zip(benefits, applicants, strict=True)
    )
    return "; ".join(named) or words.no_benefit


def vehicle_names(case: Case, *fields: tuple[str, ...]) -> str:
    """The vehicles of an adult in the register."""
    return "; ".join(
        " ".join(filter(None, vehicle)) or texts().labels.no_vehicle for vehicle in zip(*fields, strict=True)
    )


def earliest(case: Case, days: tuple[date | None, ...]) -> date | None:
    """The earliest of some days."""
    return min((day for day in days if day is not None), default=None)


def months_supported(
    case: Case,
    months: tuple[str, ...],
    outcomes: tuple[str, ...],
    people: tuple[list[str] | None, ...],
    person: str,
) -> int:
    """Months in a row with support up to the month before."""
    return months_in_a_row(_supported(months, outcomes, people, person), case.month)


def incentive(
    case: Case,
    months: tuple[str, ...],
    outcomes: tuple[str, ...],
    people: tuple[list[str] | None, ...],
    person: str,
    complete: bool,
) -> bool | None:
    """Whether a right to work incentive holds, by the two periods in the norm table of the month."""
    qualifying = case.law.amount("jobbstimulans.kvalificeringstid", ())
    valid = case.law.amount("jobbstimulans.giltighetstid", ())
    if qualifying is None or valid is None:
        return None
    earlier: list[MonthDecided] = list(case.earlier)
    first = Month.parse(earlier[0].month) if earlier else case.month
    supported = _supported(months, outcomes, people, person)
    return work_incentive(
        supported, first, case.month, qualifying.value, valid.value, complete=complete or not earlier
    )


def _supported(
    months: tuple[str, ...],
    outcomes: tuple[str, ...],
    people: tuple[list[str] | None, ...],
    person: str,
) -> set[Month]:
    """The months of a history in which a person had support."""
    rows = zip(months, outcomes, people, strict=True)
    return {
        Month.parse(month)
        for month, outcome, who in rows
        if outcome in SUPPORTED and (who is None or person in who)
    }


ADULT: Mapping[str, Derivation] = {
    "ikryssat_av_den_vuxna": ticked_if_answered,
    "konto_angivet": account_given,
    "samordningsnummer": has_coordination_number,
    "svarat_nej": is_no,
    "antal_fordon": vehicles_declared,
    "högsta_årets_summa": highest_sum,
    "planeringens_kod": planning_word,
    "arbetstimmar": hours_of_work,
    "någon_arbetstid": any_working_time,
    "svar_om_annan_planering": answers_of_another,
    "läkarintyg": certificate,
    "minsta_talet": least,
    "någon_ifylld": any_filled_in,
    "tidigaste_dagen": earliest,
    "väntade_förmåners_namn": awaited,
    "väntade_förmåner_i_ansökan": awaited_in_the_form,
    "fordonens_namn": vehicle_names,
    "månader_i_rad": months_supported,
    "jobbstimulans": incentive,
}
