"""How much is decided by the machine, and what stops the rest.

Run: python bench/automation.py [ordinary renewals, default 500] [others, default 200] [municipality …]. Draws
households (``bench/households.py``), applies for them in every municipality with a rule layer, with its
delegation as it stands and as if it had delegated, for months before and after October 2026 and on several
days of the month before. Prints the share decided, and each reason with the cases it stops and those it stops
alone. An application that waits for the registers is looked at again on the day it waits for, and one whose
applicant is told something first when nobody has answered in time. The same case on the same day is assessed
once. Every municipality is measured both with delegation and without: as it stands, and as if it had chosen
otherwise.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import yaml

from bench.households import KINDS, Household, case, ordinary, others
from decision_service.application.case_file import CaseFile, PaidOut
from decision_service.application.outcome import Outcome
from decision_service.decision.decide import assess, law_of
from decision_service.decision.document import Assessment, ReasonKind
from decision_service.reading.faults import validated
from decision_service.reading.strict_json import read_json
from norms import load
from norms.month import Month
from rules import rulebook
from rules.book import Rulebook
from rules.evaluation import Engines
from rules.law import resolve

SEED = 20261128
MONTHS = (Month(2026, 9), Month(2026, 11))
DAYS = (3, 15, 22, 28)
"""Days of the month before on which applications come in; the last is the one the shares are quoted for."""


@dataclass
class Tally:
    """What became of some applications."""

    decided: int = 0
    """At once, the day the application came in."""
    waited: int = 0
    """Decided too, when it was looked at again on the day it waited for."""
    told: int = 0
    """Decided too, when the applicant had been told what it rests on, and had had time to answer."""
    asked: int = 0
    count: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Households by kind and by whether the machine decided at last."""

    @property
    def share(self) -> str:
        """Decided, in percent: at once, after waiting, and after having told the applicant."""
        shares = [100 * each / max(1, self.count) for each in (self.decided, self.waited, self.told)]
        at_once, later, told = shares
        return f"{sum(shares):3.0f} % ({at_once:.0f} at once, {later:.0f} after waiting, {told:.0f} told)"


def delegated(book: Rulebook, answer: str) -> Rulebook:
    """The same rules, with every municipality having delegated what it may (``ja``) or nothing: made
    up for the measuring."""
    files = {}
    for name, content in book.files.items():
        if not name.startswith("rules/"):
            continue
        if name.endswith("kommun.yaml"):
            told = yaml.safe_load(content)
            board = {"nämnd": "Nämnden", "datum": "2022-06-01", "nummer": "§ 1"}
            row = [
                {
                    "värde": answer,
                    "från": "2022-07",
                    "källa": "Påhittad för mätningen",
                    "beslut": board | {"omfattar": ["bifall", "delavslag"]},
                    "status": "fiktiv",
                }
            ]
            told.setdefault("inställningar", {})["kommun.delegerat_till_automat"] = row
            content = yaml.safe_dump(told, allow_unicode=True, sort_keys=False).encode()
        files[name.removeprefix("rules/")] = content
    return rulebook.build(files, load.load())


def municipalities(book: Rulebook) -> list[str]:
    """Those with a layer of their own."""
    codes = {name.split("/")[3] for name in book.files if name.startswith("rules/sets/municipal/")}
    return sorted(code for code in codes if code.isdigit())


