"""A diagnostic: one thing that can be wrong in a rule file, with its code and its wording."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from difflib import get_close_matches

from norms.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """``template`` is the Swedish message; its fields in braces are filled by :meth:`at`."""

    code: str
    severity: Severity
    title: str
    template: str

    def at(self, file: str, line: int, where: str, /, **values: object) -> Finding:
        """The finding for one place in one file."""
        return Finding(file, line, self.code, self.severity, where, self.template.format(**values))


def nearest(word: str, words: Collection[str]) -> str:
    """`` Menade du ”x”?`` with the most similar known word, or nothing when none is similar."""
    matches = get_close_matches(word, words, n=1, cutoff=0.6)
    return f" Menade du ”{matches[0]}”?" if matches else ""
