"""A text as a QR code in SVG, quickly: the form of the code is made once for each size, by segno, and every
code of that size is filled in by whole numbers. Always mask 0: a text that is random enough needs no choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Any, NamedTuple

import segno
from segno import consts as _consts
from segno import encoder as _encoder

consts: Any = _consts
encoder: Any = _encoder
_LEVEL, _BYTES, _FREE, _QUIET = consts.ERROR_LEVEL_L, consts.MODE_BYTE, 2, 4
"""The lowest level of correction, a text of bytes, a module without a value, and the margin in modules."""
_VERSIONS = range(10, 41)
"""The sizes, from the first that counts bytes in sixteen bits."""
_DARK = re.compile("1+")


class _Form(NamedTuple):
    """What codes of a size have in common. ``blocks`` are the codewords of data and of correction that each
    block has; ``mask`` is laid over the ``bits`` of the text; ``placed`` gives the modules row by row, from
    these bits and the two values that a module may have."""

    width: int
    blocks: tuple[tuple[int, int], ...]
    bits: int
    mask: int
    placed: Callable[[str], tuple[str, ...]]


def svg(text: str) -> str:
    """A text, to the byte. Raises segno.DataOverflowError for one that no code holds."""
    content = text.encode()
    form = _form(_version(len(content)))
    words = _codewords(content, form)
    bits = int.from_bytes(words, "big") << (form.bits - 8 * len(words)) ^ form.mask
    modules = "".join(form.placed(f"{bits:0{form.bits}b}01"))
    size = 2 * (form.width + 2 * _QUIET)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}" class="segno">'
        f'<path transform="scale(2)" class="qrline" stroke="#000" d="{"".join(_path(modules, form.width))}"/>'
        "</svg>\n"
    )


def _version(length: int) -> int:
    for version in _VERSIONS:
        if consts.SYMBOL_CAPACITY[version][_LEVEL] >= 8 * length + 20:
            return version
    raise segno.DataOverflowError(f"Texten ryms inte i en QR-kod: {length} byte.")


def _path(modules: str, width: int) -> Iterator[str]:
    """Each run of dark modules as a line, from where the last one ended."""
    x, y = -_QUIET, -_QUIET
    for row in range(width):
        at = row * width
        for run in _DARK.finditer(modules, at, at + width):
            begins, ends = run.start() - at, run.end() - at
            yield f"m{begins - x} {row - y}h{ends - begins}" if y >= 0 else f"M{_QUIET} {_QUIET}.5h{ends}"
            x, y = ends, row


def _codewords(content: bytes, form: _Form) -> bytes:
    """Data and correction, interleaved as the code has them."""
    room = sum(data for data, _ in form.blocks)
    head = (_BYTES << 16 | len(content)) << 8 * len(content) | int.from_bytes(content, "big")
    filled = (head << 12).to_bytes(len(content) + 4, "big")
    filled = (filled + b"\xec\x11" * room)[:room]
    data, correction, at = [], [], 0
    for length, more in form.blocks:
        data.append(filled[at : at + length])
        correction.append(_correction(data[-1], more))
        at += length
    return bytes(each for each in chain(*zip_longest(*data), *zip_longest(*correction)) if each is not None)


def _correction(block: bytes, count: int) -> bytes:
    """Reed and Solomon's codewords for a block: what is left when it is divided by the generator."""
    times, top, below = _multiples(count), 8 * (count - 1), (1 << 8 * (count - 1)) - 1
    left = 0
    for each in block:
        left = (left & below) << 8 ^ times[left >> top ^ each]
    return left.to_bytes(count, "big")


@cache
def _multiples(count: int) -> Sequence[int]:
    """The generator of so many codewords, times each of the 256 numbers of the field."""
    logarithm, power, generator = consts.GALIOS_LOG, consts.GALIOS_EXP, consts.GEN_POLY[count]
    found = [
        bytes(power[logarithm[factor] + generator[at]] for at in range(count)) for factor in range(1, 256)
    ]
    return (0, *(int.from_bytes(each, "big") for each in found))


@lru_cache(8)
def _form(version: int) -> _Form:
    width = encoder.calc_matrix_size(version)
    matrix = encoder.make_matrix(width, width)
    encoder.add_finder_patterns(matrix, width, width)
    encoder.add_alignment_patterns(matrix, width, width)
    bits = sum(row.count(_FREE) for row in matrix)
    place = [list(row) for row in matrix]
    encoder.add_codewords(place, range(_FREE + 1, _FREE + 1 + bits), version)
    encoder.add_format_info(matrix, version, _LEVEL, 0)
    encoder.add_version_info(matrix, version)
    masked = encoder.get_data_mask_functions(False)[0]
    mask, order = 0, []
    for i in range(width):
        for j in range(width):
            if place[i][j] > _FREE:
                bit = place[i][j] - _FREE - 1
                order.append(bit)
                mask |= masked(i, j) << (bits - 1 - bit)
            else:
                order.append(bits + matrix[i][j])
    blocks = tuple(
        (each.num_data, each.num_total - each.num_data)
        for each in consts.ECC[version][_LEVEL]
        for _ in range(each.num_blocks)
    )
    return _Form(width, blocks, bits, mask, itemgetter(*order))
