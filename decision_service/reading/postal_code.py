"""What a Swedish postal code looks like."""

from __future__ import annotations

import re

_POSTAL_CODE = re.compile(r"(SE?[ -])?[1-9][0-9]{2} ?[0-9]{2}", re.IGNORECASE)


def is_postal_code(text: str) -> bool:
    """Whether a text is a Swedish postal code: five digits, the sign of Sweden before them or not."""
    return _POSTAL_CODE.fullmatch(text.strip()) is not None
