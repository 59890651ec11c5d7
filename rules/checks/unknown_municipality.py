"""R043: rules or settings of a municipality that is not registered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from norms.finding import Finding, Severity
from norms.nearest import hint
from rules.wording.diagnostic import Diagnostic

UNKNOWN_MUNICIPALITY = Diagnostic(
    "R043",
    Severity.ERROR,
    "Okänd kommun",
    "{code} är ingen kommunkod i norms/tables/kommuner.yaml, så filen skulle aldrig gälla där.{nearest} "
    "Rätta koden eller lägg till kommunen.",
)


def check(municipalities: Iterable[tuple[str, str | None]], known: Collection[str]) -> Iterator[Finding]:
    """The municipality of every file is registered. ``municipalities`` holds (file, code)."""
    for file, code in municipalities:
        if code is not None and code not in known:
            yield UNKNOWN_MUNICIPALITY.at(file, 0, "", code=code, nearest=hint(code, known))
