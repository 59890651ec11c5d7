"""What tells that somebody's identity is protected, among rules and questions: never written where it is read
without the case's key."""

from __future__ import annotations

from decision_service.decision.document import Findings
from rules.evaluated import RuleState

RULES = frozenset({"uppgifter.skyddade"})
"""The rules that ask whether somebody is protected."""
_FIRED = RuleState.FIRED.value


def tells(rule: str | None) -> bool:
    """Whether it tells of a protected person that a rule applies, or has asked."""
    return rule in RULES


def tells_of_protected(found: Findings) -> bool:
    """Whether an assessment has found somebody protected, whoever said so: the application or a register."""
    return any(tells(rule) for rule, _, state in found.tried if state == _FIRED)
