"""A text as a QR code in SVG. Always mask 0: to look for another takes five sixths of the time, and a proof
is random enough to need none."""

from __future__ import annotations

from functools import cache

import zxingcpp

_QUIET = 4
"""The margin that a code has, in modules."""
_DARK, _LIGHT = b"\x00", b"\xff"


def svg(text: str) -> str:
    """A code that holds the text, with the lowest level of correction: each run of dark modules is a line.

    Raises ValueError for a text that no code holds.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L", data_mask=0)
    picture = code.to_image(scale=1, add_quiet_zones=False)
    width, modules = picture.shape[1], bytes(picture)  # type: ignore[call-overload]  # a buffer that the stub leaves out
    lines = list[str]()
    for row, start in enumerate(range(0, len(modules), width)):
        # What lies between the places where dark turns light is each run but its two outermost modules.
        told = _DARK + modules[start : start + width].rstrip(_LIGHT) + _LIGHT
        first, *runs, _ = told.split(_DARK + _LIGHT)
        lines.append(f"M{_QUIET} {_QUIET + row}.5{f'h{len(first)}' if first else ''}")
        lines += map(_line, runs)
    size = width + 2 * _QUIET
    drawn = f'viewBox="0 0 {size} {size}" width="{2 * size}" height="{2 * size}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {drawn}><path stroke="#000" d="{"".join(lines)}"/></svg>\n'
    )


@cache
def _line(run: bytes) -> str:
    """Past the light modules, and along the dark ones that follow them, one more of each than there is here:
    a code has few kinds of runs."""
    light = run.count(_LIGHT)
    return f"m{light + 1} 0h{len(run) - light + 1}"
