"""The incomes of a case, declared and in registers, and each sort of income beside the month before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from decision_service.application.codes import INCOME_NAMES
from decision_service.application.form import Income, IncomeType
from decision_service.decision.facts.adult import fact_id
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, Record, Sources, fill
from decision_service.registers.answers import Payment
from decision_service.registers.ssbtek.benefits import BENEFITS
from norms.month import Month
from rules.facts import Disputed

DECLARED, PAID, BEFORE = "application.incomes[]", "registers.payments[]", "history[senaste].incomes"
"""Parts of paths: what the application names, what a register has paid, what the last decision counted."""


def incomes(case: Case, base: Sources, derivations: Mapping[str, Derivation]) -> Iterator[Draft]:
    """Every income: those that the application names, and those that a register has paid."""
    for number, income in enumerate(case.application.incomes):
        label = INCOME_NAMES[income.income_type.value] if income.income_type is not None else "Inkomst"
        draft = Draft("inkomst", f"incomes[{number}]", label, recipient(case, income))
        bound: Sources = {DECLARED: Record(draft.id, income), PAID: None}
        yield fill(draft, case, base | bound, derivations)
    number = 0
    for person in case.adults:
        for payment in case.registers[person.id].payments:
            label = BENEFITS.get(payment.benefit, BENEFITS[""]).label
            draft = Draft("inkomst", f"payments[{number}]", label, fact_id(case, person))
            paid: Sources = {DECLARED: None, PAID: Record(payment.source, payment, whole=True)}
            yield fill(draft, case, base | paid, derivations)
            number += 1


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


def sorts(
    case: Case, drafts: list[Draft], base: Sources, derivations: Mapping[str, Derivation]
) -> Iterator[Draft]:
    """Each sort of income of each person, this time and the time before.

    What a couple declares is compared for both together: earlier decisions do not say whose it was.
    """
    together = {fact_id(case, person) for person in case.adults} if len(case.adults) > 1 else set()
    found: dict[tuple[str | None, str], _Sort] = {}
    records = _records(case)
    for draft in drafts:
        sort, amount = draft.values.get("inkomst.typ"), draft.values.get("inkomst.belopp")
        distance = draft.values.get("inkomst.månader_före")
        if isinstance(sort, str) and isinstance(amount, int) and distance in (1, 2):
            declared = draft.values.get("inkomst.ur_register") is False
            owner = None if declared and draft.owner in together else draft.owner
            one = found.setdefault((owner, sort), _Sort(draft.label))
            one.label = draft.label
            (one.declared if declared else one.paid).append(records[draft.id])
    for owner, sort, label, record in _counted_before(case):
        found.setdefault((owner, sort), _Sort(label)).before.append(record)
    for number, (owner, sort) in enumerate(sorted(found, key=str)):
        one = found[owner, sort]
        bound: Sources = {
            DECLARED: tuple(one.declared),
            PAID: tuple(one.paid),
            BEFORE: tuple(one.before),
        }
        draft = Draft("inkomstslag", f"sorts[{number}]", one.label, owner)
        yield fill(draft, case, base | bound, derivations)


def _records(case: Case) -> Mapping[str, Record]:
    """The record of each income, by the id of its fact."""
    rows = [*enumerate(case.application.incomes)]
    found = {f"incomes[{number}]": Record(f"incomes[{number}]", income) for number, income in rows}
    payments = [each for person in case.adults for each in case.registers[person.id].payments]
    for number, payment in enumerate(payments):
        found[f"payments[{number}]"] = Record(payment.source, payment, whole=True)
    return found


def _counted_before(case: Case) -> Iterator[tuple[str | None, str, str, Record]]:
    """Incomes that the last decision counted, where it was made for the month before."""
    last, term = case.last, case.law.vocabulary.terms["inkomst.typ"]
    if last is None or Month.parse(last.month) != case.control:
        return
    place = f"history[{case.file.history.index(last)}]"
    owner = fact_id(case, case.adults[0]) if len(case.adults) == 1 else None
    for kind, amount in last.incomes.items():
        record = Record(f"{place}.incomes.{kind.value}", amount)
        yield owner, str(term.word(kind.value)), INCOME_NAMES[kind.value], record
    here = {person.id: fact_id(case, person) for person in case.children}
    for child, amount in last.children_own_income.items():
        if child in here:
            record = Record(f"{place}.children_own_income.{child}", amount)
            wage = IncomeType.SALARY.value
            yield here[child], str(term.word(wage)), INCOME_NAMES[wage], record


# --- calculations


def kind_of_income(case: Case, declared: IncomeType | None, benefit: str | None) -> str | None:
    """The code of a declared income, or the word for the benefit of a payment."""
    if benefit is not None:
        return BENEFITS.get(benefit, BENEFITS[""]).choice
    return None if declared is None else declared.value


def months_before(
    case: Case, day: date | None, month: str | None, paid: date | None
) -> int | Disputed | None:
    """Months from an income to the month, by its day or, where a form asks so, its month."""
    by_day = None if (known := day or paid) is None else case.before(known)
    if month is None:
        return by_day
    by_month = case.month.index - Month.parse(month).index
    if by_day is not None and by_day != by_month:
        return Disputed((("incomeDate", by_day), ("month", by_month)))
    return by_month


def recipient_known(case: Case, name: str | None, ids: Any, roles: Any, source: str | None) -> bool:
    """Whether it is told whose an income is: by name, by the register, or since there is one adult."""
    return source is not None or name is not None or len(case.adults) == 1


class _Row(NamedTuple):
    """An income as it is held against others: its sort, whose it is, its amount in öre, its day and month."""

    sort: str | None
    owner: str | None
    amount: int | None
    day: date | None
    month: Month | None


def _declared(rows: Sequence[Income]) -> list[_Row]:
    return [
        _Row(
            None if row.income_type is None else row.income_type.value,
            row.recipient,
            row.amount,
            row.income_date,
            _month(row),
        )
        for row in rows
    ]


def _month(row: Income) -> Month | None:
    if row.month is not None:
        return Month.parse(row.month)
    return None if row.income_date is None else Month.of(row.income_date)


def _paid(case: Case, answers: Sequence[Sequence[Payment]]) -> list[_Row]:
    return [
        _Row(BENEFITS.get(each.benefit, BENEFITS[""]).choice, owner, each.net, each.paid, Month.of(each.paid))
        for owner, payments in zip(case.registers, answers, strict=True)
        for each in payments
    ]


def _nearest(own: _Row, others: list[_Row]) -> tuple[int, int] | None:
    """Öre and days to the one most like it, nearest by amount and then by day; None where there is none."""
    if own.amount is None or own.month is None:
        return None
    return min(
        (
            (abs(own.amount - each.amount), abs((own.day - each.day).days) if own.day and each.day else 0)
            for each in others
            if each.amount is not None and each.month == own.month
        ),
        default=None,
    )


def _like_declared(case: Case, place: Income | None, rows: Sequence[Income]) -> tuple[int, int] | None:
    """The nearest of the other incomes that the application names, of the same sort and person."""
    if place is None:
        return None
    (own,) = _declared([place])
    others = [each for row, each in zip(rows, _declared(rows), strict=True) if row is not place]
    return _nearest(own, [each for each in others if each.sort == own.sort and _same(own, each)])


def _same(own: _Row, other: _Row) -> bool:
    return own.owner is None or other.owner is None or own.owner == other.owner


def has_like_declared(case: Case, place: Income | None, rows: Sequence[Income]) -> bool:
    """Whether the application names another income of the same sort, person and month."""
    return _like_declared(case, place, rows) is not None


def amount_from_like(case: Case, place: Income | None, rows: Sequence[Income]) -> int | None:
    """Öre between an income and the one most like it."""
    found = _like_declared(case, place, rows)
    return None if found is None else found[0]


def days_from_like(case: Case, place: Income | None, rows: Sequence[Income]) -> int | None:
    """Days between an income and the one most like it."""
    found = _like_declared(case, place, rows)
    return None if found is None else found[1]


def has_payment_beside(case: Case, place: Income | None, answers: Sequence[Sequence[Payment]]) -> bool:
    """Whether a register has paid something in the month of a declared income."""
    return amount_from_payment(case, place, answers) is not None


def amount_from_payment(case: Case, place: Income | None, answers: Sequence[Sequence[Payment]]) -> int | None:
    """Öre between a declared income and the payment of a register in its month that is nearest to it."""
    if place is None:
        return None
    (own,) = _declared([place])
    found = _nearest(own, _paid(case, answers))
    return None if found is None else found[0]


def times_paid(case: Case, place: Payment | None, answers: Sequence[Sequence[Payment]]) -> int:
    """How many times a register has the same payment: the same benefit, day and amount to the same person."""
    if place is None:
        return 0
    key = place.benefit, place.paid, place.net
    return max(sum((each.benefit, each.paid, each.net) == key for each in rows) for rows in answers)


def _sum(case: Case, distance: int, amounts: Any, days: Any, months: Any, nets: Any, paid: Any) -> int:
    declared = zip(amounts, days, months, strict=True)
    total = sum(each for each, day, month in declared if months_before(case, day, month, None) == distance)
    registered = sum(net for net, day in zip(nets, paid, strict=True) if case.before(day) == distance)
    return int(total + registered)


def sum_now(case: Case, amounts: Any, days: Any, months: Any, nets: Any, paid: Any) -> int:
    """The sum of the month before."""
    return _sum(case, 1, amounts, days, months, nets, paid)


def sum_before(case: Case, amounts: Any, days: Any, months: Any, nets: Any, paid: Any, counted: Any) -> int:
    """The sum of the month before that: as far as the incomes say, else as the last decision counted it."""
    return _sum(case, 2, amounts, days, months, nets, paid) or sum(counted)


def change(case: Case, amounts: Any, days: Any, months: Any, nets: Any, paid: Any, counted: Any) -> int:
    """The difference between the two months, without sign."""
    rows = (amounts, days, months, nets, paid)
    return abs(sum_now(case, *rows) - sum_before(case, *rows, counted))


INCOMES: Mapping[str, Derivation] = {
    "inkomstens_kod": kind_of_income,
    "mottagaren_känd": recipient_known,
    "har_lik_uppgiven": has_like_declared,
    "belopp_från_lik_uppgiven": amount_from_like,
    "dagar_från_lik_uppgiven": days_from_like,
    "har_utbetalning_samma_månad": has_payment_beside,
    "belopp_från_utbetalning": amount_from_payment,
    "gånger_i_register": times_paid,
    "månader_före": months_before,
    "summan_månaden_före": sum_now,
    "summan_dessförinnan": sum_before,
    "ändring_i_summan": change,
}
