"""A diagnostic: one thing that can be wrong in a rule file, with its code and its wording."""

from __future__ import annotations

from dataclasses import dataclass

from norms.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """``template`` is the Swedish message; its fields in braces are filled by :meth:`at`."""

    code: str
    severity: Severity
    title: str
    template: str

    def at(self, file: str, line: int, where: str, /, **values: object) -> Finding:
        """The finding for one place in one file, in whole sentences."""
        message = self.template.format(**values)
        ended = message if message.endswith((".", "?")) else f"{message}."
        return Finding(file, line, self.code, self.severity, where, ended)
