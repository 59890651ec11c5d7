"""How many decisions each rule applied in, month by month, for those who write rules and read no case.

A small count is withheld, and others are rounded down to a multiple of the smallest that is shown, so that
each number told stands for that many counts: beside exact ones a rule less another would tell of a few. A
month is told when it is over.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlmodel import Session

from decision_service.follow_up.decided import decided_in
from decision_service.follow_up.small_cells import SMALLEST
from norms.month import Month

RuleUse = dict[str, int | None]
"""At least how many decisions each rule applied in; None for a few, no row for none."""


def rule_use(session: Session, municipality: str, month: Month, now: datetime) -> RuleUse:
    """The rules that applied in decisions that were made in a month."""
    rows = decided_in(session, municipality, month, now)
    counts = Counter(rule for each in rows for rule in each.fired)
    return {rule: about(count) for rule, count in counts.items()}


def about(count: int) -> int | None:
    """A count as it is told: none, a few (None), or at least so many."""
    return None if 0 < count < SMALLEST else count - count % SMALLEST
