"""A text as a QR code in SVG."""

from __future__ import annotations

import re

import zxingcpp

_QUIET = 4
"""The margin that a code has, in modules."""
_DARK = re.compile(rb"\x00+")


def svg(text: str) -> str:
    """A code that holds the text, with the lowest level of correction: each run of dark modules is a line.

    Raises ValueError for a text that no code holds.
    """
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="L")
    picture = code.to_image(scale=1, add_quiet_zones=False)
    width, modules = picture.shape[1], bytes(picture)  # type: ignore[call-overload]  # a buffer that the stub leaves out
    lines = (
        f"M{_QUIET + run.start() - start} {_QUIET + row}.5h{run.end() - run.start()}"
        for row, start in enumerate(range(0, len(modules), width))
        for run in _DARK.finditer(modules, start, start + width)
    )
    size = width + 2 * _QUIET
    drawn = f'viewBox="0 0 {size} {size}" width="{2 * size}" height="{2 * size}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {drawn}><path stroke="#000" d="{"".join(lines)}"/></svg>\n'
    )
