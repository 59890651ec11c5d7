"""A QR code holds a proof of any length that a letter may have, and says when it cannot."""

from __future__ import annotations

import pytest
import segno
from defusedxml.ElementTree import fromstring

from audit import qr

MOST = 2953
"""Bytes that the largest code holds."""


def test_a_longer_text_has_a_larger_code() -> None:
    widths = [int(fromstring(qr.svg("aå" * (length // 3))).get("width")) for length in (240, 1250, MOST)]
    assert widths == [2 * (57 + 8), 2 * (117 + 8), 2 * (177 + 8)]


def test_a_text_that_no_code_holds() -> None:
    qr.svg("a" * MOST)
    with pytest.raises(segno.DataOverflowError):
        qr.svg("a" * (MOST + 1))
