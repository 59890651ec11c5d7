"""The rulebook: every rule file and norm table, read and checked. Its content hash is the release.

The release id is the SHA-256 of a list of all files with the SHA-256 of each, so the same content gives
the same id on any machine. Line ends are normalised first; the policy staff's case files do not count.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import norms.load
from norms import document
from norms.document import Document
from norms.finding import Finding, FindingsError, Severity
from norms.load import Norms
from rules import laws, vocabulary
from rules.build import Builder
from rules.checks.book_checks import check_book
from rules.laws import Laws
from rules.rule import Rule
from rules.rulefile import RuleFile, SettingsFile
from rules.schema import validate
from rules.settings import Setting, read_settings
from rules.vocabulary import Vocabulary

ROOT = Path(__file__).parent
CASES_SUFFIX = ".fall.yaml"
"""Files with this ending are the policy staff's cases: beside the rules, but not part of the law."""

_NATIONAL = "sets/national/"
_MUNICIPAL = "sets/municipal/"


@dataclass(frozen=True)
class Rulebook:
    """Checked rule files and norm tables. ``findings`` are the warnings that did not stop it."""

    vocabulary: Vocabulary
    laws: Laws
    rules: tuple[Rule, ...]
    settings: tuple[Setting, ...]
    norms: Norms
    files: Mapping[str, bytes]
    findings: tuple[Finding, ...]

    @cached_property
    def release(self) -> str:
        """The content hash: 64 hexadecimal digits."""
        lines = sorted(f"{_name(name)}\t{_digest(content)}\n" for name, content in self.files.items())
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    def versions(self, rule_id: str) -> tuple[Rule, ...]:
        """Every wording of a rule over time, the oldest first."""
        return tuple(
            sorted((rule for rule in self.rules if rule.id == rule_id), key=lambda rule: rule.span.first)
        )


def load(root: Path = ROOT, tables: Path = norms.load.TABLES) -> Rulebook:
    """Read and check rule files and norm tables from disk. Raises FindingsError with every error."""
    return build(read_files(root), norms.load.load(tables))


def read_files(root: Path) -> dict[str, bytes]:
    """The rule files of a folder by their name in it. Case files are left out."""
    paths = [root / "vocabulary.yaml", root / "lagar.yaml", *sorted((root / "sets").rglob("*.yaml"))]
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in paths
        if not path.name.endswith(CASES_SUFFIX)
    }


def build(files: Mapping[str, bytes], tables: Norms) -> Rulebook:
    """The rulebook of file contents. Raises FindingsError with every error in them."""
    reader = _Reader(tables)
    words = vocabulary.build(document.parse(files["vocabulary.yaml"], "vocabulary.yaml"))
    national = laws.build(document.parse(files["lagar.yaml"], "lagar.yaml"))
    documents = reader.documents(files)
    municipal = reader.settings(documents, words)
    rules = reader.rules(documents, words, national, municipal)
    findings = [*reader.findings, *check_book(tuple(rules), words)]
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(findings)
    all_files = {f"rules/{name}": content for name, content in files.items()}
    all_files |= {f"norms/{name}": content for name, content in tables.files.items()}
    settings = tuple(setting for values, _ in municipal.values() for setting in values)
    return Rulebook(words, national, tuple(rules), settings, tables, all_files, tuple(sorted(findings)))


@dataclass
class _Reader:
    """Reads files one by one and collects what is wrong in all of them."""

    norms: Norms

    def __post_init__(self) -> None:
        self.findings: list[Finding] = []

    def documents(self, files: Mapping[str, bytes]) -> dict[str, Document]:
        found = {}
        for name, content in sorted(files.items()):
            if name.startswith("sets/"):
                try:
                    found[name] = document.parse(content, name)
                except FindingsError as error:
                    self.findings += error.findings
        return found

    def settings(
        self, documents: Mapping[str, Document], words: Vocabulary
    ) -> dict[str, tuple[tuple[Setting, ...], Laws]]:
        """Settings and guidelines by municipality code."""
        found = {}
        for name, source in documents.items():
            if _is_settings(source):
                try:
                    file = validate(SettingsFile, source)
                    values = read_settings(file, source, words, _folder(name))
                    found[file.code] = (values, laws.of_entries(file.laws))
                except FindingsError as error:
                    self.findings += error.findings
        return found

    def rules(
        self,
        documents: Mapping[str, Document],
        words: Vocabulary,
        national: Laws,
        municipal: Mapping[str, tuple[tuple[Setting, ...], Laws]],
    ) -> list[Rule]:
        found: list[Rule] = []
        for name, source in documents.items():
            if _is_settings(source):
                continue
            municipality = _folder(name)
            known = national
            if municipality is not None and municipality in municipal:
                known = national.plus(municipal[municipality][1])
            try:
                file = validate(RuleFile, source)
            except FindingsError as error:
                self.findings += error.findings
                continue
            builder = Builder(source, municipality, words, self.norms.catalog, known)
            found += builder.rules(file)
            self.findings += builder.findings
        return found


def _is_settings(source: Document) -> bool:
    return isinstance(source.data, dict) and "kommun" in source.data


def _folder(name: str) -> str | None:
    """The municipality code of a file in a municipality's folder, or None for a national file."""
    return name.removeprefix(_MUNICIPAL).split("/")[0] if name.startswith(_MUNICIPAL) else None


def _name(name: str) -> str:
    return unicodedata.normalize("NFC", name)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
