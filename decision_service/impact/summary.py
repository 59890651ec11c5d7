"""What other rules did to many decisions: counted, in sums, and case by case what is owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypedDict

from decision_service.impact.again import Again
from decision_service.reading.said import said_in
from rules.changes import Changes
from rules.texts import kronor

WHAT = ("utfall", "belopp", "frågor", "väg")
"""What may be another: the outcome, the sum, what is asked, and whether the machine decides."""
_say = said_in(__file__)


class HouseholdsJson(TypedDict):
    """Households of a sort, and how many of them get more and less."""

    cases: int
    winners: int
    losers: int


class MonthOfCaseJson(TypedDict):
    """A decision that a person has to look at."""

    case: str
    month: str


class OwedJson(MonthOfCaseJson):
    """A decision that would have given another sum."""

    amount: int | None


class SummaryJson(TypedDict):
    """A summary as JSON, amounts in öre."""

    cases: int
    moved: int
    what: dict[str, int]
    without_amount: int
    granted_before: int
    granted_after: int
    quartiles: tuple[int, int, int] | None
    households: dict[str, HouseholdsJson]
    rules: dict[str, int]
    owed: list[OwedJson]
    look: list[MonthOfCaseJson]
    otherwise: list[str]


@dataclass
class Summary:
    """Counts and sums in öre. ``owed`` are the decisions that would have given another sum, ``look`` those
    that a person has to look at, ``without`` the cases that have no sum on one side and so are in no sum, no
    quartile and no count of households, ``otherwise`` the cases that the program now assesses otherwise."""

    cases: int = 0
    moved: int = 0
    what: Counter[str] = field(default_factory=Counter)
    without: int = 0
    before: int = 0
    after: int = 0
    changes: Changes = field(default_factory=Changes)
    households: dict[str, Changes] = field(default_factory=dict)
    rules: Counter[str] = field(default_factory=Counter)
    owed: list[Again] = field(default_factory=list)
    look: list[Again] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)

    def add(self, one: Again) -> None:
        """Count a case."""
        self.cases += 1
        if not one.as_recorded:
            self.otherwise.append(one.case)
        was, will = one.before.granted, one.after.granted
        if was is None or will is None:
            self.without += 1
        else:
            self.before += was
            self.after += will
            self.changes[will - was] += 1
            self.households.setdefault(one.household, Changes())[will - was] += 1
        if not one.moved:
            return
        self.moved += 1
        self.rules.update(one.rules)
        sides = (one.before, one.after)
        differs = (
            len({(each.outcome, each.proposed) for each in sides}) > 1,
            len({each.granted for each in sides}) > 1,
            len({each.questions for each in sides}) > 1,
            len({each.automatic for each in sides}) > 1,
        )
        self.what.update(name for name, other in zip(WHAT, differs, strict=True) if other)
        if one.decided and one.owed:
            self.owed.append(one)
        elif one.decided and one.owed is None:
            self.look.append(one)

    def as_json(self) -> SummaryJson:
        """All of it, amounts in öre."""
        return {
            "cases": self.cases,
            "moved": self.moved,
            "what": {name: self.what[name] for name in WHAT},
            "without_amount": self.without,
            "granted_before": self.before,
            "granted_after": self.after,
            "quartiles": self.changes.quartiles(),
            "households": {
                name: {"cases": changes.total(), "winners": changes.winners, "losers": changes.losers}
                for name, changes in sorted(self.households.items())
            },
            "rules": dict(self.rules.most_common()),
            "owed": [{"case": one.case, "month": one.month, "amount": one.owed} for one in self.owed],
            "look": [{"case": one.case, "month": one.month} for one in self.look],
            "otherwise": self.otherwise,
        }

    def lines(self) -> Iterator[str]:
        """All of it, for people."""
        yield _say("all", alla=self.cases, ändrade=self.moved)
        for name in WHAT:
            if self.what[name]:
                yield f"  {name}: {self.what[name]}"
        yield _say("granted", före=kronor(self.before), efter=kronor(self.after))
        if self.without:
            yield _say("without_amount", antal=self.without)
        if (quartiles := self.changes.quartiles()) is not None:
            yield _say("quartiles", kvartiler=", ".join(map(kronor, quartiles)))
        for name, changes in sorted(self.households.items()):
            more, less = changes.winners, changes.losers
            yield f"  {_say('households', slag=name, alla=changes.total(), mer=more, mindre=less)}"
        if self.rules:
            yield _say("rules")
            yield from (f"  {name}: {count}" for name, count in self.rules.most_common())
        if self.owed:
            yield _say("owed")
            yield from (f"  {one.case} {one.month}: {_owed(one.owed)}" for one in self.owed if one.owed)
        if self.look:
            yield _say("look")
            yield from (f"  {one.case} {one.month}" for one in self.look)
        if self.otherwise:
            named = ", ".join(self.otherwise[:10])
            yield _say("otherwise", antal=len(self.otherwise), ärenden=named)


def _owed(amount: int) -> str:
    return _say("more" if amount > 0 else "less", belopp=kronor(abs(amount)))