class Deciding:
    """Decides cases, each law compiled once and each case assessed once a day."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._engines: dict[tuple[Month, str | None], Engines] = {}
        self._known: dict[tuple[object, ...], Assessment] = {}

    def __call__(
        self,
        household: Household,
        municipality: str,
        month: Month,
        today: date,
        shown: Sequence[PaidOut] = (),
    ) -> Assessment:
        """The assessment of an application, with the registers as they are that day."""
        key = (household.number, municipality, month, today, len(shown))
        if key not in self._known:
            self._known[key] = self._assessed(household, municipality, month, today, shown)
        return self._known[key]

    def _assessed(
        self, household: Household, municipality: str, month: Month, today: date, shown: Sequence[PaidOut]
    ) -> Assessment:
        file = case(household, municipality, month, today)
        file["shown"] = [each.model_dump(mode="json") for each in shown]
        found = validated(CaseFile, read_json(json.dumps(file).encode()))
        law = law_of(found, self.book)
        key = (law.month, law.municipality)
        if key not in self._engines:
            self._engines[key] = Engines(resolve(self.book, *key, without_norm=True))
        return assess(found, law, self._engines[key]).document


def tally(deciding: Deciding, households: Iterable[Household], place: str, month: Month, day: int) -> Tally:
    """What becomes of applications that come in on a day of the month before."""
    found = Tally()
    control = month.plus(-1)
    for household in households:
        today = date(control.year, control.number, day)
        first = known = last = deciding(household, place, month, today)
        while last.waits_until is not None:
            today = last.waits_until
            known = last = deciding(household, place, month, today)
        shown: list[PaidOut] = []
        while last.answer_days is not None:
            told = {each.subject for each in last.reasons if each.kind is ReasonKind.COMMUNICATION}
            shown += [each.payment for each in last.incomes if each.id in told]
            today += timedelta(days=last.answer_days)
            last = deciding(household, place, month, today, shown)
        codes = {each.code for each in last.reasons if each.kind is not ReasonKind.COMMUNICATION}
        found.count += 1
        found.decided += first.automatic
        found.waited += known.automatic and not first.automatic
        found.told += last.automatic and not known.automatic
        found.asked += last.outcome is Outcome.COMPLETION
        found.by_kind[household.kind, last.automatic] += 1
        found.reasons.update(codes)
        if len(codes) == 1:
            found.alone.update(codes)
    return found


def show(title: str, found: Tally) -> None:
    """The share, and the reasons, the most common first."""
    print(f"\n{title}: {found.share} decided, {found.asked} asked to complete, of {found.count}")
    for code, count in found.reasons.most_common():
        print(f"   {code:<34} {count:4}  alone {found.alone[code]:4}")


def measure(deciding: Deciding, place: str, sample: Sequence[Household], rest: Sequence[Household]) -> None:
    """Every month and day, and the others on the last day."""
    for month in MONTHS:
        by_day = {day: tally(deciding, sample, place, month, day) for day in DAYS}
        shares = " · ".join(f"{day}: {found.share}" for day, found in by_day.items())
        print(f"\n== {place} {month}, received on the {shares}")
        found = by_day[DAYS[-1]]
        show("ordinary renewals", found)
        for kind in KINDS:
            decided = found.by_kind[kind, True]
            print(f"   {kind}: {decided} of {decided + found.by_kind[kind, False]}")
        show("others", tally(deciding, rest, place, month, DAYS[-1]))


def main() -> None:
    """Measure and print."""
    numbers = [int(each) for each in sys.argv[1:3]]
    renewals, rest = (*numbers, *(500, 200)[len(numbers) :])
    start = time.perf_counter()
    book = rulebook.load()
    stands, would, would_not = (
        Deciding(book),
        Deciding(delegated(book, "ja")),
        Deciding(delegated(book, "nej")),
    )
    sample, unusual = list(ordinary(SEED, renewals)), list(others(SEED, rest))
    for place in sys.argv[3:] or municipalities(book):
        as_it_is = [tally(stands, sample, place, month, DAYS[-1]) for month in MONTHS]
        decides = any(found.decided for found in as_it_is)
        print(f"\n==== {place}, {'as it stands' if decides else 'as if it had delegated'}")
        measure(stands if decides else would, place, sample, unusual)
        print(f"\n==== {place}, {'as if it had not delegated' if decides else 'as it stands'}")
        without = (tally(would_not, sample, place, month, DAYS[-1]) for month in MONTHS)
        for month, found in zip(MONTHS, without if decides else as_it_is, strict=True):
            print(f"{month}: {found.share} decided, of {found.count}")
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
