"""Which cases say what a rule must do: the examples that stand beside it where it is read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from norms import document
from rules.book import CASES_SUFFIX, ROOT
from rules.policy_cases.file import CaseEntry, Expectation, read


@dataclass(frozen=True, slots=True)
class NamingCase:
    """A case that names a rule, and what the rule ``does`` in it. ``line`` is its line of the file."""

    name: str
    does: str
    month: str
    municipalities: tuple[str, ...]
    file: str
    line: int


@cache
def naming_cases(root: Path = ROOT) -> Mapping[str, tuple[NamingCase, ...]]:
    """The cases that name each rule, by its id. Raises FindingsError for a file that cannot be read."""
    found: dict[str, list[NamingCase]] = {}
    for path in sorted((root / "sets").rglob(f"*{CASES_SUFFIX}")):
        source = document.read(path, path.relative_to(root).as_posix())
        for index, case in enumerate(read(source)):
            for rule, does in dict(_named(case.expected)).items():
                line = source.line(("fallen", index))
                found.setdefault(rule, []).append(_naming(case, does, source.file, line))
    return {rule: tuple(cases) for rule, cases in found.items()}


def _named(expected: Expectation) -> Iterator[tuple[str, str]]:
    """Each rule that is named, without whom it is named for."""
    said = {
        "går inte att avgöra": expected.undecided,
        "gäller inte": expected.not_fired,
        "gäller": expected.fired,
    }
    for does, rules in said.items():
        yield from ((rule.partition(" ")[0], does) for rule in rules)
    for line in expected.lines or ():
        yield line.rule, f"ger {line.amount} kr"


def _naming(case: CaseEntry, does: str, file: str, line: int) -> NamingCase:
    places = tuple(code for code in case.municipalities if code is not None)
    return NamingCase(case.name, does, str(case.month), places, file, line)
