"""The checks that look at several rules at once, in the order their findings are listed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from norms.finding import Finding
from rules.checks import (
    circular_exception,
    conflict,
    duplicate_rule,
    exception_binding,
    ladder,
    later_stage,
    municipal_exception,
    municipal_lowers,
    shadowed,
    unfed_term,
    unknown_exception,
    unreachable,
    unread_term,
)
from rules.rule import Rule
from rules.vocabulary import Vocabulary

Check = Callable[[tuple[Rule, ...], Vocabulary], Iterator[Finding]]

_STRUCTURE: tuple[Check, ...] = (
    duplicate_rule.check,
    unknown_exception.check,
    circular_exception.check,
    exception_binding.check,
    later_stage.check,
    municipal_exception.check,
)
_MEANING: tuple[Check, ...] = (
    municipal_lowers.check,
    unreachable.check,
    shadowed.check,
    conflict.check,
    ladder.check,
    unfed_term.check,
    unread_term.check,
)


def check_book(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> list[Finding]:
    """Everything that is wrong between rules. What they mean is examined only when their structure holds."""
    findings = [finding for check in _STRUCTURE for finding in check(rules, vocabulary)]
    if not findings:
        findings = [finding for check in _MEANING for finding in check(rules, vocabulary)]
    return findings
