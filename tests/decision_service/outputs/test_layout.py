"""Letters laid out: the words of the plain text and no others, whatever they are, and the same each time."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any, get_args

import pytest
import typst
from pypdf import PageObject, PdfReader
from pypdf.generic import ByteStringObject, ContentStream, DictionaryObject, TextStringObject

from audit import qr
from decision_service.application.outcome import Outcome
from decision_service.decision.document import (
    Assessment,
    CorrectionKind,
    Corrects,
    Decision,
    Reason,
    ReasonKind,
)
from decision_service.outputs.layout.html import html
from decision_service.outputs.layout.pdf import TEMPLATE, pdf
from decision_service.outputs.letter import StepInLetter, decision_letter, notice
from decision_service.outputs.letter_layout import Letter, LetterPart, LetterRow
from decision_service.outputs.letter_texts import NoticeKind, texts
from tests.decision_service.outputs.test_letter import ALMA, CONTEXT, DECIDED, by_person

COLUMNS = "Post Belopp"
"""What stands over the calculation where it is a table, and over its rest on the next page."""
PAGE = re.compile(r"Ärende (\S+) · Sida (\d+) av (\d+)")
MARKUP = (
    "*fet* #strong[a] $x$ @ref <b>b</b> &amp; {{ 7 }} {% x %} = - + // \\ ~ `kod` _a_ \"så\" 'här' -- ..."
)
HOSTILE = {
    "markup": MARKUP,
    "swedish": "Åsa Örn, Łukasz Žižek, Đặng Ø ß é e\u0301",
    "arabic": "محمد العربي",
    "long": "Kommunalförbundet" * 20,
    "unshown": "ሰላም 你 好 😀 a",
    "turned": "Hyra \u202e00005\u202c kr \u2066x\u2069",
    "control": "a\x00b\x07 c\ue000 d\ud800",
    "lines": "en\ntvå\r\n\ttre    fyra",
}
"""Text that a layout may take for something else, that a font may lack, and that no line holds."""


class _Words(HTMLParser):
    """The text of a page that a reader sees, without the columns' headings."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[str] = []
        self._outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._outside += [tag] if tag in ("style", "title", "thead") else []
        self.said.append(" " if tag not in ("bdi",) else "")

    def handle_endtag(self, tag: str) -> None:
        if self._outside and self._outside[-1] == tag:
            self._outside.pop()
        self.said.append(" " if tag not in ("bdi",) else "")

    def handle_data(self, data: str) -> None:
        if not self._outside:
            self.said.append(data)


def read_html(letter: Letter) -> str:
    reader = _Words()
    reader.feed(html(letter))
    reader.close()
    return "".join(reader.said)


def read_pdf(content: bytes) -> str:
    return " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def of_pdf(letter: Letter) -> str:
    """What a PDF says, without the foot of its pages and the columns' headings."""
    return PAGE.sub("", read_pdf(pdf(letter)).replace("\u200b", "")).replace(COLUMNS, "")


def parted(said: str, letter: Letter) -> tuple[str, str]:
    """What a layout says, and what it says in short after that: from the name of the first language on."""
    legal, _, short = said.rpartition(letter.explained[0].name)
    return legal, letter.explained[0].name + short


def in_short(letter: Letter) -> str:
    """What a letter says in short in every language."""
    return " ".join(" ".join((one.name, *one.paragraphs, one.applies)) for one in letter.explained)


def unturned(text: str) -> list[str]:
    """The letters of a text in an order of their own: what is read from the right has another in a PDF, and
    its letters are written as they look."""
    plain = unicodedata.normalize("NFKC", text)
    return sorted(each for each in plain if not each.isspace() and unicodedata.category(each) != "Cf")


def words(text: str) -> list[str]:
    """The words of a text in order; small letters, for the plain text has its headings in large ones."""
    return [unicodedata.normalize("NFC", word).casefold() for word in text.split() if word != "–"]


