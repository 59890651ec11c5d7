"""The effect of a law on a population as a table for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rules.texts import kronor

_HEADS = (
    "hushåll",
    "antal",
    "stöd före",
    "stöd efter",
    "kostnad före",
    "kostnad efter",
    "får mer",
    "får mindre",
)


def lines(found: dict[str, Any]) -> Iterator[str]:
    """The whole effect, from what JSON has of it."""
    rows = [_HEADS, _row("alla", found["all"])]
    rows += [_row(name, group) for name, group in found["kinds"].items()]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    for row in rows:
        first, *rest = (
            cell.ljust(w) if n == 0 else cell.rjust(w)
            for n, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *rest])
    yield ""
    quartiles = found["all"]["quartiles"]
    if quartiles is None:
        yield "Inget hushåll får mer eller mindre."
    else:
        yield f"Ändringar i månaden, kvartiler: {', '.join(map(kronor, quartiles))}."
    if found["unknown"]:
        yield f"{found['unknown']} hushåll har en summa som inte är känd och är inte med."
    yield ""
    yield "Av 100 kr högre lön blir kvar, i snitt, efter lön i månaden:"
    for step in found["staircase"]:
        yield (
            f"  {step['from'] // 100:>6}–{step['to'] // 100:<6} {step['households']:>8} hushåll   "
            f"före {kronor(step['kept_before'])}, efter {kronor(step['kept_after'])}"
        )


def _row(name: str, group: dict[str, Any]) -> tuple[str, ...]:
    return (
        name,
        str(group["households"]),
        str(group["supported_before"]),
        str(group["supported_after"]),
        kronor(group["cost_before"]),
        kronor(group["cost_after"]),
        str(group["winners"]),
        str(group["losers"]),
    )
