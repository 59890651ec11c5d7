"""The rulebook: every rule file and norm table, read and checked. Its content hash is the release.

The release id is the SHA-256 of a list of all files with the SHA-256 of each, so the same content gives
the same id on any machine. Line ends are normalised first; the policy staff's case files do not count.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from unicodedata import normalize

from norms.finding import Finding, FindingsError, Severity
from norms.folder import IS_A_FOLDER
from norms.lookup import Norms
from norms.month import Month
from rules.language.vocabulary import Vocabulary
from rules.rule import Rule
from rules.setting import Confirmation, Setting

ROOT = Path(__file__).parent
CASES_SUFFIX = ".fall.yaml"
"""Files with this ending are the policy staff's cases: beside the rules, but not part of the law."""

_BEGINS = re.compile(r"\s*- (id|grupp): ")
"""The first line of a rule or of a group."""


@dataclass(frozen=True)
class Rulebook:
    """Checked rule files and norm tables. ``findings`` are the warnings that did not stop it."""

    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    settings: tuple[Setting, ...]
    confirmations: tuple[Confirmation, ...]
    norms: Norms
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]

    @cached_property
    def release(self) -> str:
        """The content hash: 64 hexadecimal digits."""
        named = ((normalize("NFC", name), content) for name, content in self.files.items())
        lines = sorted(f"{name}\t{_digest(content)}\n" for name, content in named)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def source(self, rule: Rule) -> Iterator[str]:
        """The lines of a rule's file that say it, those of its group first."""
        lines = self.files[f"rules/{rule.file}"].decode("utf-8").splitlines()
        if rule.group_line is not None:
            yield from takewhile(lambda line: line.strip() != "regler:", lines[rule.group_line - 1 :])
        yield lines[rule.line - 1]
        yield from takewhile(lambda line: not begins_another(line), lines[rule.line :])

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Every wording of a rule over time, the oldest first."""
        return tuple(
            sorted((rule for rule in self.rules if rule.id == rule_id), key=lambda rule: rule.span.first)
        )

    def version(self, rule_id: str, month: Month) -> Rule | None:
        """The wording of a rule that holds in a month; None where none does."""
        return next((each for each in self.versions(rule_id) if each.span.holds(month)), None)


def read_files(root: Path) -> dict[str, bytes]:
    """The files of a folder by their name in it. Case files and hidden files are left out.

    Raises FindingsError for a folder that is called as a file: what is in it would not be read as that file.
    """
    paths = [root / "vocabulary.yaml", root / "lagar.yaml", *sorted((root / "sets").rglob("*"))]
    folders = [
        path.relative_to(root).as_posix() for path in paths if path.suffix == ".yaml" and path.is_dir()
    ]
    if folders:
        raise FindingsError([Finding(name, 0, "R002", Severity.ERROR, "", IS_A_FOLDER) for name in folders])
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in paths
        if not path.is_dir() and not path.name.startswith(".") and not path.name.endswith(CASES_SUFFIX)
    }


def begins_another(line: str) -> bool:
    """Whether a line of a rule file begins a rule or a group."""
    return _BEGINS.match(line) is not None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
