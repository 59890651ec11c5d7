"""The incomes of a case, declared and in registers, and each sort of income beside the month before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from decision_service.application.case_file import CountedPayment, PaidOut
from decision_service.application.codes import INCOME_NAMES
from decision_service.application.form import Income, IncomeType
from decision_service.decision.facts.adult import fact_id
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.sources import Record, Sources
from decision_service.decision.texts import texts
from decision_service.registers.answers import Payment
from decision_service.registers.ssbtek.benefits import BENEFITS
from norms.month import Month
from rules.facts import Disputed

DECLARED, PAID = "application.incomes[]", "registers.payments[]"
BEFORE, PAID_BEFORE = "history[senaste].incomes", "history[senaste].payments"
"""Parts of paths: what the application names, what a register has paid, and what the last decision counted of
the one and of the other."""


def incomes(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every income: those that the application names, and those that a register has paid."""
    for number, income in enumerate(case.application.incomes):
        kind = income.income_type
        label = INCOME_NAMES[kind.value] if kind is not None else texts().labels.income
        draft = Draft("inkomst", f"incomes[{number}]", label, recipient(case, income))
        bound: Sources = {DECLARED: Record(draft.id, income), PAID: None}
        yield fill(draft, case, base | bound, derivations)
    for number, (person, payment) in enumerate(case.paid):
        label = BENEFITS.get(payment.benefit, BENEFITS[""]).label
        draft = Draft("inkomst", f"payments[{number}]", label, fact_id(case, person))
        paid: Sources = {DECLARED: None, PAID: Record(case.place_of(payment), payment, whole=True)}
        yield fill(draft, case, base | paid, derivations)


def payments(case: Case) -> Mapping[str, PaidOut]:
    """What registers have paid or announced, by the ids of the facts."""
    return {
        f"payments[{number}]": PaidOut.model_construct(
            person=person.id, benefit=payment.benefit, paid=payment.paid, amount=payment.net
        )
        for number, (person, payment) in enumerate(case.paid)
    }


def recipient(case: Case, income: Income) -> str | None:
    """The id of the one whose income it is: as said, or the only adult."""
    for person in case.file.people:
        if income.recipient in (person.id, person.role.value):
            return fact_id(case, person)
    alone = income.recipient is None and len(case.adults) == 1
    return fact_id(case, case.adults[0]) if alone else None


@dataclass
class _Sort:
    """The incomes of one sort of one person, as records."""

    label: str
    declared: list[Record] = field(default_factory=list)
    paid: list[Record] = field(default_factory=list)
    before: list[Record] = field(default_factory=list)
    paid_before: list[Record] = field(default_factory=list)


def sorts(
    case: Case, drafts: list[Draft], base: Sources, derivations: Mapping[str, Derivation]
) -> Iterator[Draft]:
    """Each sort of income of each person, this time and the time before.

    What a couple declares is compared for both together: earlier decisions do not say whose it was.
    """
    together = {fact_id(case, person) for person in case.adults} if len(case.adults) > 1 else set()
    found: dict[tuple[str | None, str], _Sort] = {}
    rows = records(case)
    for draft in drafts:
        sort, amount = draft.values.get("inkomst.typ"), draft.values.get("inkomst.belopp")
        distance = draft.values.get("inkomst.månader_före")
        if isinstance(sort, str) and isinstance(amount, int) and distance in (1, 2):
            declared = draft.values.get("inkomst.ur_register") is False
            owner = None if declared and draft.owner in together else draft.owner
            one = found.setdefault((owner, sort), _Sort(draft.label))
            one.label = draft.label
            (one.declared if declared else one.paid).append(rows[draft.id])
    for owner, sort, label, record in _counted_before(case):
        found.setdefault((owner, sort), _Sort(label)).before.append(record)
    for owner, sort, label, record in _paid_before(case):
        found.setdefault((owner, sort), _Sort(label)).paid_before.append(record)
    for number, (owner, sort) in enumerate(sorted(found, key=str)):
        one = found[owner, sort]
        bound: Sources = {
            DECLARED: tuple(one.declared),
            PAID: tuple(one.paid),
            BEFORE: tuple(one.before),
            PAID_BEFORE: tuple(one.paid_before),
        }
        draft = Draft("inkomstslag", f"sorts[{number}]", one.label, owner)
        yield fill(draft, case, base | bound, derivations)


