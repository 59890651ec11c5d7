"""Entries are RFC 8785 bytes, and what has no such form is refused with its place."""

from __future__ import annotations

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import MAX_INT, AsWritten, any_name, canonical
from audit.errors import EntryError
from audit.verify import WrongError, read_canonical

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(exclude_categories=["Cs"], max_codepoint=0xFFFF))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)


@given(VALUES)
def test_same_bytes_as_the_reference_implementation(value: object) -> None:
    raw = canonical(value, "body")
    assert raw == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert read_canonical(raw.decode()) == value


@given(VALUES, VALUES)
def test_what_is_written_already_stands_in_the_place_of_the_value(value: object, beside: object) -> None:
    done = AsWritten(canonical(value, "body"))
    assert canonical(done, "body") == done.raw
    whole = canonical({"a": [value, beside], "b": value}, "body")
    assert canonical({"a": [done, beside], "b": done}, "body") == whole
    assert canonical({"a": [done, beside], "b": done}, "body", lambda _: None) == whole


@pytest.mark.parametrize("text", ["bad", "\\ bad", "😀 bad"])
def test_what_is_written_already_is_judged_as_the_value(text: str) -> None:
    def look(said: str) -> str | None:
        return "is bad" if said.endswith("bad") or 'bad"' in said else None

    for value in (AsWritten(canonical([text], "body")), [AsWritten(canonical(text, "body"))]):
        with pytest.raises(EntryError) as error:
            canonical(value, "body", look)
        assert str(error.value) == "body[0]: is bad"


def test_names_of_what_is_written_already_are_judged_as_the_value() -> None:
    with pytest.raises(EntryError):
        canonical({"a": AsWritten(any_name({"\U0001f600": 1}))}, "body")


@given(st.recursive(st.integers(-MAX_INT, MAX_INT) | TEXT, lambda i: st.lists(i) | st.dictionaries(TEXT, i)))
def test_names_in_any_letters_have_the_bytes_of_the_reference_implementation(value: object) -> None:
    assert any_name(value) == rfc8785.dumps(value)  # type: ignore[arg-type]
    assert any_name({"ﬁ": value, "😀": value}) == rfc8785.dumps({"😀": value, "ﬁ": value})  # type: ignore[dict-item]


def test_the_example_of_the_rfc_without_its_floats() -> None:
    """RFC 8785 section 3.2.2: strings and literals."""
    value = {
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
        "\u00f6": 1,
        "\r": 2,
        "1": 3,
    }
    assert canonical(value, "body").decode() == (
        '{"\\r":2,"1":3,"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","ö":1}'
    )


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (
            {"hyra": [5400, 12.5]},
            "body.hyra[1]: 12.5 är ett decimaltal. Skriv belopp i hela ören, annat som heltal eller text.",
        ),
        (
            {"a": float("nan")},
            "body.a: nan är ett decimaltal. Skriv belopp i hela ören, annat som heltal eller text.",
        ),
        ({"a": 2**53}, "body.a: talet 9007199254740992 är större än 9007199254740991. Skriv det som text."),
        ({1: "a"}, "body: fältnamnet 1 är inte text."),
        ({"\U0001f600": 1}, "body: fältnamnet '😀' har ett tecken utanför Unicodes grundplan."),
        ({"a": "x\ud800"}, "body.a: texten har ett ensamt surrogattecken på plats 1."),
        (
            {"a": b"x"},
            "body.a: bytes kan inte loggas. Tillåtet är text, heltal, ja/nej, tomt, lista och objekt.",
        ),
        (
            {"a": (1,)},
            "body.a: tuple kan inte loggas. Tillåtet är text, heltal, ja/nej, tomt, lista och objekt.",
        ),
    ],
)
def test_refused_with_its_place(value: object, message: str) -> None:
    with pytest.raises(EntryError) as error:
        canonical(value, "body")
    assert str(error.value) == message


def test_refused_when_nested_too_deep() -> None:
    value: object = 1
    for _ in range(62):
        value = [value]
    with pytest.raises(EntryError, match=r": värdet är nästlat djupare än 60 nivåer\.$"):
        canonical(value, "body")


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a": 1}',
        '{"a":1}\n',
        '{"a":"\\u00e5"}',
        "-0",
    ],
)
def test_the_verifier_refuses_every_other_form(text: str) -> None:
    json.loads(text)
    with pytest.raises(
        WrongError, match=r"^Texten är inte skriven på det enda sätt som RFC 8785 tillåter\.$"
    ):
        read_canonical(text)


@pytest.mark.parametrize("text", ['{"a":1e2}', "[1.50]", "[1.0]"])
def test_the_verifier_refuses_what_is_no_whole_number(text: str) -> None:
    json.loads(text)
    with pytest.raises(ValueError, match="invalid literal"):
        read_canonical(text)
