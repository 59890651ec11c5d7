"""Pictures as SVG that Python draws: no script, and always beside a table with the same figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from decision_service.reading.said import said_in

_say = said_in(__file__)
_HIGH, _GAP, _LABEL, _WIDE = 26, 10, 250, 700


def bars(cells: Mapping[str, int | None], title: str) -> Markup:
    """A bar for each count. One that is withheld has no bar and says so."""
    longest = max([count for count in cells.values() if count], default=1)
    return _bars({name: (count, str(count)) for name, count in cells.items()}, longest, title)


def shares(cells: Mapping[str, float | None], title: str) -> Markup:
    """A bar for each share of a whole, which is as long as the picture allows."""
    found = {
        name: (None if share is None else round(share * 1000), percent(share))
        for name, share in cells.items()
    }
    return _bars(found, 1000, title)


def percent(share: float | None) -> str:
    """A share between 0 and 1 as people write it: 47,6 %."""
    return "" if share is None else f"{share * 100:.1f} %".replace(".", ",")


def whole(number: int) -> str:
    """A whole number as people write it: 2 740."""
    return f"{number:,}".replace(",", "\u00a0")


def _bars(cells: Mapping[str, tuple[int | None, str]], longest: int, title: str) -> Markup:
    """A bar for each length, with what is written beside it."""
    rows = [_bar(number, name, *cell, longest) for number, (name, cell) in enumerate(cells.items())]
    tall = len(cells) * (_HIGH + _GAP)
    # Everything from outside is escaped in each row.
    return Markup(
        f'<svg class="stapel" viewBox="0 0 {_WIDE} {tall}" role="img" aria-label="{escape(title)}">'
        f"{''.join(rows)}</svg>"
    )


def _bar(number: int, name: str, count: int | None, said: str, longest: int) -> Markup:
    top = number * (_HIGH + _GAP)
    wide = round((count or 0) / longest * (_WIDE - _LABEL - 90))
    text = _say("withheld") if count is None else said
    return Markup(
        f'<text x="{_LABEL - 10}" y="{top + 18}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{_LABEL}" y="{top}" width="{wide}" height="{_HIGH}" rx="3"></rect>'
        f'<text x="{_LABEL + wide + 8}" y="{top + 18}">{escape(text)}</text>'
    )


_TALL, _FOOT, _SIDE = 260, 26, 70


def steps(points: Sequence[tuple[str, int | None]], title: str, unit: str) -> Markup:
    """A line that keeps its height until the next point: what held from when. A point that is not known
    breaks the line. Heights begin at zero, so that a change looks as large as it is."""
    highest = max([height for _, height in points if height], default=1)
    wide = (_WIDE - _SIDE) / max(len(points), 1)

    def at(height: int) -> float:
        return round(_TALL - height / highest * (_TALL - 24), 1)

    drawn, begun = [], False
    for number, (_, height) in enumerate(points):
        left, right = round(_SIDE + number * wide, 1), round(_SIDE + (number + 1) * wide, 1)
        if height is not None:
            drawn.append(f"{'L' if begun else 'M'}{left} {at(height)} L{right} {at(height)}")
        begun = height is not None
    every = max(1, len(points) // 8)
    feet = "".join(
        f'<text x="{round(_SIDE + number * wide, 1)}" y="{_TALL + 18}">{escape(name)}</text>'
        for number, (name, _) in enumerate(points)
        if number % every == 0
    )
    return Markup(
        f'<svg class="stapel linje" viewBox="0 0 {_WIDE} {_TALL + _FOOT}" role="img" '
        f'aria-label="{escape(title)}">'
        f'<text x="{_SIDE - 8}" y="{at(highest) + 5}" text-anchor="end">{whole(highest)}</text>'
        f'<text x="{_SIDE - 8}" y="{_TALL + 5}" text-anchor="end">0</text>'
        f'<text x="{_SIDE}" y="14">{escape(unit)}</text>'
        f'<path d="M{_SIDE} {_TALL} H{_WIDE}" class="axel"></path>'
        f'<path d="{" ".join(drawn)}"></path>{feet}</svg>'
    )
