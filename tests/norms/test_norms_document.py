"""Reading YAML strictly: every scalar is text, every value knows its line, nothing is guessed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from norms.document import _ADVICE, _ANY_ADVICE, parse, read
from norms.finding import Finding, FindingsError, Severity


def finding(content: bytes) -> str:
    with pytest.raises(FindingsError) as error:
        parse(content, "prov.yaml")
    [only] = error.value.findings
    return str(only)


def test_every_scalar_is_text() -> None:
    content = "a: nej\nb: 010\nc: 2026-10\nd: 1.0\ne: ~\nf: 2010:1907\ng: '3'\nh: 1e3\n"
    data = parse(content.encode(), "x").data
    assert data == {
        "a": "nej",
        "b": "010",
        "c": "2026-10",
        "d": "1.0",
        "e": "~",
        "f": "2010:1907",
        "g": "3",
        "h": "1e3",
    }


def test_every_place_knows_its_line(tmp_path: Path) -> None:
    path = tmp_path / "prov.yaml"
    path.write_text("a:\n  b: 1\n  c:\n    - x\n    - y\n")
    document = read(path)
    assert document.file == "prov.yaml"
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "c", 1)) == 5
    assert document.line(("a", "c", 1, "finns inte")) == 5
    assert document.line(("finns inte",)) == 1
    assert read(path, "annat namn").file == "annat namn"


UNSEEN = "Tecknet U+{} syns inte, eller ändrar hur det som står intill läses. Ta bort det."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            "a: å\n".encode("latin-1"),
            "prov.yaml:1: fel D001: Filen är inte sparad som UTF-8 (byte 0xE5). "
            "Spara om den med teckenkodningen UTF-8.",
        ),
        (
            b"a:\n\tb: 1\n",
            "prov.yaml:2: fel D002: Raden har ett tabbtecken i kolumn 1. Använd mellanslag.",
        ),
        (
            b"a: 1\nb: 2\na: 3\n",
            "prov.yaml:3: fel D003: a: Nyckeln ”a” finns redan på rad 1. Ta bort den ena.",
        ),
        (b"? [a]\n: 1\n", "prov.yaml:1: fel D004: En nyckel måste vara en enkel text."),
        (b"", "prov.yaml: fel D005: Filen är tom. Fyll i den eller ta bort den."),
        (b"# bara en kommentar\n", "prov.yaml: fel D005: Filen är tom. Fyll i den eller ta bort den."),
        (b"[" * 60 + b"]" * 60, "prov.yaml:1: fel D006: Filen är nästlad djupare än 40 nivåer."),
        (
            b"a: &x 1\nb: *x\n",
            "prov.yaml:1: fel D007: Hänvisningar (& och *) går inte att använda. Skriv ut värdet.",
        ),
        ("a: 1\nb: x\u202ey\n".encode(), f"prov.yaml:2: fel D008: {UNSEEN.format('202E')}"),
        ("a: 1 # \u2066y\n".encode(), f"prov.yaml:1: fel D008: {UNSEEN.format('2066')}"),
        ("a: 1\u200b\n".encode(), f"prov.yaml:1: fel D008: {UNSEEN.format('200B')}"),
        ("a: 1\u2028b: 2\n".encode(), f"prov.yaml:1: fel D008: {UNSEEN.format('2028')}"),
        ("a: 1\u00ad\n".encode(), f"prov.yaml:1: fel D008: {UNSEEN.format('00AD')}"),
        (b"a: 1\x1b[2J\n", f"prov.yaml:1: fel D008: {UNSEEN.format('001B')}"),
        (b'a: 1\nb: [x, "\\e[2J"]\n', f"prov.yaml:2: fel D008: b.2: {UNSEEN.format('001B')}"),
        (b'"a\\u202E": 1\n', f"prov.yaml:1: fel D008: {UNSEEN.format('202E')}"),
    ],
)
def test_what_is_refused(content: bytes, expected: str) -> None:
    assert finding(content) == expected


@pytest.mark.parametrize("opened", ["[", "{a: ", "- ", "? "])
def test_what_nests_so_deep_that_the_native_reader_would_end_the_process_is_refused(opened: str) -> None:
    assert finding(opened.encode() * 200_000) == (
        "prov.yaml:1: fel D006: Filen är nästlad djupare än 40 nivåer."
    )


@pytest.mark.parametrize(
    "content",
    ["a: |\n  x\n  y\n", "\ufeffa: x\n", "a: x\r\n", "a: 1\u00a0000\n", "a: عربي\n", 'a: "års\\xADbelopp"\n'],
)
def test_what_is_seen_is_read(content: str) -> None:
    assert parse(content.encode(), "prov.yaml").data


@pytest.mark.parametrize(
    ("content", "line", "advice"),
    [
        ("a: 1\nb: [1, 2\n", 3, "komma eller slutet"),
        ("a: {b: 1\nc: 2\n", 2, "komma eller slutet"),
        ("a: {sv: ”{namn}.”}\n", 1, "raka citattecken"),
        ("a: {namn}: {belopp}.\n", 1, "raka citattecken"),
        ('a: 1\nb: "x\nc: 2\n', 2, "stängs aldrig"),
        ("a: 1\nb: 'x\nc: 2\n", 2, "stängs aldrig"),
        ("a: 1\nb\n\n", 2, "kolon och mellanslag"),
        ("a: 1\n  b: 2\n", 2, "annat indrag"),
        ("– a: 1\n  b: 2\n", 2, "bindestreck"),
        ("- a: 1\n b: 2\n", 2, "samma indrag"),
        ("a:\n  - x\n - y\n", 3, "samma indrag"),
        ("a: 1\n- b\n", 2, "samma indrag"),
        ("a: 'b' c\n", 1, "citerat värde"),
        ("a: @x\n", 1, "raka citattecken"),
        ("a: }\n", 1, "raka citattecken"),
        ("a: *x\n", 1, "raka citattecken"),
        ('a: "\\q"\n', 1, "inom '…'"),
        ("a:  - b\n", 1, "egen rad"),
        ("a: 1\n---\nb: 2\n", 2, "Bara ett dokument"),
        ("---\na: 1\n...\nb: 2\n", 4, "Bara ett dokument"),
        ("%YAML 9\n---\na: 1\n", 1, "citattecken, parenteser och indrag"),
    ],
)
def test_broken_yaml_says_where_and_what_to_do(content: str, line: int, advice: str) -> None:
    said = finding(content.encode())
    assert said.startswith(f"prov.yaml:{line}: fel D004: Filen går inte att läsa som YAML. ")
    assert advice in said


def test_a_letter_that_a_mac_wrote_in_two_parts_is_the_letter() -> None:
    assert parse("ga\u0308ller: a\u030a".encode(), "prov.yaml").data == {"gäller": "å"}


@given(
    st.lists(
        st.sampled_from(["a", ": ", "- ", "{", "}", "[", "]", '"', "'", "\n", "  ", "|", "#", "&", "*", "\\"])
    )
)
def test_what_is_broken_is_said_in_the_words_of_this_tree(parts: list[str]) -> None:
    """No word of the library that reads YAML reaches a person."""
    try:
        parse("".join(parts).encode(), "prov.yaml")
    except FindingsError as error:
        said = {each.message.partition("YAML. ")[2] for each in error.findings if "YAML." in each.message}
        assert said <= {_ANY_ADVICE, *(words for _, words in _ADVICE)}


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with contextlib.suppress(FindingsError):
        parse(content, "prov.yaml")


def test_findings_are_sorted_and_readable() -> None:
    later = Finding("b.yaml", 1, "N002", Severity.ERROR, "x", "Fel.")
    earlier = Finding("a.yaml", 9, "N002", Severity.WARNING, "", "Fel.")
    error = FindingsError([later, earlier])
    assert error.findings == (earlier, later)
    assert str(error) == "a.yaml:9: varning N002: Fel.\nb.yaml:1: fel N002: x: Fel."
