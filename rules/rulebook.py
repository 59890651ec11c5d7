"""Read and check every rule file: from the bytes of files to a rulebook, or to everything wrong in them.

Letters are composed (NFC) before a file is understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import norms.load
from norms import document
from norms.document import Document
from norms.finding import Finding, FindingsError, Severity
from norms.load import Norms
from norms.nearest import hint
from rules import laws
from rules.book import ROOT, Rulebook, read_files
from rules.build import Builder
from rules.checks import empty_source, misplaced_file, unknown_municipality, unused_notion
from rules.checks.book_checks import check_book
from rules.checks.misplaced_file import MISPLACED_FILE
from rules.checks.together import together
from rules.checks.unknown_municipality import UNKNOWN_MUNICIPALITY
from rules.language import vocabulary_file
from rules.language.notion import Notion
from rules.language.vocabulary import Vocabulary
from rules.laws import Laws
from rules.notions import NotionReader
from rules.rule import Rule
from rules.rulefile import RuleFile, SettingsFile
from rules.schema import validate
from rules.setting import Confirmation, Setting
from rules.settings import read_confirmations, read_settings
from rules.wording.unknown_chapter import UNKNOWN_CHAPTER
from rules.wording.unknown_law import UNKNOWN_LAW

SHARED = "delade"
"""The folder of rule files that several municipalities share; each says which: ``gäller i``."""
_MUNICIPAL = "sets/municipal/"
SETTINGS = "kommun.yaml"
"""What a municipality's own file is called."""


def load(root: Path = ROOT, tables: Path = norms.load.TABLES) -> Rulebook:
    """Read and check rule files and norm tables from disk. Raises FindingsError with every error."""
    files = read_files(root)
    if not any(name.startswith("sets/") for name in files):
        problem = "Här finns inga regelfiler. Ange mappen som har sets/national/."
        raise FindingsError([MISPLACED_FILE.at("sets/", 0, "", problem=problem)])
    return build(files, norms.load.load(tables))


def build(files: Mapping[str, bytes], tables: Norms) -> Rulebook:
    """The rulebook of file contents. Raises FindingsError with every error in them."""
    reader = _Reader(tables)
    words = vocabulary_file.build(document.parse(files["vocabulary.yaml"], "vocabulary.yaml"))
    national = laws.build(document.parse(files["lagar.yaml"], "lagar.yaml"))
    documents = reader.documents(files)
    municipal = reader.settings(documents, words)
    collections = list(reader.collections(documents, national, municipal))
    notions = reader.notions(collections, words)
    rules = with_labels(reader.rules(collections, notions, words))
    whole = not reader.findings
    confirmations = reader.confirmations(municipal, rules) if whole else ()
    unused = unused_notion.check((each for own in notions.values() for each in own.values()), rules)
    sourceless = (
        found for each in municipal.values() for found in empty_source.check(each.file, each.source)
    )
    findings = [*reader.findings, *check_book(rules, words, whole), *(unused if whole else ()), *sourceless]
    findings += _amounts_in_no_chapter(tables, national)
    findings = [*dict.fromkeys(filter(reader.to_blame, findings))]
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise FindingsError(findings)
    all_files = {f"rules/{name}": content for name, content in files.items()}
    all_files |= {f"norms/{name}": content for name, content in tables.files.items()}
    return Rulebook(
        vocabulary=words,
        rules=rules,
        settings=tuple(setting for each in municipal.values() for setting in each.values),
        confirmations=confirmations,
        norms=tables,
        files=all_files,
        findings=tuple(sorted(findings)),
    )


def _amounts_in_no_chapter(tables: Norms, known: Laws) -> Iterator[Finding]:
    """The tables of amounts that cite a place which a law of the register cannot have, each told once."""
    told: set[tuple[str, str]] = set()
    for series in (each for history in tables.histories() for each in history):
        place = series.file, series.period.provision
        citation = known.cite(series.period.provision)
        problem = None if citation is None else known.lacking(citation)
        if problem is not None and place not in told:
            told.add(place)
            values = {"text": series.period.provision, "problem": problem}
            yield UNKNOWN_CHAPTER.at(f"norms/{series.file}", series.line, "lagrum", **values)


class _Municipal(NamedTuple):
    """A municipality's own file, read."""

    values: tuple[Setting, ...]
    laws: Laws
    file: SettingsFile
    source: Document


class _Collection(NamedTuple):
    """A rule file, in a municipality that has it, and the laws that it may cite there."""

    file: RuleFile
    source: Document
    municipality: str | None
    laws: Laws


_Notions = Mapping[str | None, Mapping[str, Notion]]