def every_letter(assessment: Assessment) -> Iterator[Letter]:
    """A letter of every kind."""
    context = replace(
        CONTEXT, proof="c2sp.org/tlog-proof@v1\nindex 5\n" + "abc=" * 11 + "\n\n— x/1384 " + "q8Zr" * 23
    )
    for outcome in DECIDED:
        yield decision_letter(by_person(assessment, outcome, 123450 if outcome.pays else 0), context)
    asked = [Reason(kind=ReasonKind.COMPLETION, code="BOENDE", question="Hur bor du?", label="Alma")]
    for kind in CorrectionKind:
        before = Corrects(
            decision="a1",
            decided_at=datetime(2026, 11, 1, tzinfo=UTC),
            kind=kind,
            court="1-26",
            difference=700,
        )
        later = by_person(assessment, Outcome.GRANTED, 123450).model_copy(update={"corrects": before})
        yield decision_letter(later, context)
    day = date(2026, 11, 20)
    claim = 90_000, 80_000, 10_000, "Bo Al, gruppchef"
    step = StepInLetter("Eva Ek, socialsekreterare", "Lönen var känd.", 70_000, day, day, day, *claim)
    for told in get_args(NoticeKind):
        yield notice(told, "2026-11", asked, replace(context, step=step))


def test_every_kind_of_letter_says_the_same_as_text_as_page_and_as_pdf(
    assessments: dict[str, Assessment],
) -> None:
    kinds = set()
    for letter in every_letter(assessments["nio-personer"]):
        page, short = parted(read_html(letter), letter)
        assert words(page) == words(letter.text), letter.kind
        assert words(short) == words(in_short(letter)), letter.kind
        paper, short = parted(of_pdf(letter), letter)
        assert words(paper) == words(letter.text), letter.kind
        assert unturned(short) == unturned(in_short(letter)), letter.kind
        kinds.add(letter.kind)
    assert kinds == set(texts().letters)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain text with every row of a calculation on one line: on two the amount stands among its words."""
    monkeypatch.setattr("rules.texts.WIDTH", 10_000)


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_nothing_in_a_letter_is_taken_for_anything_but_text(
    decisions: dict[str, Decision], hostile: str
) -> None:
    """Compared without spaces where the word must be broken, and word by word where it need not. What is read
    from right to left has another order in a PDF, so there every character is counted."""
    plain = decision_letter(decisions["ensam-bifall"], CONTEXT)
    letter = with_text(plain, hostile)
    expected = words(legible(letter.text))
    page, paper = (words(parted(each(letter), letter)[0]) for each in (read_html, of_pdf))
    if hostile == HOSTILE["arabic"]:
        assert turned(paper) == turned(expected)
    elif max(map(len, expected)) > 60:
        assert "".join(paper) == "".join(expected)
    else:
        assert paper == [word for each in expected for word in words(unshown(each))]
    assert page == expected
    reader = _Words()
    reader.feed(html(letter))
    assert set(reader.tags) == set(_tags(plain)) | {"li", "ul"}


ACTIVE = {
    *("/AA", "/OpenAction", "/URI", "/JS", "/JavaScript", "/Launch", "/EmbeddedFile", "/AcroForm", "/Annots"),
}
LINKS = (
    'https://exempel.se/betala #link("https://exempel.se")[Betala] <https://exempel.se> javascript:alert(1) '
    '<a href="https://exempel.se">Betala</a> [Betala](https://exempel.se) <img src=x onerror=alert(1)>'
)


def test_nothing_in_a_letter_leads_anywhere_or_does_anything(decisions: dict[str, Decision]) -> None:
    """Whoever writes a reason or a name puts no link, program or form in a letter from the municipality."""
    letter = with_text(decision_letter(decisions["ensam-bifall"], CONTEXT), LINKS)
    paper, page = PdfReader(io.BytesIO(pdf(letter))), _Words()
    assert "https://exempel.se/betala" in read_pdf(pdf(letter))
    objects = [paper.get_object(number) for number in range(1, int(str(paper.trailer["/Size"])))]
    named = {name for each in objects if isinstance(each, DictionaryObject) for name in each}
    assert len(named) > 20
    assert named & ACTIVE == set()
    page.feed(html(letter))
    assert {"a", "img", "script", "form", "iframe", "object"} & set(page.tags) <= {"img"}
    pictures = re.findall(r'<img [^>]*src="([^"]*)"', html(letter))
    assert pictures
    assert all(each.startswith("data:image/svg+xml;base64,") for each in pictures)


def test_forty_rows_run_over_pages_that_all_name_the_case(decisions: dict[str, Decision]) -> None:
    letter = decision_letter(decisions["ensam-bifall"], CONTEXT)
    rows = tuple(
        LetterRow(f"Kostnad nummer {at}", at * 100 + 7, "SoL (2025:400) 12 kap. 7 §") for at in range(1, 41)
    )
    long = replace(letter, parts=(replace(letter.parts[0], table=rows), *letter.parts[1:]))
    assert words(parted(of_pdf(long), long)[0]) == words(long.text)
    found = PAGE.findall(read_pdf(pdf(long)))
    assert len(found) > 2
    assert found == [(long.reference, str(at), str(len(found))) for at in range(1, len(found) + 1)]


def test_the_same_letter_is_the_same_bytes_and_a_kept_one_can_be_made_again(
    decisions: dict[str, Decision],
) -> None:
    letter = decision_letter(decisions["ensam-bifall"], CONTEXT)
    kept = Letter.of_json(letter.as_json())
    assert kept == letter
    first = pdf(letter)
    pdf(with_text(letter, "ett annat"))
    assert pdf(kept) == first
    assert pdf(with_text(letter, "ett annat")) != first
    assert html(kept) == html(letter)


def test_a_pdf_is_tagged_has_its_language_title_and_day_and_says_what_it_keeps_to(
    decisions: dict[str, Decision],
) -> None:
    reader = PdfReader(io.BytesIO(pdf(decision_letter(decisions["ensam-bifall"], CONTEXT))))
    root, metadata = reader.trailer["/Root"], reader.xmp_metadata
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "sv-SE"
    assert reader.metadata is not None
    assert metadata is not None
    assert str(reader.metadata.title).startswith("Du får 12")
    assert str(reader.metadata.creation_date_raw).startswith("D:20261120")
    said = metadata.stream.get_data().decode()
    assert "<pdfaid:part>2<" in said
    assert "<pdfaid:conformance>A<" in said
    assert "<pdfuaid:part>1<" in said


def shown_codes(page: PageObject, reader: PdfReader) -> Iterator[tuple[str, bytes]]:
    """Each character code that a page shows, with the name of its font."""
    font = ""
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        if operator == b"Tf":
            font = operands[0]
        elif operator in (b"Tj", b"TJ"):
            for each in operands[0] if operator == b"TJ" else operands:
                if isinstance(each, ByteStringObject | TextStringObject):
                    said = each.original_bytes
                    yield from ((font, said[at : at + 2]) for at in range(0, len(said), 2))


def mapped(font: DictionaryObject) -> dict[bytes, str]:
    """What each code of a font is in Unicode."""
    table = font["/ToUnicode"].get_data().decode("ascii")
    found: dict[bytes, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, said in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", block):
            found[bytes.fromhex(code)] = bytes.fromhex(said).decode("utf-16-be")
    assert "beginbfrange" not in table
    return found


@pytest.mark.slow
def test_every_character_of_every_pdf_has_its_unicode(assessments: dict[str, Assessment]) -> None:
    """What level U of PDF/A asks for, which level A has in it."""
    seen = 0
    for letter in every_letter(assessments["nio-personer"]):
        reader = PdfReader(io.BytesIO(pdf(letter)))
        for page in reader.pages:
            fonts = {name: each.get_object() for name, each in page["/Resources"]["/Font"].items()}
            assert {each["/Encoding"] for each in fonts.values()} == {"/Identity-H"}
            tables = {name: mapped(each) for name, each in fonts.items()}
            for font, code in shown_codes(page, reader):
                said = tables[font].get(code, "")
                assert said, (letter.kind, font, code)
                assert not set(said) & set("\0\ufffd\ufffe\uffff"), (letter.kind, font, code, said)
                seen += 1
    assert seen > 10_000


@pytest.mark.slow
def test_every_part_of_every_pdf_has_its_language_and_its_place_in_the_structure(
    assessments: dict[str, Assessment],
) -> None:
    """What PDF/UA asks of every reader: headings in order, a table with headers, a text for the picture, and
    which language is spoken."""
    seen: set[str] = set()
    for letter in every_letter(assessments["nio-personer"]):
        reader = PdfReader(io.BytesIO(pdf(letter)))
        found = list(elements(reader.trailer["/Root"]["/StructTreeRoot"]))
        roles = [str(each.get("/S")) for each in found]
        headings = [int(role[2:]) for role in roles if re.fullmatch(r"/H[1-6]", role)]
        assert headings[0] == 1, letter.kind
        assert all(after <= before + 1 for before, after in pairwise(headings)), letter.kind
        assert ("/TH" in roles) == ("/Table" in roles), letter.kind
        assert all(each.get("/Alt") for each in found if each.get("/S") == "/Figure"), letter.kind
        assert {str(each["/Lang"]) for each in found if "/Lang" in each} >= {"en", "ar"}, letter.kind
        fonts_are_in(reader)
        seen |= set(roles)
    assert {"/Table", "/TH", "/TD", "/Figure", "/L", "/LI"} <= seen


def fonts_are_in(reader: PdfReader) -> None:
    for page in reader.pages:
        assert page["/Tabs"] == "/S", "read in the order of the structure"
        for name, font in page["/Resources"]["/Font"].items():
            kept = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            assert any(each.startswith("/FontFile") for each in kept), f"{name} is not in the file"


def elements(node: Any) -> Iterator[Any]:
    """Every element of the structure of a PDF, in the order that it is read."""
    below = node.get("/K", [])
    for each in below.get_object() if isinstance(below.get_object(), list) else [below]:
        child = each.get_object()
        if isinstance(child, dict) and "/S" in child:
            yield child
            yield from elements(child)


def test_a_page_is_swedish_has_one_title_and_headers_in_its_table(decisions: dict[str, Decision]) -> None:
    letter = decision_letter(decisions["ensam-bifall"], CONTEXT)
    page, tags = html(letter), _tags(letter)
    assert page.lstrip().startswith('<!doctype html>\n<html lang="sv">')
    headings = len(letter.parts) + len(letter.explained)
    assert (tags.count("h1"), tags.count("h2"), tags.count("table")) == (1, headings, 1)
    assert '<section lang="ar" dir="rtl"' in page
    assert page.count('<th scope="row">') == sum(
        1 for part in letter.parts for row in part.table if row.amount
    )
    assert re.findall(r'<img [^>]*alt="[^"]+', page)
    assert re.search(r'class="ram">\n<h2>Så här överklagar du', page)
    assert not re.search(r"https?://|\bsrc=\"(?!data:)|\bon\w+=", page)


def test_a_personal_number_stands_below_the_window_and_not_in_it() -> None:
    assert ALMA.personal_number is not None
    assert not any(ALMA.personal_number[:8] in line for line in ALMA.window)
    assert ALMA.head == (*ALMA.window, "Personnummer 19880209-9823")


@pytest.mark.parametrize("lines", [1, 20])
def test_what_stands_below_the_address_is_below_it_however_long_it_is(
    decisions: dict[str, Decision], lines: int
) -> None:
    letter = decision_letter(decisions["ensam-bifall"], CONTEXT)
    to = replace(letter.to, address=(*[f"rad {at}" for at in range(lines)], "SISTA"))
    heights: dict[str, float] = {}
    page = PdfReader(io.BytesIO(pdf(replace(letter, to=to)))).pages[0]

    def seen(text: str, outer: list[float], inner: list[float], font: object, size: float) -> None:
        heights.update(
            {word: outer[5] + outer[3] * inner[5] for word in ("SISTA", "Personnummer") if word in text}
        )

    page.extract_text(visitor_text=seen)
    assert heights["SISTA"] > heights["Personnummer"] + 10


def test_a_template_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch, decisions: dict[str, Decision]
) -> None:
    broken = typst.Compiler(TEMPLATE.read_bytes() + b"\n#finns-inte", ignore_system_fonts=True)
    monkeypatch.setattr("decision_service.outputs.layout.pdf._compiler", lambda _: broken)
    with pytest.raises(typst.TypstError, match="finns-inte"):
        pdf(decision_letter(decisions["ensam-bifall"], CONTEXT))


def with_text(letter: Letter, text: str) -> Letter:
    """The letter with a text wherever somebody else's words may stand."""
    row = LetterRow(text, 4711, "SoL (2025:400) 12 kap. 7 §")
    part = LetterPart(
        f"Rubrik {text}", (f"Stycke {text}",), (f"Punkt {text}",), (row,), "", qr.svg("x"), (), True
    )
    to = replace(letter.to, name=f"Alma {text}")
    return replace(letter, title=f"Titel {text}", to=to, parts=(part, *letter.parts))


def turned(said: list[str]) -> list[str]:
    """The characters in an order of their own, without the brackets, which turn with the text."""
    return sorted("".join(said).replace("[", "").replace("]", ""))


def legible(text: str) -> str:
    """A text with what cannot be seen at all, or would turn the text, as its number."""
    return re.sub(
        "[\x00-\x08\ud800\ue000\u202a-\u202e\u2066-\u2069]", lambda one: f"[U+{ord(one[0]):04X}]", text
    )


def unshown(text: str) -> str:
    """A text with what no font here has as its number."""
    return re.sub(
        "[\u1200-\u139f\u2e80-\u9fff\U0001f000-\U0001ffff]", lambda one: f"[U+{ord(one[0]):04X}]", text
    )


def _tags(letter: Letter) -> list[str]:
    reader = _Words()
    reader.feed(html(letter))
    return reader.tags