def records(case: Case) -> Mapping[str, Record]:
    """The record of each income, by the id of its fact."""
    rows = [*enumerate(case.application.incomes)]
    found = {f"incomes[{number}]": Record(f"incomes[{number}]", income) for number, income in rows}
    for number, (_, payment) in enumerate(case.paid):
        found[f"payments[{number}]"] = Record(case.place_of(payment), payment, whole=True)
    return found


def _counted_before(case: Case) -> Iterator[tuple[str | None, str, str, Record]]:
    """Incomes that the last decision counted, where it was made for the month before."""
    last, term = case.last, case.law.vocabulary.terms["inkomst.typ"]
    if last is None or Month.parse(last.month) != case.control:
        return
    place = f"history[{case.file.history.index(last)}]"
    owner = fact_id(case, case.adults[0]) if len(case.adults) == 1 else None
    for kind, amount in last.incomes.items():
        record = Record(f"{place}.incomes.{kind.value}", {kind: amount})
        yield owner, str(term.word(kind.value)), INCOME_NAMES[kind.value], record
    here = {person.id: fact_id(case, person) for person in case.children}
    for child, amount in last.children_own_income.items():
        if child in here:
            wage = IncomeType.SALARY
            record = Record(f"{place}.children_own_income.{child}", {wage: amount})
            yield here[child], str(term.word(wage.value)), INCOME_NAMES[wage.value], record


def _paid_before(case: Case) -> Iterator[tuple[str | None, str, str, Record]]:
    """Payments of registers that the last decision counted, where it was made for the month before: a
    register may answer without them now."""
    last, term = case.last, case.law.vocabulary.terms["inkomst.typ"]
    if last is None or Month.parse(last.month) != case.control:
        return
    here = {person.id: fact_id(case, person) for person in case.adults}
    for number, payment in enumerate(last.payments or ()):
        if payment.person in here and counted_as(payment) == case.control.plus(-1):
            place = f"history[{case.file.history.index(last)}].payments[{number}]"
            benefit = BENEFITS.get(payment.benefit, BENEFITS[""])
            sort = str(term.word(benefit.choice) or benefit.choice)
            yield here[payment.person], sort, benefit.label, Record(place, payment, whole=True)


def counted_as(payment: CountedPayment) -> Month:
    """The month as whose income a decision counted a payment."""
    return Month.parse(payment.month) if payment.month is not None else Month.of(payment.paid)


# --- calculations


def kind_of_income(case: Case, declared: IncomeType | None, benefit: str | None) -> str | None:
    """The code of a declared income, or the word for the benefit of a payment."""
    if benefit is not None:
        return BENEFITS.get(benefit, BENEFITS[""]).choice
    return None if declared is None else declared.value


def code_of_sort(
    case: Case,
    declared: tuple[IncomeType, ...],
    benefits: tuple[str, ...],
    counted: tuple[Mapping[IncomeType, int], ...],
    paid: tuple[PaidOut, ...],
) -> str | None:
    """The code of a sort, by the first income of it or by what was counted before."""
    kinds = [*declared, *(kind for each in counted for kind in each)]
    payments = [*benefits, *(each.benefit for each in paid)]
    return kind_of_income(case, *((None, payments[0]) if payments else (kinds[0], None)))


def months_before(
    case: Case, day: date | None, month: str | None, payment: Payment | None
) -> int | Disputed | None:
    """Months from an income to the month, by its day or, where a form asks so, its month."""
    if payment is not None:
        return case.months_from(payment)
    by_day = None if day is None else case.before(day)
    if month is None:
        return by_day
    by_month = case.month.index - Month.parse(month).index
    if by_day is not None and by_day != by_month:
        return Disputed((("incomeDate", by_day), ("month", by_month)))
    return by_month


