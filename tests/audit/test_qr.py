"""A QR code holds the text that it was made from, as a reader of codes sees it on the page."""

from __future__ import annotations

import random
import re
from xml.etree import ElementTree

import numpy as np
import pytest
import zxingcpp

from audit import qr
from tests.world.sweeps import swept

MOST = 2953
"""Bytes that the largest code holds."""
ROW = re.compile(r"M4 (\d+)\.5((?:(?:m\d+ 0)?h\d+)+)")
LINE = re.compile(r"(?:m(\d+) 0)?h(\d+)")


def on_a_page(picture: str) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The picture as pixels, three a module, on white."""
    drawn = ElementTree.fromstring(picture)
    size = int(drawn.attrib["viewBox"].split()[2])
    assert drawn.attrib["width"] == str(2 * size)
    modules = np.full((size, size), 255, np.uint8)
    (path,) = drawn
    for y, lines in ROW.findall(path.attrib["d"]):
        x = 4
        for light, dark in LINE.findall(lines):
            x += int(light or 0)
            modules[int(y), x : x + int(dark)] = 0
            x += int(dark)
        assert x <= size - 4
    assert ROW.sub("", path.attrib["d"]) == ""
    return modules.repeat(3, 0).repeat(3, 1)


@pytest.mark.slow
@swept("length", [1, 231, 260, 530, 777, 998, 1250, 1733, 2210, MOST - 1, MOST])
@swept("letters", ["aZ9+/=\n -", "aZ9+/=\n —åÅöф"])
def test_a_reader_finds_the_text(length: int, letters: str) -> None:
    chosen = random.Random(length)
    text = "".join(chosen.choice(letters) for _ in range(length))
    while len(text.encode()) > length - 2 * (not text.isascii()):
        text = text[:-1]
    (found,) = zxingcpp.read_barcodes(on_a_page(qr.svg(text or "a")))
    assert found.text == (text or "a")
    assert found.format == zxingcpp.BarcodeFormat.QRCode


def test_a_text_that_no_code_holds() -> None:
    qr.svg("a" * MOST)
    with pytest.raises(ValueError, match="Input too long"):
        qr.svg("aB" * MOST)
