"""How much is decided by the machine, and what stops the rest.

Run: python bench/automation.py [ordinary renewals, default 500] [others, default 200]. Draws households
(``bench/households.py``), applies for them in every municipality with a rule layer, with its delegation as it
stands and as if it had delegated, for months before and after October 2026 and on several days of the month
before. Prints the share decided, and each reason with the cases it stops and those it stops alone. An
application that waits for the registers is looked at again on the day it waits for, and one whose applicant
is told something first when nobody has answered in time.
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

    @property
    def share(self) -> str:
        """Decided, in percent: at once, after waiting, and after having told the applicant."""
        shares = [100 * each / max(1, self.count) for each in (self.decided, self.waited, self.told)]
        at_once, later, told = shares
        return f"{sum(shares):3.0f} % ({at_once:.0f} at once, {later:.0f} after waiting, {told:.0f} told)"


def delegated(book: Rulebook) -> Rulebook:
    """The same rules, with every municipality having delegated what it may: made up for the measuring."""
    files = {}
    for name, content in book.files.items():
        if not name.startswith("rules/"):
            continue
        if name.endswith("kommun.yaml"):
            told = yaml.safe_load(content)
            row = [{"värde": "ja", "från": "2022-07", "källa": "Påhittad för mätningen", "status": "fiktiv"}]
            told.setdefault("inställningar", {})["kommun.delegerat_till_automat"] = row
            content = yaml.safe_dump(told, allow_unicode=True, sort_keys=False).encode()
        files[name.removeprefix("rules/")] = content
    return rulebook.build(files, load.load())


def municipalities(book: Rulebook) -> list[str]:
    """Those with a layer of their own."""
    codes = {name.split("/")[3] for name in book.files if name.startswith("rules/sets/municipal/")}
    return sorted(code for code in codes if code.isdigit())


class Deciding:
    """Decides cases, each law compiled once."""

    def __init__(self, book: Rulebook) -> None:
        self.book = book
        self._engines: dict[tuple[Month, str | None], Engines] = {}

    def __call__(
        self,
        household: Household,
        municipality: str,
        month: Month,
        today: date,
        shown: Sequence[PaidOut] = (),
    ) -> Assessment:
        """The assessment of an application, with the registers as they are that day."""
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
        found.reasons.update(codes)
        if len(codes) == 1:
            found.alone.update(codes)
    return found


def show(title: str, found: Tally) -> None:
    """The share, and the reasons, the most common first."""
    print(f"\n{title}: {found.share} decided, {found.asked} asked to complete, of {found.count}")
    for code, count in found.reasons.most_common(14):
        print(f"   {code:<34} {count:4}  alone {found.alone[code]:4}")


def main() -> None:
    """Measure and print."""
    renewals = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    rest = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    start = time.perf_counter()
    book = rulebook.load()
    kinds = {"as it stands": Deciding(book), "as if delegated": Deciding(delegated(book))}
    sample = list(ordinary(SEED, renewals))
    for place in municipalities(book):
        for words, deciding in kinds.items():
            for month in MONTHS:
                shares = []
                for day in DAYS:
                    found = tally(deciding, sample, place, month, day)
                    shares.append(f"{day}: {found.share}")
                print(f"\n== {place} {words}, {month}, received on the " + " · ".join(shares))
                show("ordinary renewals", found)
                for kind in KINDS:
                    some = [each for each in sample if each.kind == kind]
                    print(f"   {kind}: {tally(deciding, some, place, month, DAYS[-1]).share} of {len(some)}")
                show("others", tally(deciding, list(others(SEED, rest)), place, month, DAYS[-1]))
    print(f"\n{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
