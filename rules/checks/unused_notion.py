"""R052: a notion that no rule uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from norms.finding import Finding, Severity
from rules.language.notion import Notion
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

UNUSED_NOTION = Diagnostic(
    "R052",
    Severity.WARNING,
    "Oanvänt begrepp",
    "Ingen regel använder {name}. Ta bort begreppet eller skriv regeln som behöver det.",
)


def check(notions: Iterable[Notion], rules: Iterable[Rule]) -> Iterator[Finding]:
    """Every notion is used by some rule, itself or through another notion."""
    used = {(notion.file, notion.name) for rule in rules for notion in rule.notions}
    for notion in notions:
        if (notion.file, notion.name) not in used:
            yield UNUSED_NOTION.at(notion.file, notion.line, notion.name, name=notion.name)
