"""The grammar and the types: what an expression means, and that everything else is refused."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import norms.load
from norms import document
from rules.language import checker, tree, vocabulary_file
from rules.language.checker import CheckerScope, check
from rules.language.parser import DEEPEST
from rules.language.tree import Expression
from rules.language.types import KRONOR, PLAIN, TEXT, YES_NO, Type, number
from tests.world.sweeps import swept

NORMS = norms.load.load()
VOCABULARY = vocabulary_file.build(
    document.parse(
        """
ordlista: prov
slag:
  hushåll:
    antal: ett
    beskrivning: Prov
    termer:
      vuxna: {typ: antal, källa: ansökan, beskrivning: Prov}
      rätt: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      andel: {typ: procent, källa: ansökan, beskrivning: Prov}
      antalet: {typ: antal, källa: ansökan, beskrivning: Prov}
  vuxen:
    antal: flera
    beskrivning: Prov
    termer:
      namn: {typ: text, källa: ansökan, beskrivning: Prov}
      född: {typ: datum, källa: ansökan, beskrivning: Prov}
      ålder: {typ: heltal, enhet: år, källa: ansökan, beskrivning: Prov}
      timmar: {typ: heltal, enhet: timmar/vecka, källa: ansökan, beskrivning: Prov}
      sjuk: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      frisk: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
      klass: {typ: val, val: [röd, grön], källa: ansökan, beskrivning: Prov}
      färg: {typ: val, val: [röd, blå], källa: ansökan, beskrivning: Prov}
  inkomst:
    antal: flera
    beskrivning: Prov
    hör till: [vuxen]
    termer:
      belopp: {typ: belopp, källa: ansökan, beskrivning: Prov}
      lön: {typ: ja/nej, källa: ansökan, beskrivning: Prov}