@dataclass
class _Reader:
    """Reads files one by one and collects what is wrong in all of them."""

    norms: Norms

    def __post_init__(self) -> None:
        self.findings: list[Finding] = []

    def documents(self, files: Mapping[str, bytes]) -> dict[str, Document]:
        misplaced = list(misplaced_file.check(files))
        self.findings += misplaced
        unread = {finding.file for finding in misplaced}
        found = {}
        for name, content in sorted(files.items()):
            if name.startswith("sets/") and name not in unread:
                try:
                    found[name] = document.parse(content, name)
                except FindingsError as error:
                    self.findings += error.findings
        municipalities = [(name, folder) for name in found if (folder := _folder(name)) != SHARED]
        self.findings += unknown_municipality.check(municipalities, self.norms.municipalities)
        return found

    def settings(self, documents: Mapping[str, Document], words: Vocabulary) -> dict[str, _Municipal]:
        """Settings, guidelines and the file that says them, by municipality code."""
        found: dict[str, _Municipal] = {}
        for name, source in documents.items():
            if _is_settings(source):
                try:
                    file = validate(SettingsFile, source)
                    values = read_settings(file, source, words, _folder(name))
                except FindingsError as error:
                    self.findings += error.findings
                    continue
                if file.code in found:
                    first = found[file.code].source.file
                    problem = f"Kommunens inställningar finns redan i {first}. Flytta dem dit."
                    line = source.line(("kommun",))
                    self.findings.append(MISPLACED_FILE.at(name, line, "kommun", problem=problem))
                    continue
                found[file.code] = _Municipal(values, Laws(file.laws), file, source)
        return found

    def confirmations(
        self, municipal: Mapping[str, _Municipal], rules: Sequence[Rule]
    ) -> tuple[Confirmation, ...]:
        """The rules that municipalities stand for."""
        found: list[Confirmation] = []
        for code, each in municipal.items():
            known = frozenset(rule.id for rule in rules if rule.municipality in (None, code))
            try:
                found += read_confirmations(each.file, each.source, known)
            except FindingsError as error:
                self.findings += error.findings
        return tuple(found)

    def collections(
        self, documents: Mapping[str, Document], national: Laws, municipal: Mapping[str, _Municipal]
    ) -> Iterator[_Collection]:
        """The rule files, once for each municipality that has one."""
        for name, source in documents.items():
            if _is_settings(source):
                continue
            try:
                file = validate(RuleFile, source)
            except FindingsError as error:
                self.findings += error.findings
                continue
            for code in self.places(_folder(name), file, source):
                known = national
                if code is not None and code in municipal:
                    known = national.plus(municipal[code].laws)
                yield _Collection(file, source, code, known)

    def to_blame(self, finding: Finding) -> bool:
        """Whether a finding is a fault of its own. The guidelines in a file that cannot be read are unknown,
        and a rule that cites them may be right."""
        whole = {each.file for each in self.findings if each.severity is Severity.ERROR}
        return finding.code != UNKNOWN_LAW.code or not any(
            name.startswith(_MUNICIPAL) and name.endswith(f"/{SETTINGS}") for name in whole
        )

    def places(self, folder: str | None, file: RuleFile, source: Document) -> tuple[str | None, ...]:
        """The municipalities that have a rule file; None for the nation."""
        named = file.municipalities
        if folder != SHARED:
            if named:
                problem = f"Bara filer i sets/municipal/{SHARED}/ säger ”gäller i”. Flytta filen dit."
                self.misplaced(source, problem)
            return (folder,)
        if not named:
            self.misplaced(source, "En delad regelsamling säger vilka kommuner den har: gäller i: [...].")
        for index, code in enumerate(named):
            if code not in self.norms.municipalities:
                self.findings.append(
                    UNKNOWN_MUNICIPALITY.at(
                        source.file,
                        source.line(("gäller i", index)),
                        "gäller i",
                        code=code,
                        nearest=hint(code, self.norms.municipalities),
                    )
                )
        return tuple(code for code in named if code in self.norms.municipalities)

    def misplaced(self, source: Document, problem: str) -> None:
        line = source.line(("gäller i",))
        self.findings.append(MISPLACED_FILE.at(source.file, line, "gäller i", problem=problem))

    def notions(self, collections: Sequence[_Collection], words: Vocabulary) -> _Notions:
        """The notions of the nation and of each municipality, by whose they are and by name."""
        found: dict[str | None, dict[str, Notion]] = {None: {}}
        ordered = sorted(collections, key=lambda each: each.municipality or "")  # the nation's come first
        for each in ordered:
            own = found.setdefault(each.municipality, {})
            reader = self.notion_reader(each, words)
            own.update((notion.name, notion) for notion in reader.named(each.file, {**found[None], **own}))
        for each in ordered:
            own = found[each.municipality]
            stated = [own[name] for name in each.file.notions if name in own]
            checked = self.notion_reader(each, words).checked(stated, {**found[None], **own})
            own.update((notion.name, notion) for notion in checked)
        return found

    def notion_reader(self, each: _Collection, words: Vocabulary) -> NotionReader:
        return NotionReader(
            each.source, each.municipality, words, self.norms.catalog, each.laws, self.findings
        )

    def rules(
        self, collections: Sequence[_Collection], notions: _Notions, words: Vocabulary
    ) -> tuple[Rule, ...]:
        found: list[Rule] = []
        for each in collections:
            known = {**notions[None], **notions[each.municipality]}
            builder = Builder(each.source, each.municipality, words, self.norms.catalog, each.laws, known)
            found += builder.rules(each.file)
            self.findings += builder.findings
        return tuple(found)


def with_labels(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules with every label among their exceptions replaced by the rules that have it.

    A label has no point in it, an id has. One that no rule has in the same months stays, to be found wrong.
    """
    labelled = [rule for rule in rules if rule.label is not None]
    return tuple(
        replace(rule, defeats=tuple(_ids(rule, labelled))) if any(map(_is_label, rule.defeats)) else rule
        for rule in rules
    )


def _ids(rule: Rule, labelled: Sequence[Rule]) -> Iterator[str]:
    for name in rule.defeats:
        others = [
            other.id
            for other in labelled
            if other.label == name and other.id != rule.id and together(rule, other)
        ]
        yield from dict.fromkeys(others) if _is_label(name) and others else (name,)


def _is_label(name: str) -> bool:
    return "." not in name


def _is_settings(source: Document) -> bool:
    data = source.data
    return isinstance(data, dict) and "kommun" in data and "regelsamling" not in data


def _folder(name: str) -> str | None:
    """The municipality code of a file in a municipality's folder, or None for a national file."""
    return name.removeprefix(_MUNICIPAL).split("/")[0] if name.startswith(_MUNICIPAL) else None
