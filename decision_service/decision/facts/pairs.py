"""Incomes two by two, so that rules can see when both may be the same money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any

from decision_service.application.form import IncomeType
from decision_service.decision.facts.adult import fact_id
from decision_service.decision.facts.case import Case
from decision_service.decision.facts.copying import Derivation, Draft, fill
from decision_service.decision.facts.incomes import DECLARED, PAID, kind_of_income, months_before, records
from decision_service.decision.facts.sources import Record, Sources

_MONTH_BEFORE, _NEIGHBOURS = 1, (0, 1, 2)
"""Months from an income to the month: the one that counts, and it with the two beside it."""


def pairs(
    case: Case, drafts: Sequence[Draft], base: Sources, derivations: Mapping[str, Derivation]
) -> Iterator[Draft]:
    """Every two incomes, one at least declared in the application and one at least of the month before.

    An income whose kind, amount or month is not known is asked for, and is in no pair.
    """
    rows = records(case)
    told = [each for each in drafts if each.values.get("inkomst.ur_register") is False]
    names = {each.id: f"{each.label} (rad {number})" for number, each in enumerate(told, start=1)}
    for first, second in combinations(filter(_whole, drafts), 2):
        declared = [each for each in (first, second) if each.values["inkomst.ur_register"] is False]
        paid = [each for each in (first, second) if each not in declared]
        distances = [each.values["inkomst.månader_före"] for each in (first, second)]
        if not declared or _MONTH_BEFORE not in distances:
            continue
        owners = {first.owner, second.owner}
        whose = [person for person in case.file.people if fact_id(case, person) in owners]
        bound: Sources = {
            DECLARED: tuple(rows[each.id] for each in declared),
            PAID: tuple(rows[each.id] for each in paid),
            "people[]": tuple(Record(case.place(each), each) for each in whose if None not in owners),
        }
        label = " och ".join(names.get(each.id, f"{each.label} (register)") for each in (first, second))
        yield fill(Draft("inkomstpar", f"{first.id} och {second.id}", label), case, base | bound, derivations)


def _whole(draft: Draft) -> bool:
    amount, distance = draft.values.get("inkomst.belopp"), draft.values.get("inkomst.månader_före")
    return isinstance(amount, int) and distance in _NEIGHBOURS and "inkomst.typ" in draft.values


# --- calculations: what is declared comes first, then what a register has paid


def same_kind(case: Case, declared: tuple[IncomeType, ...], benefits: tuple[str, ...]) -> bool:
    """Whether both incomes are of the same kind, as the rules name it."""
    term = case.law.vocabulary.terms["inkomst.typ"]
    words = {term.word(each.value) for each in declared}
    return len(words | {kind_of_income(case, None, each) for each in benefits}) == 1


def two_deposits(case: Case, declared: tuple[IncomeType, ...], benefits: tuple[str, ...]) -> bool:
    """Whether both are declared, and deposits."""
    return not benefits and {*declared} == {IncomeType.SWISH_DEPOSITS}


def different_people(case: Case, ids: tuple[str, ...]) -> bool:
    """Whether the two incomes are known to belong to two people."""
    return len(ids) == 2


def same_month(case: Case, days: Any, months: Any, payments: Any) -> bool:
    """Whether both came in the same month."""
    found = [months_before(case, day, month, None) for day, month in zip(days, months, strict=True)]
    found += [case.months_from(each) for each in payments]
    return found[0] == found[1]


def days_known(case: Case, days: tuple[date | None, ...], paid: tuple[date, ...]) -> bool:
    """Whether the days of both are known."""
    return None not in (*days, *paid)


def days_between(case: Case, days: tuple[date | None, ...], paid: tuple[date, ...]) -> int | None:
    """Days from the one to the other, without sign."""
    known = [day for day in (*days, *paid) if day is not None]
    return abs((known[0] - known[1]).days) if len(known) == 2 else None


def first_amount(case: Case, declared: tuple[int, ...]) -> int:
    """The amount of the one that is declared; of two, the one that is declared first."""
    return declared[0]


def second_amount(case: Case, declared: tuple[int, ...], paid: tuple[int, ...]) -> int:
    """The amount of the other."""
    return (*declared, *paid)[1]


def difference(case: Case, declared: tuple[int, ...], paid: tuple[int, ...]) -> int:
    """The difference between the amounts, without sign."""
    return abs(first_amount(case, declared) - second_amount(case, declared, paid))


PAIRS: Mapping[str, Derivation] = {
    "samma_slag": same_kind,
    "två_insättningar": two_deposits,
    "olika_mottagare": different_people,
    "samma_månad": same_month,
    "båda_dagarna_kända": days_known,
    "dagar_emellan": days_between,
    "den_förstas_belopp": first_amount,
    "den_andras_belopp": second_amount,
    "skillnad_i_belopp": difference,
}
