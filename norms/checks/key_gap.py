"""N034: keys between the amounts of a series, or keys it has to cover, have none."""

from __future__ import annotations

from collections.abc import Iterator

from norms.band import Band
from norms.finding import Finding, Severity
from norms.lookup import Norms
from norms.table import Series, points

CODE = "N034"

_LISTED = 6


def check(norms: Norms) -> Iterator[Finding]:
    """Every series with a hole: somebody of that age or household would be left without an amount."""
    for table in norms.tables:
        for periods in table.series.values():
            series = periods[0]
            missing = _missing(series)
            beyond = _beyond(series)
            if missing:
                message = (
                    f"Belopp saknas för {_listed(series, missing)}. "
                    "Lägg till det som saknas, med beloppet okänd där det inte är känt."
                )
            elif beyond:
                message = f"Belopp finns för {beyond}, utanför det serien ska täcka. Rätta nycklarna."
            else:
                continue
            yield Finding(series.file, series.line, CODE, Severity.ERROR, series.name, message)


def _listed(series: Series, missing: list[tuple[int, ...]]) -> str:
    """The first few of the missing keys and how many more there are."""
    texts = [series.type.text(tuple(Band(key, key) for key in point)) for point in missing]
    more = f" och {len(texts) - _LISTED} till" if len(texts) > _LISTED else ""
    return f"{'; '.join(texts[:_LISTED])}{more}"


def _spans(series: Series) -> tuple[Band, ...]:
    """What to cover in each dimension: as declared, else from the lowest to the highest key."""
    spans = []
    for index, declared in enumerate(series.type.covers):
        bands = [row.keys[index] for row in series.rows]
        low = min(band.low for band in bands)
        high = None if any(band.high is None for band in bands) else max(band.high or 0 for band in bands)
        spans.append(declared or Band(low, high))
    return tuple(spans)


def _missing(series: Series) -> list[tuple[int, ...]]:
    """Every key without a row; an open end is looked at one key beyond the last one written."""
    limit = 1 + max((band.high or band.low for row in series.rows for band in row.keys), default=0)
    covered = {point for row in series.rows for point in points(row.keys, limit)}
    return [point for point in points(_spans(series), limit) if point not in covered]


def _beyond(series: Series) -> str:
    """The first row that reaches outside what the series is declared to cover."""
    for row in series.rows:
        for band, span in zip(row.keys, series.type.covers, strict=True):
            if span is not None and (
                band.low < span.low
                or (span.high is not None and (band.high is None or band.high > span.high))
            ):
                return series.type.text(row.keys)
    return ""
