"""Trial calculation: what a household would get in a month, without personal data and without a decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, field_validator

from decision_service.application.codes import COST_NAMES, INCOME_NAMES
from decision_service.application.fields import MonthText
from decision_service.decision.estimated import (
    AssumedInEstimate,
    EstimateAssumption,
    EstimatedLine,
    EstimateDocument,
    UnconfirmedAmount,
)
from decision_service.reading.faults import validated
from decision_service.reading.kronor import Ore
from decision_service.reading.strict_json import InputError
from norms.fault import Fault, MisfitError, fault, shown
from norms.lookup import NormView, NoTableError
from norms.month import Month
from norms.validation import not_one_of
from rules.book import Rulebook
from rules.evaluated import Evaluation
from rules.evaluation import Agreed, Engines
from rules.explanation import explain_line, lacking
from rules.facts import Entity, FactOrigin, Facts, Known, Made, Unknown
from rules.language.vocabulary import ANSWER, Stage
from rules.law import Law, resolve
from rules.outcome import Line
from rules.rule import Section

STAGES = tuple(stage for stage in Stage if stage.position <= Stage.INCOMES.position)
"""A trial calculation runs the stages up to the last that gives lines, and none that decides."""


class _Input(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class EstimateChild(_Input):
    """A child: full years, whether it has lunch away five days a week, days in the home in the month."""

    age: StrictInt
    lunch_away: StrictBool = False
    days: StrictInt | None = None

    @field_validator("age")
    @classmethod
    def _age(cls, value: int) -> int:
        if value < 0:
            raise MisfitError(fault("age_below_zero", age=value))
        return value


class EstimateCost(_Input):
    """A cost in kronor, and what a case worker has approved of it where somebody has."""

    type: str
    amount: Ore
    approved: Ore | None = None

    @field_validator("type")
    @classmethod
    def _known(cls, value: str) -> str:
        return _one_of(value, COST_NAMES)


class EstimateIncome(_Input):
    """An income in kronor, net of tax."""

    type: str
    amount: Ore

    @field_validator("type")
    @classmethod
    def _known(cls, value: str) -> str:
        return _one_of(value, INCOME_NAMES)


class EstimateRequest(_Input):
    """What ``lagrum estimate`` reads. See the README for an example."""

    month: MonthText
    municipality: str | None = None
    adults: StrictInt
    cohabiting: StrictBool | None = None
    household_size: StrictInt | None = None
    children: list[EstimateChild] = Field(default_factory=list, max_length=30)
    costs: list[EstimateCost] = Field(default_factory=list, max_length=200)
    incomes: list[EstimateIncome] = Field(default_factory=list, max_length=200)
    job_stimulus: StrictBool = False

    @field_validator("adults")
    @classmethod
    def _adults(cls, value: int) -> int:
        if value < 1:
            raise MisfitError(fault("no_adult"))
        if value > 2:
            raise MisfitError(fault("too_many_adults", count=value))
        return value


@dataclass(frozen=True)
class Estimate:
    """The answer: the evaluation under a law, and what was taken for granted."""

    evaluation: Evaluation
    assumed: tuple[EstimateAssumption, ...]


def read_request(data: Any, book: Rulebook | None) -> EstimateRequest:
    """Check the input against its form, and against the law there is where that is known already. Raises
    InputError with every fault."""
    faults: list[Fault] = []
    request = None
    try:
        request = validated(EstimateRequest, data)
    except InputError as error:
        faults += error.faults
    if isinstance(data, dict):
        faults += _between_fields(data)
        faults += _law_faults(data, book) if book is not None else []
    if faults or request is None:
        raise InputError(faults)
    return request


def estimate(request: EstimateRequest, book: Rulebook) -> Estimate:
    """Calculate. Raises InputError when an amount is missing or the engines disagree."""
    return calculated(request, book)[0]


def calculated(request: EstimateRequest, book: Rulebook) -> tuple[Estimate, Facts]:
    """The same, with the facts that it was made from."""
    # Rules that ask questions are about applications, not about sums.
    law = resolve(book, Month.parse(request.month), request.municipality).of_sums
    facts = _facts(request, law)
    facts = facts.with_nobody_answering(law.vocabulary, FactOrigin(Made.ASSUMED, (ANSWER,)))
    facts.check(law.vocabulary)
    agreed = Engines(law).evaluate(facts, STAGES)
    _refuse_unless_whole(agreed)
    return Estimate(agreed.evaluation, tuple(_assumed(request, law))), facts


def _law_faults(data: dict[str, Any], book: Rulebook) -> list[Fault]:
    """No table for the month, a municipality nobody knows, or a child that the law counts as none."""
    faults = []
    code = data.get("municipality")
    if isinstance(code, str) and code not in book.norms.municipalities:
        known = ", ".join(f"{place.code} {place.name}" for place in book.norms.municipalities.values())
        faults.append(fault("no_such_municipality", "municipality", found=shown(code[:20]), known=known))
    try:
        faults += _too_old(data.get("children"), book.norms.resolve(Month.parse(data["month"])))
    except NoTableError as error:
        faults += (each.below("month") for each in error.faults)
    except (KeyError, TypeError, ValueError):
        pass  # already told by the form
    return faults


def _too_old(children: Any, norms: NormView) -> Iterator[Fault]:
    series = norms.series("ålder.skolungdom_under")
    cell = series.get() if series is not None else None
    for number, child in enumerate(children if isinstance(children, list) else ()):
        age = child.get("age") if isinstance(child, dict) else None
        if cell is not None and isinstance(age, int) and age >= cell.value:
            yield fault("too_old_for_child", "children", number, "age", age=age, limit=cell.value)


def as_document(found: Estimate) -> EstimateDocument:
    """The answer for machines."""
    evaluation = found.evaluation
    totals = {path: value for path, value in evaluation.totals.items() if isinstance(value, int)}
    by_section = {
        section: sum(line.amount for line in evaluation.outcome.lines if line.section is section)
        for section in Section
    }
    return EstimateDocument(
        month=str(evaluation.law.month),
        municipality=evaluation.law.municipality,
        release=evaluation.law.release,
        norm=totals["kalkyl.norm"],
        family_cost=by_section[Section.PERSONAL],
        common_cost=by_section[Section.COMMON],
        costs=totals["kalkyl.kostnader"],
        other_costs=totals["kalkyl.övriga_kostnader"],
        income=totals["kalkyl.inkomster"],
        result=totals["kalkyl.resultat"],
        lines=tuple(_line(evaluation, line) for line in evaluation.lines_in_order),
        unconfirmed=tuple(
            UnconfirmedAmount(
                series=cell.series,
                label=cell.label,
                amount=cell.value,
                unit=cell.unit,
                status=cell.status.value,
                source=cell.source,
            )
            for cell in evaluation.unconfirmed_cells
        ),
        assumed=found.assumed,
        assumptions=tuple(each.text for each in found.assumed),
    )


def _line(evaluation: Evaluation, line: Line) -> EstimatedLine:
    explained = explain_line(evaluation, line)
    return EstimatedLine(
        kind="norm" if line.section in (Section.PERSONAL, Section.COMMON) else line.section.value,
        part=line.section,
        rule=line.rule,
        provision=explained.provision,
        subject=line.subject or None,
        what=explained.what,
        applied=line.applied,
        amount=line.amount,
        text=explained.text,
    )


def _one_of(value: str, codes: Any) -> str:
    if value not in codes:
        raise MisfitError(not_one_of(value, codes))
    return value


def _between_fields(data: dict[str, Any]) -> list[Fault]:
    """Faults that show only when fields are seen together; looks at raw input so that all come at once."""
    faults = []
    adults, children = data.get("adults"), data.get("children", [])
    couple = data.get("cohabiting")
    if adults == 2 and couple is False:
        faults.append(fault("adults_not_a_couple", "cohabiting"))
    if adults == 1 and couple is True:
        faults.append(fault("cohabiting_alone", "cohabiting"))
    size = data.get("household_size")
    if isinstance(size, int) and isinstance(adults, int) and isinstance(children, list):
        members = adults + len(children)
        if size < members:
            faults.append(fault("household_too_small", "household_size", size=size, members=members))
        elif size > 100:
            faults.append(fault("too_large", "household_size", found=size, limit=100))
    faults += _day_faults(data.get("month"), children)
    return faults


def _day_faults(month_text: Any, children: Any) -> list[Fault]:
    try:
        month = Month.parse(month_text)
    except (TypeError, ValueError):
        return []
    faults = []
    for index, child in enumerate(children if isinstance(children, list) else []):
        days = child.get("days") if isinstance(child, dict) else None
        if isinstance(days, int) and not isinstance(days, bool) and not 0 <= days <= month.days:
            place = ("children", index, "days")
            faults.append(fault("days_not_in_month", *place, days=days, month=str(month), limit=month.days))
    return faults


def _facts(request: EstimateRequest, law: Law) -> Facts:
    members = request.adults + sum(child.days != 0 for child in request.children)
    living = members if request.household_size is None else request.household_size
    household: _Values = {
        "hushåll.vuxna": (request.adults, "adults"),
        "hushåll.boende": (living, "household_size"),
    }
    entities = [_entity(request, "estimate", household, "hushåll", "hushåll")]
    for number in range(1, request.adults + 1):
        adult: _Values = {"vuxen.jobbstimulans_beviljad": (request.job_stimulus, "job_stimulus")}
        entities.append(_entity(request, "estimate", adult, "vuxen", f"p{number}", label=f"vuxen {number}"))
    for number, child in enumerate(request.children):
        days = law.month.days if child.days is None else child.days
        values: _Values = {
            "barn.ålder": (child.age, "age"),
            "barn.äter_lunch_hemma": (not child.lunch_away, "lunch_away"),
            "barn.lunch_borta_sagd": (child.lunch_away, "lunch_away"),
            "barn.dagar_i_hemmet": (days, "days"),
            "barn.umgängesbarn": (False, ""),
            "barn.går_i_skolan": (True, ""),
            "barn.arbetsinkomst_tidigare_i_år": (0, ""),
        }
        place, name = f"estimate_children[{number}]", f"barn {number + 1}"
        entities.append(_entity(child, place, values, "barn", f"b{number + 1}", label=name))
    terms = law.vocabulary.terms
    for number, cost in enumerate(request.costs):
        values = {
            "kostnad.typ": (str(terms["kostnad.typ"].word(cost.type)), "type"),
            "kostnad.belopp": (cost.amount, "amount"),
            "kostnad.är_bedömd": (cost.approved is not None, "approved"),
            "kostnad.godkänd_förut": (False, ""),
            "kostnad.månader_sedan_godkännandet": (0, ""),
        }
        if cost.approved is not None:
            values["kostnad.bedömt_belopp"] = (cost.approved, "approved")
        place, name = f"estimate_costs[{number}]", COST_NAMES[cost.type]
        entities.append(_entity(cost, place, values, "kostnad", f"costs[{number}]", label=name))
    for number, income in enumerate(request.incomes):
        values = {
            "inkomst.typ": (str(terms["inkomst.typ"].word(income.type)), "type"),
            "inkomst.belopp": (income.amount, "amount"),
            "inkomst.månader_före": (1, ""),
            "inkomst.ur_register": (False, ""),
        }
        place, name = f"estimate_incomes[{number}]", INCOME_NAMES[income.type]
        entities.append(_entity(income, place, values, "inkomst", f"incomes[{number}]", "p1", name))
    return Facts(tuple(entities))


_Values = dict[str, tuple[Known, str]]
"""Values by path, each with the field that says it, none where a trial calculation never asks."""


def _entity(
    said: _Input, place: str, values: _Values, kind: str, id_: str, owner: str | None = None, label: str = ""
) -> Entity:
    """An entity with the origin of each value: what is not among the fields that were given is assumed."""
    origin = {
        path: FactOrigin(
            Made.COPIED if field in said.model_fields_set else Made.ASSUMED,
            (f"{place}.{field}" if field else place,),
        )
        for path, (_, field) in values.items()
    }
    return Entity(kind, id_, {path: value for path, (value, _) in values.items()}, owner, label, origin)


def _assumed(request: EstimateRequest, law: Law) -> Iterator[EstimateAssumption]:
    lunch, adult = law.amount("ålder.utan_lunch_högst", ()), law.amount("ålder.barn_under", ())
    if lunch and any(child.age <= lunch.value and not child.lunch_away for child in request.children):
        yield EstimateAssumption(code=AssumedInEstimate.LUNCH, age=lunch.value)
    if adult and any(child.age >= adult.value for child in request.children):
        yield EstimateAssumption(code=AssumedInEstimate.SCHOOL, age=adult.value)
    if any(child.days is None for child in request.children):
        yield EstimateAssumption(code=AssumedInEstimate.WHOLE_MONTH)
    if request.incomes:
        yield EstimateAssumption(code=AssumedInEstimate.AFTER_TAX)
    if not request.job_stimulus and request.incomes:
        yield EstimateAssumption(code=AssumedInEstimate.NO_JOB_STIMULUS)


def _refuse_unless_whole(agreed: Agreed) -> None:
    """No sum is shown that leaves something out."""
    if not agreed.agree:
        raise InputError([fault("engines_disagree", differences="; ".join(agreed.differences))])
    evaluation = agreed.evaluation
    lacks = {
        str(lacking(evaluation, cause))
        for total in evaluation.totals.values()
        if isinstance(total, Unknown)
        for cause in total.causes
    }
    if lacks:
        raise InputError(fault("cannot_calculate", lack=lack) for lack in sorted(lacks))
