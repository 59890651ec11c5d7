"""What a check says about a file: a code, where it is, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a finding is. ``fel`` stops the file from being used, ``varning`` does not."""

    ERROR = "fel"
    WARNING = "varning"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding in one file.

    ``file`` is relative to the folder that was read, ``line`` is 1-based (0: the file as a whole),
    ``where`` names the field or cell, ``message`` says in Swedish what was found, what was expected and
    what to do.
    """

    file: str
    line: int
    code: str
    severity: Severity
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f" {self.where}:" if self.where else ""
        return f"{place}: {self.severity} {self.code}:{where} {self.message}"


class FindingsError(Exception):
    """A file cannot be used. Carries every finding, not only the first."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(sorted(findings))
        super().__init__("\n".join(str(finding) for finding in self.findings))
