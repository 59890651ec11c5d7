"""Bars as SVG that Python draws: no script, and always beside a table with the same figures."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

_HIGH, _GAP, _LABEL, _WIDE = 26, 10, 190, 640


def bars(cells: Mapping[str, int | None], title: str) -> Markup:
    """A bar for each count. One that is withheld has no bar and says so."""
    longest = max([count for count in cells.values() if count], default=1)
    rows = [_bar(number, name, count, longest) for number, (name, count) in enumerate(cells.items())]
    tall = len(cells) * (_HIGH + _GAP)
    # Everything from outside is escaped in each row.
    return Markup(
        f'<svg class="stapel" viewBox="0 0 {_WIDE} {tall}" role="img" aria-label="{escape(title)}">'
        f"{''.join(rows)}</svg>"
    )


def _bar(number: int, name: str, count: int | None, longest: int) -> Markup:
    top = number * (_HIGH + _GAP)
    wide = round((count or 0) / longest * (_WIDE - _LABEL - 90))
    text = "färre än 5" if count is None else str(count)
    return Markup(
        f'<text x="{_LABEL - 10}" y="{top + 18}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{wide}" height="{_HIGH}" rx="3"></rect>'
        f'<text x="{_LABEL + wide + 8}" y="{top + 18}">{escape(text)}</text>'
    )