""".encode(),
        "ordlista.yaml",
    )
)
AMOUNT = number(KRONOR)
COUNT = number(PLAIN)


def problems(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> list[str]:
    """What is wrong with a text, as code and words."""
    _, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, subject), wanted)
    return [str(each.diagnostic.at("prov.yaml", 1, "", **each.values)) for each in found]


def codes(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> list[str]:
    return [line.split()[2].rstrip(":") for line in problems(text, wanted, subject)]


def checked(text: str, wanted: Type = YES_NO, subject: str | None = "vuxen") -> Any:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, subject), wanted)
    assert node is not None, [str(each) for each in found]
    return node


# --- precedence


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("inte vuxen.sjuk och vuxen.frisk", "(inte vuxen.sjuk) och vuxen.frisk"),
        ("inte vuxen.ålder > 7", "inte (vuxen.ålder > 7)"),
        ("inte vuxen.klass i {röd}", "inte (vuxen.klass i {röd})"),
        ("inte inte vuxen.sjuk", "inte (inte vuxen.sjuk)"),
        ("vuxen.ålder + 1 * 2 > 7", "(vuxen.ålder + (1 * 2)) > 7"),
        ("vuxen.ålder - 1 - 2 > 7", "((vuxen.ålder - 1) - 2) > 7"),
        ("8 / 2 * 4 > 7", "((8 / 2) * 4) > 7"),
        ("-1 + 2 > 0", "((-1) + 2) > 0"),
        (
            "vuxen.sjuk och vuxen.frisk och vuxen.ålder > 7",
            "vuxen.sjuk och vuxen.frisk och (vuxen.ålder > 7)",
        ),
    ],
)
def test_what_binds_first(text: str, same: str) -> None:
    assert shape(checked(text)) == shape(checked(same))


def shape(node: Expression) -> Any:
    """A tree without the words it was written with."""
    match node:
        case tree.Literal(value=value):
            return value
        case tree.TermUsed(text=text):
            return text
        case tree.Compare(comparison=sign) | tree.Arithmetic(operator=sign):
            return (sign, *(shape(child) for child in tree.children(node)))
        case _:
            return (type(node).__name__, *(shape(child) for child in tree.children(node)))


@pytest.mark.parametrize(
    "text",
    [
        "vuxen.sjuk och vuxen.frisk eller vuxen.ålder > 7",
        "vuxen.sjuk eller vuxen.frisk och vuxen.ålder > 7",
        "finns(inkomst där inkomst.lön och inkomst.belopp > 0 kr eller inkomst.belopp < 0 kr)",
    ],
)
def test_och_and_eller_are_not_mixed(text: str) -> None:
    assert codes(text) == ["R019"]


def test_och_and_eller_with_parentheses() -> None:
    assert shape(checked("(vuxen.sjuk och vuxen.frisk) eller vuxen.ålder > 7"))[0] == "Or"
    assert shape(checked("vuxen.sjuk och (vuxen.frisk eller vuxen.ålder > 7)"))[0] == "And"


# --- choices, yes and no, text


@swept(
    ("text", "found"),
    [
        ("vuxen.klass = röd", []),
        ("röd = vuxen.klass", []),
        ("vuxen.klass ≠ grön", []),
        ("vuxen.klass i {röd, grön}", []),
        ("vuxen.klass i {röd}", []),
        ("vuxen.klass = gul", ["R012"]),
        ("vuxen.klass i {röd, gul, vit}", ["R012", "R012"]),
        ("vuxen.klass = blå", ["R012"]),
        ("vuxen.klass = vuxen.färg", ["R014"]),
        ("vuxen.klass > röd", ["R014"]),
        ("vuxen.ålder i {röd}", ["R014"]),
        ("röd = grön", ["R011"]),
        ("vuxen.klass", ["R014"]),
        ("vuxen.sjuk = ja", []),
        ("vuxen.sjuk ≠ nej", []),
        ("vuxen.sjuk = (vuxen.ålder > 7)", []),
        ("vuxen.sjuk > nej", ["R014"]),
        ("vuxen.sjuk = 1", ["R014"]),
        ("ja", []),
        ("vuxen.namn = vuxen.namn", ["R014"]),
        ("vuxen.namn", ["R014"]),
    ],
)
def test_choices_yes_and_no_and_text(text: str, found: list[str]) -> None:
    assert codes(text) == found


def test_a_wrong_choice_names_the_term_and_not_the_whole_condition() -> None:
    [line] = problems("vuxen.ålder > 7 och vuxen.klass = grönn")
    assert "”grönn” är inget av de värden som ”vuxen.klass” kan ha: röd, grön. Menas ”grön”?" in line


# --- questions to all


@swept(
    ("text", "subject", "found"),
    [
        ("finns(inkomst)", None, []),
        ("finns(inkomst för vuxen)", "vuxen", []),
        ("finns(inkomst för vuxen där inkomst.lön)", "vuxen", []),
        ("finns(inkomst där inkomst.belopp > 0 kr och hushåll.rätt)", None, []),
        ("finns(vuxen där vuxen.ålder > 7)", "vuxen", []),
        ("alla(vuxen där vuxen.sjuk)", None, []),
        ("antal(vuxen där vuxen.sjuk) = hushåll.vuxna", None, []),
        ("summa(inkomst.belopp för vuxen) > 0 kr", "vuxen", []),
        ("finns(inkomst för vuxen)", None, ["R017"]),
        ("finns(vuxen för vuxen)", "vuxen", ["R017"]),
        ("finns(inkomst där vuxen.sjuk)", "vuxen", ["R017"]),
        ("finns(hushåll)", None, ["R031"]),
        ("finns(bil)", None, ["R031"]),
        ("finns(vuxen.ålder)", None, ["R014"]),
        ("finns(vuxen där vuxen.ålder)", None, ["R014"]),
        ("alla(vuxen)", None, ["R010"]),
        ("summa(inkomst) > 0 kr", None, ["R011"]),
        ("summa(inkomst.lön) > 0 kr", None, ["R014"]),
        ("antal(vuxen)", None, ["R014"]),
        ("vuxen.sjuk", None, ["R017"]),
        ("inkomst.lön", "vuxen", ["R017"]),
    ],
)
def test_questions_to_all(text: str, subject: str | None, found: list[str]) -> None:
    assert codes(text, YES_NO, subject) == found


@pytest.mark.parametrize(
    "text",
    [
        "finns(vuxen där finns(inkomst))",
        "finns(vuxen där antal(inkomst) > 1)",
        "alla(vuxen där summa(inkomst.belopp) > 1 kr)",
    ],
)
def test_a_question_to_all_stands_in_no_other(text: str) -> None:
    [line] = problems(text)
    assert "R010" in line
    assert "kan inte stå inuti en annan" in line


# --- norm tables


@swept(
    ("text", "found"),
    [
        ("norm.riksnorm.vuxen.ensam", []),
        ("norm.riksnorm.gemensam[hushåll.vuxna]", []),
        ("norm.riksnorm.gemensam[hushåll.vuxna + 1]", []),
        ("norm.riksnorm.barn.med_lunch[vuxen.ålder]", []),
        ("norm.riksnorm.barn.med_lunch[7]", []),
        ("norm.riksnorm.barn.med_lunch[7 år]", []),
        ("norm.riksnorm.barn.med_lunch[7 dagar]", ["R013"]),
        ("norm.riksnorm.gemensam", ["R018"]),
        ("norm.riksnorm.gemensam[1, 2]", ["R018"]),
        ("norm.riksnorm.vuxen.ensam[1]", ["R018"]),
        ("norm.riksnorm.gemensam[hushåll.rätt]", ["R014"]),
        ("norm.riksnorm.gemensam[hushåll.vuxna / 2]", ["R016"]),
        ("norm.riksnorm.gemensam[1,5]", ["R016"]),
        ("norm.riksnorm.gemensamt[1]", ["R015"]),
        ("norm.kommun.hyresgräns[1,0]", ["R018"]),
        ("norm.kommun.hyresgräns[1, 0]", []),
        ("riksnorm.gemensam[1]", ["R015"]),
    ],
)
def test_norm_tables(text: str, found: list[str]) -> None:
    assert codes(text, AMOUNT) == found


def test_whether_a_table_is_given() -> None:
    assert isinstance(checked("anges(norm.kommun.hyresgräns)"), tree.NormGiven)
    assert codes("anges(norm.kommun.hyra)") == ["R015"]
    assert codes("anges(vuxen.sjuk)") == ["R015"]


# --- the text itself


def test_a_word_of_the_language_ends_where_a_name_goes_on() -> None:
    assert checked("hushåll.antalet > 1").left.text == "hushåll.antalet"
    assert codes("antalet.x > 1") == ["R011"]
    assert codes("inteckning.x > 1") == ["R011"]
    assert codes("summan.x > 1") == ["R011"]


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "och", "vuxen.sjuk och", "()", "vuxen.", "vuxen.sjuk # prov"]
)
def test_empty_and_half_texts(text: str) -> None:
    assert codes(text) == ["R010"]


@swept(
    ("text", "advice"),
    [
        ("vuxen.ålder == 7", "ett enda likhetstecken"),
        ("vuxen.ålder => 7", "Mindre eller lika skrivs <="),
        ("7 < vuxen.ålder < 9", "Ett intervall är två jämförelser"),
        ("vuxen.sjuk and vuxen.frisk", "Skriv ”och”."),
        ("vuxen.sjuk || vuxen.frisk", "Skriv ”eller”."),
        ("ej vuxen.sjuk", "Skriv ”inte”."),
        ("vuxen.klass är röd", "Lika med skrivs =."),
        ('vuxen.klass = "röd"', "utan citattecken"),
        ("vuxen.klass = ”röd”", "utan citattecken"),
        ("summa(inkomst.belopp) > 5.000 kr", "Decimaler skrivs med komma"),
        ("Vuxen.sjuk", "små bokstäver"),
        ("vuxen.sjuk OCH vuxen.frisk", "Skriv ”och”."),
        ("(vuxen.sjuk", "slutparentes"),
        ("vuxen.klass i {röd grön}", "Väntade ett komma eller en klammer."),
    ],
)
def test_common_mistakes_are_answered_with_what_to_write(text: str, advice: str) -> None:
    [line] = problems(text)
    assert "R010" in line
    assert advice in line


def test_several_mistakes_in_one_text_are_told_at_once() -> None:
    text = "vuxen.åldr > 7 och vuxen.klass = gul och summa(inkomst.belopp) > 500"
    assert codes(text) == ["R011", "R012", "R013"]


def test_space_is_free_between_words() -> None:
    text = "vuxen.sjuk\n  och\u00a0vuxen.ålder\u202f>\t7"
    assert shape(checked(text)) == shape(checked("vuxen.sjuk och vuxen.ålder > 7"))
    assert checked(text).text == "vuxen.sjuk och vuxen.ålder > 7"


def test_deep_nesting_is_read_to_a_limit_and_then_refused() -> None:
    def nested(levels: int) -> str:
        return "(" * levels + "vuxen.sjuk" + ")" * levels

    assert checked(nested(DEEPEST - 5))
    for text in (nested(DEEPEST + 1), nested(5_000), "inte " * 5_000 + "vuxen.sjuk"):
        assert codes(text) == ["R010"]
    assert codes(" + ".join(["1 kr"] * 5_000), AMOUNT) == ["R010"]
    assert codes("-" * 5_000 + "1 kr", AMOUNT) == ["R010"]


@pytest.mark.slow
def test_a_very_long_text_is_read_and_its_faults_are_told_in_few_words() -> None:
    long = " eller ".join(f"vuxen.ålder = {number}" for number in range(3_000))
    assert len(checked(long).parts) == 3_000
    [line] = problems(f"{long} eller")
    assert "R010" in line
    assert len(line) < 300


def test_letters_typed_as_two_are_not_words_here_but_composed_when_a_file_is_read() -> None:
    decomposed = unicodedata.normalize("NFD", "vuxen.ålder > 7")
    assert codes(decomposed) == ["R010"]
    assert codes(unicodedata.normalize("NFC", decomposed)) == []


def test_a_word_of_the_language_before_a_sign_that_is_none_is_a_finding() -> None:
    assert codes("iÆ") == ["R010"]


@given(st.text(max_size=60))
def test_any_text_is_an_expression_or_a_finding(text: str) -> None:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, "vuxen"), YES_NO)
    assert (node is None) is bool(found)


_PIECES = (
    *("vuxen.sjuk", "vuxen.ålder", "vuxen.klass", "röd", "inkomst", "inkomst.belopp", "vuxen.född", "ja"),
    *("och", "eller", "inte", "i", "för", "där", "finns(", "alla(", "summa(", "lägsta(", "öre(", "anges("),
    *(
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        "+",
        "-",
        "*",
        "/",
        "=",
        "<",
        ">=",
        "7",
        "5 000 kr",
        "25 %",
        "norm.",
    ),
    "norm.riksnorm.gemensam",
)


@given(st.lists(st.sampled_from(_PIECES), max_size=14).map(" ".join), st.sampled_from([YES_NO, AMOUNT, TEXT]))
def test_any_row_of_words_is_an_expression_or_a_finding(text: str, wanted: Type) -> None:
    node, found = check(text, CheckerScope(VOCABULARY, NORMS.catalog, "vuxen"), wanted)
    assert (node is None) is bool(found)
    if node is not None:
        assert node.type.base is wanted.base


def test_every_form_that_the_grammar_can_give_has_a_checker() -> None:
    grammar = (Path(checker.__file__).parent / "grammar.lark").read_text("utf-8")
    forms = set(re.findall(r"-> (\w+)$", grammar, re.MULTILINE))
    assert checker._FORMS.keys() == forms | {"or_", "and_"}
