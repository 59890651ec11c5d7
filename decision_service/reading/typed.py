"""What somebody typed in a field, as it is read."""

from __future__ import annotations

import unicodedata

from decision_service.reading.strict_json import without_control_characters

_MARKS = {"\N{ARABIC DECIMAL SEPARATOR}": ",", "\N{ARABIC THOUSANDS SEPARATOR}": "\N{NO-BREAK SPACE}"}


def typed(text: str) -> str:
    """The text with one character at the end of a line, and a blank for each character that nobody sees. One
    without a letter is a number, an amount, a day or a month: its digits are read as 0 to 9, whichever
    digits they were written with (``٧٥٠٠٫٥٠`` is 7500,50)."""
    seen = without_control_characters(text.replace("\r\n", "\n"))
    return seen if seen.isascii() or any(map(str.isalpha, seen)) else "".join(map(_of_number, seen))


def _of_number(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return _MARKS.get(character, character) if digit is None else str(digit)
