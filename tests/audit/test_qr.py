"""A QR code is, module for module, the one that segno makes with the same mask."""

from __future__ import annotations

import io
import random

import pytest
import segno

from audit import qr

MOST = 2953
"""Bytes that the largest code holds."""


def by_segno(text: str) -> str:
    found = io.BytesIO()
    code = segno.make_qr(text, error="L", boost_error=False, encoding="utf-8", mask=0)
    code.save(found, kind="svg", xmldecl=False, scale=2)
    return found.getvalue().decode()


@pytest.mark.parametrize("length", [231, 260, 530, 531, 777, 998, 1250, 1733, 2210, MOST - 1, MOST])
def test_as_segno_makes_it(length: int) -> None:
    chosen = random.Random(length)
    text = "".join(chosen.choice("aZ9+/=\n —å") for _ in range(length))
    while len(text.encode()) > length:
        text = text[:-1]
    assert qr.svg(text) == by_segno(text)


def test_every_size() -> None:
    sizes = {qr.svg("a" * length)[:90] for length in range(231, MOST + 1, 25)}
    assert len(sizes) == 31, "versions 10 to 40"


def test_a_short_text_has_the_smallest_code_of_all() -> None:
    assert qr.svg("") != qr.svg("a")
    assert qr.svg("a")[:90] == qr.svg("a" * 231)[:90]


def test_a_text_that_no_code_holds() -> None:
    qr.svg("a" * MOST)
    with pytest.raises(segno.DataOverflowError, match="2954 byte"):
        qr.svg("a" * (MOST + 1))
