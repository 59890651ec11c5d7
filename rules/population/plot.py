"""The staircase of a wage as SVG: how much of 100 kr more is left, by wage, before and after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from rules.population.effect import MORE_WAGE, StepJson

_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 760, 380, 60, 60, 60
_BEFORE, _AFTER = "#5b6770", "#0b5fa5"


def staircase(steps: Sequence[StepJson], title: str, about: str) -> str:
    """The drawing. ``steps`` are those of the effect as JSON has it, ``about`` says how to make it again."""
    return "\n".join(_lines(steps, title, about)) + "\n"


def _lines(steps: Sequence[StepJson], title: str, about: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="12">'
    )
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>'
    yield f'<text x="{_LEFT}" y="22" font-size="16">{escape(title)}</text>'
    yield f'<text x="{_LEFT}" y="42" fill="{_BEFORE}">före (streckad)</text>'
    yield f'<text x="{_LEFT + 120}" y="42" fill="{_AFTER}">efter</text>'
    for kronor in range(0, 101, 20):
        at = _y(kronor * 100)
        yield f'<line x1="{_LEFT}" y1="{at}" x2="{_WIDTH - 20}" y2="{at}" stroke="#d9dee2"/>'
        yield f'<text x="{_LEFT - 8}" y="{at + 4}" text-anchor="end">{kronor} kr</text>'
    last = steps[-1]["to"] if steps else 1
    for kept, colour, dashes in (
        ([step["kept_before"] for step in steps], _BEFORE, ' stroke-dasharray="5 4"'),
        ([step["kept_after"] for step in steps], _AFTER, ""),
    ):
        points = " ".join(
            f"{_x(end, last)},{_y(left)}"
            for step, left in zip(steps, kept, strict=True)
            for end in (step["from"], step["to"])
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dashes}/>'
    for step in steps[:: max(1, len(steps) // 8)]:
        at = _x(step["from"], last)
        yield f'<text x="{at}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{step["from"] // 100}</text>'
    yield f'<text x="{_LEFT}" y="{_HEIGHT - 24}">lön i månaden, kronor</text>'
    yield f'<text x="{_LEFT}" y="{_HEIGHT - 8}" fill="#5b6770">{escape(about)}</text>'
    yield "</svg>"


def _x(ore: int, last: int) -> int:
    return _LEFT + ore * (_WIDTH - _LEFT - 20) // last


def _y(ore: int) -> int:
    return _HEIGHT - _BOTTOM - ore * (_HEIGHT - _BOTTOM - _TOP) // MORE_WAGE
