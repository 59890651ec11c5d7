"""R030: a rule that reads what its own stage or a later one concludes."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import together
from rules.language.vocabulary import Stage, Vocabulary
from rules.rule import RequireEffect, Rule
from rules.wording.diagnostic import Diagnostic

LATER_STAGE = Diagnostic(
    "R030",
    Severity.ERROR,
    "Regeln läser ett senare steg",
    "Regeln står i steget {stage} och läser {path}, som avgörs i steget {other}. En regel får bara "
    "läsa det som tidigare steg har avgjort. Stegen i ordning: {order}.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """No rule reads what its own stage or a later one concludes: a stage cannot feed itself."""
    concluding: dict[str, list[Rule]] = {}
    for rule in rules:
        for effect in rule.concludes:
            concluding.setdefault(effect.path, []).append(rule)
    for rule in rules:
        for path in sorted(_read(rule)):
            stages = [other.stage for other in concluding.get(path, ()) if together(rule, other)]
            declared = vocabulary.term(path).stage
            if declared is not None:
                stages = [declared]
            latest = max(stages, key=lambda stage: stage.position, default=None)
            if latest is not None and latest.position >= rule.stage.position:
                yield LATER_STAGE.at(
                    rule.file,
                    rule.line,
                    rule.id,
                    stage=rule.stage.value,
                    path=path,
                    other=latest.value,
                    order=", ".join(stage.value for stage in Stage),
                )


def _read(rule: Rule) -> set[str]:
    required = (effect.paths for effect in rule.effects if isinstance(effect, RequireEffect))
    return set(rule.reads).union(*required)
