"""What a proposal to refuse rests on beside the calculation, in the sentences of the rules."""

from __future__ import annotations

from collections.abc import Iterator

from decision_service.decision.document import Assessment, RuleRecord
from norms.month import Month
from rules.book import Rulebook
from rules.language.vocabulary import Vocabulary
from rules.rule import NAME, Rule
from rules.texts import fill, in_language, in_text

OUTCOME = "beslut.utfall"
"""The fact that a rule gives when it proposes what the decision is to be."""


def grounds(found: Assessment, book: Rulebook) -> Iterator[str]:
    """What each rule says that gave something which the proposing rule read, with its provision. ``book`` is
    the release that the assessment was made with."""
    fired = [(each, _version(each, found, book)) for each in found.rules if each.state == "fired"]
    read = {path for _, rule in fired if OUTCOME in _gives(rule) for path in rule.reads}
    for each, rule in fired:
        if read & _gives(rule):
            yield f"{_said(each, rule, found, book.vocabulary)} ({each.provision})"


def _version(record: RuleRecord, found: Assessment, book: Rulebook) -> Rule:
    rule = book.version(record.id, Month.parse(found.month))
    assert rule is not None  # it fired
    return rule


def provisions(found: Assessment, book: Rulebook) -> Iterator[str]:
    """What each rule cites whose question only a decision answers, one provision at a time."""
    month = Month.parse(found.month)
    asking = (each.rule for each in found.reasons if each.takes is None and each.rule is not None)
    for rule in (book.version(each, month) for each in asking):
        yield from (each.text for each in rule.cited(month)) if rule is not None else ()


def _gives(rule: Rule) -> set[str]:
    return {effect.path for effect in rule.concludes}


def _said(record: RuleRecord, rule: Rule, found: Assessment, words: Vocabulary) -> str:
    """The sentence of a rule, with what it read in its places."""
    known = found.facts_about(record.subject)
    name = next((each.label for each in found.causes if each.person == record.subject), "")

    def value(place: str) -> str:
        if place == NAME:
            return name
        return in_text(known[place].value, words.terms[place].type)

    return fill(in_language(rule.texts, "sv"), value)
