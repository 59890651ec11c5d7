"""R038: a term that is concluded in two stages."""

from __future__ import annotations

from collections.abc import Iterator

from norms.finding import Finding, Severity
from rules.checks.together import together
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.wording.diagnostic import Diagnostic

TWO_STAGES = Diagnostic(
    "R038",
    Severity.ERROR,
    "Slutsats i två steg",
    "Regeln avgör {path} i steget {stage}, men {id} ({file} rad {line}) avgör den i steget {other}. Det "
    "senare steget skulle skriva över det tidigare. Lägg reglerna i samma steg.",
)


def check(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> Iterator[Finding]:
    """A term gets its value in one stage: the rules there decide it together, with exceptions."""
    first: dict[str, list[Rule]] = {}
    for rule in rules:
        for path in dict.fromkeys(effect.path for effect in rule.concludes):
            for other in first.setdefault(path, []):
                if other.stage is not rule.stage and together(rule, other):
                    yield TWO_STAGES.at(
                        rule.file,
                        rule.line,
                        rule.id,
                        path=path,
                        stage=rule.stage.value,
                        id=other.id,
                        file=other.file,
                        line=other.line,
                        other=other.stage.value,
                    )
                    break
            first[path].append(rule)
