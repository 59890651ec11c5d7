"""Read what a municipality has chosen, and what it stands for, out of its own file."""

from __future__ import annotations

from norms.document import Document, Location
from norms.finding import Finding, FindingsError
from norms.nearest import hint
from rules.checks.misplaced_file import MISPLACED_FILE
from rules.facts import within
from rules.language.vocabulary import Source, Term, Vocabulary, read_value
from rules.laws import Span
from rules.rulefile import SettingsFile
from rules.setting import Confirmation, Setting
from rules.wording.wrong_setting import WRONG_SETTING


def read_confirmations(
    file: SettingsFile, document: Document, known: frozenset[str]
) -> tuple[Confirmation, ...]:
    """The rules that a municipality stands for. Raises FindingsError for one that does not exist."""
    findings = [
        WRONG_SETTING.at(
            document.file,
            document.line(("bekräftar", name)),
            name,
            problem=f"Det finns ingen sådan regel att bekräfta.{hint(name, known)}",
        )
        for name in file.confirms
        if name not in known
    ]
    if findings:
        raise FindingsError(findings)
    return tuple(
        Confirmation(file.code, name, Span(entry.first, None), entry.source)
        for name, entry in file.confirms.items()
    )


def read_settings(
    file: SettingsFile, document: Document, vocabulary: Vocabulary, folder: str | None
) -> tuple[Setting, ...]:
    """The settings of a municipality's file. Raises FindingsError."""
    findings: list[Finding] = []
    found: list[Setting] = []

    def report(path: str, index: int | None, problem: str) -> None:
        location: Location = ("inställningar", path) if index is None else ("inställningar", path, index)
        where = path if index is None else f"{path} {index + 1}"
        findings.append(WRONG_SETTING.at(document.file, document.line(location), where, problem=problem))

    if folder != file.code:
        place = f"i mappen {folder}" if folder is not None else "bland de nationella reglerna"
        problem = f"Filen gäller kommun {file.code} men ligger {place}. Flytta den eller rätta koden."
        findings.append(
            MISPLACED_FILE.at(document.file, document.line(("kommun",)), "kommun", problem=problem)
        )
    declared = {term.path: term for term in vocabulary.terms.values() if term.source is Source.SETTING}
    for path, entries in file.settings.items():
        term = declared.get(path)
        if term is None:
            report(path, None, f"Ordlistan har ingen inställning med det namnet.{hint(path, declared)}")
            continue
        for index, entry in enumerate(entries):
            following = entries[index + 1].first if index + 1 < len(entries) else None
            if following is not None and following <= entry.first:
                problem = f"Raderna ska stå i tidsordning, men {following} följer på {entry.first}."
                report(path, index + 1, problem)
                continue
            span = Span(entry.first, following.plus(-1) if following else None)
            try:
                value = read_value(term.type, entry.value)
            except ValueError as error:
                report(path, index, f"{error}.")
                continue
            if not within(term, value):
                problem = f"{entry.value} ligger utanför det som ordlistan tillåter: {_limits(term)}."
                report(path, index, problem)
                continue
            found.append(Setting(file.code, path, value, span, entry.source, entry.status))
    if findings:
        raise FindingsError(findings)
    return tuple(found)


def _limits(term: Term) -> str:
    low = f"lägst {term.lowest}" if term.lowest is not None else ""
    high = f"högst {term.highest}" if term.highest is not None else ""
    return " och ".join(text for text in (low, high) if text)
