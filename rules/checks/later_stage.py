"""R030: a rule that reads what its own stage or a later one concludes."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.diagnostic import Diagnostic
from rules.rule import Rule
from rules.vocabulary import Stage, Vocabulary

LATER_STAGE = Diagnostic(
    "R030",
    Severity.ERROR,
    "Regeln läser ett senare steg",
    "Regeln står i steget {stage} och läser {path}, som avgörs i steget {other}. En regel får bara "
    "läsa tidigare steg.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """No rule reads what its own stage or a later one concludes: a stage cannot feed itself."""
    concluded: dict[str, Stage] = {}
    for rule in rules:
        for effect in rule.concludes:
            known = concluded.get(effect.path, rule.stage)
            concluded[effect.path] = max(known, rule.stage, key=lambda stage: stage.position)
    for term in vocabulary.terms.values():
        if term.stage is not None:
            concluded[term.path] = term.stage
    for rule in rules:
        for path in sorted(rule.reads & concluded.keys()):
            if concluded[path].position >= rule.stage.position:
                yield LATER_STAGE.at(
                    rule.file,
                    rule.line,
                    rule.id,
                    stage=rule.stage.value,
                    path=path,
                    other=concluded[path].value,
                )
