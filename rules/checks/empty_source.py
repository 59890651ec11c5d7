"""R053: a municipality's choice that does not say who decided it. Kept releases may have one."""

from __future__ import annotations

from collections.abc import Iterator

from norms.document import Document, Location
from norms.finding import Finding, Severity
from rules.rulefile import SettingsFile
from rules.wording.diagnostic import Diagnostic

EMPTY_SOURCE = Diagnostic(
    "R053",
    Severity.WARNING,
    "Tom källa",
    "”källa” är tom. Skriv var det är beslutat: vem, när och vilket beslut.",
)


def check(file: SettingsFile, source: Document) -> Iterator[Finding]:
    """Every setting and every confirmation has words for where it was decided."""
    said: list[tuple[Location, str, str]] = [
        (("inställningar", path, index, "källa"), f"{path} {index + 1}", entry.source)
        for path, entries in file.settings.items()
        for index, entry in enumerate(entries)
    ]
    said += [(("bekräftar", name, "källa"), name, entry.source) for name, entry in file.confirms.items()]
    for location, where, words in said:
        if not words.strip():
            yield EMPTY_SOURCE.at(source.file, source.line(location), where)
