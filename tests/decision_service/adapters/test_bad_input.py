"""Input that no adapter may take: the same clear words from all of them, at once, and no crash."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from decision_service.application import adapters
from decision_service.reading.kronor import to_ore
from decision_service.reading.sentences import reason
from decision_service.reading.strict_json import InputError, read_json
from tests.world.sweeps import swept
from tests.world.unread import sentences

NAMES = sorted(adapters.ADAPTERS)


def refused(adapter: str, content: bytes) -> list[str]:
    """The faults of what an adapter refuses."""
    with pytest.raises(InputError) as raised:
        adapters.read(adapter, read_json(content))
    return list(raised.value.lines)


@swept("adapter", NAMES)
@swept(
    ("content", "told"),
    [
        (b"", "Indata är inte JSON: fel på rad 1, kolumn 1."),
        (b'{"data": {"costs": [', "Indata är inte JSON: fel på rad 1, kolumn 21."),
        (b"null", "Ansökan ska vara ett objekt."),
        (b'"text"', "Ansökan ska vara ett objekt."),
        (b"[1, 2]", "Ansökan ska vara ett objekt."),
        ('{"förnamn": "Åsa"}'.encode("latin-1"), "Indata är inte UTF-8 (byte 4 är 0xF6)."),
        ('{"a": 1}'.encode("utf-16"), "Indata är inte UTF-8 (byte 1 är 0xFF)."),
        (b'{"a": 1, "a": 2}', "Fältet ”a” står två gånger i samma objekt."),
        (b'{"a": NaN}', "Indata har värdet NaN, som inte är ett tal."),
        (b"[" * 100_000, "Indata är alltför djupt nästlad."),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, "Indata är alltför djupt nästlad."),
        (
            b'{"a": [{"b": "\\ud800"}]}',
            "a[0].b: Indata har en text med ett halvt tecken (ett ensamt surrogat). "
            "Skriv om texten utan det.",
        ),
        (
            b'{"\\udfff": 1}',
            "Indata har en text med ett halvt tecken (ett ensamt surrogat). Skriv om texten utan det.",
        ),
        (b"<xml/>", "Indata är inte JSON: fel på rad 1, kolumn 1."),
        (b"9" * 5000, "Indata har ett tal med alltför många siffror."),
    ],
)
def test_unreadable_input_is_refused_with_its_reason(adapter: str, content: bytes, told: str) -> None:
    assert refused(adapter, content) == [told]


@pytest.mark.parametrize("adapter", NAMES)
def test_more_than_ten_megabytes_are_refused(adapter: str) -> None:
    content = b'{"a": "' + b"x" * (10 * 1024 * 1024) + b'"}'
    assert refused(adapter, content) == [
        f"Indata är {len(content)} byte. Mer än 10485760 byte tas inte emot."
    ]


@pytest.mark.slow
@pytest.mark.parametrize("adapter", NAMES)
def test_ten_megabytes_of_unknown_fields_are_refused_or_told_in_few_words(adapter: str) -> None:
    content = json.dumps(
        {"schema": "ansokan/1", "application": {}, "maritalStatus": "SINGLE", "answers": []}
        | {f"fält{number}": number for number in range(400_000)}
    ).encode()
    assert len(content) > 8_000_000
    try:
        found = adapters.read(adapter, read_json(content))
    except InputError:
        return
    assert len(sentences(found)) <= 1000
    assert "ytterligare 399" in sentences(found)[-1] or "ytterligare 399" in str(sentences(found))


def test_numbers_as_a_spreadsheet_writes_them() -> None:
    written: list[tuple[Any, str | int]] = [
        ("5000", 500000),
        ("5000.5", 500050),
        ("5000,50", 500050),
        ("5000.5000", 500050),
        (5000, 500000),
        (Decimal("1.250"), 125),
        (Decimal("5E+3"), 500000),
        ("-12.50", -1250),
        ("5 000", "”5 000” har mellanslag i beloppet"),
        ("5\u00a0000,00", "”5\u00a0000,00” har mellanslag i beloppet"),
        ("5.000", "”5.000” går att läsa på två sätt, som tiotal eller som tusental"),
        ("5,000", "”5,000” går att läsa på två sätt, som tiotal eller som tusental"),
        ("5.000,00", "”5.000,00” har kommatecken i beloppet"),
        ("5,000.00", "”5,000.00” har kommatecken i beloppet"),
        ("5E+03", "”5E+03” är inget belopp"),
        ("5000 kr", "”5000 kr” har mellanslag i beloppet"),
        ("#REF!", "”#REF!” är inget belopp"),
        ("", "”” är inget belopp"),
        ("1234.567", "”1234.567” har mer än två decimaler"),
        (Decimal("0.001"), "”0.001” har mer än två decimaler"),
        (Decimal("Infinity"), "Talet är för stort för att vara ett belopp"),
        (5000.0, "Beloppet är ett flyttal och kan ha ändrats på vägen"),
        (True, "true är inget belopp"),
        (None, "null är inget belopp"),
    ]
    for value, expected in written:
        if isinstance(expected, int):
            assert to_ore(value) == expected, value
        else:
            with pytest.raises(ValueError, match=r".") as raised:
                to_ore(value)
            assert reason(raised.value).startswith(expected), value
