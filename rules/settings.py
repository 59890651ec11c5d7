"""A municipality's own choices where the law leaves one: values of terms whose source is a setting."""

from __future__ import annotations

from dataclasses import dataclass

from norms.document import Document
from norms.finding import Finding, FindingsError
from norms.status import Status
from rules.checks.diagnostic import nearest
from rules.checks.wrong_setting import WRONG_SETTING
from rules.facts import Known
from rules.laws import Span
from rules.rulefile import SettingsFile
from rules.vocabulary import Source, Vocabulary, read_value


@dataclass(frozen=True, slots=True)
class Setting:
    """The value of a setting in a municipality for a span of months."""

    municipality: str
    path: str
    value: Known
    span: Span
    source: str
    status: Status


def read_settings(
    file: SettingsFile, document: Document, vocabulary: Vocabulary, folder: str | None
) -> tuple[Setting, ...]:
    """The settings of a municipality's file. Raises FindingsError."""
    findings: list[Finding] = []
    found: list[Setting] = []

    def report(path: str, index: int | None, problem: str) -> None:
        location = ("inställningar", path) if index is None else ("inställningar", path, index)
        findings.append(
            WRONG_SETTING.at(document.file, document.line(location), path, name=path, problem=problem)
        )

    if folder != file.code:
        report("kommun", None, f"filen ligger i mappen {folder} men säger sig gälla {file.code}")
    declared = {term.path: term for term in vocabulary.terms.values() if term.source is Source.SETTING}
    for path, entries in file.settings.items():
        term = declared.get(path)
        if term is None:
            report(path, None, f"ordlistan har ingen sådan inställning.{nearest(path, declared)}")
            continue
        for index, entry in enumerate(entries):
            following = entries[index + 1].first if index + 1 < len(entries) else None
            if following is not None and following <= entry.first:
                report(
                    path, index + 1, f"raderna ska stå i tidsordning, men {following} följer på {entry.first}"
                )
                continue
            span = Span(entry.first, following.plus(-1) if following else None)
            try:
                value = read_value(term.type, entry.value)
            except ValueError as error:
                report(path, index, str(error))
                continue
            found.append(Setting(file.code, path, value, span, entry.source, entry.status))
    if findings:
        raise FindingsError(findings)
    return tuple(found)
