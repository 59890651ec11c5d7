"""N004: ``därutöver`` does not name a key of the series, or the amounts never end so nothing lies beyond."""

from __future__ import annotations

from collections.abc import Iterator

from norms.band import split_key
from norms.finding import Finding
from norms.nearest import hint
from norms.read import SeriesEntry, Tree

CODE = "N004"


def check(tree: Tree) -> Iterator[Finding]:
    """Every series whose step beyond the last key cannot be used."""
    for series in tree.series_entries:
        if series.form.further and series.name in tree.catalogue.form.series:
            message = _message(series, list(tree.catalogue.form.series[series.name].dimensions))
            if message:
                location = (*series.location, "därutöver")
                yield series.read.finding(CODE, location, f"{series.name}.därutöver", message)


def _message(series: SeriesEntry, dimensions: list[str]) -> str | None:
    if len(series.form.further) > 1:
        return "Bara en nyckel kan fortsätta bortom den sista. Ta bort de andra."
    name = next(iter(series.form.further))
    if name not in dimensions:
        return f"”{name}” är ingen av seriens nycklar ({', '.join(dimensions)}).{hint(name, dimensions)}"
    index = dimensions.index(name)
    if any(part.endswith("+") for key in series.form.cells for part in split_key(key)[index : index + 1]):
        return "Det sista beloppet gäller redan uppåt utan slut (+). Ta bort plustecknet eller ”därutöver”."
    return None
