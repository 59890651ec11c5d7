"""Read what a municipality has chosen, and what it stands for, out of its own file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from norms.document import Document, Location
from norms.finding import Finding, FindingsError
from norms.nearest import hint
from rules.checks.misplaced_file import MISPLACED_FILE
from rules.facts import limits_in_words, within
from rules.language.vocabulary import Delegated, Source, Term, Vocabulary, read_value
from rules.laws import Span
from rules.rulefile import BoardEntry, SettingsFile
from rules.setting import BoardDecision, Confirmation, Setting
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
                problem = f"{entry.value} ligger utanför det som ordlistan tillåter: {limits_in_words(term)}."
                report(path, index, problem)
                continue
            board = _board(entry.decision)
            found.append(Setting(file.code, path, value, span, entry.source, entry.status, board))
    for setting in found:
        if problem := _undelegated(setting, found, declared):
            report(setting.path, None, problem)
    if findings:
        raise FindingsError(findings)
    return tuple(found)


def _board(entry: BoardEntry | None) -> BoardDecision | None:
    if entry is None:
        return None
    return BoardDecision(entry.board, entry.day, entry.number, tuple(each.value for each in entry.covers))


def _undelegated(setting: Setting, all_of_file: Sequence[Setting], declared: Mapping[str, Term]) -> str:
    """What the board's decision lacks where a setting lets the machine decide; empty for nothing. What nobody
    has confirmed lets it decide nothing."""
    kind = declared[setting.path].delegates
    if kind is None or setting.value is not True or not setting.status.confirmed:
        return ""
    if setting.decision is None:
        return (
            "Maskinen får besluta bara det som nämnden har delegerat. Skriv vilket beslut det är: "
            'beslut: {nämnd: …, datum: ÅÅÅÅ-MM-DD, nummer: "§ …", omfattar: [bifall]}.'
        )
    if kind is not Delegated.DECISIONS:
        wanted = {kind}
    else:
        said = {each.path for each in all_of_file}
        wanted = {
            term.delegates
            for path, term in declared.items()
            if term.delegates not in (None, kind) and term.default is True and path not in said
        }
    lacking = sorted(each.value for each in wanted if each and each.value not in setting.decision.covers)
    if not lacking:
        return ""
    return (
        f"Nämndens beslut omfattar inte {', '.join(lacking)}. Skriv det beslut som gör det, eller välj nej."
    )
