"""What a run came to as people may read it who read no single case: no figure that could tell of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from decision_service.follow_up.small_cells import part, shown, total
from decision_service.impact.summary import WHAT, Summary


@dataclass(frozen=True)
class HouseholdFigures:
    """A kind of household: cases, how many get more and less, and how much in all. None is withheld."""

    cases: int | None
    winners: int | None
    losers: int | None


@dataclass(frozen=True)
class ImpactFigures:
    """A run in figures, amounts in öre; None is withheld, for it would be of fewer than five.

    ``before`` and ``after`` are sums of what is granted or proposed, ``quartiles`` of the changes there are;
    ``without`` are cases without a sum on one side, ``otherwise`` those that the program itself assesses
    otherwise today, ``owed`` decisions that would have given another sum, ``look`` those that a person has to
    look at because the sum does not follow.
    """

    cases: int | None
    moved: int | None
    what: Mapping[str, int | None]
    without: int | None
    before: int | None
    after: int | None
    quartiles: tuple[int, int, int] | None
    households: Mapping[str, HouseholdFigures]
    rules: Mapping[str, int | None]
    owed: int | None
    look: int | None
    otherwise: int | None


def told(found: Summary) -> ImpactFigures:
    """The figures of a run, small ones withheld."""
    moved = part(found.moved, found.cases)
    other_sum = found.changes.winners + found.changes.losers
    enough = total(found.changes.total()) is not None and total(other_sum) is not None
    cases = shown({name: changes.total() for name, changes in sorted(found.households.items())})
    kinds = {
        name: HouseholdFigures(
            cases[name],
            part(changes.winners, changes.total()) if cases[name] is not None else None,
            part(changes.losers, changes.total()) if cases[name] is not None else None,
        )
        for name, changes in sorted(found.households.items())
    }
    return ImpactFigures(
        cases=total(found.cases),
        moved=moved,
        what={name: total(found.what[name]) if moved is not None else None for name in WHAT},
        without=total(found.without),
        before=found.before if enough else None,
        after=found.after if enough else None,
        quartiles=found.changes.quartiles() if enough else None,
        households=kinds,
        rules={
            name: total(count)
            for name, count in sorted(found.rules.items(), key=lambda each: (-each[1], each))
        },
        owed=total(len(found.owed)),
        look=total(len(found.look)),
        otherwise=total(len(found.otherwise)),
    )
