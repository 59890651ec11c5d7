"""What differs between the law of two months in a municipality: amounts, and rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from norms import amount
from norms.lookup import NoTableError
from norms.month import Month
from rules.book import Rulebook
from rules.rule import Rule


@dataclass(frozen=True)
class ChangedLaw:
    """``amounts`` by what they are for, as they are written in each month, empty where there is none;
    ``rules`` that hold in one of the months alone, or in another version."""

    amounts: list[tuple[str, str, str]]
    rules: list[tuple[str, str, bool, bool]]


def changed_law(book: Rulebook, municipality: str, left: Month, right: Month) -> ChangedLaw:
    """What differs from one month to the other."""
    before, after = (dict(_amounts(book, municipality, month)) for month in (left, right))
    amounts = [
        (name, before.get(name, ""), after.get(name, ""))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    rules = [
        (rule.id, rule.title, rule.span.holds(left), rule.span.holds(right))
        for rule in book.rules
        if _concerns(rule, municipality) and rule.span.holds(left) != rule.span.holds(right)
    ]
    return ChangedLaw(amounts, rules)


def _concerns(rule: Rule, municipality: str) -> bool:
    return rule.municipality in (None, municipality)


def _amounts(book: Rulebook, municipality: str, month: Month) -> Iterator[tuple[str, str]]:
    """Every known amount of a month by what it is for; none where the month has no table."""
    try:
        view = book.norms.resolve(month, municipality)
    except NoTableError:
        return
    for series in view.all_series():
        for row in series.rows:
            title = series.type.title
            name = f"{title}, {series.type.text(row.keys)}" if row.keys else title
            yield name, amount.show(row.cell.value, series.unit) if row.cell is not None else "okänt"
