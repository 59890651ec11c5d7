"""``docs/utdata.md`` says what the code does: the receiver's code in it accepts what the service sends."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from decision_service.outputs import Message, as_bytes, signature
from decision_service.outputs.letter_texts import LetterKind
from decision_service.outputs.retry import FIRST, LONGEST
from decision_service.outputs.webhook import _NOT_AGAIN, MESSAGE_ID, SIGNATURE, TOLERANCE

PAGE = (Path(__file__).parents[3] / "docs" / "utdata.md").read_text(encoding="utf-8")


def genuine() -> Callable[[bytes, str, bytes, int], bool]:
    """The receiver's function as it stands on the page."""
    (code,) = (block for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL) if "hmac" in block)
    names: dict[str, Any] = {}
    exec(code, names)
    found: Callable[[bytes, str, bytes, int], bool] = names["genuine"]
    return found


def test_the_receivers_code_on_the_page_accepts_our_signature_and_no_other() -> None:
    body = as_bytes(
        Message("a.letter.1", "letter", "9999", datetime(2026, 11, 20, tzinfo=UTC), {"text": "å"})
    )
    check, header = genuine(), signature(b"hemlig", 1000, body)
    assert check(b"hemlig", header, body, 1000 + TOLERANCE)
    assert not check(b"hemlig", header, body, 1001 + TOLERANCE)
    assert not check(b"annan", header, body, 1000)
    assert not check(b"hemlig", header, body + b" ", 1000)
    assert not check(b"hemlig", header.replace("t=1000", "t=1001"), body, 1000)
    assert not check(b"hemlig", "", body, 1000)


def test_headers_statuses_letters_and_pauses_on_the_page_are_those_of_the_code() -> None:
    for name in (SIGNATURE, MESSAGE_ID, *get_args(LetterKind)):
        assert f"`{name}`" in PAGE
    assert f"| {', '.join(str(code) for code in sorted(_NOT_AGAIN))} |" in PAGE
    assert (FIRST.total_seconds(), LONGEST.total_seconds()) == (30, 4 * 3600)
    assert "30 sekunder, fördubblas till högst fyra timmar" in PAGE