def recipient_known(case: Case, name: str | None, ids: Any, roles: Any, source: str | None) -> bool:
    """Whether it is told whose an income is: by name, by the register, or since there is one adult."""
    return source is not None or name is not None or len(case.adults) == 1


def times_paid(case: Case, place: Payment | None, answers: Sequence[Sequence[Payment]]) -> int:
    """How many times a register has the same payment: the same benefit, day and amount to the same person."""
    if place is None:
        return 0
    key = place.benefit, place.paid, place.net
    return max(sum((each.benefit, each.paid, each.net) == key for each in rows) for rows in answers)


def paid_to_both(case: Case, place: Payment | None, answers: Sequence[Sequence[Payment]]) -> bool:
    """Whether the register has the same payment (benefit, day, amount) for more than one adult."""
    if place is None:
        return False
    key = place.benefit, place.paid, place.net
    return sum(any((each.benefit, each.paid, each.net) == key for each in rows) for rows in answers) > 1


def _sum(case: Case, distance: int, amounts: Any, days: Any, months: Any, payments: Any) -> int:
    declared = zip(amounts, days, months, strict=True)
    total = sum(each for each, day, month in declared if months_before(case, day, month, None) == distance)
    return int(total + sum(each.net for each in payments if case.months_from(each) == distance))


def sum_now(case: Case, amounts: Any, days: Any, months: Any, payments: Any) -> int:
    """The sum of the month before."""
    return _sum(case, 1, amounts, days, months, payments)


def sum_before(
    case: Case, amounts: Any, days: Any, months: Any, payments: Any, counted: Any, paid_then: Any
) -> int:
    """The sum of the month before that: as far as the incomes say, else as the last decision counted it."""
    declared = sum(amount for each in counted for amount in each.values())
    registered = sum(each.amount for each in paid_then)
    return _sum(case, 2, amounts, days, months, payments) or declared + registered


def decided_month_before(case: Case, month: str | None) -> bool:
    """Whether the month before has a decision."""
    return month is not None and Month.parse(month) == case.control


def declared_before(case: Case, amounts: Any, days: Any, months: Any) -> int:
    """What the application says came in the month before the one whose incomes are counted."""
    return _sum(case, 2, amounts, days, months, ())


def counted_of_declared(case: Case, counted: tuple[Mapping[IncomeType, int], ...]) -> int:
    """What the last decision counted of what had been declared."""
    return sum(amount for each in counted for amount in each.values())


def change(case: Case, amounts: Any, days: Any, months: Any, payments: Any, *then: Any) -> int:
    """The difference between the two months, without sign."""
    rows = (amounts, days, months, payments)
    return abs(sum_now(case, *rows) - sum_before(case, *rows, *then))


def longest_gap(case: Case, payments: tuple[Payment, ...]) -> int:
    """The most days between two of the times that the payments of the month before are for."""
    times = sorted(
        (each.first, each.last)
        for each in payments
        if case.months_from(each) == 1 and each.first is not None and each.last is not None
    )
    longest, until = 0, times[0][1] if times else date.min
    for first, last in times[1:]:
        longest, until = max(longest, (first - until).days - 1), max(until, last)
    return longest


def after_it_came(case: Case, day: date | None, received: Any) -> bool:
    """Whether a day had not come when the application did."""
    return day is not None and day > case.received


INCOMES: Mapping[str, Derivation] = {
    "inkomstens_kod": kind_of_income,
    "mottagaren_känd": recipient_known,
    "gånger_i_register": times_paid,
    "hos_båda": paid_to_both,
    "inkomstslagets_kod": code_of_sort,
    "månader_före": months_before,
    "dag_efter_ansökan": after_it_came,
    "summan_månaden_före": sum_now,
    "summan_dessförinnan": sum_before,
    "ändring_i_summan": change,
    "beslut_månaden_före": decided_month_before,
    "uppgivet_dessförinnan": declared_before,
    "räknat_uppgivet": counted_of_declared,
    "glapp": longest_gap,
}
