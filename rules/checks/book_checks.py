"""The checks that look at several rules at once, in the order their findings are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from norms.finding import Finding
from rules.checks import (
    circular_exception,
    conflict,
    counted_twice,
    duplicate_rule,
    exception_binding,
    ladder_gap,
    ladder_overlap,
    later_stage,
    municipal_exception,
    municipal_lowers,
    shadowed,
    two_stages,
    unfed_term,
    unknown_exception,
    unreachable,
    unread_term,
)
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule

Check = Callable[[tuple[Rule, ...], Vocabulary], Iterator[Finding]]

_STRUCTURE: tuple[Check, ...] = (
    duplicate_rule.check,
    unknown_exception.check,
    circular_exception.check,
    exception_binding.check,
    later_stage.check,
    two_stages.check,
    municipal_exception.check,
)
_MEANING: tuple[Check, ...] = (
    municipal_lowers.check,
    unreachable.check,
    shadowed.check,
    conflict.check,
    counted_twice.check,
    ladder_gap.check,
    ladder_overlap.check,
    unfed_term.check,
    unread_term.check,
)
_BLAME_ABSENCE = {
    unknown_exception.check,
    shadowed.check,
    conflict.check,
    counted_twice.check,
    ladder_gap.check,
    ladder_overlap.check,
    unfed_term.check,
    unread_term.check,
}
"""Checks that would blame a rule for another one that is not there."""


def check_book(rules: tuple[Rule, ...], vocabulary: Vocabulary, whole: bool = True) -> list[Finding]:
    """Everything that is wrong between rules.

    ``whole`` is False when some rules could not be read: then nothing is examined that would blame the
    others for it. What rules mean is examined only when their structure holds.
    """
    findings: list[Finding] = []
    for checks in (_STRUCTURE, _MEANING):
        if not findings:
            run = [check for check in checks if whole or check not in _BLAME_ABSENCE]
            findings = [finding for check in run for finding in check(rules, vocabulary)]
    return findings
